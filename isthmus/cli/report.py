"""All answers on one page: report."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from isthmus.cli.common import AsJson, Topology, checked, fail, print_json, read, say
from isthmus.cli.money import PricesFile, loaded_prices


def report(
    topology: Topology = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path("report.html"),
    log_gb: Annotated[
        float, typer.Option(min=0, max=1_000_000, help="GB that each kind of log of a tunnel grows by in a month.")
    ] = 0.1,
    tunnel_ipv4: Annotated[
        bool, typer.Option("--tunnel-ipv4/--no-tunnel-ipv4", help="Whether AWS bills the addresses of its tunnels.")
    ] = True,
    internet_path: Annotated[
        str | None,
        typer.Option(help="Availability of one path over the internet, such as 99.9%. Default: none stated, left out."),
    ] = None,
    common_cause: Annotated[
        str, typer.Option(help="Part of the failures of parallel connections that hits all of them, 0 to 1.")
    ] = "0.1",
    prices_file: PricesFile = None,
    as_json: AsJson = False,
) -> None:
    """Write one HTML page: the topology drawn, the plan, cost (USD), availability (%), throughput (Mbit/s), sources.

    The page needs nothing but itself and can be sent, printed and read on a phone.
    """
    from isthmus.availability import Assumptions as Available
    from isthmus.cli.quantities import share
    from isthmus.cost.bill import bill
    from isthmus.cost.lines import Assumptions
    from isthmus.files import write_whole
    from isthmus.prices import NoPriceError
    from isthmus.report import html

    path, beta = read("--internet-path", share, internet_path), read("--common-cause", share, common_cause)
    given = Available(path=path, beta=0.0 if beta is None else beta)
    if output.is_dir() or not output.parent.is_dir():
        what = "is a folder" if output.is_dir() else "its folder does not exist"
        fail(f"{output}: {what}: name a file in a folder that exists with --output")
    found = checked(topology, as_json=as_json)
    known = loaded_prices(prices_file)
    try:
        month = bill(found.plan, known, Assumptions(tunnel_ipv4=tunnel_ipv4, log_gb=Decimal(str(log_gb))))
    except NoPriceError as error:
        fail(f"{error}: renew the file with isthmus prices refresh, or leave it out")
    page = html(found, month, day=datetime.now(UTC).date(), given=given)
    try:
        write_whole(output, page)
    except OSError as error:
        fail(f"{output}: cannot be written ({error.strerror or error}): name a place you may write to")
    if as_json:
        print_json({"file": str(output), "bytes": len(page.encode())})
        return
    say(f"{output}: written; open it in a browser")
