"""The life of an example: deployed, planned again, destroyed; with what it needs to be there before."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isthmus.plan import Plan
from isthmus.plan.order import steps
from isthmus.plan.types import KeySource, LocalState, VNet, Vpc
from tests.deploy.deployment import Deployment, Stack
from tests.deploy.emulated import Emulated, Made

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How long each part took, in seconds, what came up, and what was asked of the clouds."""

    deploy: float
    again: float
    destroy: float
    resources: int
    tunnels: int
    planned: Made
    """What planning what is deployed asked for: only reading."""
    made: Made
    """What deploying, planning and destroying asked for."""


def live(plan: Plan, synthesized: Path, folder: Path, clouds: Emulated) -> Life:
    """Deploy, check, plan again and destroy; fails where anything is not as it must be."""
    if plan.name == "adopted":
        synthesized = _rewritten(synthesized, folder / "rewritten", _adopted(plan, clouds, folder / "owner"))
    _flow_log_destinations(plan, clouds, folder / "logs")
    secrets = _secrets(plan, clouds)
    variables = {
        f"TF_VAR_{name}": _key(name)
        for file in synthesized.glob("stacks/*/cdk.tf.json")
        for name in json.loads(file.read_text(encoding="utf-8")).get("variable", {})
    }
    deployment = Deployment(synthesized, [step.stack for step in steps(plan)], folder, clouds, **variables)
    if not isinstance(plan.state, LocalState):
        deployment.keep_state_local()
    before = deployment.left()
    began = clouds.made()

    times = [time.monotonic()]
    deployment.apply()
    times.append(time.monotonic())
    tunnels = [tunnel for _, tunnel in plan.tunnels()]
    deployment.agree(len(tunnels))
    _given_keys(plan, deployment, {**secrets, **variables})
    _keys_where_they_belong(plan, deployment)
    _default_groups_are_empty(plan, clouds)
    resources = len(deployment.left()) - len(before)
    assert resources > len(tunnels)
    times.append(time.monotonic())
    deployed = clouds.made()
    deployment.unchanged()
    planned = clouds.made().since(deployed)
    times.append(time.monotonic())
    deployment.destroy()
    made = clouds.made().since(began)
    times.append(time.monotonic())
    # What was there before is there as it was; nothing else is.
    assert deployment.left() == before
    assert [stack.name for stack in deployment if stack.resources()] == []
    for secret in secrets:
        clouds.client("secretsmanager", plan.aws[0].region).delete_secret(
            SecretId=secret, ForceDeleteWithoutRecovery=True
        )
    deploy, _, again, destroy = (round(b - a, 1) for a, b in itertools.pairwise(times))
    return Life(
        deploy=deploy,
        again=again,
        destroy=destroy,
        resources=resources,
        tunnels=len(tunnels),
        planned=planned,
        made=made,
    )


def _key(name: str) -> str:
    """A key that only ``name`` has."""
    return f"aKeyOf.{name.replace('-', '_')}"


def _secrets(plan: Plan, clouds: Emulated) -> dict[str, str]:
    """Make the secrets that a plan takes its keys from; returns their texts, by name."""
    made = {}
    for link in plan.links:
        if link.keys.source is KeySource.SECRETS_MANAGER:
            assert link.keys.secret is not None
            region = plan.aws_by_key[link.aws].region
            made[link.keys.secret] = json.dumps({tunnel.name: _key(tunnel.name) for tunnel in link.tunnels})
            clouds.client("secretsmanager", region).create_secret(
                Name=link.keys.secret, SecretString=made[link.keys.secret]
            )
    return made


def _given_keys(plan: Plan, deployment: Deployment, given: dict[str, str]) -> None:
    """The keys that a user gives are those that Azure has, and AWS, also where it keeps them to itself."""
    for link, tunnel in plan.tunnels():
        if link.keys.source not in (KeySource.VARIABLE, KeySource.SECRETS_MANAGER):
            continue
        assert any(_key(tunnel.name) in text or _key_variable(tunnel.name) in text for text in given.values())
        azure = deployment[f"-azure-{link.azure}-connections"].resources("azurerm_virtual_network_gateway_connection")
        [key] = [c["shared_key"] for c in azure.values() if c["name"] == tunnel.connection]
        aws = deployment[link.stack]
        names = {c.name for c in link.connections if tunnel in c.tunnels}
        [connection] = [c for c in aws.resources("aws_vpn_connection").values() if c["tags"]["Name"] in names]
        kept = connection[f"tunnel{tunnel.number}_preshared_key"]
        if kept == "REDACTED":
            secret = deployment.clouds.client("secretsmanager", aws.provider["region"]).get_secret_value(
                SecretId=connection["preshared_key_arn"]
            )["SecretString"]
            kept = json.loads(secret)[f"tunnel{tunnel.number}"]
        assert key == kept
        assert any(key in text for text in given.values())


def _default_groups_are_empty(plan: Plan, clouds: Emulated) -> None:
    """The default security group of each made VPC, in the account of the environment, has no rule."""
    for site in plan.aws:
        if isinstance(site.network, Vpc) and site.provider.role_arn is None:
            wanted = {"Name": "tag:Name", "Values": [site.network.default_security_group]}
            found = clouds.client("ec2", site.region).describe_security_groups(Filters=[wanted])["SecurityGroups"]
            assert [(g["GroupName"], g["IpPermissions"], g["IpPermissionsEgress"]) for g in found] == [
                ("default", [], [])
            ]


def _keys_where_they_belong(plan: Plan, deployment: Deployment) -> None:
    """The state of each stack has the keys of the links that `isthmus workspaces` tells of, and no others."""
    keys = {}
    for link, tunnel in plan.tunnels():
        azure = deployment[f"-azure-{link.azure}-connections"].resources("azurerm_virtual_network_gateway_connection")
        [keys[tunnel.name]] = [c["shared_key"] for c in azure.values() if c["name"] == tunnel.connection]
    assert len(set(keys.values())) == len(keys)
    own = {link.name: {tunnel.name for tunnel in link.tunnels} for link in plan.links}
    for step in steps(plan):
        text = json.dumps(deployment[step.stack].state())
        # The random provider keeps what it made without the letter that comes before it.
        found = {name for name, key in keys.items() if key[1:] in text}
        assert found == set().union(*(own[link] for link in step.keys)), step.stack


def _key_variable(tunnel: str) -> str:
    return tunnel.replace("-", "_")


# What somebody else owns


def _adopted(plan: Plan, clouds: Emulated, folder: Path) -> dict[str, str]:
    """Make what examples/adopted.yaml adopts; returns what stands for each of the ids in it."""
    ec2 = clouds.client("ec2", plan.aws[0].region)
    vpc = ec2.create_vpc(CidrBlock="10.10.0.0/16")["Vpc"]["VpcId"]
    ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.11.0.0/16")
    tables = [ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2)]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{10 + n}.0.0/24")["Subnet"]["SubnetId"] for n in range(2)]
    for table, subnet in zip(tables, subnets, strict=True):
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    options = {
        "AmazonSideAsn": 64540,
        "DefaultRouteTableAssociation": "disable",
        "DefaultRouteTablePropagation": "disable",
    }
    tgw = ec2.create_transit_gateway(Options=options)["TransitGateway"]["TransitGatewayId"]
    table = ec2.create_transit_gateway_route_table(TransitGatewayId=tgw)["TransitGatewayRouteTable"]
    _network_of_the_owner(clouds, folder)
    return {
        "vpc-0a1b2c3d4e5f67890": vpc,
        "tgw-0a1b2c3d4e5f67890": tgw,
        "tgw-rtb-0a1b2c3d4e5f67890": table["TransitGatewayRouteTableId"],
        **{f"rtb-0a1b2c3d4e5f6789{n}": tables[n] for n in range(2)},
        **{f"subnet-0a1b2c3d4e5f6789{n}": subnets[n] for n in range(2)},
    }


def _flow_log_destinations(plan: Plan, clouds: Emulated, folder: Path) -> None:
    """Make the buckets, the storage accounts and the Network Watchers that the flow logs of ``plan`` name."""
    for aws in plan.aws:
        if isinstance(aws.network, Vpc) and aws.network.flow_log:
            bucket = aws.network.flow_log.destination.rpartition(":::")[2].partition("/")[0]
            place = {"LocationConstraint": aws.region}
            clouds.client("s3", aws.region).create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    for azure in plan.azure:
        if not isinstance(azure.network, VNet) or not (wanted := azure.network.flow_log):
            continue
        *_, group, _, _, _, account = wanted.storage_account_id.split("/")
        logs, watchers = "${azurerm_resource_group.logs.name}", "${azurerm_resource_group.watchers.name}"
        at = {"location": azure.region}
        kind = {"account_tier": "Standard", "account_replication_type": "LRS"}
        resources = {
            "azurerm_resource_group": {
                "logs": {"name": group, **at},
                "watchers": {"name": wanted.network_watcher_resource_group, **at},
            },
            "azurerm_storage_account": {"x": {"name": account, "resource_group_name": logs, **at, **kind}},
            "azurerm_network_watcher": {"x": {"name": wanted.network_watcher, "resource_group_name": watchers, **at}},
        }
        _owners_stack(clouds, folder / azure.key, resources)


def _network_of_the_owner(clouds: Emulated, folder: Path) -> None:
    group = {"name": "network-prod", "location": "germanywestcentral"}
    place = {"resource_group_name": "${azurerm_resource_group.x.name}"}
    subnet = {**place, "virtual_network_name": "${azurerm_virtual_network.x.name}"}
    resources = {
        "azurerm_resource_group": {"x": group},
        "azurerm_virtual_network": {
            "x": {**place, "name": "hub", "location": group["location"], "address_space": ["10.20.0.0/16"]}
        },
        "azurerm_subnet": {
            "x": {**subnet, "name": "GatewaySubnet", "address_prefixes": ["10.20.255.0/27"]},
        },
    }
    _owners_stack(clouds, folder, resources)


def _owners_stack(clouds: Emulated, folder: Path, resources: Json) -> None:
    """Make on Azure what somebody else owns."""
    stack = Stack(folder, {**_plain_environment(), **clouds.variables}, dict.fromkeys(("init", "apply"), 0.0))
    stack.write(
        {
            "terraform": {"required_providers": {"azurerm": {"source": "hashicorp/azurerm"}}},
            "provider": {"azurerm": [{"features": {}}]},
            "resource": resources,
        }
    )
    stack.apply()


def _plain_environment() -> dict[str, str]:
    from tests.synth.program import environment

    return environment()


def _rewritten(synthesized: Path, folder: Path, replaced: dict[str, str]) -> Path:
    """A copy of ``synthesized`` in which real ids stand where the example has made-up ones."""
    for file in synthesized.glob("stacks/*/cdk.tf.json"):
        text = file.read_text(encoding="utf-8")
        # The id of a table of a transit gateway ends like that of a route table.
        for made_up in sorted(replaced, key=len, reverse=True):
            text = text.replace(made_up, f"<{made_up}>")
            text = text.replace(f"<{made_up}>", replaced[made_up])
        copy = folder / file.relative_to(synthesized)
        copy.parent.mkdir(parents=True)
        copy.write_text(text, encoding="utf-8")
    return folder
