"""Terraform providers written in Python: the plugin protocol, schemas read from ``emulate/data``, and planning.

What a cloud does is not here but beside: :mod:`emulate.azure` has a session for azurerm, :mod:`emulate.aws` one that
adds to the real AWS provider what a newer version has.
"""

STAND_IN = "a stand-in of Isthmus, not the real provider: it shows wiring, never that the cloud accepts it"
