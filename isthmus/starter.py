"""The topology file that `isthmus init` writes."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

STARTER: Final = """\
# yaml-language-server: $schema={schema}
# Which VPCs and VNets to join. `isthmus check` says what is wrong with this file, `isthmus plan` what comes
# out of it. Lines that start with a # are optional; what they show is the default.

name: {name}                      # first part of every stack, resource name and tag: a-z, 0-9, hyphen, up to 22
# tags: {{owner: platform}}            # on every resource that can carry tags

aws:
  main:                              # your name for this site
    region: eu-central-1
    network: {{cidr: 10.10.0.0/16}}    # a VPC is made: two private subnets in two zones, and routes
#   gateway: {{kind: vgw, asn: 64512}}

azure:
  main:
    region: germanywestcentral
    network: {{cidr: 10.20.0.0/16}}    # a VNet is made: GatewaySubnet and a workload subnet; must not overlap the VPC
#   gateway: {{sku: VpnGw1AZ, asn: 65010}}

# links:                             # may be left out while there is one site on each side
#   - aws: main
#     azure: main
#     ipsec: strong                  # strong | max | compat
#     traffic: {{aws_to_azure_gb: 0, azure_to_aws_gb: 0, peak_mbps: 0}}
"""


SCHEMA_NAME: Final = "isthmus.schema.json"
"""What a topology calls its schema: a file beside it, so that editors find it wherever both are moved, and offline."""


def write_starter(path: Path, *, name: str, schema: str) -> bool:
    """Write a commented topology named ``name`` to ``path``, and the JSON Schema text ``schema`` beside it.

    Returns whether the schema beside it is ``schema``: another file of its name is left alone.

    Raises:
        FileExistsError: there is something at ``path`` already; it is left alone.
        OSError: the folder cannot be written.
    """
    _write_new(path, STARTER.format(name=name, schema=SCHEMA_NAME))
    beside = path.with_name(SCHEMA_NAME)
    try:
        _write_new(beside, schema)
    except FileExistsError:
        return beside.is_file() and beside.read_bytes() == schema.encode()
    except OSError:
        path.unlink()
        raise
    return True


def _write_new(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, where nothing is yet; it appears whole or not at all."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(temporary).chmod(0o644)
        # A link, unlike a rename, never replaces what is there.
        os.link(temporary, path)
    finally:
        Path(temporary).unlink()
