"""What the stand-in for Azure refuses and fills in, without Terraform: each rule by itself."""

from __future__ import annotations

import ipaddress
import json
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from emulate.azure.azurerm import AzureSession
from emulate.azure.cloud import Cloud
from emulate.plugin import checking
from emulate.plugin.engine import RefusedError
from emulate.plugin.planning import plan
from emulate.plugin.schema import load
from emulate.plugin.values import UNKNOWN
from tests.waiting import until

Json = dict[str, Any]

SCHEMAS = load("azurerm")
PLACE = {"location": "germanywestcentral", "resource_group_name": "g"}


class Azure:
    """A session, called as the engine calls it."""

    def __init__(self, cloud: Path) -> None:
        self.cloud = Cloud(cloud)
        self.session = AzureSession(self.cloud, SCHEMAS, {})

    def make(self, type_: str, name: str, **config: Any) -> Json:
        planned = self._planned(type_, None, {"name": name, **config})
        return SCHEMAS.resources[type_].block.shape(self.session.create(type_, planned))

    def change(self, type_: str, prior: Json, **config: Any) -> Json:
        return self.session.update(type_, prior, self._planned(type_, prior, {**prior, **config}))

    def delete(self, type_: str, state: Json) -> None:
        self.session.delete(type_, state)

    def control(self, *rules: Json) -> None:
        self.cloud.control.write_text(json.dumps({"rules": rules}), encoding="utf-8")

    def states(self) -> list[str]:
        """The state of each resource, by id."""
        with self.cloud.open() as world:
            return [resource.state for _, resource in sorted(world.resources.items())]

    def _planned(self, type_: str, prior: Json | None, config: Json) -> Json:
        block = SCHEMAS.resources[type_].block
        config = block.shape(config)
        for _attribute, text in [*checking.problems(block, config), *self.session.validate(type_, config)]:
            raise RefusedError(text)
        planned = plan(block, prior, config)
        self.session.check_plan(type_, prior, planned)
        return planned


class Site:
    """A resource group, a network, two public IPs, and what a test adds to them."""

    def __init__(self, azure: Azure) -> None:
        self.azure = azure
        self.group = azure.make("azurerm_resource_group", "g", location="Germany West Central")
        self.vnet = azure.make("azurerm_virtual_network", "v", **PLACE, address_space=["10.1.0.0/16"])
        self.subnet = self.add_subnet("GatewaySubnet", "10.1.255.0/27")
        self.ips = [azure.make("azurerm_public_ip", f"ip{n}", **PLACE, allocation_method="Static") for n in (0, 1)]

    def add_subnet(self, name: str, prefix: str) -> Json:
        place = {"resource_group_name": "g", "virtual_network_name": "v"}
        return self.azure.make("azurerm_subnet", name, **place, address_prefixes=[prefix])

    def configuration(self, number: int = 0, **changed: Any) -> Json:
        ids = {"subnet_id": self.subnet["id"], "public_ip_address_id": self.ips[number]["id"]}
        return {"name": f"c{number}", **ids, **changed}

    def gateway(self, name: str = "gw", **config: Any) -> Json:
        """An active-active gateway with an address a side, but for ``config``."""
        peerings = [
            {"ip_configuration_name": "c0", "apipa_addresses": ["169.254.21.2"]},
            {"ip_configuration_name": "c1", "apipa_addresses": ["169.254.21.6"]},
        ]
        usual = {
            "type": "Vpn",
            "sku": "VpnGw1AZ",
            "active_active": True,
            "enable_bgp": True,
            "ip_configuration": [self.configuration(0), self.configuration(1)],
            "bgp_settings": [{"asn": 65010, "peering_addresses": peerings}],
        }
        return self.azure.make("azurerm_virtual_network_gateway", name, **PLACE, **{**usual, **config})

    def standby(self, **config: Any) -> Json:
        usual = {"active_active": False, "ip_configuration": [self.configuration(0)]}
        peerings = [{"apipa_addresses": ["169.254.21.2"]}]
        bgp = [{"asn": 65010, "peering_addresses": peerings}]
        return self.gateway(**{**usual, "bgp_settings": bgp, **config})

    def local(self, name: str = "l", **config: Any) -> Json:
        bgp = [{"asn": 64512, "bgp_peering_address": "169.254.21.1"}]
        usual: Json = {"gateway_address": "203.0.113.1", "bgp_settings": bgp}
        return self.azure.make("azurerm_local_network_gateway", name, **PLACE, **{**usual, **config})

    def connection(self, gateway: Json, local: Json, name: str = "c", **config: Any) -> Json:
        policy = {
            "dh_group": "ECP384",
            "ike_encryption": "AES256",
            "ike_integrity": "SHA384",
            "ipsec_encryption": "GCMAES256",
            "ipsec_integrity": "GCMAES256",
            "pfs_group": "ECP384",
        }
        usual = {
            "type": "IPsec",
            "virtual_network_gateway_id": gateway["id"],
            "local_network_gateway_id": local["id"],
            "shared_key": "Aa1._",
            "enable_bgp": True,
            "custom_bgp_addresses": [{"primary": "169.254.21.2", "secondary": "169.254.21.6"}],
            "ipsec_policy": [policy],
        }
        type_ = "azurerm_virtual_network_gateway_connection"
        return self.azure.make(type_, name, **PLACE, **{**usual, **config})


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    return Azure(tmp_path / "azure.json")


@pytest.fixture
def site(azure: Azure) -> Site:
    return Site(azure)


def _peerings(*addresses: list[str]) -> list[Json]:
    peerings = [{"ip_configuration_name": f"c{n}", "apipa_addresses": a} for n, a in enumerate(addresses)]
    return [{"asn": 65010, "peering_addresses": peerings}]


GATEWAY_REFUSALS: dict[str, tuple[Json, str]] = {
    "a SKU without zones": ({"sku": "VpnGw2"}, "NonAzSkusNotAllowedForVPNGateway"),
    "a legacy SKU": ({"sku": "HighPerformance"}, "HighPerformance is retired"),
    "a SKU that there is not": ({"sku": "VpnGw9AZ"}, "expected sku to be one of"),
    "a SKU of the other generation": ({"sku": "VpnGw4AZ", "generation": "Generation1"}, "CannotBeCreatedForSpecified"),
    "BGP on Basic": ({"sku": "Basic"}, "A Basic gateway has neither BGP nor active-active"),
    "an ASN of Azure's": ({"bgp_settings": [{"asn": 65517}]}, "ASN 65517 is reserved by Azure or by IANA"),
    "an ASN of IANA's": ({"bgp_settings": [{"asn": 64500}]}, "ASN 64500 is reserved by Azure or by IANA"),
    "an address outside the range": (
        {"bgp_settings": _peerings(["169.254.23.2"], [])},
        "169.254.23.2 is not within Azure reserved APIPA range: [169.254.21.0, 169.254.22.255]",
    ),
    "an address twice": ({"bgp_settings": _peerings(["169.254.21.2"], ["169.254.21.2"])}, "169.254.21.2: given twice"),
    "two sides on a standby gateway": ({"active_active": False}, "An active-standby gateway has one"),
    "an unknown configuration": (
        {"bgp_settings": [{"peering_addresses": [{"ip_configuration_name": "nobody"}]}]},
        "`ip_configuration.0.name` is not the same",
    ),
    "no configuration named": (
        {"bgp_settings": [{"peering_addresses": [{"apipa_addresses": ["169.254.21.2"]}]}]},
        "`ip_configuration_name` has to be set",
    ),
}


@pytest.mark.parametrize("case", GATEWAY_REFUSALS)
def test_a_gateway_is_refused(site: Site, case: str) -> None:
    config, said = GATEWAY_REFUSALS[case]
    with pytest.raises(RefusedError) as refused:
        site.gateway(**config)
    assert said in str(refused.value)


def test_a_gateway_wants_its_subnet_its_addresses_and_its_network_to_itself(site: Site) -> None:
    other = site.add_subnet("workload", "10.1.0.0/24")
    with pytest.raises(RefusedError, match="to reference a gateway subnet with name GatewaySubnet"):
        site.gateway(ip_configuration=[site.configuration(0, subnet_id=other["id"]), site.configuration(1)])
    with pytest.raises(RefusedError, match="ActiveActiveGatewayMustHaveExactlyTwoIpConfigurations: Gateway has 1 IP"):
        site.gateway(ip_configuration=[site.configuration(0)], bgp_settings=[])
    with pytest.raises(RefusedError, match="PublicIPAddressInUse"):
        site.gateway(ip_configuration=[site.configuration(0), site.configuration(0, name="c1")])
    nobody = site.ips[0]["id"].replace("ip0", "ip9")
    with pytest.raises(RefusedError, match=r"InvalidResourceReference: Resource .*/ip9 referenced by resource"):
        site.gateway(ip_configuration=[site.configuration(0, public_ip_address_id=nobody), site.configuration(1)])
    site.standby()
    with pytest.raises(RefusedError, match="The virtual network has the gateway"):
        site.standby(name="gw2", ip_configuration=[site.configuration(1, name="c0")])


def test_a_standby_gateway_has_one_custom_address(site: Site) -> None:
    with pytest.raises(RefusedError, match="Only one custom BGP APIPA") as refused:
        site.standby(bgp_settings=_peerings(["169.254.21.2", "169.254.22.2"]))
    assert "are made up" in refused.value.note
    with pytest.raises(RefusedError, match="BgpPeeringAddressesCountNotCorrect") as known:
        site.standby(bgp_settings=_peerings(["169.254.21.2"], []))
    assert known.value.note == ""


def test_what_azure_decides_of_a_gateway(site: Site) -> None:
    gateway = site.gateway()
    assert gateway["generation"] == "Generation1"
    [bgp] = gateway["bgp_settings"]
    assert [p["default_addresses"] for p in bgp["peering_addresses"]] == [["10.1.255.4"], ["10.1.255.5"]]
    assert [p["tunnel_ip_addresses"] for p in bgp["peering_addresses"]] == [[ip["ip_address"]] for ip in site.ips]
    site.azure.delete("azurerm_virtual_network_gateway", gateway)
    standby = site.standby(bgp_settings=[], enable_bgp=None, active_active=None, sku="VpnGw4AZ")
    [bgp] = standby["bgp_settings"]
    assert (bgp["asn"], bgp["peer_weight"], standby["generation"]) == (65515, 0, "Generation2")
    assert bgp["peering_addresses"][0]["default_addresses"] == ["10.1.255.30"]
    assert (standby["active_active"], standby["enable_bgp"]) == (False, False)


CONNECTION_REFUSALS: dict[str, tuple[Json, str]] = {
    "no key": ({"shared_key": None}, "A connection of type IPsec needs a shared key"),
    "a key with a space": ({"shared_key": "a b"}, "A shared key is 1 to 128 printable ASCII characters"),
    "no far end": (
        {"local_network_gateway_id": None},
        "`local_network_gateway_id` must be specified when `type` is set",
    ),
    "an address that the gateway has not": (
        {"custom_bgp_addresses": [{"primary": "169.254.21.2", "secondary": "169.254.22.6"}]},
        "primary or secondary address not found at `virtual_network_gateway` configuration `bgp_settings` "
        "`peering_addresses`",
    ),
    "GCM on one side": (
        {"ipsec_policy": [{"ipsec_encryption": "GCMAES256", "ipsec_integrity": "SHA256"}]},
        "with GCMAES both must be the same",
    ),
    "an unknown group": (
        {"ipsec_policy": [{"dh_group": "DHGroup20"}]},
        "expected ipsec_policy.0.dh_group to be one of",
    ),
    "a short lifetime": ({"ipsec_policy": [{"sa_lifetime": 60}]}, "to be at least (300), got 60"),
    "another protocol": ({"connection_protocol": "IKEv3"}, "expected connection_protocol to be one of"),
}


@pytest.mark.parametrize("case", CONNECTION_REFUSALS)
def test_a_connection_is_refused(site: Site, case: str) -> None:
    config, said = CONNECTION_REFUSALS[case]
    gateway, local = site.gateway(), site.local()
    with pytest.raises(RefusedError) as refused:
        site.connection(gateway, local, **config)
    assert said in str(refused.value)
    assert str(config.get("shared_key") or "never") not in str(refused.value)


def test_a_connection_to_nothing(site: Site) -> None:
    gateway, local = site.gateway(), site.local()
    with pytest.raises(RefusedError, match=r"404 \(404 Not Found\) with error: ResourceNotFound: The Resource 'Mic"):
        site.connection({"id": gateway["id"] + "x"}, local)
    with pytest.raises(RefusedError, match="InvalidResourceReference"):
        site.connection(gateway, {"id": local["id"] + "x"})


def test_bgp_wants_both_ends_ready_and_different(site: Site) -> None:
    gateway = site.gateway()
    same = site.local(bgp_settings=[{"asn": 65010, "bgp_peering_address": "169.254.21.1"}])
    with pytest.raises(RefusedError, match="ASN 65010 is that of the gateway, too"):
        site.connection(gateway, same)
    static = site.local("static", bgp_settings=[], address_space=["10.9.0.0/16"])
    with pytest.raises(RefusedError, match="has no BGP settings"):
        site.connection(gateway, static)
    with pytest.raises(RefusedError, match="ASN 65515 is reserved"):
        site.local("reserved", bgp_settings=[{"asn": 65515, "bgp_peering_address": "169.254.21.1"}])
    with pytest.raises(RefusedError, match="Neither an address space nor BGP is set"):
        site.local("empty", bgp_settings=[])
    with pytest.raises(RefusedError, match="one of `gateway_address,gateway_fqdn` must be specified"):
        site.local("nowhere", gateway_address=None)


def test_what_is_in_use_stays(site: Site) -> None:
    azure = site.azure
    gateway, local = site.gateway(), site.local()
    connection = site.connection(gateway, local)
    refusals = {
        "azurerm_public_ip": (
            site.ips[0],
            "PublicIPAddressCannotBeDeleted: Public IP address .* gw/ipConfigurations/c0",
        ),
        "azurerm_subnet": (site.subnet, "InUseSubnetCannotBeDeleted: Subnet GatewaySubnet is in use by"),
        "azurerm_virtual_network": (site.vnet, "InUseSubnetCannotBeDeleted"),
        "azurerm_virtual_network_gateway": (
            gateway,
            "InUseVirtualNetworkGatewayCannotBeDeleted: .* by .*connections/c",
        ),
        "azurerm_local_network_gateway": (local, "InUseLocalNetworkGatewayCannotBeDeleted"),
        "azurerm_resource_group": (site.group, "the Resource Group still contains Resources"),
    }
    for type_, (state, said) in refusals.items():
        with pytest.raises(RefusedError, match=f"(?s){said.replace(' .* ', '.*')}"):
            azure.delete(type_, state)
    azure.delete("azurerm_virtual_network_gateway_connection", connection)
    for type_ in reversed(refusals):
        if type_ != "azurerm_resource_group":
            azure.delete(type_, refusals[type_][0])
    azure.delete("azurerm_public_ip", site.ips[1])
    azure.delete("azurerm_resource_group", site.group)
    with azure.cloud.open() as world:
        assert world.resources == {}
    azure.delete("azurerm_resource_group", site.group)


def test_an_address_that_a_connection_uses_is_not_taken_away(site: Site) -> None:
    gateway = site.gateway()
    site.connection(gateway, site.local())
    with pytest.raises(RefusedError, match=r"169.254.21.2 is in use by connection"):
        site.azure.change(
            "azurerm_virtual_network_gateway",
            gateway,
            bgp_settings=_peerings(["169.254.22.2"], ["169.254.21.6"]),
        )
    more = _peerings(["169.254.21.2", "169.254.22.2"], ["169.254.21.6", "169.254.22.6"])
    changed = site.azure.change("azurerm_virtual_network_gateway", gateway, bgp_settings=more)
    assert changed["bgp_settings"][0]["peering_addresses"][0]["apipa_addresses"] == ["169.254.21.2", "169.254.22.2"]


def test_subnets_lie_in_their_network_side_by_side(site: Site) -> None:
    with pytest.raises(RefusedError, match="NetcfgSubnetRangeOutsideVnet"):
        site.add_subnet("far", "10.2.0.0/24")
    with pytest.raises(RefusedError, match="NetcfgSubnetRangesOverlap"):
        site.add_subnet("over", "10.1.255.0/24")
    place = {"resource_group_name": "g", "virtual_network_name": "missing"}
    with pytest.raises(RefusedError, match="ParentResourceNotFound"):
        site.azure.make("azurerm_subnet", "s", **place, address_prefixes=["10.1.0.0/24"])


def test_public_addresses(site: Site) -> None:
    with pytest.raises(RefusedError, match="`allocation_method` must be set to `Static`"):
        site.azure.make("azurerm_public_ip", "dynamic", **PLACE, allocation_method="Dynamic")
    with pytest.raises(RefusedError, match="`Basic` SKU public IP addresses is no longer permitted"):
        site.azure.make("azurerm_public_ip", "basic", **PLACE, allocation_method="Static", sku="Basic")
    assert [ip["ip_address"] for ip in site.ips] == ["192.0.2.1", "192.0.2.2"]
    site.azure.delete("azurerm_public_ip", site.ips[1])
    again = site.azure.make("azurerm_public_ip", "ip1", **PLACE, allocation_method="Static")
    assert again["ip_address"] == "192.0.2.3"
    with site.azure.cloud.open() as world:
        world.addresses_given = 253
        last, first = world.public_address(), world.public_address()
    assert (last, first) == ("192.0.2.254", "198.18.0.1")
    assert ipaddress.ip_address(first).is_global is False


def test_nothing_is_made_twice_or_without_a_group(azure: Azure) -> None:
    with pytest.raises(RefusedError, match="ResourceGroupNotFound: Resource group 'g' could not be found"):
        azure.make("azurerm_virtual_network", "v", **PLACE, address_space=["10.1.0.0/16"])
    azure.make("azurerm_resource_group", "g", location="westeurope")
    with pytest.raises(
        RefusedError, match=r'A resource with the ID ".*/resourceGroups/G" already exists - to be manag'
    ):
        azure.make("azurerm_resource_group", "G", location="westeurope")


def test_one_operation_on_a_gateway_at_a_time(site: Site) -> None:
    gateway, local, other = site.gateway(), site.local(), site.local("l2", gateway_address="203.0.113.2")
    site.azure.control(
        {"name": "slow", "hold": True}, {"type": "*_connection", "operation": "create", "effect": "timeout"}
    )
    with pytest.raises(RefusedError, match="context deadline exceeded"):
        site.connection(gateway, local, "slow")
    site.azure.control({"name": "slow", "hold": True})
    busy = r"429 .* AnotherOperationInProgress: Another operation on this or dependent resource is in progress"
    with pytest.raises(RefusedError, match=busy):
        site.connection(gateway, other)
    with pytest.raises(RefusedError, match=busy):
        site.azure.change("azurerm_virtual_network_gateway", gateway, tags={"a": "b"})
    site.azure.control()
    site.connection(gateway, other)


def test_what_is_held_is_under_way_until_it_is_released(azure: Azure) -> None:
    azure.make("azurerm_resource_group", "g", location="westeurope")
    rule = {"type": "azurerm_virtual_network", "operation": "create", "hold": True}
    azure.control(rule)
    with ThreadPoolExecutor(1) as worker:
        made = worker.submit(azure.make, "azurerm_virtual_network", "v", **PLACE, address_space=["10.1.0.0/16"])
        until(lambda: "Creating" in azure.states())
        # Written by hand, it may for a moment be no JSON: nothing goes on because of that.
        azure.cloud.control.write_text("{", encoding="utf-8")
        assert azure.states() == ["Succeeded", "Creating"]
        azure.control({"type": "azurerm_subnet", "hold": True}, rule)
        assert azure.states() == ["Succeeded", "Creating"]
        assert not made.done()
        azure.control({"type": "azurerm_subnet", "hold": True})
        made.result()
    assert azure.states() == ["Succeeded", "Succeeded"]


def test_a_request_that_is_accepted_may_fail_later(azure: Azure) -> None:
    azure.make("azurerm_resource_group", "g", location="westeurope")
    error = {"code": "AllocationFailed", "message": "No capacity."}
    azure.control({"type": "azurerm_virtual_network", "effect": "fail", "error": error, "times": 1})
    with pytest.raises(RefusedError, match=r'(?s)polling failed.*Status: "AllocationFailed"'):
        azure.make("azurerm_virtual_network", "v", **PLACE, address_space=["10.1.0.0/16"])
    with azure.cloud.open() as world:
        assert [r.state for r in world.of_type("azurerm_virtual_network")] == ["Failed"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "it must be JSON"),
        ('{"rules": [{"kind": "x"}]}', "a rule has kind; it may have"),
        ('{"rules": [{"effect": "explode"}]}', "effect is explode; it may be refuse, fail, timeout"),
    ],
)
def test_a_wrong_control_file_says_so(azure: Azure, text: str, said: str) -> None:
    azure.cloud.control.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedError, match=said):
        azure.make("azurerm_resource_group", "g", location="westeurope")


def test_a_file_that_is_no_cloud_says_so(azure: Azure) -> None:
    azure.cloud.path.write_text('{"resources": 1}', encoding="utf-8")
    with pytest.raises(RefusedError, match="is not a cloud file of the stand-in"), azure.cloud.open():
        pass


def test_several_processes_share_a_cloud(tmp_path: Path) -> None:
    path = tmp_path / "azure.json"
    spawned = multiprocessing.get_context("spawn")
    processes = [spawned.Process(target=_take_addresses, args=(path,)) for _ in range(2)]
    for process in processes:
        process.start()
    _take_addresses(path)
    for process in processes:
        process.join()
    with Cloud(path).open() as world:
        assert world.addresses_given == 3 * 20


def _take_addresses(path: Path) -> None:
    for _ in range(20):
        with Cloud(path).open() as world:
            world.public_address()


@pytest.mark.parametrize("type_", sorted(SCHEMAS.resources))
def test_every_type_can_be_planned_and_none_has_a_value_of_its_own_making(type_: str) -> None:
    block = SCHEMAS.resources[type_].block
    planned = plan(block, None, block.shape({}))
    for name, attribute in block.attributes.items():
        wanted = attribute.default if attribute.default is not None else UNKNOWN if attribute.rules.computed else None
        assert planned[name] == (None if attribute.write_only else wanted)
