"""References are followed to where a value comes from; what cannot be told is said to be so, and why."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.observed import ABSENT, Certainty, Found, Known, Outside, Unknown, Unresolved, known, same
from isthmus.observed.flow import UnresolvedError, of_expression, of_resource
from tests.unit.observed_documents import configuration, observed, plan, refers

Told = tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]

AZURE = "azurerm_virtual_network_gateway_connection"
VPN, IP, DATA = "aws_vpn_connection", "azurerm_public_ip", "data.azurerm_public_ip"


def test_a_value_is_known_unknown_or_absent() -> None:
    seen = observed(plan([("aws_vpc.a", {"cidr_block": "10.0.0.0/16", "tags": None}, {"id": True}, {})]))
    vpc = seen.at("aws_vpc.a")
    assert seen.value(vpc, "cidr_block") == Known("10.0.0.0/16")
    assert seen.value(vpc, "tags") is ABSENT
    assert str(seen.value(vpc, "id")) == "${p/aws_vpc.a.id}"


def test_what_is_not_given_is_the_providers_default() -> None:
    seen = observed(
        plan([("aws_vpn_gateway.a", {}, {"amazon_side_asn": True}, {})]),
        configuration({"resource": {"aws_vpn_gateway": {"b": {}}}}),
    )
    one, other = seen.resources("aws_vpn_gateway")
    assert seen.attribute(one, "amazon_side_asn") == seen.attribute(other, "amazon_side_asn") == Known("64512")
    assert seen.value(other, "amazon_side_asn") is ABSENT


@pytest.mark.parametrize(
    ("references", "meaning", "certainty"),
    [
        ((f"{VPN}.a[0].tunnel1_address", f"{VPN}.a[0]", f"{VPN}.a"), f"${{p/{VPN}.a[0].tunnel1_address}}", "REFERENCE"),
        ((f"{VPN}.a", "count.index"), "", "ASSUMED"),
        ((f"{VPN}.a[0].id", f"{VPN}.a[1].id"), "", "EXACT"),
        (("local.keys", "count.index"), "${p/local.keys[1]}", "ASSUMED"),
        (("local.key",), "${p/local.key}", "REFERENCE"),
        (("each.value",), "", "EXACT"),
        (("path.module",), "", "EXACT"),
    ],
)
def test_a_plan_tells_what_an_expression_refers_to(references: tuple[str, ...], meaning: str, certainty: str) -> None:
    connections: list[Any] = [(f"{VPN}.a[{n}]", {}, {"tunnel1_address": True, "id": True}, {}) for n in (0, 1)]
    local: Told = (
        "azurerm_local_network_gateway.l[1]",
        {},
        {"gateway_address": True},
        {"gateway_address": refers(*references)},
    )
    seen = observed(plan([*connections, local]))
    value = seen.value(seen.at(local[0]), "gateway_address")
    assert isinstance(value, Unknown)
    assert (value.meaning, value.certainty.name) == (meaning, certainty)
    if references == (f"{VPN}.a", "count.index"):
        assert value.reference is not None
        assert (value.reference.address, value.reference.path) == (f"{VPN}.a[1]", ())


def test_elements_of_one_collection_are_the_same_at_the_same_key() -> None:
    def of(address: str, attribute: str) -> tuple[str, Any, Any, Any]:
        return (f'{address}["x"]', {}, {attribute: True}, {attribute: refers("each.value.psk", "each.value")})

    document = plan(
        [of(f"{VPN}.a", "tunnel1_preshared_key"), of("azurerm_virtual_network_gateway_connection.c", "shared_key")]
    )
    for block in document.content["configuration"]["root_module"]["resources"]:
        block["for_each_expression"] = refers("local.tunnels")
    seen = observed(document)
    aws, azure = seen.resources(VPN), seen.resources(AZURE)
    one, other = seen.value(next(aws), "tunnel1_preshared_key"), seen.value(next(azure), "shared_key")
    assert str(one) == "${p/local.tunnels[x].psk}"
    assert same(one, other) is True


def test_a_data_source_that_reads_what_the_plan_makes_leads_there() -> None:
    data: Told = (DATA + ".g", {"name": "gw"}, {"ip_address": True, "id": True}, {"name": refers(f"{IP}.g.name")})
    made: Told = (f"{IP}.g", {"name": "gw"}, {"ip_address": True, "id": True}, {})
    customer: Told = (
        "aws_customer_gateway.c",
        {},
        {"ip_address": True},
        {"ip_address": refers(f"{DATA}.g.ip_address")},
    )
    seen = observed(plan([data, made, customer]))
    found = seen.target(seen.at(customer[0]), ("ip_address",), (IP,), "ip_address")
    assert isinstance(found, Found)
    assert (found.resource.mode, found.certainty) == ("managed", Certainty.REFERENCE)
    assert str(seen.value(seen.at(data[0]), "ip_address")) == f"${{p/{IP}.g.ip_address}}"


def test_modules_are_gone_through_in_both_directions() -> None:
    inner = {
        "outputs": {"id": {"expression": refers("aws_vpn_gateway.g.id")}},
        "resources": [
            {"mode": "managed", "type": "aws_vpn_gateway", "name": "g", "expressions": {"vpc_id": refers("var.vpc")}}
        ],
    }
    calls = {"m": {"expressions": {"vpc": refers("aws_vpc.v.id")}, "module": inner, "for_each_expression": {}}}
    seen = observed(
        plan(
            [
                ("aws_vpc.v", {}, {"id": True}, {}),
                ('module.m["k"].aws_vpn_gateway.g', {}, {"id": True, "vpc_id": True}, {}),
                (
                    f"{VPN}.c",
                    {},
                    {"vpn_gateway_id": True},
                    {"vpn_gateway_id": refers('module.m["k"].id', 'module.m["k"]')},
                ),
            ],
            modules=calls,
        )
    )
    gateway = seen.target(seen.at(f"{VPN}.c"), ("vpn_gateway_id",), ("aws_vpn_gateway",))
    assert isinstance(gateway, Found)
    assert gateway.resource.address == 'module.m["k"].aws_vpn_gateway.g'
    vpc = seen.target(gateway.resource, ("vpc_id",), ("aws_vpc",))
    assert isinstance(vpc, Found)
    assert vpc.resource.address == "aws_vpc.v"
    assert [str(r) for r in of_resource(seen.resolver, gateway.resource)] == ["p/aws_vpc.v.id"]


def test_an_id_of_another_file_leads_there_and_of_none_is_outside() -> None:
    seen = observed(
        plan([("aws_vpn_gateway.g", {"id": "vgw-1"}, {}, {})], name="one"),
        plan([(f"{VPN}.c", {"vpn_gateway_id": "vgw-1", "customer_gateway_id": "cgw-9"}, {}, {})], name="two"),
    )
    connection = seen.at(f"{VPN}.c")
    found = seen.target(connection, ("vpn_gateway_id",), ("aws_vpn_gateway",))
    assert isinstance(found, Found)
    assert found.resource.root == "one"
    assert seen.target(connection, ("customer_gateway_id",), ("aws_customer_gateway",)) == Outside("cgw-9")


def test_a_resource_of_two_files_is_there_once() -> None:
    seen = observed(*(plan([("aws_vpc.v", {"id": "vpc-1"}, {}, {})], name=name) for name in ("a", "b")))
    assert [r.root for r in seen.resources("aws_vpc")] == ["a"]


def test_roots_of_one_name_are_told_apart() -> None:
    seen = observed(*(plan([("aws_vpc.v", {}, {"id": True}, {})]) for _ in range(2)))
    assert [r.full_address for r in seen.resources("aws_vpc")] == ["p/aws_vpc.v", "p~2/aws_vpc.v"]


# Configurations


def test_a_configuration_is_followed_through_locals_modules_and_other_stacks() -> None:
    child = configuration(
        {"variable": {"asn": {}}, "resource": {"aws_customer_gateway": {"c": {"bgp_asn": "${var.asn}"}}}}, "child"
    )
    backend = {"terraform": {"backend": {"s3": {"bucket": "b", "key": "one", "use_lockfile": True}}}}
    read = {"backend": "s3", "config": {"bucket": "b", "key": "one"}}
    one = configuration({**backend, "locals": {"asn": 65010}, "output": {"asn": {"value": "${local.asn}"}}}, "one")
    two = configuration(
        {
            "data": {"terraform_remote_state": {"one": read}},
            "module": {"m": {"source": "./child", "asn": "${data.terraform_remote_state.one.outputs.asn}", "count": 2}},
        },
        "two",
        {"m": child},
    )
    seen = observed(one, two)
    customers = list(seen.resources("aws_customer_gateway"))
    assert [c.full_address for c in customers] == [f"two/module.m[{n}].aws_customer_gateway.c" for n in (0, 1)]
    assert [seen.value(c, "bgp_asn") for c in customers] == [Known(65010)] * 2


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("${var.missing}", "var.missing is not in c"),
        ("${local.missing}", "local.missing is not in c"),
        ("${aws_vpc.missing.id}", "aws_vpc.missing is not in c"),
        ("${data.aws_vpc.missing.id}", "data.aws_vpc.missing is not in c"),
        ("${data.terraform_remote_state.r.outputs.x}", "r of c reads the state of no stack"),
    ],
)
def test_a_reference_that_leads_nowhere_is_said(value: str, said: str) -> None:
    data = {"terraform_remote_state": {"r": {"backend": "s3", "config": {"bucket": "b"}}}}
    seen = observed(configuration({"data": data, "resource": {"aws_vpn_gateway": {"g": {"vpc_id": value}}}}))
    found = seen.target(seen.at("aws_vpn_gateway.g"), ("vpc_id",), ("aws_vpc",))
    assert found == Unresolved(f"vpc_id of c/aws_vpn_gateway.g: {said}", certain=True)
    with pytest.raises(UnresolvedError, match=said):
        list(of_expression(seen.resolver, "c", value))


def test_a_circle_ends() -> None:
    seen = observed(
        configuration({"resource": {"aws_vpc": {n: {"x": f"${{aws_vpc.{m}.x}}"} for n, m in ("ab", "ba")}}})
    )
    value = seen.value(seen.at("aws_vpc.a"), "x")
    assert isinstance(value, Unknown)
    assert "lead in a circle" in value.reason


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a-${1}", "a-1"),
        ('${"x"}', "x"),
        ("${tostring(aws_vpc.v.number)}", 5),
        ("${aws_vpc.v.list[1]}", "two"),
        ('${aws_vpc.v.map["k.k"]}', "three"),
        ('${zipmap([aws_vpc.v.list[0], aws_vpc.v.list[1]], ["a", "b"])["two"]}', "b"),
    ],
)
def test_expressions_of_what_is_known_are_known(text: str, value: object) -> None:
    body = {"number": 5, "list": ["one", "two"], "map": {"k.k": "three"}}
    seen = observed(configuration({"resource": {"aws_vpc": {"v": body, "w": {"x": text}}}}))
    assert known(seen.value(seen.at("aws_vpc.w"), "x")) == value
