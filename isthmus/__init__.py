"""Isthmus joins AWS VPCs and Azure VNets with the clouds' managed site-to-site VPN.

Nothing in this package imports cdktf, a provider or ``constructs``, and nothing here starts Node:
the topology is read, checked and worked out in plain Python. ``stacks`` and ``constructs.crosscloud``
turn the finished plan into Terraform.
"""

__version__ = "0.1.0"
