"""The tables of regions and cities, and the pairs that come out of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from isthmus.cli import app, common, performance
from isthmus.clouds import aws, azure
from isthmus.clouds.places import Access, Point, aws_regions, azure_regions, cities, place
from isthmus.latency import distance_km
from isthmus.provenance import Source, Status
from isthmus.regions import EgressPrice, pairs

HERE = Path(__file__).parent

NEAREST = """
us-east-1 eastus 275
us-east-2 eastus 408
us-west-1 westus 63
us-west-2 westus2 155
ca-central-1 canadaeast 233
ca-west-1 westus2 597
eu-west-1 northeurope 0
eu-west-2 uksouth 79
eu-west-3 francecentral 276
eu-central-1 germanywestcentral 0
eu-central-2 switzerlandnorth 9
eu-north-1 swedencentral 158
eu-south-1 italynorth 1
eu-south-2 spaincentral 253
me-south-1 qatarcentral 106
me-central-1 uaenorth 9
il-central-1 israelcentral 155
af-south-1 southafricanorth 1311
ap-south-1 westindia 2
ap-south-2 indiasouthcentral 0
ap-southeast-1 southeastasia 8
ap-southeast-2 australiaeast 1
ap-southeast-3 indonesiacentral 0
ap-southeast-4 australiasoutheast 0
ap-southeast-5 malaysiawest 0
ap-southeast-6 newzealandnorth 0
ap-southeast-7 malaysiawest 1188
ap-northeast-1 japaneast 0
ap-northeast-2 koreacentral 0
ap-northeast-3 japanwest 0
ap-east-1 eastasia 6
ap-east-2 eastasia 811
sa-east-1 brazilsouth 0
mx-central-1 mexicocentral 0
""".strip().splitlines()
"""AWS region, Azure region, kilometres on a sphere between the two: worked out once, apart from this program."""


def run(*args: str) -> Result:
    return CliRunner().invoke(app, list(args), prog_name="isthmus")


@pytest.mark.parametrize("row", NEAREST)
def test_near_azure_region(row: str) -> None:
    """Of two that are as near as each other either may be first."""
    ours, theirs, km = row.split()
    nearest = [pair for pair in pairs(aws=ours) if pair.azure.access is Access.OPEN][:2]
    [found] = [pair for pair in nearest if pair.azure.name == theirs]
    # An ellipsoid differs from a sphere by up to 0.56 %.
    assert found.km == pytest.approx(float(km), rel=0.006, abs=2)
    assert found.km - nearest[0].km < 15


def test_every_commercial_aws_region_is_in_that_table() -> None:
    listed = {row.split()[0] for row in NEAREST}
    assert listed == {name for name in aws.REGIONS if not name.startswith("us-gov")}


# The tables


def test_tables_have_the_regions_that_topologies_may_name() -> None:
    assert aws_regions().keys() == aws.REGIONS
    assert azure_regions().keys() == azure.REGIONS.keys()


def test_twenty_six_azure_points_were_seen_and_no_aws_point_was() -> None:
    assert sum(region.source.status is Status.SEEN for region in azure_regions().values()) == 26
    assert {region.source.status for region in aws_regions().values()} == {Status.ASSUMED}


@pytest.mark.parametrize("file", sorted((HERE.parents[1] / "isthmus" / "clouds" / "data").glob("*.csv")))
def test_every_line_of_a_table_is_whole(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        heading, *rows = csv.reader(lines)
    assert [row for row in rows if len(row) != len(heading) or not all(row)] == []
    assert len({row[0] for row in rows}) == len(rows)


def test_government_regions_are_marked() -> None:
    marked = {r.name for t in (aws_regions(), azure_regions()) for r in t.values() if r.access is Access.GOVERNMENT}
    assert marked == {name for name in {*aws.REGIONS, *azure.REGIONS} if "gov" in name}


@pytest.mark.parametrize("name", [*aws_regions(), *azure_regions()])
def test_region_is_where_the_city_that_it_is_named_for_is(name: str) -> None:
    """A swapped sign or column moves a region by thousands of kilometres; published points are off by 300."""
    region = aws_regions().get(name) or azure_regions()[name]
    if region.point.name in cities():
        assert distance_km(region.point, cities()[region.point.name]) < 320


def test_most_regions_can_be_held_against_a_city() -> None:
    known = [r for t in (aws_regions(), azure_regions()) for r in t.values() if r.point.name in cities()]
    assert len(known) > 80


def test_cities_are_apart() -> None:
    """No line twice, and none with another's coordinates."""
    points = sorted(cities().values(), key=lambda point: point.latitude)
    assert len(points) > 150
    # 20 km are less than 0.2 degrees of latitude: only those need to be measured.
    near = [(a, b) for i, a in enumerate(points) for b in points[i + 1 :] if b.latitude - a.latitude < 0.2]
    assert [(a.name, b.name) for a, b in near if distance_km(a, b) < 20] == []


# Places


@pytest.mark.parametrize(
    ("text", "name"),
    [("Frankfurt", "Frankfurt"), ("são paulo", "Sao Paulo"), ("ZÜRICH", "Zurich"), ("New-York, US", "New York")],
)
def test_city_is_found_however_it_is_written(text: str, name: str) -> None:
    assert place(text).name == name


def test_coordinates_are_latitude_then_longitude() -> None:
    assert place("-33.9, 18.4") == Point(name="-33.9,18.4", latitude=-33.9, longitude=18.4)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Frankfort", "'Frankfort' is not a known city: did you mean Frankfurt?"),
        ("qqqq", "are known; else write its latitude and longitude, such as 50.1,8.7"),
        ("91,0", "91,0 is no place: latitude is -90 to 90, longitude -180 to 180"),
        ("nan,0", "nan,0 is no place"),
        ("", "'' is not a known city"),
    ],
)
def test_unknown_place(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"^.*$") as refused:
        place(text)
    assert words in str(refused.value)


# Pairs


def test_pairs_near_a_place_are_near_it() -> None:
    best, *_ = pairs(near=[place("Frankfurt")])
    assert (best.aws.name, best.azure.name) == ("eu-central-1", "germanywestcentral")


def test_pairs_near_two_places_weigh_both() -> None:
    best, *_ = pairs(near=[place("London"), place("Milan")])
    assert best.aws.name.startswith("eu-")
    assert [reach.place.name for reach in best.reaches] == ["London", "Milan"]


def test_pairs_are_ranked_by_round_trip() -> None:
    found = pairs(azure="westeurope")
    assert [p.rtt.likely for p in found] == sorted(p.rtt.likely for p in found)
    assert len(found) == len(aws.REGIONS) - 2


def test_government_regions_only_when_asked() -> None:
    assert {p.azure.access for p in pairs(aws="us-east-1")} == {Access.OPEN, Access.RESTRICTED}
    assert any(p.azure.name == "usgovvirginia" for p in pairs(aws="us-east-1", government=True))
    assert any(p.azure.access is Access.GOVERNMENT for p in pairs(aws="us-gov-west-1"))


def test_what_is_missing() -> None:
    [pair] = pairs(aws="af-south-1", azure="southafricawest")
    assert pair.missing == ("no zones on Azure", "Azure opens it on request")
    [pair] = pairs(aws="eu-central-1", azure="germanywestcentral")
    assert pair.missing == ()


def test_prices_come_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    price = EgressPrice(usd_per_gb=0.09, source=Source(name="a test", date="2026-11", status=Status.SEEN))

    def price_of(cloud: str, region: str) -> EgressPrice | None:
        return price if cloud == "aws" else None

    [pair] = pairs(aws="eu-central-1", azure="germanywestcentral", price_of=price_of)
    assert (pair.aws_egress, pair.azure_egress) == (price, None)
    monkeypatch.setattr(performance, "_egress_price", lambda prices_file: price_of)
    shown = run("regions", "--aws", "eu-central-1", "--azure", "germanywestcentral").stdout
    assert "0.090 (seen)" in shown
    assert "unknown" in shown


# The command


def test_command_without_prices_has_no_column_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(performance, "_egress_price", lambda prices_file: None)
    done = run("regions", "--near", "Frankfurt", "--top", "3")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "germanywestcentral" in done.stdout
    assert "USD" not in done.stdout


def test_command_in_json() -> None:
    said = json.loads(run("regions", "--aws", "ap-south-1", "--top", "2", "--json").stdout)
    assert [pair["azure"]["name"] for pair in said] == ["westindia", "centralindia"]
    assert said[0]["azure"]["source"]["status"] == "seen"
    assert said[0]["aws_egress"]["usd_per_gb"] == 0.1093


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--near", "Frankfort"], "--near: 'Frankfort' is not a known city: did you mean Frankfurt?"),
        (["--aws", "eu-centrale-1"], "--aws: 'eu-centrale-1' is not a known region: write eu-central-1"),
        (["--azure", "qqq"], "--azure: 'qqq' is not a known region: expected one such as australiacentral"),
    ],
)
def test_bad_options_are_one_line(args: list[str], words: str) -> None:
    done = run("regions", *args)
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert words in done.stderr


@pytest.mark.parametrize("width", [80, 160])
def test_table_of_two_places_keeps_names_whole(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "wide_console", lambda: Console(width=width))
    shown = run("regions", "--near", "Frankfurt", "--near", "London", "--top", "3").stdout
    assert max(len(line) for line in shown.splitlines()) <= width
    for word in ("Frankfurt", "London", "eu-central-1", "germanywestcentral", "3.0 to 20.0"):
        assert word in shown


def test_egress_is_what_the_snapshot_says() -> None:
    (pair,) = json.loads(run("regions", "--aws", "eu-central-1", "--azure", "germanywestcentral", "--json").stdout)
    assert (pair["aws_egress"]["usd_per_gb"], pair["azure_egress"]["usd_per_gb"]) == (0.09, 0.087)
