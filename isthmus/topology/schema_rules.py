"""What the JSON Schema says of several keys of one mapping, so that an editor marks what ``isthmus.checks`` refuses.

Only rules within a site or a link are here: those between sites a schema cannot say. A key counts as given unless
it is null or empty, as in the checks.
"""

from __future__ import annotations

from typing import Any, Final

from isthmus.clouds import aws, azure, crypto

Schema = dict[str, Any]

_GCM: Final = [cipher.value for cipher in crypto.Cipher if cipher.is_gcm]
_TGW: Final[Schema] = {"properties": {"kind": {"const": "tgw"}}, "required": ["kind"]}


def given(*keys: str) -> Schema:
    """All ``keys`` are there, and neither null nor empty."""
    return {"properties": {key: {"not": {"enum": [None, [], {}]}} for key in keys}, "required": list(keys)}


def _none_of(*keys: str) -> Schema:
    return {"not": {"anyOf": [given(key) for key in keys]}}


def _is(**values: Any) -> Schema:
    """Each key is there with the value, or one of the values, named."""
    wanted = {key: {"enum": value if isinstance(value, list) else [value]} for key, value in values.items()}
    return {"properties": wanted, "required": list(values)}


def _within(key: str, schema: Schema) -> Schema:
    return {"properties": {key: schema}, "required": [key]}


def _if(condition: Schema, then: Schema, otherwise: Schema | None = None) -> Schema:
    return {"if": condition, "then": then} | ({"else": otherwise} if otherwise else {})


def _all(*rules: Schema) -> Schema:
    return {"allOf": list(rules)}


def _sku_lacks() -> list[Schema]:
    """Pairs of SKU and generation that do not exist."""
    pairs = [(name, generation) for name in azure.SKU_NAMES for generation in (1, 2)]
    return [{"not": _is(sku=name, generation=number)} for name, number in pairs if azure.sku(name, number) is None]


AWS_NETWORK: Final = _all(
    _if(
        given("cidr"),
        _none_of("vpc_id", "cidrs", "route_table_ids", "subnet_ids"),
        {
            "allOf": [
                given("vpc_id", "cidrs", "route_table_ids"),
                _none_of("restrict_default_security_group", "flow_logs"),
            ]
        },
    )
)
AWS_FLOW_LOGS: Final = _if(
    {"properties": {"destination": {"pattern": ":log-group:"}}, "required": ["destination"]},
    given("role_arn"),
    _none_of("role_arn"),
)
AWS_GATEWAY: Final = _all(
    _if(
        _TGW,
        {"properties": {"id": {"pattern": "^tgw-"}}},
        {
            "properties": {
                "id": {"pattern": "^vgw-"},
                "bandwidth": {"const": "standard"},
                "acceleration": {"const": False},
                "route_table_id": {"const": None},
            }
        },
    ),
    _if(given("id"), given("asn"), _none_of("route_table_id")),
    {"not": _is(bandwidth="large", acceleration=True)},
)
AWS_SITE: Final = _all(
    {"not": {"allOf": [_is(region=sorted(aws.WITHOUT_LARGE_TUNNELS)), _within("gateway", _is(bandwidth="large"))]}},
    _if(
        _within("gateway", _TGW),
        _if(
            _within("gateway", given("id")),
            {},
            _if(_within("network", given("vpc_id")), _within("network", given("subnet_ids"))),
        ),
        {"properties": {"network": _none_of("subnet_ids")}},
    ),
    _if(
        {"properties": {"region": {"pattern": "^us-gov-"}}, "required": ["region"]},
        {"properties": {"role_arn": {"pattern": "^arn:aws-us-gov:"}}},
        {"properties": {"role_arn": {"pattern": "^arn:aws:"}}},
    ),
)
AZURE_NETWORK: Final = _all(
    _if(
        given("cidr"),
        {"allOf": [_none_of("vnet", "resource_group", "cidrs"), {"not": _is(gateway_subnet="existing")}]},
        given("vnet"),
    ),
    _if(given("vnet"), {"allOf": [given("resource_group", "cidrs"), _none_of("flow_logs")]}),
)
AZURE_GATEWAY: Final = _all(
    _if(given("id"), given("asn", "public_ips"), _none_of("public_ips")),
    *_sku_lacks(),
)
AZURE_SITE: Final = _all(
    _if(
        _within("gateway", given("id")),
        {
            "properties": {
                "network": {"properties": {"cidr": {"const": None}, "gateway_subnet": {"enum": [None, "existing"]}}}
            }
        },
        {"properties": {"network": _if(given("vnet"), given("gateway_subnet"))}},
    )
)
IKE: Final[Schema] = {"not": _is(version=1, encryption=_GCM)}
ESP: Final = _all(
    _if(_is(encryption=_GCM), _none_of("integrity"), given("integrity")),
    {"not": _is(integrity=[h.value for h in crypto.Hash if h not in crypto.ESP_HASHES])},
)
PSK: Final = _all(
    _if(_is(source="secrets-manager"), given("secret"), _none_of("secret")),
    _if(_is(source="random"), {}, _none_of("generation")),
    _if(given("generation"), {"not": _is(preshared_key_storage="secrets-manager")}),
    _if(
        _is(source=["random", "variable", "secrets-manager"]),
        {},
        {"not": _is(preshared_key_storage="secrets-manager")},
    ),
)
_WEAK: Final = {
    "anyOf": [
        _within("ike", {"anyOf": [_is(integrity="sha1"), _is(dh_group=list(crypto.WEAK_GROUPS)), _is(version=1)]}),
        _within("esp", {"anyOf": [_is(integrity="sha1"), _is(pfs_group=list(crypto.WEAK_GROUPS))]}),
    ]
}
LINK: Final = _all(
    _if(_is(legacy=True), {}, {"not": _within("ipsec", {"type": "object", **_WEAK})}),
    _if(
        _within("ipsec", {"type": "object", **_within("ike", _is(version=1))}),
        _is(initiator="azure"),
    ),
    _if(
        _is(routing="static"),
        {"properties": {"tunnels": {"enum": [None, 1, 2]}}},
        {"properties": {"tunnels": {"enum": [None, 1, 4]}}},
    ),
)
