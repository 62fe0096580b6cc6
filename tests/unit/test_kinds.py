"""Each kind of link and gateway: static, active-standby, transit gateway, adopted, many ranges."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from isthmus.plan import Plan
from isthmus.plan.types import (
    AdoptedAzureGateway,
    AdoptedTransitGateway,
    AdoptedVNet,
    AdoptedVpc,
    AdoptedVpnGateway,
    AzureProviderSettings,
    Lifecycle,
    Routing,
    TransitGateway,
    Tunnel,
    VpnGateway,
)
from tests.unit.plans import GATEWAY_ID, all_tunnels, azure_gateway, one, one_link, plan_of

AZURES = IPv4Network("10.2.0.0/16")
AWSS = IPv4Network("10.1.0.0/16")


# Static routing


def test_static_writes_azures_networks_on_aws() -> None:
    [connection] = one_link(link="routing: static").connections
    assert connection.static_routes_only
    assert [(route.key, route.cidr) for route in connection.static_routes] == [("10.2.0.0-16", AZURES)]


def test_static_writes_awss_networks_on_azure() -> None:
    assert one_link(link="routing: static").address_space == (AWSS,)


def test_bgp_writes_neither() -> None:
    link = one_link()
    assert link.address_space == ()
    assert [(c.static_routes_only, c.static_routes) for c in link.connections] == [(False, ())] * 2


def test_static_has_no_bgp_anywhere() -> None:
    plan = one(link="routing: static")
    gateway = azure_gateway(plan)
    assert plan.links[0].routing is Routing.STATIC
    assert [tunnel.bgp for tunnel in all_tunnels(plan.links[0])] == [None, None]
    assert [instance.apipa for instance in gateway.instances] == [(), ()]


def waits(tunnel: Tunnel) -> bool:
    return (tunnel.aws_options.startup_action, tunnel.aws_options.dpd_action) == ("add", "clear")


@pytest.mark.parametrize(
    ("link", "used", "waiting"),
    [
        ("routing: static", [True, True], [False, False]),
        ("routing: static, tunnels: 2", [True, True], [False, False]),
        ("routing: static, tunnels: 1", [True, False], [False, True]),
        ("routing: static, tunnels: 1, initiator: azure", [True, False], [True, True]),
    ],
)
def test_static_tunnels(link: str, used: list[bool], waiting: list[bool]) -> None:
    """AWS always has two; the one that Azure has no counterpart of waits instead of trying for ever."""
    found = one_link(link=link)
    tunnels = all_tunnels(found)
    assert [t.used for t in tunnels] == used
    assert [waits(t) for t in tunnels] == waiting
    assert [t.key for t in found.tunnels] == ["i0-t1", "i0-t2"][: sum(used)]


def test_static_with_several_ranges_on_both_sides() -> None:
    link = plan_of(
        f"""
name: t
aws:
  a:
    region: eu-central-1
    network: {{vpc_id: vpc-0a1b2c3d, cidrs: [10.1.0.0/16, 10.3.0.0/16], route_table_ids: [rtb-0a1b2c3d]}}
azure:
  b:
    region: westeurope
    network: {{resource_group: hub, vnet: hub, cidrs: [10.4.0.0/16, 10.2.0.0/16]}}
    gateway: {{id: {GATEWAY_ID}, asn: 65515, mode: active-standby, public_ips: [203.0.113.10]}}
links: [{{aws: a, azure: b, routing: static}}]
"""
    ).links[0]
    [connection] = link.connections
    assert [route.key for route in connection.static_routes] == ["10.2.0.0-16", "10.4.0.0-16"]
    assert [str(cidr) for cidr in link.address_space] == ["10.1.0.0/16", "10.3.0.0/16"]


# Active-standby, and which mode goes without saying


def test_standby_has_one_of_everything() -> None:
    plan = one(azure="mode: active-standby")
    [instance] = azure_gateway(plan).instances
    [connection] = plan.links[0].connections
    [tunnel] = plan.links[0].tunnels
    assert tunnel.bgp
    assert (tunnel.bgp.primary, tunnel.bgp.secondary) == (IPv4Address("169.254.21.2"), None)
    assert instance.apipa == (IPv4Address("169.254.21.2"),)
    assert [(t.used, waits(t)) for t in connection.tunnels] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("azure", "links", "instances"),
    [
        ("", "{}", 2),
        ("", "{routing: static}", 2),
        ("mode: active-standby", "{routing: static}", 1),
        ("mode: active-standby", "{}", 1),
        ("mode: active-active", "{routing: static}, {}", 2),
        ("", "{routing: static}, {routing: static}", 2),
        ("", "{routing: static}, {}", 2),
        ("mode: active-standby", "{routing: static}, {}", 1),
    ],
)
def test_mode(azure: str, links: str, instances: int) -> None:
    """What is not said: active-active, whatever the links are, so that none that comes or goes changes it."""
    kinds = links.split(", ")
    written = [f"{{aws: a{n}, azure: b, slot: {n}, {kind[1:-1]}}}" for n, kind in enumerate(kinds)]
    sites = [
        f"  a{n}: {{region: eu-central-1, network: {{cidr: 10.{n}.0.0/16}}, gateway: {{asn: {64600 + n}}}}}\n"
        for n in range(len(kinds))
    ]
    plan = plan_of(
        f"name: t\naws:\n{''.join(sites)}"
        f"azure: {{b: {{region: westeurope, network: {{cidr: 10.200.0.0/16}}, gateway: {{{azure}}}}}}}\n"
        f"links: [{', '.join(written)}]".replace(", }", "}")
    )
    gateway = azure_gateway(plan)
    assert (len(gateway.instances), gateway.active_active) == (instances, instances == 2)


def test_static_link_ends_on_the_first_of_two_instances() -> None:
    link = one_link(azure="mode: active-active", link="routing: static")
    assert [connection.instance for connection in link.connections] == [0]


# Gateways on AWS


def test_vgw_is_what_goes_without_saying() -> None:
    [site] = one().aws
    assert site.gateway == VpnGateway(name="t-aws-a", asn=64512, lifecycle=Lifecycle())
    assert not site.is_tgw


def test_tgw_made() -> None:
    [site] = one(aws="kind: tgw, asn: 64530").aws
    assert site.gateway == TransitGateway(
        name="t-aws-a", asn=64530, route_table="t-aws-a", attachment="t-aws-a", lifecycle=Lifecycle()
    )
    assert site.is_tgw


@pytest.mark.parametrize(
    ("more", "route_table", "network", "attachment"),
    [
        ("", None, "cidr: 10.1.0.0/16", "t-aws-a"),
        (", route_table_id: tgw-rtb-0a1b2c3d", "tgw-rtb-0a1b2c3d", "cidr: 10.1.0.0/16", "t-aws-a"),
        ("", None, "VPC, subnet_ids: [subnet-0a1b2c3d]", "t-aws-a"),
        ("", None, "VPC", None),
    ],
)
def test_tgw_adopted(more: str, route_table: str | None, network: str, attachment: str | None) -> None:
    """It gets an attachment of a VPC that is made, or whose subnets are named; otherwise it has one."""
    text = one_text(network, f"kind: tgw, id: tgw-0a1b2c3d, asn: 64530{more}")
    assert plan_of(text).aws[0].gateway == AdoptedTransitGateway(
        id="tgw-0a1b2c3d", asn=64530, route_table_id=route_table, attachment=attachment
    )


@pytest.mark.parametrize(("network", "attach"), [("cidr: 10.1.0.0/16", True), ("VPC", False)])
def test_vgw_adopted(network: str, attach: bool) -> None:
    """It is attached to a VPC that is made; to one that is adopted it is attached already."""
    plan = plan_of(one_text(network, "id: vgw-0a1b2c3d, asn: 64530"))
    assert plan.aws[0].gateway == AdoptedVpnGateway(id="vgw-0a1b2c3d", asn=64530, attach=attach)
    assert plan.links[0].aws_asn == 64530


def test_vpc_adopted() -> None:
    [site] = plan_of(one_text("VPC, subnet_ids: [subnet-0a1b2c3d]", "kind: tgw")).aws
    assert site.network == AdoptedVpc(
        vpc_id="vpc-0a1b2c3d", cidrs=(AWSS,), route_table_ids=("rtb-0a1b2c3d",), subnet_ids=("subnet-0a1b2c3d",)
    )


def one_text(network: str, gateway: str) -> str:
    network = network.replace("VPC", "vpc_id: vpc-0a1b2c3d, cidrs: [10.1.0.0/16], route_table_ids: [rtb-0a1b2c3d]")
    return f"""
name: t
aws: {{a: {{region: eu-central-1, network: {{{network}}}, gateway: {{{gateway}}}}}}}
azure: {{b: {{region: westeurope, network: {{cidr: 10.2.0.0/16}}}}}}
"""


@pytest.mark.parametrize("key", ["bandwidth", "acceleration", "maintenance_control"])
def test_option_that_is_not_said_keeps_awss_default(key: str) -> None:
    assert [getattr(connection, key) for connection in one_link().connections] == [None, None]


@pytest.mark.parametrize(
    ("key", "aws", "link", "value"),
    [
        ("bandwidth", "kind: tgw, bandwidth: large", "", "large"),
        ("bandwidth", "kind: tgw, bandwidth: standard", "", "standard"),
        ("bandwidth", "kind: vgw, bandwidth: standard", "", None),
        ("acceleration", "kind: tgw", "", False),
        ("acceleration", "kind: vgw, acceleration: false", "", None),
        ("acceleration", "kind: tgw, acceleration: true", "initiator: azure", True),
        ("maintenance_control", "maintenance_control: true", "", True),
    ],
)
def test_option_is_on_every_connection(key: str, aws: str, link: str, value: object) -> None:
    found = one_link(aws=aws, link=link)
    assert [getattr(connection, key) for connection in found.connections] == [value, value]


# Gateways and networks on Azure


def adopted(subnet: str, gateway: str) -> Plan:
    return plan_of(
        f"""
name: t
aws: {{a: {{region: eu-central-1, network: {{cidr: 10.1.0.0/16}}}}}}
azure:
  b:
    region: westeurope
    network: {{resource_group: network-prod, vnet: hub, cidrs: [10.2.0.0/16]{subnet}}}
    gateway: {{{gateway}}}
"""
    )


@pytest.mark.parametrize(
    ("said", "made"), [("existing", None), ("10.2.255.0/27", IPv4Network("10.2.255.0/27"))], ids=["existing", "made"]
)
def test_vnet_adopted(said: str, made: IPv4Network | None) -> None:
    [site] = adopted(f", gateway_subnet: {said}", "").azure
    assert site.network == AdoptedVNet(resource_group="network-prod", name="hub", cidrs=(AZURES,), gateway_subnet=made)
    assert site.stacks.gateway == "t-azure-b-gateway"
    assert site.resource_group == "t-azure-b"


def test_azure_gateway_adopted() -> None:
    plan = adopted("", f"id: {GATEWAY_ID}, asn: 65020, public_ips: [203.0.113.10, 203.0.113.11]")
    [site] = plan.azure
    gateway = site.gateway
    assert isinstance(gateway, AdoptedAzureGateway)
    assert (gateway.name, gateway.asn, gateway.active_active) == ("hub", 65020, True)
    assert [str(address) for address in gateway.public_ips] == ["203.0.113.10", "203.0.113.11"]
    assert [len(instance.apipa) for instance in gateway.instances] == [2, 2]
    assert site.stacks.gateway is None
    assert plan.links[0].azure_asn == 65020


def test_adopted_gateway_may_have_azures_own_number() -> None:
    """65515 is what a gateway gets that was made without one; only its peers must not have it."""
    ips = "public_ips: [203.0.113.10, 203.0.113.11]"
    plan = adopted("", f"id: {GATEWAY_ID}, asn: 65515, {ips}")
    assert [connection.bgp_asn for connection in plan.links[0].connections] == ["65515", "65515"]


# Several sites


HUB = """
name: t
aws:
  a: {region: eu-central-1, network: {cidr: 10.1.0.0/16}, gateway: {asn: 64601}, profile: prod}
  c: {region: eu-west-1, network: {cidr: 10.3.0.0/16}, role_arn: "arn:aws:iam::111122223333:role/network"}
azure:
  b:
    region: westeurope
    network: {cidr: 10.2.0.0/16}
    subscription_id: 11111111-1111-1111-1111-111111111111
    tenant_id: 99999999-9999-9999-9999-999999999999
  d: {region: uksouth, network: {cidr: 10.0.0.0/16}, gateway: {asn: 65020}}
links:
  - {aws: a, azure: b, slot: 0}
  - {aws: a, azure: d, slot: 1, routing: static}
  - {aws: c, azure: b, slot: 2}
"""


def test_site_knows_the_networks_that_its_gateway_hears_of_and_no_others() -> None:
    """Over BGP through b, `a` and `c` hear of each other, and `c` hears of what `a` has a static link to."""
    found = {site.key: [(r.key, str(r.cidr)) for r in site.far_networks] for site in plan_of(HUB).aws}
    a, b, c, d = (("10.1.0.0-16", "10.1.0.0/16"), ("10.2.0.0-16", "10.2.0.0/16"),
                  ("10.3.0.0-16", "10.3.0.0/16"), ("10.0.0.0-16", "10.0.0.0/16"))  # fmt: skip
    assert found == {"a": [d, b, c], "c": [d, a, b]}


def test_static_site_hears_of_its_neighbour_only() -> None:
    mixed = HUB.replace("azure: b, slot: 2", "azure: b, slot: 2, routing: static")
    mode = "    gateway: {mode: active-active}\n"
    plan = plan_of(mixed.replace("    network: {cidr: 10.2.0.0/16}\n", f"    network: {{cidr: 10.2.0.0/16}}\n{mode}"))
    assert [str(r.cidr) for r in plan.aws[1].far_networks] == ["10.2.0.0/16"]


def test_each_site_has_its_own_provider_settings() -> None:
    plan = plan_of(HUB)
    assert [(s.provider.profile, s.provider.role_arn) for s in plan.aws] == [
        ("prod", None),
        (None, "arn:aws:iam::111122223333:role/network"),
    ]
    assert plan.azure[0].provider == AzureProviderSettings(
        subscription_id="11111111-1111-1111-1111-111111111111", tenant_id="99999999-9999-9999-9999-999999999999"
    )
    assert plan.azure[1].provider == AzureProviderSettings(subscription_id=None, tenant_id=None)


def test_slot_0_goes_first_and_the_others_take_turns() -> None:
    assert {link.name: link.is_serialized for link in plan_of(HUB).links} == {"a-b": False, "a-d": True, "c-b": True}
