"""What it costs: cost, prices."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from isthmus.cli.common import AsJson, AsMarkdown, Topology, checked, fail, one_format, print_json, say, show

if TYPE_CHECKING:
    from isthmus.cost.lines import CostAssumptions
    from isthmus.prices import Prices

PricesFile = Annotated[
    Path | None,
    typer.Option("--prices", help="Price file. Default: ISTHMUS_PRICES, or the snapshot that comes with Isthmus."),
]

LogGb = Annotated[
    float | None,
    typer.Option(min=0, max=1_000_000, help="GB a month that each kind of log of a tunnel grows by. Default: 0.1."),
]
TunnelIpv4 = Annotated[
    bool | None,
    typer.Option(
        "--tunnel-ipv4/--no-tunnel-ipv4",
        help="Whether AWS bills the two public IPv4 addresses of each VPN connection. Default: it does.",
    ),
]


def cost(
    topology: Topology = None,
    months: Annotated[int, typer.Option(min=1, max=1200, help="Number of months, of 730 hours each, to add up.")] = 1,
    log_gb: LogGb = None,
    tunnel_ipv4: TunnelIpv4 = None,
    prices_file: PricesFile = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the lines as CSV.")] = False,
    as_markdown: AsMarkdown = False,
) -> None:
    """Say what a month costs in USD, line by line, and what the same traffic costs in alternative designs."""
    from isthmus.cost.bill import bill
    from isthmus.prices import STALE_DAYS, NoPriceError
    from isthmus.views.cost import cost_view, lines_view

    one_format(json=as_json, csv=as_csv, markdown=as_markdown)
    plan = checked(topology, as_json=as_json).plan
    known = loaded_prices(prices_file)
    try:
        found = bill(plan, known, cost_assumptions(log_gb, tunnel_ipv4))
    except NoPriceError as error:
        fail(f"{error}: renew the file with isthmus prices refresh, or leave it out")
    age = (_today() - found.oldest).days
    if age > STALE_DAYS and found.oldest < known.day:
        text = f"prices of this plan in {known.name} were read {age} days ago"
        say(f"warning: {text}: renew them with isthmus prices refresh", error=True)
    view = lines_view if as_csv else cost_view
    show(view(found, months=months), as_json=as_json, as_csv=as_csv, as_markdown=as_markdown)


def cost_assumptions(log_gb: float | None, tunnel_ipv4: bool | None) -> CostAssumptions:
    """What a bill assumes; what the user says is given."""
    from isthmus.cost.lines import CostAssumptions
    from isthmus.provenance import Status

    assumed = CostAssumptions()
    if log_gb is not None:
        assumed = replace(assumed, log_gb=Decimal(str(log_gb)), log_gb_status=Status.GIVEN)
    if tunnel_ipv4 is not None:
        assumed = replace(assumed, tunnel_ipv4=tunnel_ipv4, tunnel_ipv4_status=Status.GIVEN)
    return assumed


prices = typer.Typer(
    help="Prices that the cost command uses: show them with their age, or refresh them.", no_args_is_help=True
)


@prices.command("show")
def show_prices(prices_file: PricesFile = None, as_json: AsJson = False) -> None:
    """List every price with its source and status, and the age of the file."""
    from isthmus.views.prices import prices_view

    show(prices_view(loaded_prices(prices_file), _today()), as_json=as_json)


@prices.command()
def refresh(
    topology: Topology = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", help="File to write. Default: prices.yaml in the folder of the topology, or in this folder."
        ),
    ] = None,
    aws_region: Annotated[
        list[str] | None, typer.Option(help="AWS region to read, instead of the topology's; may be repeated.")
    ] = None,
    azure_region: Annotated[
        list[str] | None, typer.Option(help="Azure region to read, instead of the topology's; may be repeated.")
    ] = None,
    aws_url: Annotated[
        str, typer.Option(envvar="ISTHMUS_AWS_PRICES_URL", help="Address of AWS's price list, or of a mirror.")
    ] = "https://pricing.us-east-1.amazonaws.com",
    azure_url: Annotated[
        str, typer.Option(envvar="ISTHMUS_AZURE_PRICES_URL", help="Address of Azure's price list, or of a mirror.")
    ] = "https://prices.azure.com",
    timeout: Annotated[float, typer.Option(min=0.1, max=3600, help="Timeout in seconds for each response.")] = 60.0,
    prices_file: PricesFile = None,
    as_json: AsJson = False,
) -> None:
    """Read the prices of the topology's regions from the clouds, show what changed, and write a price file.

    Needs no credentials. Prices of alerts, logs on Azure, Global Accelerator and allowances, and prices that a cloud
    does not list, are copied from the old file: --prices, ISTHMUS_PRICES, the file to be written, or the snapshot. If a
    source fails, nothing is written and the exit code is 1.
    """
    from isthmus.prices import PriceFileError
    from isthmus.prices.refresh import Fetcher, RefreshError
    from isthmus.prices.refresh import refresh as renewed
    from isthmus.prices.writer import write
    from isthmus.views.prices import change_data, change_text
    from isthmus.views.problems import count

    for option, url in (("--aws-url", aws_url), ("--azure-url", azure_url)):
        if not url.startswith(("https://", "http://")):
            fail(f"{option}: '{url}' is not an address: it must begin with https:// or http://")
        if not _is_address(url):
            fail(f"{option}: {url!a} is not an address: write one such as https://prices.example.com")
    aws_regions, azure_regions = _regions(topology, aws_region, azure_region, as_json=as_json)
    file = to or _beside(topology)
    if not file.parent.is_dir():
        fail(f"{file}: its folder does not exist: make it, or name another file with --to")
    # What an earlier refresh wrote there of other regions is not lost.
    kept = file if prices_file is None and not os.environ.get("ISTHMUS_PRICES") and file.exists() else prices_file
    old = loaded_prices(kept, warn=False)
    fetcher = Fetcher(timeout=timeout, say=lambda text: say(text, error=True))
    try:
        done = renewed(
            old,
            fetcher,
            aws_regions=aws_regions,
            azure_regions=azure_regions,
            aws_url=aws_url.rstrip("/"),
            azure_url=azure_url.rstrip("/"),
            today=_today(),
        )
        write(file, done.prices)
    except RefreshError as error:
        fail(*str(error).split("\n"), f"{file}: not written", code=1)
    except PriceFileError as error:
        # The clouds' answers, or what was kept of the old file, cannot be counted with.
        fail(*error.lines, f"{file}: not written", code=1)
    except OSError as error:
        fail(f"{file}: cannot be written ({error.strerror or error})", file=str(file), code=1)
    if as_json:
        print_json({"file": str(file), "changes": [change_data(c) for c in done.changes], "same": done.same})
        return
    for change in done.changes:
        say(change_text(change))
    say(f"{file}: written; {count(len(done.changes), 'price')} changed, {done.same} the same")
    say(f"now: isthmus cost --prices {file}, or set ISTHMUS_PRICES")


def _regions(
    topology: Path | None, aws: list[str] | None, azure: list[str] | None, *, as_json: bool
) -> tuple[list[str], list[str]]:
    """The regions that are asked for. They become part of addresses: nothing else than a region's letters."""
    for option, given in (("--aws-region", aws), ("--azure-region", azure)):
        for region in given or ():
            if not re.fullmatch(r"[a-z][a-z0-9-]{1,40}", region):
                fail(f"{option}: '{region}' is not the name of a region, such as eu-central-1 or westeurope")
    if aws or azure:
        return aws or [], azure or []
    plan = checked(topology, as_json=as_json).plan
    return [site.region for site in plan.aws], [site.region for site in plan.azure]


def _is_address(url: str) -> bool:
    """Whether ``url`` has a host, and nothing that no address has. A path may follow; a query may not."""
    try:
        parts = urlsplit(url)
        # Asked for, since it is read only then: it may be no number.
        _ = parts.port
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and not set(url) & set(' <>"{}|\\^`?#')
    return bool(parts.hostname) and plain


def _beside(topology: Path | None) -> Path:
    return (topology.parent if topology else Path()) / "prices.yaml"


def _today() -> date:
    return datetime.now(UTC).date()


def loaded_prices(given: Path | None, *, warn: bool = True) -> Prices:
    """The prices that are meant, with a warning when they are old; or exit code 2 with what is wrong with them."""
    from isthmus.prices import STALE_DAYS, PriceFileError, load, prices_path

    try:
        found = load(prices_path(given))
    except PriceFileError as error:
        fail(*error.lines, file=str(prices_path(given)))
    age = found.age_days(_today())
    if warn and age > STALE_DAYS:
        say(f"warning: {found.name} is {age} days old: renew it with isthmus prices refresh", error=True)
    elif warn and age < 0:
        text = f"{found.name} is dated {found.day.isoformat()}, in the future: its age is not known"
        say(f"warning: {text}; renew it with isthmus prices refresh", error=True)
    return found
