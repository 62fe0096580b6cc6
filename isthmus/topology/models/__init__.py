"""The topology file: what a user wants. The keys are a contract with users; docs/topology.md describes them all.

Only the structure and the single values are checked here; what depends on several values is checked in
``isthmus.checks``.
"""

from isthmus.topology.models.aws import AwsFlowLogs, AwsGateway, AwsNetwork, AwsSite
from isthmus.topology.models.azure import AzureFlowLogs, AzureGateway, AzureNetwork, AzureSite
from isthmus.topology.models.ignore import Ignore
from isthmus.topology.models.links import EspProposal, IkeProposal, Ipsec, Lifetimes, Link, Psk, Traffic
from isthmus.topology.models.monitoring import Monitoring
from isthmus.topology.models.topology import Topology

__all__ = [
    "AwsFlowLogs",
    "AwsGateway",
    "AwsNetwork",
    "AwsSite",
    "AzureFlowLogs",
    "AzureGateway",
    "AzureNetwork",
    "AzureSite",
    "EspProposal",
    "Ignore",
    "IkeProposal",
    "Ipsec",
    "Lifetimes",
    "Link",
    "Monitoring",
    "Psk",
    "Topology",
    "Traffic",
]
