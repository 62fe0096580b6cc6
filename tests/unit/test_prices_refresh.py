"""Prices read anew, from servers that answer as the real lists do, and from servers that fail in every way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from isthmus.cli import app
from isthmus.prices import SNAPSHOT, Fact, Piece, PriceFileError, Prices, load
from isthmus.prices.reader import loads
from isthmus.prices.refresh import Fetcher, FetchError, Refreshed, RefreshError, aws, azure, merge, refresh
from isthmus.prices.writer import text, write
from isthmus.views.prices import change_text
from tests.unit.price_lists import Handler, Lists, aws_list, azure_items, lists

D = Decimal
TODAY = date(2026, 12, 24)
AWS = "/offers/v1.0/aws/AmazonVPC"
AZURE = "/api/retail/prices"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lists]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with lists() as running:
        yield running


def renewed(
    server: Lists,
    *,
    aws: tuple[str, ...] = ("ap-south-1",),
    azure: tuple[str, ...] = ("centralindia",),
    timeout: float = 5,
) -> tuple[Refreshed, list[str], list[float]]:
    """What a refresh gives, what it says on the way, and how long it waits between tries."""
    said: list[str] = []
    waits: list[float] = []
    done = refresh(
        load(),
        Fetcher(timeout=timeout, say=said.append, sleep=waits.append),
        aws_regions=aws,
        azure_regions=azure,
        aws_url=server.url,
        azure_url=server.url,
        today=TODAY,
    )
    return done, said, waits


def usd(prices: Prices, piece: Piece, where: str) -> list[Decimal]:
    return [fact.usd for fact in prices.at(piece, where)]


# A good day


def test_aws_prices_are_told_from_what_looks_like_them(server: Lists) -> None:
    prices = renewed(server)[0].prices
    found = {piece: usd(prices, piece, "ap-south-1") for piece in Piece if prices.at(piece, "ap-south-1")}
    assert found == {
        Piece.AWS_CONNECTION: [D("0.051")],
        Piece.AWS_CONNECTION_LARGE: [D("0.6")],
        Piece.AWS_TGW_ATTACHMENT: [D("0.07")],
        Piece.AWS_TGW_DATA: [D("0.02")],
        Piece.AWS_IPV4: [D("0.005")],
        Piece.AWS_EGRESS: [D("0.1093"), D("0.085"), D("0.082"), D("0.08")],
        Piece.AWS_ALARM: [D("0.1")],
        Piece.AWS_LOGS: [D("0.67")],
    }
    assert [f.end for f in prices.at(Piece.AWS_EGRESS, "ap-south-1")] == [10_240, 51_200, 153_600, None]
    assert str(prices.at(Piece.AWS_CONNECTION, "ap-south-1")[0].source) == (
        "AWS Price List, AmazonVPC, 2026-11-20 (seen)"
    )


def test_a_region_without_a_prefix_is_read_too(server: Lists) -> None:
    prices = renewed(server, aws=("us-east-1",))[0].prices
    assert usd(prices, Piece.AWS_CONNECTION, "us-east-1") == [D("0.051")]


def test_azure_prices_are_told_from_what_looks_like_them(server: Lists) -> None:
    prices = renewed(server)[0].prices
    found = {piece: usd(prices, piece, "centralindia") for piece in Piece if prices.at(piece, "centralindia")}
    assert found == {
        Piece.AZURE_VPNGW1AZ: [D("0.21")],
        Piece.AZURE_VPNGW2AZ: [D("0.5")],
        Piece.AZURE_VPNGW3AZ: [D("1.3")],
        Piece.AZURE_VPNGW4AZ: [D("2.2")],
        Piece.AZURE_VPNGW5AZ: [D("3.8")],
        Piece.AZURE_TUNNEL: [D("0.015")],
        Piece.AZURE_IPV4: [D("0.005")],
    }
    egress = prices.at(Piece.AZURE_EGRESS, "zone 2")
    assert [f.usd for f in egress] == [0, D("0.12"), D("0.085"), D("0.082"), D("0.08"), D("0.08")]
    assert [f.end for f in egress] == [100, 10_335, 51_295, 153_695, 512_095, None]
    assert egress[0].source.status == "seen"


def test_all_pages_are_read_and_never_from_another_host(server: Lists) -> None:
    renewed(server)
    gateways = [path for path in server.asked if "VPN%20Gateway" in path]
    assert len(gateways) == 3  # nine items of three a page: the reservation is filtered out
    assert all("centralindia" in path for path in gateways)


def test_only_the_regions_that_are_asked_for_are_read(server: Lists) -> None:
    renewed(server)
    assert {path.split("/")[6] for path in server.asked if path.startswith("/offers")} == {"ap-south-1"}
    assert not [path for path in server.asked if "eastus" in path]


def test_two_sites_of_a_region_are_read_once(server: Lists) -> None:
    renewed(server, aws=("ap-south-1", "ap-south-1"), azure=("centralindia", "centralindia"))
    assert len(set(server.asked)) == len(server.asked)


def test_what_was_not_asked_for_stays_as_it_was(server: Lists) -> None:
    prices = renewed(server)[0].prices
    read = {(f.piece, f.where) for f in prices.facts if f.source.date >= "2026-11-20" or f.where == "centralindia"}
    kept = [f for f in load().facts if f.where in {"us-east-1", "eastus", "*"}]
    assert read
    assert [f for f in kept if f not in prices.facts] == []
    assert prices.day == TODAY


def test_changes_are_told_from_what_is_only_confirmed(server: Lists) -> None:
    done = renewed(server)[0]
    told = [change_text(change) for change in done.changes]
    assert "aws-vpn-connection in ap-south-1: not known -> $0.051 / hour" in told
    assert not [line for line in told if line.startswith("aws-egress ")]
    assert done.same == 3  # egress, TGW attachments and data are in the snapshot with the same numbers


def test_new_prices_can_be_written_and_read(server: Lists, tmp_path: Path) -> None:
    prices = renewed(server)[0].prices
    write(tmp_path / "prices.yaml", prices)
    again = load(tmp_path / "prices.yaml")
    assert sorted(again.facts, key=lambda f: f.key) == sorted(prices.facts, key=lambda f: f.key)


def test_a_zone_whose_region_has_no_meter_stays_as_it_was(server: Lists) -> None:
    server.azure_items = [i for i in azure_items("polandcentral", "zone 1") if i["serviceName"] != "Bandwidth"]
    done, said, _ = renewed(server, azure=("polandcentral",))
    assert usd(done.prices, Piece.AZURE_EGRESS, "zone 1")[1] == D("0.087")
    assert "Azure lists no egress of polandcentral: zone 1 is left as it was" in said


def test_what_a_list_lacks_is_said(server: Lists) -> None:
    _, said, _ = renewed(server)
    assert "AWS lists no aws-log-storage in ap-south-1: it is left as it was" in said


# A bad day that passes


def limited(handler: Handler, after: str = "7") -> None:
    handler.give({}, code=429, Retry_After=after)


def broken(handler: Handler) -> None:
    handler.give({"message": "Internal Server Error"}, code=500)


def cut(handler: Handler) -> None:
    handler.give({"Items": [], "products": {}}, cut=9)


def no_json(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b'{"products": {"SKU0": {"at')


def html(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"<html>log in to the proxy</html>")


def hang(handler: Handler) -> None:
    handler.server.released.wait(20)


def dribble(handler: Handler) -> None:
    """A byte now and then, for ever: no single wait is long."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while not handler.server.released.wait(0.05):
            handler.wfile.write(b" ")
    except OSError:
        pass


def drip(handler: Handler) -> None:
    """The same with a header."""
    handler.send_response(200)
    handler.flush_headers()
    try:
        while not handler.server.released.wait(0.05):
            handler.wfile.write(b"X")
    except OSError:
        pass


def slam(handler: Handler) -> None:
    handler.connection.close()


@pytest.mark.parametrize("where", [AWS, AZURE])
@pytest.mark.parametrize(
    ("failure", "waits"),
    [
        (limited, [7]),
        (broken, [1]),
        (cut, [1]),
        (no_json, [1]),
        (html, [1]),
        (slam, [1]),
        (hang, [1]),
        (dribble, [1]),
        (drip, [1]),
    ],
)
def test_a_failure_that_passes_is_tried_again(failure: object, waits: list[float], where: str, server: Lists) -> None:
    server.rules.append((where, [failure]))  # type: ignore[list-item]
    done, said, waited = renewed(server, timeout=1 if failure in (hang, dribble, drip) else 5)
    assert waited == waits
    assert usd(done.prices, Piece.AWS_CONNECTION, "ap-south-1") == [D("0.051")]
    assert [line for line in said if f"again in {waits[0]:g} s" in line]


def test_each_wait_is_longer_than_the_last(server: Lists) -> None:
    server.rules.append((AZURE, [broken, broken, broken]))
    assert renewed(server)[2] == [1, 2, 4]


def test_retry_after_may_be_a_date(server: Lists) -> None:
    server.rules.append((AZURE, [lambda h: limited(h, "Mon, 23 Nov 2020 00:00:00 GMT")]))
    assert renewed(server)[2] == [0]


# A bad day that does not pass


def refused(server: Lists, **more: float) -> list[str]:
    with pytest.raises(RefreshError) as caught:
        renewed(server, **more)  # type: ignore[arg-type]
    return str(caught.value).splitlines()


def test_a_server_that_never_recovers(server: Lists) -> None:
    server.rules.append((AZURE, [broken] * 9))
    [line] = refused(server)
    assert re.fullmatch(rf"{server.url}/api/retail/prices\?.*: answers 500 \(4 tries\)", line)


def test_both_sources_are_tried_and_each_failure_is_said(server: Lists) -> None:
    server.rules += [(AZURE, [broken] * 9), (AWS, [cut] * 9)]
    aws, azure = refused(server)
    assert "cut off after" in aws
    assert "answers 500" in azure


def test_a_server_that_asks_for_too_much_patience(server: Lists) -> None:
    server.rules.append((AZURE, [lambda h: limited(h, "86400")]))
    [line] = refused(server)
    assert line.endswith("answers 429, and asks for 86,400 s: try again later")


def test_a_region_that_aws_has_no_list_of(server: Lists) -> None:
    with pytest.raises(RefreshError, match=r"AmazonVPC/current/mars-north-1/index\.json: answers 404$"):
        renewed(server, aws=("mars-north-1",))


def test_pages_without_an_end(server: Lists) -> None:
    def same_again(handler: Handler) -> None:
        handler.give({"Items": [], "NextPageLink": f"{server.url}{handler.path}"})

    server.rules.append((AZURE, [same_again] * 9))
    [line] = refused(server)
    assert line.endswith(": its pages have no end")


def test_pages_that_are_always_new(server: Lists) -> None:
    def another(handler: Handler) -> None:
        handler.give({"Items": [], "NextPageLink": f"{server.url}{AZURE}?$skip={len(server.asked)}"})

    server.rules.append((AZURE, [another] * 200))
    [line] = refused(server)
    assert line.endswith(": its pages have no end")
    assert len([path for path in server.asked if path.startswith(AZURE)]) == 100


@pytest.mark.parametrize("answer", [[], {}, {"Items": None}, {"Items": {}}, 7, None])
def test_an_answer_of_another_form(answer: object, server: Lists) -> None:
    server.rules += [(AZURE, [lambda h: h.give(answer)]), (AWS, [lambda h: h.give(answer)])]
    aws, azure = refused(server)
    assert "not in the form of a price list" in aws
    assert azure.endswith("no list of Items in it")


def test_a_list_without_the_price_of_a_connection(server: Lists) -> None:
    empty = {"publicationDate": "2026-11-20T00:00:00Z", "products": {}, "terms": {"OnDemand": {}}}
    server.rules.append((AWS, [lambda h: h.give(empty)]))
    [line] = refused(server)
    assert line.endswith("no price of aws-vpn-connection in it")


def test_a_region_without_gateways(server: Lists) -> None:
    server.azure_items = [i for i in server.azure_items if i["serviceName"] != "VPN Gateway"]
    assert refused(server) == ["Azure lists no zone-redundant VPN gateway in centralindia"]


def test_a_region_that_has_egress_and_lists_none(server: Lists) -> None:
    server.azure_items = [i for i in server.azure_items if i["serviceName"] != "Bandwidth"]
    assert refused(server) == ["Azure lists no egress of centralindia, which has some"]


def test_tiers_with_a_hole(server: Lists) -> None:
    server.azure_items = [
        i for i in server.azure_items if i["serviceName"] != "Bandwidth" or i["tierMinimumUnits"] not in (0.0, 5.0)
    ]
    assert refused(server) == ["Azure lists the tiers of egress from centralindia with a hole, or twice"]


def egress(server: Lists) -> list[dict[str, Any]]:
    """The tiers of egress that hold, which tests change; the superseded ones are taken out."""
    server.azure_items = [i for i in server.azure_items if not str(i["effectiveStartDate"]).startswith("2018")]
    return [i for i in server.azure_items if i["serviceName"] == "Bandwidth" and i["armRegionName"] == "centralindia"]


def test_a_tier_may_be_newer_than_the_others(server: Lists) -> None:
    egress(server)[0]["effectiveStartDate"] = "2026-01-01T00:00:00Z"
    found = renewed(server)[0].prices.at(Piece.AZURE_EGRESS, "zone 2")
    assert [f.usd for f in found] == [0, D("0.12"), D("0.085"), D("0.082"), D("0.08"), D("0.08")]
    assert [f.source.date for f in found[:2]] == ["2026-01-01", "2025-01-01"]


def test_paid_tiers_may_be_newer_than_the_free_one(server: Lists) -> None:
    for item in egress(server)[1:]:
        item["effectiveStartDate"] = "2026-01-01T00:00:00Z"
    assert usd(renewed(server)[0].prices, Piece.AZURE_EGRESS, "zone 2")[:2] == [0, D("0.12")]


def test_azure_egress_is_never_free(server: Lists) -> None:
    free = egress(server)[0]
    server.azure_items = [i for i in server.azure_items if i["serviceName"] != "Bandwidth" or i is free]
    assert refused(server) == ["Azure lists the egress of centralindia at nothing"]


@pytest.mark.parametrize("last", ["only", "last"])
def test_aws_egress_is_never_free(last: str, server: Lists) -> None:
    tiers = (
        [("0", "Inf", "0")] if last == "only" else [("0", "100", "0"), ("100", "10240", "0.1"), ("10240", "Inf", "0")]
    )

    def free(handler: Handler) -> None:
        whole = json.loads(json.dumps(aws_list("/offers/v1.0/aws/AWSDataTransfer/current/ap-south-1/index.json")))
        for offers in whole["terms"]["OnDemand"].values():
            for offer in offers.values():
                offer["priceDimensions"] = {
                    str(n): {"beginRange": a, "endRange": b, "pricePerUnit": {"USD": usd}}
                    for n, (a, b, usd) in enumerate(tiers)
                }
        handler.give(whole)

    server.rules.append(("AWSDataTransfer", [free]))
    [line] = refused(server)
    assert line.endswith("aws-egress costs nothing in it")


@pytest.mark.parametrize("day", [None, "", "soon", "2026-13-01T00:00:00Z"])
def test_a_price_without_a_day(day: str | None, server: Lists) -> None:
    for item in server.azure_items:
        item["effectiveStartDate"] = day
    [line] = refused(server)
    assert line.startswith(f"Azure gives {day!r} as effectiveStartDate of '")


def test_a_price_of_the_future_is_left_alone(server: Lists) -> None:
    gateway = next(
        i for i in server.azure_items if i["meterName"] == "VpnGw2AZ" and i["armRegionName"] == "centralindia"
    )
    server.azure_items.append({**gateway, "retailPrice": 9.0, "effectiveStartDate": "2026-12-25T00:00:00Z"})
    assert usd(renewed(server)[0].prices, Piece.AZURE_VPNGW2AZ, "centralindia") == [D("0.5")]


@pytest.mark.parametrize("link", ["http://[x", "http://x/?a=é", "http://x/?a=b c", "http://x/", "http://x/?a=\u0007"])
def test_a_next_page_that_is_no_address(link: str, server: Lists) -> None:
    server.rules.append((AZURE, [lambda h: h.give({"Items": [], "NextPageLink": link})]))
    [line] = refused(server)
    assert line.endswith(": the address of its next page is none")


def test_an_answer_nested_without_end(server: Lists) -> None:
    def deep(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"[" * 200_000)

    server.rules.append((AZURE, [deep] * 9))
    [line] = refused(server)
    assert line.endswith(": no whole JSON (4 tries)")


@pytest.mark.parametrize(
    ("price", "why"),
    [
        (-1, "-1 is not a number from 0 to 1,000,000,000,000"),
        (None, "None is not a number from 0 to 1,000,000,000,000"),
        ("0.21", "'0.21' is text, not a number"),
        (True, "True is not a number from 0 to 1,000,000,000,000"),
        (1e300, "1e+300 is not a number from 0 to 1,000,000,000,000"),
        (10**13, "10000000000000 is not a number from 0 to 1,000,000,000,000"),
        (1e-60, "1e-60 has more than 40 digits after the point"),
        ({"a": 1}, "{'a': 1} is not a number from 0 to 1,000,000,000,000"),
    ],
)
def test_an_azure_price_that_is_none(price: object, why: str, server: Lists) -> None:
    for item in server.azure_items:
        if item["meterName"] == "VpnGw3AZ":
            item["retailPrice"] = price
    assert refused(server) == [f"Azure's retailPrice of 'VpnGw3AZ': {why}"]


@pytest.mark.parametrize(
    ("usd", "why"),
    [
        ("1e13", "'1e13' is not a number from 0 to 1,000,000,000,000"),
        ("1e999999", "'1e999999' is not a number from 0 to 1,000,000,000,000"),
        ("1e-999999", "'1e-999999' has more than 40 digits after the point"),
        ("-0.1", "'-0.1' is not a number from 0 to 1,000,000,000,000"),
        ("NaN", "'NaN' is not a number from 0 to 1,000,000,000,000"),
        ("\u0661", "'\u0661' is not a number from 0 to 1,000,000,000,000"),
        ({}, "{} is not a number from 0 to 1,000,000,000,000"),
    ],
)
def test_an_aws_price_that_is_none(usd: object, why: str, server: Lists) -> None:
    server.rules.append((AWS, [lambda h: h.give(changed("AmazonVPC", {"pricePerUnit": {"USD": usd}}))]))
    [line] = refused(server)
    assert line.startswith(f"{server.url}{AWS}/current/ap-south-1/index.json: the price of aws-vpn-connection")
    assert line.endswith(f": {why}")


@pytest.mark.parametrize(
    ("tier", "why"),
    [
        ({"beginRange": "0", "endRange": "0"}, "the tiers of aws-egress do not follow each other from 0 on"),
        ({"endRange": "1e-60"}, "a tier of aws-egress: '1e-60' has more than 40 digits after the point"),
    ],
)
def test_aws_tiers_that_are_none(tier: dict[str, str], why: str, server: Lists) -> None:
    server.rules.append(("AWSDataTransfer", [lambda h: h.give(changed("AWSDataTransfer", tier))]))
    [line] = refused(server)
    assert line.endswith(f": {why}")


def changed(service: str, fields: dict[str, Any]) -> Any:
    """The list of a service with ``fields`` in every price of it."""
    whole = json.loads(json.dumps(aws_list(f"/offers/v1.0/aws/{service}/current/ap-south-1/index.json")))
    for offers in whole["terms"]["OnDemand"].values():
        for offer in offers.values():
            for dimension in offer["priceDimensions"].values():
                dimension |= fields
    return whole


@pytest.mark.parametrize("name", ["meterName", "skuName", "unitOfMeasure", "effectiveStartDate"])
def test_a_name_that_is_no_text(name: str, server: Lists) -> None:
    gateway = next(i for i in server.azure_items if i["armRegionName"] == "centralindia")

    def odd(handler: Handler) -> None:
        handler.give({"Items": [{**gateway, name: {"a": 1}}]})

    server.rules.append((AZURE, [odd]))
    assert refused(server) == [f"Azure gives {{'a': 1}} as {name}, which is no text"]


@pytest.mark.parametrize("body", [b"Infinity", b'{"Items": [{"retailPrice": NaN}]}', b"1" * 5000])
def test_what_is_json_to_python_only(body: bytes, server: Lists) -> None:
    def odd(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(body)

    server.rules.append((AZURE, [odd] * 9))
    [line] = refused(server)
    assert line.endswith(": no whole JSON (4 tries)")


@pytest.mark.parametrize(
    "target",
    ["http://localhost:1/x", "https://127.0.0.1/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "//h/x", "http://["],
)
def test_a_redirect_to_another_server_is_not_followed(target: str, server: Lists) -> None:
    server.rules.append((AZURE, [lambda h: h.give({}, code=302, Location=target)]))
    [line] = refused(server)
    assert "redirects to '" in line
    assert line.endswith(", which is another server: that is not followed")


def test_a_redirect_on_the_same_server_is_followed(server: Lists) -> None:
    server.rules.append((f"{AWS}/current", [lambda h: h.give({}, code=301, Location=h.path)]))
    assert usd(renewed(server)[0].prices, Piece.AWS_CONNECTION, "ap-south-1") == [D("0.051")]


def test_redirects_without_an_end(server: Lists) -> None:
    server.rules.append((AZURE, [lambda h: h.give({}, code=302, Location=h.path)] * 9))
    [line] = refused(server)
    assert line.endswith(": redirects more than 3 times")


def test_an_answer_that_is_too_large(server: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("isthmus.prices.refresh.http.MOST_BYTES", 1000)
    server.rules.append((AZURE, [lambda h: h.give({"Items": ["x" * 2000]})]))
    monkeypatch.setattr("isthmus.prices.refresh.aws.SERVICES", ())
    [line] = refused(server)
    assert line.endswith(": more than 1,000 bytes: no list is so large")


def test_all_answers_together_have_an_end(server: Lists) -> None:
    fetcher = Fetcher(total=0, sleep=lambda _: None)
    with pytest.raises(FetchError, match=r"x: not read: the whole refresh took more than 0 s: try again later$"):
        fetcher.get(f"{server.url}/x")


# Whatever an answer has in it

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8), st.just([]), st.just({}),
    st.sampled_from(["0", "Inf", "1e13", "1e-60", "1e999999", "Infinity", "-1", "1_0", 1e300, [1], {"a": []}]),
)  # fmt: skip


def spoiled(data: st.DataObject, value: Any) -> Any:
    """``value`` with something else in one place."""
    whole = json.loads(json.dumps(value))
    inside = whole
    while True:
        keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(inside[key], (dict, list)) or not inside[key] or data.draw(st.integers(0, 9)) == 0:
            inside[key] = data.draw(ODD)
            return whole
        inside = inside[key]


class Answers(Fetcher):
    """Gives one answer to all that is asked of Azure."""

    answer: Any = None

    def get(self, url: str) -> Any:
        return type(self).answer


def written(found: Iterable[Fact]) -> None:
    """Every price that was taken can be written and read."""
    prices = merge(load(), list(found), TODAY).prices
    assert loads(text(prices), Path("p.yaml")).day == TODAY


@given(data=st.data(), service=st.sampled_from(aws.SERVICES))
@settings(max_examples=60)
def test_any_answer_of_aws_is_prices_or_an_error_in_a_sentence(data: st.DataObject, service: str) -> None:
    listed = aws_list(f"/offers/v1.0/aws/{service}/current/ap-south-1/index.json")
    with suppress(FetchError):
        written(list(aws.facts(spoiled(data, listed), service, "ap-south-1", "u")))


@given(data=st.data())
@settings(max_examples=60)
def test_any_answer_of_azure_is_prices_or_an_error_in_a_sentence(data: st.DataObject) -> None:
    Answers.answer = spoiled(data, {"Items": azure_items("centralindia", "zone 2"), "NextPageLink": None})
    with suppress(FetchError):
        written(list(azure.read(Answers(), "u", ["centralindia"], today=TODAY)))


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    prices = load()
    odd = replace(prices.at(Piece.AWS_IPV4, "*")[0], usd=D("1e13"))
    with pytest.raises(PriceFileError, match=r"prices\.yaml: aws-public-ipv4 in \*: 10000000000000 is more than"):
        write(file, Prices((odd,), prices.day, "p"))
    assert list(tmp_path.iterdir()) == []


def test_a_unit_that_is_not_known(server: Lists) -> None:
    for item in server.azure_items:
        item["unitOfMeasure"] = "100 Hours"
    [line] = refused(server)
    assert line == "Azure gives azure-gateway-VpnGw1AZ by '100 Hours', which is not known here"


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with lists() as gone:
        url = gone.url
    with pytest.raises(FetchError, match=r"Connection refused \(4 tries\)$"):
        Fetcher(timeout=1, sleep=lambda _: None).get(url)


# The command

TOPOLOGY = """\
name: t
aws: {a: {region: ap-south-1, network: {cidr: 10.1.0.0/16}}}
azure: {b: {region: centralindia, network: {cidr: 10.2.0.0/16}}}
"""


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args], prog_name="isthmus")


@pytest.fixture
def topology(tmp_path: Path) -> Path:
    file = tmp_path / "t.yaml"
    file.write_text(TOPOLOGY, encoding="utf-8")
    return file


def at(server: Lists) -> tuple[str, ...]:
    return ("--aws-url", server.url, "--azure-url", f"{server.url}/")


def test_refresh_writes_beside_the_topology(server: Lists, topology: Path) -> None:
    done = run("prices", "refresh", topology, *at(server))
    file = topology.parent / "prices.yaml"
    assert (done.exit_code, load(file).rate(Piece.AWS_CONNECTION, "ap-south-1").usd) == (0, D("0.051"))
    *changes, written, use = done.stdout.splitlines()
    assert "azure-gateway-VpnGw1AZ in centralindia: not known -> $0.21 / hour" in changes
    assert written == f"{file}: written; {len(changes)} prices changed, 3 the same"
    assert use == f"now: isthmus cost --prices {file}, or set ISTHMUS_PRICES"
    assert "Azure: VPN Gateway, centralindia, page 1" in done.stderr


def test_a_second_refresh_finds_all_the_same(server: Lists, topology: Path) -> None:
    run("prices", "refresh", topology, *at(server))
    file = topology.parent / "prices.yaml"
    done = run("prices", "refresh", topology, "--prices", file, *at(server), "--json")
    said = json.loads(done.stdout)
    assert (said["file"], said["changes"], said["same"]) == (str(file), [], 16)


def test_new_prices_close_the_gaps(server: Lists, topology: Path) -> None:
    file = topology.parent / "mine.yaml"
    before = json.loads(run("cost", topology, "--json").stdout)
    run("prices", "refresh", topology, "--to", file, *at(server))
    after = json.loads(run("cost", topology, "--prices", file, "--json").stdout)
    assert any("VpnGw1AZ" in gap for gap in before["gaps"])
    assert not any("VpnGw1AZ" in gap for gap in after["gaps"])
    assert after["prices"]["name"] == str(file)


def test_prices_of_the_environment(server: Lists, topology: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISTHMUS_AWS_PRICES_URL", server.url)
    monkeypatch.setenv("ISTHMUS_AZURE_PRICES_URL", server.url)
    file = topology.parent / "prices.yaml"
    assert run("prices", "refresh", topology).exit_code == 0
    monkeypatch.setenv("ISTHMUS_PRICES", str(file))
    assert json.loads(run("prices", "show", "--json").stdout)["name"] == str(file)


def test_a_source_that_fails_is_exit_code_1_and_leaves_the_old_file(server: Lists, topology: Path) -> None:
    file = topology.parent / "prices.yaml"
    mine = SNAPSHOT.read_text(encoding="utf-8") + "# mine\n"
    file.write_text(mine, encoding="utf-8")
    server.azure_items = []
    done = run("prices", "refresh", topology, *at(server))
    assert (done.exit_code, done.stdout, file.read_text(encoding="utf-8")) == (1, "", mine)
    assert done.stderr.splitlines()[-2:] == [
        "Azure lists no zone-redundant VPN gateway in centralindia",
        f"{file}: not written",
    ]
    assert sorted(f.name for f in topology.parent.iterdir()) == ["prices.yaml", "t.yaml"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--aws-url", "file:///etc/passwd"), "--aws-url: 'file:///etc/passwd' is not an address: it must begin with"),
        (
            ("--azure-url", "ftp://x"),
            "--azure-url: 'ftp://x' is not an address: it must begin with https:// or http://",
        ),
        (("--aws-url", "http://["), "--aws-url: 'http://[' is not an address: write one such as https://prices."),
        (("--aws-url", "http://"), "--aws-url: 'http://' is not an address: write one such as https://prices."),
        (("--azure-url", "http://h:x"), "--azure-url: 'http://h:x' is not an address: write one such as"),
        (("--azure-url", "http://é"), "--azure-url: 'http://\\xe9' is not an address: write one such as"),
        (("--azure-url", "http://h/?a=b"), "--azure-url: 'http://h/?a=b' is not an address: write one such as"),
        (("--aws-region", "../x"), "--aws-region: '../x' is not the name of a region, such as eu-central-1"),
        (("--azure-region", "a' or 'b"), "--azure-region: 'a' or 'b' is not the name of a region"),
        (("--aws-region", "us-east-1", "--to", "none/p.yaml"), "none/p.yaml: its folder does not exist: make it"),
        (
            ("--aws-region", "us-east-1", "--prices", "none.yaml"),
            "none.yaml: cannot be read (No such file",
        ),
    ],
)
def test_bad_options_are_exit_code_2(args: tuple[str, ...], said: str) -> None:
    done = run("prices", "refresh", *args)
    assert (done.exit_code, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(said)


def test_regions_by_name_need_no_topology(server: Lists, tmp_path: Path) -> None:
    done = run("prices", "refresh", "--aws-region", "eu-west-1", "--to", tmp_path / "p.yaml", *at(server))
    assert done.exit_code == 0
    assert {path.split("/")[6] for path in server.asked} == {"eu-west-1"}


def test_regions_of_an_earlier_refresh_are_kept(server: Lists, tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    for region in ("eu-west-1", "ap-south-1"):
        assert run("prices", "refresh", "--aws-region", region, "--to", file, *at(server)).exit_code == 0
    assert usd(load(file), Piece.AWS_CONNECTION, "eu-west-1") == [D("0.051")]


def test_a_file_that_holds_no_prices_is_not_overwritten(server: Lists, tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("mine\n", encoding="utf-8")
    done = run("prices", "refresh", "--aws-region", "eu-west-1", "--to", file, *at(server))
    assert (done.exit_code, server.asked, file.read_text(encoding="utf-8")) == (2, [], "mine\n")


def test_a_partial_refresh_makes_no_other_price_younger(
    server: Lists, tmp_path: Path, topology: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "p.yaml"
    monkeypatch.setattr("isthmus.cli.money._today", lambda: date(2026, 11, 26))
    run("prices", "refresh", topology, "--to", file, *at(server))
    monkeypatch.setattr("isthmus.cli.money._today", lambda: date(2027, 11, 26))
    run("prices", "refresh", "--aws-region", "eu-west-1", "--to", file, *at(server))
    said = run("cost", topology, "--prices", file).stderr
    assert f"prices of this plan in {file} were read 365 days ago" in said
    assert "The oldest was read on 2026-11-25." in run("prices", "show", "--prices", file).stdout
    run("prices", "refresh", topology, "--to", file, *at(server))
    assert "were read" not in run("cost", topology, "--prices", file).stderr
