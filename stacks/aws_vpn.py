"""``<name>-aws-<site>-vpn``: VPC, gateway, routes, logs. Minutes, beside the Azure gateway. Holds no key."""

from __future__ import annotations

from constructs.crosscloud import providers as tf
from constructs.crosscloud.aws import aws_gateway, aws_network
from constructs.crosscloud.monitoring import AwsTunnelWatch
from isthmus.plan import Plan
from isthmus.plan.types import AwsSite

from .backends import attach
from .settings import aws_provider


class AwsVpnStack(tf.TerraformStack):
    """What the links of one AWS site share. Other stacks refer to ``network``, ``gateway`` and ``watch``."""

    def __init__(self, app: tf.App, *, plan: Plan, site: AwsSite) -> None:
        super().__init__(app, site.stack)
        attach(self, plan.state, site.stack)
        aws_provider(self, site)
        self.network = network = aws_network(self, "network", site=site)
        self.gateway = aws_gateway(self, "gateway", site=site, network=network)
        self.watch = (
            AwsTunnelWatch(self, "monitoring", monitoring=site.monitoring, tags=site.tags) if site.monitoring else None
        )
        tf.TerraformOutput(self, "vpc_id", value=network.vpc_id)
        tf.TerraformOutput(self, "subnet_ids", value=dict(network.subnet_ids))
        tf.TerraformOutput(self, "route_table_ids", value=dict(network.route_table_ids))
        tf.TerraformOutput(self, "gateway_id", value=self.gateway.vpn_gateway_id or self.gateway.transit_gateway_id)
