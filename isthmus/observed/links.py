"""Gateways, tunnels and routes out of what Terraform tells: the neutral view, worked out once."""

from __future__ import annotations

from functools import cached_property

from isthmus.observed import aws, azure
from isthmus.observed.observation import Observed
from isthmus.observed.pairing import pair
from isthmus.observed.routes import routes
from isthmus.observed.types import AwsEnd, AwsGateway, AzureEnd, AzureGateway, Paired, Route, Tunnel


class Links:
    """Both sides of every link of ``observed``."""

    def __init__(self, observed: Observed) -> None:
        self.observed = observed

    @cached_property
    def aws_ends(self) -> list[AwsEnd]:
        """Both tunnels of every AWS VPN connection."""
        return aws.ends(self.observed)

    @cached_property
    def azure_ends(self) -> list[AzureEnd]:
        """Every Azure connection that may lead to AWS."""
        return azure.ends(self.observed)

    @cached_property
    def paired(self) -> Paired:
        """Every end, with its other end or alone."""
        return pair(self.observed, self.aws_ends, self.azure_ends)

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """The tunnels of which both ends are there, in the order of the Azure connections."""
        return self.paired.tunnels

    @cached_property
    def aws_gateways(self) -> list[AwsGateway]:
        """Every gateway at which an AWS tunnel ends, once."""
        return list({str(end.gateway.target): end.gateway for end in self.aws_ends}.values())

    @cached_property
    def azure_gateways(self) -> list[AzureGateway]:
        """Every gateway of these files, and every other at which a connection ends, once."""
        found = {str(end.gateway.target): end.gateway for end in self.azure_ends}
        return list({**{str(g.target): g for g in azure.gateways(self.observed)}, **found}.values())

    @cached_property
    def routes(self) -> list[Route]:
        """Every route on AWS."""
        return routes(self.observed)
