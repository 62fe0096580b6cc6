"""What Terraform says is there, told apart from what a plan of Isthmus wants.

Reads synthesized stacks, states and saved plans, written by Isthmus or by others, and gives gateways, connections,
tunnels with both ends, routes and raw resources. Knows neither the topology nor the plan, constructs or stacks.
"""

from isthmus.observed.observation import Found, Observed, Outside, Target, Unresolved, observe, observed_stacks
from isthmus.observed.resources import Resource
from isthmus.observed.secrets import Secret, plain
from isthmus.observed.sources import Document, InputError, Kind, load
from isthmus.observed.values import ABSENT, Certainty, Known, Reference, Unknown, Value, known, same

__all__ = [
    "ABSENT",
    "Certainty",
    "Document",
    "Found",
    "InputError",
    "Kind",
    "Known",
    "Observed",
    "Outside",
    "Reference",
    "Resource",
    "Secret",
    "Target",
    "Unknown",
    "Unresolved",
    "Value",
    "known",
    "load",
    "observe",
    "observed_stacks",
    "plain",
    "same",
]
