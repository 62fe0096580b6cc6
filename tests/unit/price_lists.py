"""A local server that answers as AWS's and Azure's price lists do, and as they do on a bad day."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Respond = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Asks the server's rules, first to last, then the lists."""

    server: Lists

    def do_GET(self) -> None:
        """One answer."""
        self.server.asked.append(self.path)
        for part, responses in self.server.rules:
            if part in self.path and responses:
                responses.pop(0)(self)
                return
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        found = aws_list(path) if path.startswith("/offers/") else self.server.azure_page(path, query)
        if found is None:
            self.send_error(404)
        else:
            self.give(found)

    def give(self, value: Any, *, code: int = 200, cut: int = 0, **headers: str) -> None:
        """Send ``value`` as JSON; with ``cut``, that many bytes less than were promised."""
        body = json.dumps(value).encode()
        self.send_response(code)
        for name, text in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(body[: len(body) - cut])

    def log_message(self, *_: object) -> None:
        """Nothing: the tests read ``asked``."""


class Lists(ThreadingHTTPServer):
    """The server. ``rules`` are parts of addresses with answers that come once each, before the usual ones."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.rules: list[tuple[str, list[Respond]]] = []
        self.azure_items: list[dict[str, Any]] = [*azure_items("eastus", "zone 1"), *azure_items("centralindia", "2")]
        self.page_size = 3
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def azure_page(self, path: str, query: dict[str, list[str]]) -> Any:
        """A page of the items that the filter lets through, with a link to the next one on Azure's own host."""
        if path != "/api/retail/prices" or query.get("currencyCode") != ["'USD'"]:
            return None
        # As the API: values are compared exactly, and priceType is called type in the items.
        wanted = dict(part.split(" eq ") for part in query["$filter"][0].split(" and "))
        wanted = {("type" if k == "priceType" else k): v.strip("'") for k, v in wanted.items()}
        found = [item for item in self.azure_items if all(str(item.get(k)) == v for k, v in wanted.items())]
        start = int(query.get("$skip", ["0"])[0])
        more = start + self.page_size < len(found)
        filtered = query["$filter"][0].replace(" ", "%20")
        link = f"https://prices.azure.com:443{path}?$filter={filtered}&currencyCode='USD'"
        return {
            "BillingCurrency": "USD",
            "Items": found[start : start + self.page_size],
            "NextPageLink": f"{link}&$skip={start + self.page_size}" if more else None,
            "Count": len(found[start : start + self.page_size]),
        }


@contextmanager
def lists() -> Iterator[Lists]:
    """A running server, gone afterwards with all that hung on it."""
    server = Lists()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


PREFIX = {"us-east-1": "", "ap-south-1": "APS3-", "eu-west-1": "EU-"}


def aws_list(path: str) -> Any:
    """The list of a service in a region: what is wanted among what looks like it."""
    _, _, _, _, service, _, region, _ = path.split("/")
    if region not in PREFIX:
        return None
    p = PREFIX[region]
    vpn = {"operation": "CreateVpnConnection", "groupDescription": "Site-to-Site VPN", "regionCode": region}
    tgw = {"regionCode": region}
    out = {"transferType": "AWS Outbound", "fromRegionCode": region, "toLocation": "External"}
    rows: list[tuple[dict[str, str], list[tuple[str, str, str]]]] = {
        "AmazonVPC": [
            ({"usagetype": f"{p}VPN-large-Usage-Hours:ipsec.1", **vpn}, [("0", "Inf", "0.6000000000")]),
            ({"usagetype": f"{p}VPN-concentrator-Usage-Hours:ipsec.1", **vpn}, [("0", "Inf", "1.9500000000")]),
            ({"usagetype": f"{p}Other-VPN-Usage-Hours:ipsec.1", **vpn}, [("0", "Inf", "6.0000000000")]),
            ({"usagetype": f"{p}VPN-Usage-Hours:ipsec.1", **vpn}, [("0", "Inf", "0.0510000000")]),
            (
                {"usagetype": f"{p}VPN-Usage-Hours:ipsec.1", **vpn, "operation": "Other"},
                [("0", "Inf", "9.0000000000")],
            ),
            (
                {"usagetype": f"{p}TransitGateway-Hours", "operation": "TransitGatewayVPN", **tgw},
                [("0", "Inf", "0.0700000000")],
            ),
            (
                {"usagetype": f"{p}TransitGateway-Bytes", "operation": "TransitGatewayVPN", **tgw},
                [("0", "Inf", "0.0200000000")],
            ),
            ({"usagetype": f"{p}PublicIPv4:InUseAddress", "regionCode": region}, [("0", "Inf", "0.0050000000")]),
            ({"usagetype": f"{p}PublicIPv4:IdleAddress", "regionCode": region}, [("0", "Inf", "0.0060000000")]),
        ],
        "AWSDataTransfer": [
            (
                {"usagetype": f"{p}DataTransfer-Out-Bytes", **out},
                [
                    ("10240", "51200", "0.0850000000"),
                    ("0", "10240", "0.1093000000"),
                    ("153600", "Inf", "0.0800000000"),
                    ("51200", "153600", "0.0820000000"),
                ],
            ),
            ({"usagetype": f"{p}DataTransfer-Out-ABytes", **out}, [("0", "Inf", "7.0000000000")]),
            ({"usagetype": f"{p}DataTransfer-Out-Bytes", **out, "toLocation": "Europe"}, [("0", "Inf", "8.0")]),
        ],
        "AmazonCloudWatch": [
            ({"usagetype": f"{p}CW:AlarmMonitorUsage", "regionCode": region}, [("0", "Inf", "0.1000000000")]),
            (
                {"usagetype": f"{p}DataProcessing-Bytes", "operation": "PutLogEvents", "regionCode": region},
                [("0", "5", "0.0000000000"), ("5", "Inf", "0.6700000000")],
            ),
        ],
    }[service]
    skus = {f"SKU{n}": (attributes, tiers) for n, (attributes, tiers) in enumerate(rows)}
    return {
        "formatVersion": "v1.0",
        "offerCode": service,
        "publicationDate": "2026-11-20T17:02:11Z",
        "products": {sku: {"sku": sku, "attributes": attributes} for sku, (attributes, _) in skus.items()},
        "terms": {
            "OnDemand": {
                sku: {
                    f"{sku}.JRTCKXETXF": {
                        "priceDimensions": {
                            f"{sku}.JRTCKXETXF.{n}": {
                                "beginRange": begin,
                                "endRange": end,
                                "pricePerUnit": {"USD": usd},
                            }
                            for n, (begin, end, usd) in enumerate(tiers)
                        }
                    }
                }
                for sku, (_, tiers) in skus.items()
            }
        },
    }


def azure_item(region: str, service: str, sku: str, meter: str, usd: float, **more: Any) -> dict[str, Any]:
    """One item, by the names that the API gives."""
    return {
        "currencyCode": "USD",
        "tierMinimumUnits": 0.0,
        "retailPrice": usd,
        "unitPrice": usd,
        "armRegionName": region,
        "effectiveStartDate": "2025-01-01T00:00:00Z",
        "meterName": meter,
        "productName": service,
        "skuName": sku,
        "serviceName": service,
        "unitOfMeasure": "1 Hour",
        "type": "Consumption",
        **more,
    }


def azure_items(region: str, zone: str) -> list[dict[str, Any]]:
    """What Azure lists of a region: what is wanted among what looks like it."""
    gateways = [
        azure_item(region, "VPN Gateway", f"VpnGw{n}AZ", f"VpnGw{n}AZ", usd)
        for n, usd in ((1, 0.21), (2, 0.5), (3, 1.3), (4, 2.2), (5, 3.8))
    ]
    ip = {"productName": "IP Addresses"}
    out = {"productName": "Rtn Preference: MGN", "unitOfMeasure": "1 GB"}
    usd = (0.0, 0.087, 0.083, 0.07, 0.05, 0.05) if zone == "zone 1" else (0.0, 0.12, 0.085, 0.082, 0.08, 0.08)
    current = zip((0.0, 100.0, 10335.0, 51295.0, 153695.0, 512095.0), usd, strict=True)
    old = zip((0.0, 5.0, 10240.0), (0.0, 0.99, 0.98), strict=True)
    return [
        azure_item(region, "VPN Gateway", "VpnGw1AZ", "VpnGw1AZ", 0.361, effectiveStartDate="2019-03-01T00:00:00Z"),
        *gateways,
        azure_item(region, "VPN Gateway", "VpnGw1", "VpnGw1", 0.19),
        azure_item(region, "VPN Gateway", "VpnGw1AZ", "VpnGw1AZ", 0.01, type="Reservation"),
        azure_item(region, "VPN Gateway", "VpnGw1AZ", "S2S Connection", 0.015),
        azure_item(region, "VPN Gateway", "VpnGw1AZ", "P2S Connection", 0.01),
        azure_item(region, "Virtual Network", "Standard", "Standard IPv4 Static Public IP", 0.005, **ip),
        azure_item(region, "Virtual Network", "Basic", "Basic IPv4 Static Public IP", 0.0036, **ip),
        *(
            azure_item(
                region,
                "Bandwidth",
                "Standard",
                "Standard Data Transfer Out",
                price,
                tierMinimumUnits=start,
                **out,
            )
            for start, price in current
        ),
        *(
            azure_item(
                region,
                "Bandwidth",
                "Standard",
                "Standard Data Transfer Out",
                price,
                tierMinimumUnits=start,
                effectiveStartDate="2018-01-01T00:00:00Z",
                **out,
            )
            for start, price in old
        ),
    ]
