"""The snapshot, and how a file of prices is read, looked up and written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from isthmus.cli import app
from isthmus.clouds import aws, azure
from isthmus.prices import ANYWHERE, Fact, NoPriceError, Piece, PriceFileError, Prices, Unit, load, prices_path
from isthmus.prices.reader import SNAPSHOT
from isthmus.prices.types import UNITS
from isthmus.prices.writer import text, write
from isthmus.prices.zones import ZONES, egress_place
from isthmus.provenance import Source, Status, price_text

D = Decimal
SEEN = Source(name="a list", date="2026-11-01", status=Status.SEEN)


@pytest.fixture(scope="module")
def snapshot() -> Prices:
    return load()


def fact(piece: Piece, where: str, usd: str, *, start: int = 0, end: int | None = None, bound: bool = False) -> Fact:
    return Fact(
        piece=piece,
        where=where,
        usd=D(usd),
        unit=UNITS[piece],
        source=SEEN,
        start=D(start),
        end=None if end is None else D(end),
        bound=bound,
    )


def book(*facts: Fact) -> Prices:
    return Prices(facts, date(2026, 11, 1), "test")


# The snapshot


def test_every_piece_has_a_price_or_a_bound_in_every_region(snapshot: Prices) -> None:
    regions = {"aws": sorted(aws.REGIONS), "azure": sorted(azure.REGIONS)}
    for piece in Piece:
        if piece.endswith("-free"):
            assert snapshot.free(piece).end
            continue
        for region in (*regions[piece.cloud], "a-region-of-tomorrow"):
            place = egress_place(region) if piece is Piece.AZURE_EGRESS else None
            rate = snapshot.rate(piece, region, place=place)
            assert rate.usd >= 0
            assert all(low <= f.usd for low, f in zip(rate.low, rate.facts, strict=True))
            assert rate.gap is None or region in rate.gap


def test_a_bound_is_no_less_than_any_price_of_its_piece(snapshot: Prices) -> None:
    bounds = [f for f in snapshot.facts if f.where == ANYWHERE and f.bound]
    assert bounds
    for bound in bounds:
        others = [f.usd for f in snapshot.facts if f.piece is bound.piece and f.start == bound.start]
        assert bound.usd == max(others)


def test_one_fact_a_line(snapshot: Prices) -> None:
    lines = [n for n in SNAPSHOT.read_text(encoding="utf-8").splitlines() if n.startswith("  - ")]
    assert len(lines) == len(snapshot.facts)
    assert all(n.startswith("  - {piece: ") and n.endswith("}") for n in lines)


def test_sources_say_what_they_are(snapshot: Prices) -> None:
    """What nobody looked up says so, and the other way round."""
    for f in snapshot.facts:
        from_memory = f.source.name.startswith("general knowledge")
        assert not from_memory or f.source.status is Status.ASSUMED, f


def test_known_prices(snapshot: Prices) -> None:
    assert snapshot.rate(Piece.AWS_CONNECTION, "ap-northeast-1").usd == D("0.048")
    assert snapshot.rate(Piece.AWS_TGW_ATTACHMENT, "ap-south-1").usd == D("0.07")
    mumbai = snapshot.rate(Piece.AWS_EGRESS, "ap-south-1").facts
    assert [f.usd for f in mumbai] == [D("0.1093"), D("0.085"), D("0.082"), D("0.08")]
    assert [f.end for f in mumbai] == [10_240, 51_200, 153_600, None]
    zone_1 = snapshot.rate(Piece.AZURE_EGRESS, "eastus", place="zone 1").facts
    assert [f.usd for f in zone_1] == [0, D("0.087"), D("0.083"), D("0.07"), D("0.05")]
    assert [f.end for f in zone_1] == [100, 10_335, 51_295, 153_695, None]


def test_zones_hold_known_regions_only() -> None:
    assert set(ZONES) <= set(azure.REGIONS)
    assert (egress_place("israelcentral"), egress_place("austriaeast")) == ("zone 1", "austriaeast")


def test_gateways_of_east_us_cost_what_was_seen_or_computed_since_the_cut(snapshot: Prices) -> None:
    seen, computed = Status.SEEN, Status.COMPUTED
    for sku, usd, status in (
        (1, "0.21", seen), (2, "0.54", seen), (3, "1.375", computed), (4, "2.31", computed), (5, "4.015", computed)
    ):  # fmt: skip
        rate = snapshot.rate(Piece(f"azure-gateway-VpnGw{sku}AZ"), "eastus")
        assert (rate.usd, rate.is_bound, rate.facts[0].source.status) == (D(usd), False, status)


def test_gateways_elsewhere_are_bounds_with_a_lower_end(snapshot: Prices) -> None:
    for sku, most, least in ((1, "0.25", "0.19"), (2, "0.643", "0.49"), (3, "1.637", "1.25"), (4, "2.749", "2.1")):
        rate = snapshot.rate(Piece(f"azure-gateway-VpnGw{sku}AZ"), "uksouth")
        assert (rate.is_bound, rate.usd, rate.low[0]) == (True, D(most), D(least))


def test_a_file_that_an_earlier_version_wrote_is_read(tmp_path: Path) -> None:
    """It says memory for assumed, and does not know that ten series of Azure alerts are free."""
    file = tmp_path / "old.yaml"
    lines = [line for line in SNAPSHOT.read_text(encoding="utf-8").splitlines() if "azure-alert-free" not in line]
    file.write_text("\n".join(lines).replace("status: assumed", "status: memory") + "\n", encoding="utf-8")
    old, new = load(file), load(SNAPSHOT)
    assert sorted(old.facts, key=lambda f: f.key) == sorted(new.facts, key=lambda f: f.key)
    assert old.free(Piece.AZURE_ALERT_FREE).end == 10


def test_data_between_zones_of_azure_is_free(snapshot: Prices) -> None:
    """The API still lists a meter of 0.01 that nobody is billed by; a refresh asks for no such meter."""
    assert snapshot.rate(Piece.AZURE_CROSS_ZONE, "eastus").usd == 0


# Looking up


def test_a_region_comes_before_everywhere() -> None:
    prices = book(fact(Piece.AWS_IPV4, ANYWHERE, "0.005"), fact(Piece.AWS_IPV4, "us-east-1", "0.004"))
    assert prices.rate(Piece.AWS_IPV4, "us-east-1").usd == D("0.004")
    elsewhere = prices.rate(Piece.AWS_IPV4, "eu-west-1")
    assert (elsewhere.usd, elsewhere.gap, elsewhere.is_bound) == (D("0.005"), None, False)


def test_a_bound_makes_a_gap_that_names_the_region() -> None:
    prices = book(fact(Piece.AWS_TGW_DATA, ANYWHERE, "0.05", bound=True), fact(Piece.AWS_TGW_DATA, "us-east-1", "0.02"))
    rate = prices.rate(Piece.AWS_TGW_DATA, "eu-west-1")
    assert rate.gap == (
        "aws-tgw-data in eu-west-1: no price is known; $0.05 / GB is counted (a list); the cheapest known is $0.02"
    )
    assert (rate.usd, rate.low) == (D("0.05"), (D("0.02"),))


def test_neither_a_price_nor_a_bound_is_an_error() -> None:
    prices = book(fact(Piece.AWS_TGW_DATA, "us-east-1", "0.02"))
    with pytest.raises(NoPriceError, match=r"^test has no price of aws-tgw-data in eu-west-1, and no bound of it"):
        prices.rate(Piece.AWS_TGW_DATA, "eu-west-1")


@pytest.mark.parametrize(
    ("usd", "said"),
    [("0.05", "$0.05"), ("0.1", "$0.10"), ("1", "$1.00"), ("4.1975", "$4.1975"), ("1200", "$1,200.00"), ("0", "$0.00")],
)
def test_a_price_has_all_its_digits_and_two_at_least(usd: str, said: str) -> None:
    assert price_text(D(usd)) == said


# Files

GOOD = "{piece: aws-public-ipv4, where: '*', usd: 0.005, unit: hour, source: s, date: 2026-11-01, status: seen}"


def written(tmp_path: Path, *lines: str, head: str = "version: 1\ndate: 2026-11-01\n") -> Path:
    file = tmp_path / "prices.yaml"
    file.write_text(head + "prices:\n" + "".join(f"  - {line}\n" for line in lines), encoding="utf-8")
    return file


def test_a_good_file(tmp_path: Path) -> None:
    prices = load(written(tmp_path, GOOD))
    assert prices.day == date(2026, 11, 1)
    [found] = prices.facts
    assert (found.usd, found.unit, found.source.date) == (D("0.005"), Unit.HOUR, "2026-11-01")


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["{piece: aws-public-ipv4}"], "price 1: date, source, status, unit, usd, where missing"),
        (["7"], "price 1: not a mapping with date, piece, source, status, unit, usd, where"),
        ([GOOD.replace("aws-public-ipv4", "aws-ipv5")], "price 1: 'aws-ipv5' is not a valid Piece"),
        ([GOOD.replace("0.005", "-1")], "price 1: -1 is not a number from 0 on"),
        ([GOOD.replace("0.005", ".nan")], "price 1: nan is not a number from 0 on"),
        ([GOOD.replace("0.005", ".inf")], "price 1: inf is not a number from 0 on"),
        ([GOOD.replace("0.005", "true")], "price 1: True is not a number from 0 on"),
        ([GOOD.replace("0.005", "[1]")], "price 1: [1] is not a number from 0 on"),
        ([GOOD.replace("hour", "GB")], "price 1: aws-public-ipv4 is billed by the hour, not by the GB"),
        ([GOOD.replace("seen", "heard")], "price 1: 'heard' is not a valid Status"),
        ([GOOD.replace("{", "{colour: red, ")], "price 1: colour not known"),
        ([GOOD.replace("{", "{bound: lower, ")], "price 1: bound is 'lower': upper is the only one"),
        ([GOOD, GOOD], "aws-public-ipv4 in *: said twice from the same amount on"),
        ([GOOD.replace("{", "{from: 5, ")], "aws-public-ipv4 in *: its tiers must begin at 0 and follow each other"),
        ([GOOD.replace("{", "{to: 5, ")], "aws-public-ipv4 in *: the last tier has an end"),
        (
            [GOOD.replace("{", "{to: 5, "), GOOD.replace("{", "{from: 6, ")],
            "aws-public-ipv4 in *: its tiers must begin at 0 and follow each other without a hole",
        ),
    ],
)
def test_a_bad_line_is_named(lines: list[str], problem: str, tmp_path: Path) -> None:
    file = written(tmp_path, *lines)
    with pytest.raises(PriceFileError) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}: {problem}")
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "is not a file of prices: isthmus prices refresh makes one; name that"),
        ("- 1", "is not a file of prices: isthmus prices refresh makes one; name that"),
        ("a: 1", "is not a file of prices: isthmus prices refresh makes one; name that"),
        (
            "name: t\naws: {}\nazure: {}",
            "is a topology, not a file of prices: isthmus prices refresh makes one; name that",
        ),
        (
            "date: 2026-11-01\nprices: []",
            "version: is missing: 1 is known; renew the file with isthmus prices refresh",
        ),
        ("version: 2\ndate: 2026-11-01\nprices: []", "version: 2 is not known: 1 is; renew the file"),
        ("version: 1\ndate: soon\nprices: []", "date: the day of the prices must be here, such as 2026-11-22"),
        ("version: 1\ndate: 2026-11-01", "prices: a list of prices must be here"),
        ("version: 1: 2", "line 1: this is no YAML: make it with isthmus prices refresh"),
        ("a: \0", "this is no YAML: make it with isthmus prices refresh"),
        ("!!python/object:os.system x", "line 1: this is no YAML: make it with isthmus prices refresh"),
    ],
)
def test_a_bad_file_is_refused(content: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(PriceFileError) as caught:
        load(file)
    assert str(caught.value).splitlines()[0] == f"{file}: {problem}"


def test_many_problems_are_not_all_shown(tmp_path: Path) -> None:
    with pytest.raises(PriceFileError) as caught:
        load(written(tmp_path, *["7"] * 50))
    assert len(str(caught.value).splitlines()) == 11
    assert str(caught.value).endswith("and 40 more")


def test_which_file_is_meant() -> None:
    assert prices_path(Path("a"), environ={"ISTHMUS_PRICES": "b"}) == Path("a")
    assert prices_path(environ={"ISTHMUS_PRICES": "b"}) == Path("b")
    assert prices_path(environ={}) == SNAPSHOT


def test_what_is_written_reads_the_same(snapshot: Prices, tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    write(file, snapshot)
    again = load(file)
    assert sorted(again.facts, key=lambda f: f.key) == sorted(snapshot.facts, key=lambda f: f.key)
    assert again.day == snapshot.day
    assert text(again) == text(snapshot)
    assert [f.name for f in tmp_path.iterdir()] == ["prices.yaml"]


def test_a_write_that_fails_leaves_the_old_file(
    snapshot: Prices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, GOOD)
    before = file.read_bytes()

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("isthmus.prices.writer.text", full)
    with pytest.raises(OSError, match="No space left"):
        write(file, snapshot)
    assert file.read_bytes() == before
    assert [f.name for f in tmp_path.iterdir()] == ["prices.yaml"]


def test_age_in_days() -> None:
    assert book().age_days(date(2027, 1, 30)) == 90


@pytest.mark.parametrize(
    ("head", "line", "said"),
    [
        ("version: 1\ndate: 2026-11-22 10:00:00\n", "", "date: the day of the prices must be here"),
        ("version: 1\ndate: 2026-13-45\n", "", "a value is no day or number"),
        ("version: 1\ndate: 2026-11-01\n", "0.1, date: 2024-15-77", "a value is no day or number"),
        ("version: 1\ndate: 2026-11-01\n", "'1e999999', date: 2024", "is more than 1,000,000,000,000"),
        ("version: 1\ndate: 2026-11-01\n", "'1e-999999', date: 2024", "more than 40 digits after the point"),
    ],
)
def test_days_and_numbers_that_python_stumbles_over(head: str, line: str, said: str, tmp_path: Path) -> None:
    text = f"  - {{piece: aws-secret, where: '*', unit: month, source: s, status: seen, usd: {line}}}\n"
    file = tmp_path / "p.yaml"
    file.write_text(f"{head}prices:\n{text if line else ' []'}\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["prices", "show", "--prices", str(file)], prog_name="isthmus")
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_prices_of_a_day_to_come_are_warned_of(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    text = SNAPSHOT.read_text(encoding="utf-8").replace("\ndate: 2026-11-25\n", "\ndate: 2999-01-01\n")
    file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["prices", "show", "--prices", str(file)], prog_name="isthmus")
    assert done.exit_code == 0
    assert "in the future: its age is not known" in done.stderr
    assert "days old" not in done.stdout
