"""Isthmus's own constructs: they hand the values of a plan to Terraform resources and decide nothing."""
