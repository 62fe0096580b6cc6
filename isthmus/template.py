"""The template of `isthmus init`: the files of a new workspace."""

from __future__ import annotations

import json
import uuid
from enum import StrEnum
from pathlib import Path
from typing import Final

from isthmus.settings import CONFIGURATION, PROGRAM

TOPOLOGY: Final = """\
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

IGNORE_NAME: Final = ".gitignore"
IGNORED: Final = (
    # States and saved plans have pre-shared keys in clear.
    "*.tfstate",
    "*.tfstate.*",
    "*.tfplan",
    "cdktf.out/",
    "cdktf.state/",
    ".terraform/",
    "node_modules/",
    "report/",
    "report.html",
)
"""What no repository should hold: what is synthesized, and what Terraform keeps beside it."""


class Pipeline(StrEnum):
    """The service that checks, plans and deploys a workspace."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"


_PIPELINES: Final = {
    Pipeline.GITHUB: (Path(".github", "workflows", "isthmus.yml"), "github-actions.yml"),
    Pipeline.GITLAB: (Path(".gitlab-ci.yml"), "gitlab-ci.yml"),
}
"""Where the service looks for its pipeline, and the file in examples/pipelines."""


def topology(name: str) -> str:
    """A commented topology named ``name``."""
    return TOPOLOGY.format(name=name, schema=SCHEMA_NAME)


def schema() -> str:
    """The JSON Schema that a topology names."""
    from isthmus.schema import json_schema_text

    return json_schema_text()


def configuration(topology_name: str) -> str:
    """A cdktf.json that runs the installed program on the topology ``topology_name`` beside it."""
    settings = {
        "language": "python",
        "app": "isthmus synth",
        # Without one the cdktf CLI would write one into the file.
        "projectId": str(uuid.uuid4()),
        "sendCrashReports": "false",
        "terraformProviders": [],
        "terraformModules": [],
        "context": {"topology": topology_name},
    }
    return json.dumps(settings, indent=2) + "\n"


def ignored(present: str) -> str:
    """A .gitignore that says what ``present`` says, and all of :data:`IGNORED`."""
    lacking = [line for line in IGNORED if line not in present.splitlines()]
    gap = "" if not present or present.endswith("\n") else "\n"
    return present + gap + "".join(f"{line}\n" for line in lacking)


def workspace(topology_name: str, service: Pipeline) -> dict[Path, str]:
    """What a workspace has beside the topology ``topology_name`` and .gitignore, by its place in the workspace."""
    files = {Path(CONFIGURATION): configuration(topology_name)}
    if service in _PIPELINES:
        place, name = _PIPELINES[service]
        files[place] = (PROGRAM / "examples" / "pipelines" / name).read_text(encoding="utf-8")
    return files
