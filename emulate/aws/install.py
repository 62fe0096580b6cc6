"""Puts the subjects together and has moto use them: in this process, not in its package."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from moto.core.common_types import TYPE_RESPONSE
from moto.ec2 import urls
from moto.ec2.models import ec2_backends
from moto.s3 import models as s3_models

from emulate.aws.bucket_policies import Bucket
from emulate.aws.customer_gateways import CustomerGatewayCalls
from emulate.aws.flow_logs import FlowLogs
from emulate.aws.route_propagation import RoutePropagation, RoutePropagationCalls
from emulate.aws.transit_gateway_routes import TransitGatewayRouteCalls
from emulate.aws.transit_gateways import TransitGatewayCalls
from emulate.aws.vpn_connection_changes import VpnConnectionChangeCalls, VpnConnectionChanges
from emulate.aws.vpn_connection_routes import VpnConnectionRouteCalls, VpnConnectionRoutes
from emulate.aws.vpn_connections import VpnConnectionCalls


class Response(
    CustomerGatewayCalls,
    RoutePropagationCalls,
    TransitGatewayCalls,
    TransitGatewayRouteCalls,
    VpnConnectionCalls,
    VpnConnectionChangeCalls,
    VpnConnectionRouteCalls,
):
    """EC2's API calls, one at a time: what is looked for first and then added must not change in between."""

    _one_at_a_time = threading.RLock()

    def call_action(self) -> TYPE_RESPONSE:
        with self._one_at_a_time:
            return super().call_action()


class Backend(FlowLogs, VpnConnectionRoutes, VpnConnectionChanges, RoutePropagation):
    """EC2 in one account and region."""

    @property
    def _url_module(self) -> SimpleNamespace:
        """What moto looks for beside its own backends: the addresses, and who answers there."""
        return SimpleNamespace(url_bases=urls.url_bases, url_paths={"{0}/": Response.dispatch})


def install() -> None:
    """Have moto use them. Must come before the first call to EC2: moto keeps a backend that it has made."""
    ec2_backends.backend = Backend
    # Made by name, in one place, whatever the backend.
    vars(s3_models)["FakeBucket"] = Bucket
