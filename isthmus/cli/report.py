"""All answers on one page: report."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from isthmus.cli.common import AsJson, Topology, checked, fail, print_json, say
from isthmus.cli.money import LogGb, PricesFile, TunnelIpv4, cost_assumptions, loaded_prices
from isthmus.cli.performance import CommonCause, InternetPath, availability_assumptions


def report(
    topology: Topology = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path("report.html"),
    log_gb: LogGb = None,
    tunnel_ipv4: TunnelIpv4 = None,
    internet_path: InternetPath = None,
    common_cause: CommonCause = None,
    prices_file: PricesFile = None,
    as_json: AsJson = False,
) -> None:
    """Write one HTML page: topology, plan, cost (USD), availability (%), throughput (Mbit/s), sources.

    The page loads no other files. You can send it, print it and read it on a phone.
    """
    from isthmus.cost.bill import bill
    from isthmus.files import write_whole
    from isthmus.prices import NoPriceError
    from isthmus.report import html

    given = availability_assumptions(internet_path, common_cause)
    if output.is_dir() or not output.parent.is_dir():
        what = "is a folder" if output.is_dir() else "its folder does not exist"
        fail(f"{output}: {what}: name a file in a folder that exists with --output")
    found = checked(topology, as_json=as_json)
    known = loaded_prices(prices_file)
    try:
        month = bill(found.plan, known, cost_assumptions(log_gb, tunnel_ipv4))
    except NoPriceError as error:
        fail(f"{error}: renew the file with isthmus prices refresh, or leave it out")
    page = html(found, month, day=datetime.now(UTC).date(), given=given)
    try:
        write_whole(output, page)
    except OSError as error:
        fail(f"{output}: cannot be written ({error.strerror or error}): name a folder that you may write to")
    if as_json:
        print_json({"file": str(output), "bytes": len(page.encode())})
        return
    say(f"{output}: written; open it in a browser")
