"""The place where Terraform keeps its state: state bootstrap."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli.common import AsJson, Topology, checked, fail, needs, print_json, say
from isthmus.settings import PROGRAM, output_folder
from isthmus.streams import coloured

if TYPE_CHECKING:
    from isthmus.plan.state_home import AzurermHome, Home

app = typer.Typer(help="The backend where Terraform keeps its state.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The backend where Terraform keeps its state."""


@app.command()
def bootstrap(
    topology: Topology = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be created.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    adopt: Annotated[
        list[str] | None,
        typer.Option(
            help="What exists already and is to be looked after from now on: bucket, or resource-group, "
            "storage-account, container, management-policy. May be given several times.",
            show_default=False,
        ),
    ] = None,
    location: Annotated[
        str | None,
        typer.Option(
            help="Azure region of the storage account. Default: that of the first Azure site.", show_default=False
        ),
    ] = None,
    replication: Annotated[str, typer.Option(help="Redundancy of the storage account: LRS, ZRS, GRS or GZRS.")] = "ZRS",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder for the Terraform JSON and state of this command. Default: cdktf.state next to cdktf.out.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create the bucket, or the storage account and container, that the topology's `state` names.

    Runs terraform, with the credentials of your environment, on a separate stack with local state. You can run it
    again at any time: it changes only what differs. Terraform never destroys what this command creates.
    """
    from isthmus.plan.state_home import described, state_home, why_nothing

    plan = checked(topology, as_json=as_json).plan
    _check_options(location, replication)
    home = state_home(plan, location=location, replication=replication)
    if home is None:
        reason = why_nothing(plan)
        print_json({"made": False, "reason": reason}) if as_json else print(reason)
        return
    folder = (output or output_folder().with_name("cdktf.state")).absolute() / home.stack
    ids = _ids(home, adopt or [])
    if dry_run:
        if as_json:
            print_json({"made": False, "home": asdict(home), "folder": str(folder), "adopts": ids})
            return
        for what, how in described(home):
            say(f"{what:16} {how}")
        for what, id_ in ids.items():
            say(f"{'adopts':16} {what}: {id_}")
        say(f"{'folder':16} {folder}")
        return
    terraform = _terraform()
    if not yes and not sys.stdin.isatty():
        fail("there is no terminal to ask for confirmation: check with --dry-run, then add --yes")
    needs("synth", "isthmus state bootstrap")
    _synthesize(home, folder, ids, quiet=as_json)
    _run(terraform, home, folder, yes=yes, quiet=as_json)
    if as_json:
        print_json({"made": True, "home": asdict(home), "folder": str(folder), "adopts": ids})
        return
    say(f"{home.stack}: ready; its own state: {folder / 'terraform.tfstate'}")
    say(_next(home))


def _check_options(location: str | None, replication: str) -> None:
    from isthmus.clouds.azure import REGIONS
    from isthmus.plan.state_home import REPLICATIONS

    if location is not None and location not in REGIONS:
        fail(f"--location: {location!r} is not an Azure region: write one such as germanywestcentral")
    if replication not in REPLICATIONS:
        fail(f"--replication: {replication!r} is not known: write one of {', '.join(REPLICATIONS)}")


def _ids(home: Home, adopt: list[str]) -> dict[str, str]:
    """The id by which terraform imports each of ``adopt``."""
    from isthmus.plan.state_home import S3Home

    for what in adopt:
        if what not in home.adoptable:
            fail(f"--adopt: {what!r} cannot be adopted here: write one of {', '.join(home.adoptable)}")
    if not adopt:
        return {}
    ids = {"bucket": home.bucket} if isinstance(home, S3Home) else _azure_ids(home)
    return {what: ids[what] for what in home.adoptable if what in adopt}


def _azure_ids(home: AzurermHome) -> dict[str, str]:
    subscription = os.environ.get("ARM_SUBSCRIPTION_ID")
    if not subscription:
        fail("--adopt: set ARM_SUBSCRIPTION_ID to the subscription of the storage account, as terraform needs it too")
    group = f"/subscriptions/{subscription}/resourceGroups/{home.resource_group}"
    account = f"{group}/providers/Microsoft.Storage/storageAccounts/{home.storage_account}"
    container = f"{account}/blobServices/default/containers/{home.container}"
    policy = f"{account}/managementPolicies/default"
    return {
        "resource-group": group,
        "storage-account": account,
        "container": container,
        "management-policy": policy,
    }


def _terraform() -> str:
    name = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")
    found = shutil.which(name)
    if not found:
        fail(f"{name} is not on PATH: install Terraform or OpenTofu, 1.11 or later", code=1)
    return found


def _synthesize(home: Home, folder: Path, ids: dict[str, str], *, quiet: bool) -> None:
    import json

    from isthmus.plan.state_home import S3Home

    kind = "s3" if isinstance(home, S3Home) else "azurerm"
    wanted = {"kind": kind, "home": asdict(home), "folder": str(folder), "adopt": ids}
    # A process of its own: this package never imports cdktf. -P, so that no folder named stacks is found here.
    done = subprocess.run(
        [sys.executable, "-P", "-m", "stacks.state_home"],
        input=json.dumps(wanted),
        env={**os.environ, "PYTHONPATH": str(PROGRAM)},
        stderr=subprocess.PIPE if quiet else None,
        text=True,
        umask=0o077,
        check=False,
    )
    if done.returncode:
        code = 2 if done.returncode == 2 else 1
        if quiet:
            fail(*done.stderr.splitlines(), code=code)
        raise typer.Exit(code)


def _run(terraform: str, home: Home, folder: Path, *, yes: bool, quiet: bool) -> None:
    """Run terraform on it; what it says is passed on as it comes, to standard error when ``quiet``."""
    plain = [] if coloured(sys.stderr if quiet else sys.stdout) else ["-no-color"]
    # Left by a run with another umask.
    for state in folder.glob("terraform.tfstate*"):
        state.chmod(0o600)
    for command in (["init", "-input=false"], ["apply", *(["-input=false", "-auto-approve"] if yes else [])]):
        with subprocess.Popen(
            [terraform, *command, *plain],
            cwd=folder,
            stdout=sys.stderr.fileno() if quiet else None,
            stderr=subprocess.PIPE,
            text=True,
            # The state holds an account's keys, though nobody may use them.
            umask=0o077,
        ) as process:
            assert process.stderr is not None
            said = ""
            for line in process.stderr:
                print(line, end="", file=sys.stderr, flush=True)
                said += line
        if process.returncode:
            if _exists(said):
                options = " ".join(f"--adopt {what}" for what in home.adoptable)
                fail(
                    f"isthmus: it exists already, and {folder / 'terraform.tfstate'} does not know it. If it is yours, "
                    f"look after it from here: the same command with {options} (only what exists).",
                    code=1,
                )
            if quiet:
                fail(f"terraform {command[0]} failed: standard error has what it said", code=1)
            raise typer.Exit(1)


def _exists(said: str) -> bool:
    return any(words in said for words in ("BucketAlready", "already exists - to be managed via Terraform"))


def _next(home: Home) -> str:
    from isthmus.plan.state_home import S3Home

    if isinstance(home, S3Home):
        return "Now: isthmus synth, cdktf deploy. Keep that file, or adopt the bucket when it is lost."
    return (
        "Now: whoever deploys needs the role Storage Blob Data Contributor on the container, owners too. Then: isthmus "
        "synth, cdktf deploy. Keep that file, or adopt what it made when it is lost."
    )
