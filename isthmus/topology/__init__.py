"""The topology file: read, checked value by value, and turned into frozen models."""

from isthmus.topology.load import Loaded, load, load_stream, loads
from isthmus.topology.models import (
    AwsSite,
    AzureSite,
    Link,
    Topology,
)

__all__ = ["AwsSite", "AzureSite", "Link", "Loaded", "Topology", "load", "load_stream", "loads"]
