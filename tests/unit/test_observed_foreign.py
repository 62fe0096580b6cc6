"""Plans and states of Terraform that Isthmus did not write, as the real terraform prints them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from isthmus.observed import Document, Kind, Observed, known, plain, same
from isthmus.observed.agreement import comparisons
from isthmus.observed.links import Links
from isthmus.observed.types import RouteKind
from tests.foreign import FILES, FOLDER, links, told

Json = dict[str, Any]

C = "azurerm_virtual_network_gateway_connection"
EXPECTED = {
    "one-root": [
        f"{C}.tunnel1[0] | 1 of aws_vpn_connection.azure[0] | PEER | 0",
        f"{C}.tunnel1[1] | 1 of aws_vpn_connection.azure[1] | PEER | 1",
        f"{C}.tunnel2[0] | 2 of aws_vpn_connection.azure[0] | ASSUMED | 0",
        f"{C}.tunnel2[1] | 2 of aws_vpn_connection.azure[1] | ASSUMED | 1",
        # Without custom addresses Azure takes the first of the instance on every tunnel.
        f"plan/{C}.tunnel2[0]: Azure's BGP address: Azure has 169.254.21.2, AWS has 169.254.22.2",
        f"plan/{C}.tunnel2[1]: Azure's BGP address: Azure has 169.254.21.6, AWS has 169.254.22.6",
    ],
    "modules": [
        f'module.tunnel["a"].{C}.this | 1 of module.tunnel["a"].aws_vpn_connection.this | PEER | ?',
        f'module.tunnel["b"].{C}.this | 1 of module.tunnel["b"].aws_vpn_connection.this | PEER | ?',
        'alone: tunnel2 of plan/module.tunnel["a"].aws_vpn_connection.this',
        'alone: tunnel2 of plan/module.tunnel["b"].aws_vpn_connection.this',
        f'plan/module.tunnel["a"].{C}.this: pfs_group: Azure has 24, AWS has 14',
        f'plan/module.tunnel["b"].{C}.this: pfs_group: Azure has 24, AWS has 14',
        "plan/aws_ec2_transit_gateway.this has no VPC attached",
    ],
    "two-roots": [
        f"{C}.aws | 1 of aws_vpn_connection.azure | ADDRESS | ?",
        "alone: tunnel2 of state/aws_vpn_connection.azure",
    ],
}


@pytest.mark.parametrize("root", FILES)
def test_tunnels_of_others_are_found_and_what_breaks_them(root: str) -> None:
    assert told(links(root)) == EXPECTED[root]


def test_one_key_of_all_tunnels_is_seen() -> None:
    found = links("one-root")
    assert len({known(t.azure.key) for t in found.tunnels} | {known(t.aws.key) for t in found.tunnels}) == 1


def test_keys_are_the_same_at_both_ends_and_of_each_tunnel_another() -> None:
    for root in ("modules", "two-roots"):
        tunnels = links(root).tunnels
        assert all(same(t.azure.key, t.aws.key) for t in tunnels)
        assert len({known(t.azure.key) for t in tunnels}) == len(tunnels)


def test_no_key_of_others_is_shown() -> None:
    for root, files in FILES.items():
        found = links(root)
        texts = [(FOLDER / file).read_text(encoding="utf-8") for file in files]
        keys = {"PlainTextKeyOfAllTunnels1", "Key.of.the.first.tunnel", "Key.of.the.second.tunnel"}
        for text in texts:
            for resource in json.loads(text).get("values", {}).get("root_module", {}).get("resources", []):
                keys |= {v for k, v in resource["values"].items() if k.endswith("preshared_key") and v}
        keys = {key for key in keys if any(key in text for text in texts)}
        assert keys
        shown = repr([found.tunnels, found.paired, found.routes]) + json.dumps(
            [plain(r.raw) for r in found.observed.roots]
        )
        assert [key for key in keys if key in shown] == []


def test_inline_propagation_and_a_table_outside_are_return_routes() -> None:
    [inline] = [r for r in links("one-root").routes if r.kind is RouteKind.PROPAGATION]
    assert inline.resource.address == "aws_route_table.private"
    [outside] = [r for r in links("two-roots").routes if r.kind is RouteKind.PROPAGATION]
    assert str(outside.table).startswith("rtb-")


def test_every_resource_is_there_by_type_with_its_address_and_file() -> None:
    seen = links("modules").observed
    found = {r.address: r for r in seen.resources("aws_customer_gateway")}
    assert set(found) == {f'module.tunnel["{key}"].aws_customer_gateway.this' for key in "ab"}
    resource = found['module.tunnel["a"].aws_customer_gateway.this']
    assert resource.file.endswith("modules/plan.json")
    assert resource.module == 'module.tunnel["a"]'
    assert resource.actions == ("create",)


ODD: tuple[Any, ...] = (None, 7, "", [], {}, [{}], {"a": 1}, "x", True, [None], "${", [["x"]])


@pytest.mark.parametrize("root", FILES)
def test_odd_values_are_read_without_an_accident(root: str) -> None:
    """Whatever stands where something else must: what is read may say less, and never fails."""
    contents = [json.loads((FOLDER / file).read_text(encoding="utf-8")) for file in FILES[root]]
    number = 0
    for content in contents:
        for change in _bodies(content):
            for name in list(change):
                before, change[name] = change[name], ODD[number % len(ODD)]
                number += 1
                comparisons(Links(Observed(_documents(contents))))
                change[name] = before
    assert number > 20


def _bodies(content: Json) -> list[Json]:
    """The values of the resources that tunnels are made of."""
    top: Json = (content.get("planned_values") or content["values"])["root_module"]
    modules = [top, *top.get("child_modules", [])]
    found = [r for module in modules for r in module.get("resources", [])]
    return [r["values"] for r in found if "gateway" in r["type"] or "vpn" in r["type"]]


def _documents(contents: list[Json]) -> list[Document]:
    kinds = [Kind.PLAN if "planned_values" in content else Kind.STATE for content in contents]
    return [
        Document(name=f"r{n}", file="f", kind=kind, content=content)
        for n, (kind, content) in enumerate(zip(kinds, contents, strict=True))
    ]
