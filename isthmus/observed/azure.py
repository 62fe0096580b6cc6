"""The Azure side, read from Azure resources alone."""

from __future__ import annotations

from isthmus.observed import negotiation
from isthmus.observed.observation import Found, Observed, Target, Unresolved
from isthmus.observed.resources import Resource, is_own
from isthmus.observed.types import AzureEnd, AzureGateway, Instance
from isthmus.observed.values import ABSENT, Known, Unknown, Value, known, same

CONNECTION = "azurerm_virtual_network_gateway_connection"
GATEWAY, LOCAL, PUBLIC_IP = (
    "azurerm_virtual_network_gateway", "azurerm_local_network_gateway", "azurerm_public_ip"
)  # fmt: skip


def ends(observed: Observed) -> list[AzureEnd]:
    """Every connection that may lead to AWS: by IPsec, and to no other Azure gateway of these files."""
    gateways: dict[str, AzureGateway] = {}
    found = [
        _end(observed, connection, gateways)
        for connection in observed.resources(CONNECTION)
        if known(observed.value(connection, "type"), "IPsec") in ("IPsec", "")
    ]
    own = [observed.attribute(ip, "ip_address") for ip in observed.resources(PUBLIC_IP)]
    return [
        end
        for end in found
        if end.peer_address is ABSENT or not any(same(end.peer_address, address) for address in own)
    ]


def gateways(observed: Observed) -> list[AzureGateway]:
    """Every VPN gateway of these files."""
    return [
        _read(observed, Found(gateway))
        for gateway in observed.resources(GATEWAY)
        if known(observed.value(gateway, "type"), "Vpn") == "Vpn"
    ]


def _end(observed: Observed, connection: Resource, gateways: dict[str, AzureGateway]) -> AzureEnd:
    local = observed.target(connection, ("local_network_gateway_id",), (LOCAL,))
    target = observed.target(connection, ("virtual_network_gateway_id",), (GATEWAY,))
    if str(target) not in gateways:
        gateways[str(target)] = _read(observed, target)
    return AzureEnd(
        connection=connection,
        local_network_gateway=local,
        gateway=gateways[str(target)],
        peer_address=_of(observed, local, "gateway_address"),
        peer_asn=_of(observed, local, "bgp_settings", 0, "asn"),
        peer_bgp_address=_of(observed, local, "bgp_settings", 0, "bgp_peering_address"),
        address_space=_space(_of(observed, local, "address_space")),
        custom_bgp=(
            observed.value(connection, "custom_bgp_addresses", 0, "primary"),
            observed.value(connection, "custom_bgp_addresses", 0, "secondary"),
        ),
        bgp=_bgp(observed, connection),
        key=observed.value(connection, "shared_key"),
        proposals=negotiation.of_azure(observed, connection),
        dpd_seconds=negotiation.seconds(observed, connection, "dpd_timeout_seconds"),
        mode=observed.attribute(connection, "connection_mode"),
    )


def _read(observed: Observed, target: Target) -> AzureGateway:
    if not isinstance(target, Found):
        unknown = Unknown()
        return AzureGateway(target=target, sku=unknown, active_active=unknown, bgp=unknown, asn=unknown, instances=())
    gateway = target.resource
    return AzureGateway(
        target=target,
        sku=observed.value(gateway, "sku"),
        active_active=observed.attribute(gateway, "active_active"),
        bgp=_bgp(observed, gateway),
        asn=observed.value(gateway, "bgp_settings", 0, "asn"),
        instances=tuple(
            _instance(observed, gateway, number) for number in range(observed.blocks(gateway, "ip_configuration"))
        ),
    )


def _instance(observed: Observed, gateway: Resource, number: int) -> Instance:
    name = observed.value(gateway, "ip_configuration", number, "name")
    ip = observed.target(gateway, ("ip_configuration", number, "public_ip_address_id"), (PUBLIC_IP,))
    return Instance(
        number=number,
        name=name,
        public_ip=ip,
        address=_of(observed, ip, "ip_address"),
        apipa=_apipa(observed, gateway, name, number),
        subnet=observed.target(gateway, ("ip_configuration", number, "subnet_id"), ("azurerm_subnet",)),
    )


def _apipa(observed: Observed, gateway: Resource, name: Value, number: int) -> Value:
    """The addresses that are given to the IP configuration ``name``; one without a name is meant by its place."""
    block = ("bgp_settings", 0, "peering_addresses")
    count = observed.blocks(gateway, *block)
    for place in range(count):
        named = observed.value(gateway, *block, place, "ip_configuration_name")
        given = observed.value(gateway, *block, place, "apipa_addresses")
        if same(named, name) or (named is ABSENT and place == number) or (count == 1 and name is ABSENT):
            return ABSENT if known(given, "?") in ((), None) else given
    return ABSENT


def _space(value: Value) -> Value:
    """Routes of a local network gateway; none are an empty list."""
    return Known(()) if value is ABSENT else value


def _bgp(observed: Observed, resource: Resource) -> Value:
    """Whether BGP is on: azurerm 4 has two names for it."""
    for name in ("enable_bgp", "bgp_enabled"):
        value = observed.value(resource, name)
        if value is not ABSENT and not is_own(resource, value):
            return value
    return Known(value=False)


def _of(observed: Observed, target: Target, *path: str | int) -> Value:
    if isinstance(target, Found):
        return observed.value(target.resource, *path)
    return Unknown(reason=target.why if isinstance(target, Unresolved) and target.certain else "")


def address_ranges(observed: Observed, gateway: AzureGateway) -> Value:
    """The ranges of the VNet in which ``gateway`` stands (a tuple); its name where these files do not make it."""
    for instance in gateway.instances:
        vnet = network(observed, instance)
        if isinstance(vnet, Found):
            return observed.value(vnet.resource, "address_space")
    return Unknown()


def network(observed: Observed, instance: Instance) -> Target:
    """The VNet that ``instance`` is in."""
    if not isinstance(instance.subnet, Found):
        return instance.subnet
    return observed.target(instance.subnet.resource, ("virtual_network_name",), ("azurerm_virtual_network",), "name")
