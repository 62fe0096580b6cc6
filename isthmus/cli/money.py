"""What it costs: cost, prices."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli.common import AsJson, Topology, checked, fail, print_json, wide_console

if TYPE_CHECKING:
    from isthmus.prices import Prices

PricesFile = Annotated[
    Path | None,
    typer.Option("--prices", help="File of prices. Default: ISTHMUS_PRICES, else the snapshot in Isthmus."),
]


def cost(
    topology: Topology = None,
    months: Annotated[int, typer.Option(min=1, max=1200, help="Sum up over so many months of 730 hours.")] = 1,
    log_gb: Annotated[
        float, typer.Option(min=0, max=1_000_000, help="GB that each kind of log of a tunnel grows by in a month.")
    ] = 0.1,
    tunnel_ipv4: Annotated[
        bool, typer.Option("--tunnel-ipv4/--no-tunnel-ipv4", help="Whether AWS bills the addresses of its tunnels.")
    ] = True,
    prices_file: PricesFile = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the lines as CSV, for spreadsheets.")] = False,
) -> None:
    """Say what a month costs in USD, line by line, and what the same traffic costs in other shapes."""
    from isthmus.cost.bill import bill
    from isthmus.cost.lines import Assumptions
    from isthmus.prices import NoPriceError

    if as_json and as_csv:
        fail("--json, --csv: one of the two")
    plan = checked(topology, as_json=as_json).plan
    prices = loaded_prices(prices_file)
    try:
        found = bill(plan, prices, Assumptions(tunnel_ipv4=tunnel_ipv4, log_gb=Decimal(str(log_gb))))
    except NoPriceError as error:
        fail(f"{error}: renew the file with isthmus prices refresh, or leave it out")
    if as_json:
        from isthmus.cost.data import bill_json

        print_json(bill_json(found, months))
    elif as_csv:
        from isthmus.cost.data import bill_csv

        print(bill_csv(found, months), end="")
    else:
        from isthmus.cost.tables import print_bill

        print_bill(found, wide_console(), months=months)


def loaded_prices(given: Path | None) -> Prices:
    """The prices that are meant, with a warning when they are old; or exit code 2 with what is wrong with them."""
    from datetime import UTC, datetime

    from isthmus.prices import STALE_DAYS, PriceFileError, load, prices_path

    try:
        prices = load(prices_path(given))
    except PriceFileError as error:
        fail(str(error))
    age = prices.age_days(datetime.now(UTC).date())
    if age > STALE_DAYS:
        print(f"warning: {prices.name} is {age} days old: renew it with isthmus prices refresh", file=sys.stderr)
    return prices
