"""A stand-in for the azurerm provider: real Terraform, no Azure.

It speaks Terraform's plugin protocol 6, has the schema of hashicorp/azurerm 4.55.0, and keeps its "cloud" in one JSON
file. What it proves is wiring: names, types, references, order, replacement, secrets that stay masked. It never proves
that Azure accepts a combination; README.md says what is true of it and what is not.

The same engine serves hashicorp/random.
"""
