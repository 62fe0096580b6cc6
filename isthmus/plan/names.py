"""What things are called. Stack names and keys end up in Terraform addresses: a change is a breaking change."""

from __future__ import annotations

from collections.abc import Mapping

from isthmus.plan.types import AzureStacks
from isthmus.topology import models


def aws_stack(name: str, site: str) -> str:
    return f"{name}-aws-{site}-vpn"


def link_stack(name: str, label: str) -> str:
    return f"{name}-link-{label}"


def azure_stacks(name: str, site: str, *, gateway_made: bool) -> AzureStacks:
    prefix = f"{name}-azure-{site}"
    return AzureStacks(
        network=f"{prefix}-network",
        gateway=f"{prefix}-gateway" if gateway_made else None,
        connections=f"{prefix}-connections",
    )


def identity(topology: models.Topology, cloud: str, key: str) -> str:
    """The name by which the clouds and Terraform know the site ``key``: the first that it had."""
    sites: Mapping[str, models.AwsSite | models.AzureSite] = topology.aws if cloud == "aws" else topology.azure
    return sites[key].formerly or key


def deployment(topology: models.Topology) -> str:
    """The name by which the clouds and Terraform know the deployment."""
    return topology.formerly or topology.name


def site(name: str, cloud: str, site_key: str) -> str:
    """The label of a site: first part of the names of what stands there."""
    return f"{name}-{cloud}-{site_key}"


def link(aws: str, azure: str) -> str:
    """The label of a link. ``isthmus.checks`` sees to it that no two links share one."""
    return f"{aws}-{azure}"


def link_of(topology: models.Topology, wanted: models.Link) -> str:
    """The label of the link ``wanted`` of ``topology``."""
    return link(identity(topology, "aws", wanted.aws), identity(topology, "azure", wanted.azure))


def instance(number: int) -> str:
    return f"instance{number}"


def tunnel(instance_number: int, number: int) -> str:
    """The key of a tunnel within its link: ``i0-t1``."""
    return f"i{instance_number}-t{number}"


def key_variable(label: str, tunnel_key: str) -> str:
    """The Terraform variable for a tunnel's key. Two links never share one: ``TF_VAR_…`` sets it in every stack."""
    return f"psk_{label}_{tunnel_key}".replace("-", "_")
