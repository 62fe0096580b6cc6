"""The plan: Microsoft's table, and what holds for every topology."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from ipaddress import IPv4Network
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from isthmus.clouds import aws, azure
from isthmus.plan import Plan, build
from isthmus.plan.addressing import gateway_subnet, inside_block, vpc_subnets, workload_subnet
from isthmus.plan.types import Tunnel, VNet, Vpc
from isthmus.topology import loads
from tests.unit.plans import ONE, all_tunnels, azure_gateway, plan_of

PLAN = plan_of(ONE)
LINK = PLAN.links[0]

# "Configure BGP connections between Azure VPN Gateway and AWS": tunnel, Azure's custom BGP address, AWS's
# peer, inside CIDR, custom address of instance 0 and of instance 1 that the connection names.
MICROSOFTS_TABLE = """
    i0-t1  169.254.21.2  169.254.21.1  169.254.21.0/30  169.254.21.2  169.254.21.6
    i0-t2  169.254.22.2  169.254.22.1  169.254.22.0/30  169.254.22.2  169.254.21.6
    i1-t1  169.254.21.6  169.254.21.5  169.254.21.4/30  169.254.21.2  169.254.21.6
    i1-t2  169.254.22.6  169.254.22.5  169.254.22.4/30  169.254.21.2  169.254.22.6
"""


def row(tunnel: Tunnel) -> list[str]:
    assert tunnel.bgp
    addresses = (tunnel.azure_address, tunnel.aws_address, tunnel.inside)
    return [str(v) for v in (tunnel.key, *addresses, tunnel.bgp.primary, tunnel.bgp.secondary)]


def test_slot_0_is_microsofts_table() -> None:
    assert [row(tunnel) for tunnel in LINK.tunnels] == [line.split() for line in MICROSOFTS_TABLE.split("\n")[1:-1]]


def test_each_instance_lists_its_own_addresses() -> None:
    found = [[str(address) for address in i.apipa] for i in PLAN.azure[0].gateway.instances]
    assert found == [["169.254.21.2", "169.254.22.2"], ["169.254.21.6", "169.254.22.6"]]


def test_slots_tile_azures_range() -> None:
    blocks = [inside_block(slot=s, instance=n, number=k) for s, n, k in product(range(azure.SLOTS), (0, 1), (1, 2))]
    assert sorted(blocks) == [block for r in azure.APIPA_RANGES for block in r.subnets(new_prefix=30)]


# What any topology comes to.


@st.composite
def topologies(draw: st.DrawFn) -> str:
    """A topology that passes every check: sites of any size and kind, any pairs of them linked, in any slots."""
    aws_keys = draw(st.lists(st.sampled_from(["a", "b", "c-1", "dd"]), min_size=1, max_size=4, unique=True))
    azure_keys = draw(st.lists(st.sampled_from(["x", "y", "z-2", "w"]), min_size=1, max_size=4, unique=True))
    pairs = list(product(aws_keys, azure_keys))
    linked = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=8, unique=True))
    slots: dict[tuple[str, str], int] = {}
    for pair in linked:
        taken = {slot for other, slot in slots.items() if set(other) & set(pair)}
        slots[pair] = draw(st.sampled_from([slot for slot in range(azure.SLOTS) if slot not in taken]))
    asns = draw(st.lists(st.sampled_from(ASNS), min_size=len(aws_keys), max_size=len(aws_keys), unique=True))
    peers = draw(st.lists(st.sampled_from(PEERS), min_size=len(azure_keys), max_size=len(azure_keys), unique=True))
    # The second number of each range, so that no two overlap.
    ranges = iter(range(256))
    lines = ["name: t", "aws:"]
    for key, asn in zip(aws_keys, asns, strict=True):
        cidr = f"10.{next(ranges)}.0.0/{draw(st.integers(16, 27))}"
        gateway = f"{{kind: {draw(st.sampled_from(['vgw', 'tgw']))}, asn: {asn}}}"
        lines.append(f"  {key}: {{region: eu-central-1, network: {{cidr: {cidr}}}, gateway: {gateway}}}")
    lines.append("azure:")
    standby, unsaid = set(), set()
    for key, asn in zip(azure_keys, peers, strict=True):
        cidr = f"10.{next(ranges)}.0.0/{draw(st.integers(16, 27))}"
        mode = draw(st.sampled_from(["", ", mode: active-active", ", mode: active-standby"]))
        standby |= {key} if "standby" in mode else set()
        unsaid |= set() if mode else {key}
        gateway = f"{{sku: {draw(st.sampled_from(azure.SKU_NAMES))}, asn: {asn}{mode}}}"
        lines.append(f"  {key}: {{region: westeurope, network: {{cidr: {cidr}}}, gateway: {gateway}}}")
    lines.append("links:")
    kinds = ["routing: bgp", "routing: bgp, initiator: aws", "routing: static", "routing: static, tunnels: 1"]
    # An active-standby gateway takes one link with BGP, and one whose mode is not said links of one kind.
    taken_standby: set[str] = set()
    for aws_key, azure_key in linked:
        choice = kinds[2:] if azure_key in taken_standby else kinds[:2] if azure_key in unsaid else kinds
        kind = draw(st.sampled_from(choice))
        if "bgp" in kind and azure_key in standby:
            taken_standby.add(azure_key)
        ipsec = draw(st.sampled_from(["strong", "max", "compat"]))
        slot = slots[aws_key, azure_key]
        lines.append(f"  - {{aws: {aws_key}, azure: {azure_key}, slot: {slot}, ipsec: {ipsec}, {kind}}}")
    return "\n".join(lines)


ASNS = [64512, 64513, 65000, 65514, 65516, 65534, 4_200_000_000, 4_294_967_294]
PEERS = [1, 64700, 65010, 65530, 2_147_483_647, 2_147_483_648, 4_200_000_001, 4_294_967_293]

quickly = settings(max_examples=15, deadline=None, derandomize=True)

Property = Callable[[Plan], None]
HOLDS: list[Property] = []


def holds(what: Property) -> Property:
    """Have ``what`` asserted of every plan. One run makes the plans for all: making them is what takes time."""
    HOLDS.append(what)
    return what


@settings(quickly, max_examples=40)
@given(topologies())
def test_what_holds_for_every_plan(text: str) -> None:
    plan = plan_of(text)
    for what in HOLDS:
        what(plan)


@holds
def blocks_of_a_gateway_are_disjoint(plan: Plan) -> None:
    for links in [plan.links_of_aws(s.key) for s in plan.aws] + [plan.links_of_azure(s.key) for s in plan.azure]:
        # Those that Azure has no counterpart of count too: AWS has them.
        blocks = [tunnel.inside for link in links for tunnel in all_tunnels(link)]
        assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


@holds
def blocks_are_where_both_clouds_take_them(plan: Plan) -> None:
    for _, tunnel in plan.tunnels():
        assert tunnel.inside.prefixlen == 30
        assert any(tunnel.inside.subnet_of(allowed) for allowed in azure.APIPA_RANGES)
        assert not any(tunnel.inside.overlaps(reserved) for reserved in aws.RESERVED_INSIDE)


@holds
def aws_has_the_first_host_and_azure_the_second(plan: Plan) -> None:
    for _, tunnel in plan.tunnels():
        assert [tunnel.aws_address, tunnel.azure_address] == list(tunnel.inside.hosts())


@holds
def custom_addresses_are_each_instances_own(plan: Plan) -> None:
    for link, tunnel in plan.tunnels():
        if not link.is_bgp:
            assert tunnel.bgp is None
            continue
        assert tunnel.bgp
        addresses = (tunnel.bgp.primary, tunnel.bgp.secondary)
        instances = plan.azure_by_key[link.azure].gateway.instances
        assert addresses[tunnel.instance] == tunnel.azure_address
        assert [address is None for address in addresses] == [False, len(instances) == 1]
        for address, instance in zip(addresses, instances, strict=False):
            assert address in instance.apipa


@holds
def gateway_lists_the_addresses_of_its_tunnels_and_no_other(plan: Plan) -> None:
    wanted = defaultdict(set)
    for link, tunnel in plan.tunnels():
        if link.is_bgp:
            wanted[link.azure, tunnel.instance].add(tunnel.azure_address)
    for site in plan.azure:
        for instance in site.gateway.instances:
            assert set(instance.apipa) == wanted[site.key, instance.number]


@holds
def connection_has_the_two_tunnels_of_one_instance(plan: Plan) -> None:
    for link in plan.links:
        two = link.is_bgp and plan.azure_by_key[link.azure].gateway.active_active
        found = [(c.instance, t.instance, t.number) for c in link.connections for t in c.tunnels]
        assert found == [(n, n, k) for n in ((0, 1) if two else (0,)) for k in (1, 2)]
        assert len(link.tunnels) in ((4,) if two else (1,) if link.is_bgp else (1, 2))
        assert [t.key_slot.number for t in all_tunnels(link)] == list(range(1, len(found) + 1))


@holds
def static_links_write_both_ends_networks(plan: Plan) -> None:
    for link in plan.links:
        there = () if link.is_bgp else plan.azure_by_key[link.azure].network.cidrs
        assert link.address_space == (() if link.is_bgp else plan.aws_by_key[link.aws].network.cidrs)
        assert [tuple(route.cidr for route in c.static_routes) for c in link.connections] == [there] * len(
            link.connections
        )


@holds
def somebody_initiates_what_is_used_and_nobody_the_rest(plan: Plan) -> None:
    for link in plan.links:
        azure_starts = link.azure_policy.connection_mode != "ResponderOnly"
        for tunnel in all_tunnels(link):
            options = tunnel.aws_options
            if tunnel.used:
                assert azure_starts or (options.startup_action, options.dpd_action) == ("start", "restart")
            else:
                assert (options.startup_action, options.dpd_action) == ("add", "clear")


@holds
def peer_asn_is_in_the_form_that_aws_takes(plan: Plan) -> None:
    for link in plan.links:
        for connection in link.connections:
            plain, extended = connection.bgp_asn, connection.bgp_asn_extended
            assert (plain or extended) == str(link.azure_asn)
            assert (extended is not None) == (link.azure_asn >= 2**31)


@holds
def names_are_used_once(plan: Plan) -> None:
    connections = [c.name for link in plan.links for c in link.connections]
    tunnels = [t.connection for _, t in plan.tunnels()]
    stacks = [s.stack for s in plan.aws]
    stacks += [n for s in plan.azure for n in (s.stacks.network, s.stacks.gateway or "", s.stacks.connections)]
    for names in (connections, tunnels, stacks):
        assert len(set(names)) == len(names)


@holds
def subnets_fit(plan: Plan) -> None:
    for site in plan.aws:
        vpc = site.network
        assert isinstance(vpc, Vpc)
        assert all(16 <= s.cidr.prefixlen <= 28 and s.cidr.subnet_of(vpc.cidr) for s in vpc.subnets)
    for azure_site in plan.azure:
        vnet = azure_site.network
        assert isinstance(vnet, VNet)
        assert vnet.gateway_subnet.prefixlen in (27, 28)
        assert vnet.gateway_subnet.broadcast_address == vnet.cidr.broadcast_address
        assert not vnet.gateway_subnet.overlaps(vnet.workload_subnet)


@quickly
@given(topologies(), st.data())
def test_link_is_the_same_whatever_other_links_there_are(text: str, data: st.DataObject) -> None:
    topology = loads(text).topology
    assert topology is not None
    assume(len(topology.links) > 1)
    gone = data.draw(st.sampled_from(topology.links))
    fewer = topology.model_copy(update={"links": tuple(link for link in topology.links if link != gone)})
    before = {link.name: link for link in build(fewer).links}
    after = {link.name: link for link in build(topology).links}
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1


@quickly
@given(topologies(), st.randoms(use_true_random=False))
def test_order_in_the_file_is_of_no_account(text: str, random: Any) -> None:
    topology = loads(text).topology
    assert topology is not None
    shuffled = topology.model_copy(
        update={k: _shuffled(getattr(topology, k), random) for k in ("aws", "azure", "links")}
    )
    assert build(shuffled) == build(topology)


def _shuffled(value: Any, random: Any) -> Any:
    items = list(value.items() if isinstance(value, dict) else value)
    random.shuffle(items)
    return type(value)(items)


@pytest.mark.parametrize("length", range(16, 28))
def test_two_subnets_in_every_vpc(length: int) -> None:
    vpc = IPv4Network(f"10.0.0.0/{length}")
    first, second = vpc_subnets(vpc)
    assert first.subnet_of(vpc)
    assert second.subnet_of(vpc)
    assert not first.overlaps(second)


@pytest.mark.parametrize("length", range(8, 29))
def test_two_subnets_in_every_vnet(length: int) -> None:
    vnet = IPv4Network(f"10.0.0.0/{length}")
    assert gateway_subnet(vnet).subnet_of(vnet)
    workload = workload_subnet(vnet, gateway_subnet(vnet))
    assert workload.subnet_of(vnet)
    assert not gateway_subnet(vnet).overlaps(workload)


@pytest.mark.parametrize("grown", range(8, 17))
def test_a_vnet_that_grows_keeps_both_subnets_where_the_gateway_subnet_is_written(grown: int) -> None:
    before = IPv4Network("10.20.0.0/16")
    kept = gateway_subnet(before)
    assert workload_subnet(before.supernet(new_prefix=grown), kept) == workload_subnet(before, kept)


def test_a_gateway_subnet_in_the_lower_half_leaves_the_upper_one_to_workloads() -> None:
    vnet = IPv4Network("10.20.0.0/16")
    assert workload_subnet(vnet, IPv4Network("10.20.0.0/27")) == IPv4Network("10.20.128.0/17")


def test_link_that_goes_without_saying_is_the_one_written_out() -> None:
    assert plan_of(ONE + "links: [{aws: a, azure: b, slot: 0}]") == PLAN


def test_region_without_zones_has_none() -> None:
    assert azure_gateway(plan_of(ONE.replace("westeurope", "westus"))).public_ip_zones is None


def test_zones_of_the_file_win_over_the_table() -> None:
    text = ONE.replace("westeurope, network: {", "westus, network: {zones: true, ")
    assert azure_gateway(plan_of(text)).public_ip_zones == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("region", "zones", "planned"),
    [
        ("westeurope", "", azure.ZONES),
        ("westus", "", ()),
        ("bavariacentral", "", ()),
        ("bavariacentral", ", zones: true", azure.ZONES),
        ("westeurope", ", zones: false", ()),
    ],
)
def test_region_that_is_not_known_is_assumed_to_have_no_zones(
    region: str, zones: str, planned: tuple[str, ...]
) -> None:
    text = f"""
name: t
aws: {{a: {{region: eu-central-1, network: {{cidr: 10.1.0.0/16}}}}}}
azure: {{b: {{region: {region}, network: {{cidr: 10.2.0.0/16{zones}}}}}}}
"""
    assert azure_gateway(plan_of(text)).zones == planned


def test_own_tag_says_which_deployment() -> None:
    plan = plan_of(ONE + "tags: {owner: me}")
    assert plan.aws[0].tags == plan.azure[0].tags == {"owner": "me", "isthmus": "t"}
