"""A CDKTF program with stacks of its own that adds those of a topology to its app: see docs/python.md.

It needs Isthmus with the extra ``synth`` in its environment. ``cdktf synth`` in this folder runs it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import isthmus

with isthmus.fast_loading():
    from cdktf import App, LocalBackend, TerraformStack
    from cdktf_cdktf_provider_aws.provider import AwsProvider
    from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupIngress


class ServiceStack(TerraformStack):
    """A security group in the VPC that lets the VNet reach port 443."""

    def __init__(self, app: App, name: str, *, region: str, vpc_id: str, clients: list[str]) -> None:
        super().__init__(app, name)
        # cdktf's own choice would be the absolute path of this folder.
        LocalBackend(self, path=f"../../../terraform.{name}.tfstate")
        AwsProvider(self, "aws", region=region)
        https = SecurityGroupIngress(protocol="tcp", from_port=443, to_port=443, cidr_blocks=clients)
        SecurityGroup(self, "service", name="service", vpc_id=vpc_id, ingress=[https])


def main() -> int:
    """Synthesize into ``cdktf.out``, or where the cdktf CLI says."""
    try:
        plan = isthmus.check(Path(__file__).with_name("isthmus.yaml")).plan
    except isthmus.TopologyError as error:
        print(error.report, file=sys.stderr)
        return 2
    app = App()
    stacks = isthmus.add_stacks(app, plan)
    [site], [other] = plan.aws, plan.azure
    # A reference to another stack: cdktf deploys that one first and reads its state.
    vpc_id = stacks.aws_vpns[site.key].network.vpc_id
    clients = [str(cidr) for cidr in other.network.cidrs]
    ServiceStack(app, "service", region=site.region, vpc_id=vpc_id, clients=clients)
    app.synth()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
