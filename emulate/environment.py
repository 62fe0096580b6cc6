"""What terraform must be told so that stacks run on the emulated clouds as they are: providers, endpoints, credentials.

No real credentials are reached: the AWS files named are our own, whatever the user's say, and the stand-in for azurerm
asks for none.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from emulate import mirror, terraform
from emulate.aws import older_provider

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
REGION = "eu-central-1"
AWS = "hashicorp/aws"
AWS_PROVIDER = "6.25.0"
"""The version that the stacks pin."""

UNSET = (
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ENDPOINT_URL_EC2",
    "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_CA_BUNDLE",
)  # fmt: skip
"""What would lead an AWS SDK elsewhere than to the stand-in."""

UNSET_FOR_TERRAFORM = (
    *UNSET, "TF_PLUGIN_CACHE_DIR", "TF_DATA_DIR", "TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG", "TF_REATTACH_PROVIDERS",
)  # fmt: skip
"""Besides, what would have terraform keep a stand-in, or look for one, elsewhere than in the clouds' folder."""


@dataclass(slots=True, kw_only=True)
class Providers:
    """Where terraform finds its providers: variables to set, and what a user should know."""

    variables: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def always() -> dict[str, str]:
    """What holds whatever the clouds: nobody is asked, and nothing is asked for on the network."""
    return {
        "ARM_SUBSCRIPTION_ID": SUBSCRIPTION,
        "ARM_TENANT_ID": SUBSCRIPTION,
        "ARM_CLIENT_ID": SUBSCRIPTION,
        "ARM_CLIENT_SECRET": "stand-in",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "CHECKPOINT_DISABLE": "1",
        # Its cache would keep what stands for the pinned version of a provider, and later runs would take that.
        "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",
        # Without it cdktf draws on a terminal that may not be there.
        "CI": "1",
    }


def profiles(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Write AWS's files for the profiles ``names`` below ``folder``; the variables that point at them."""
    credentials, config = folder / "aws-credentials", folder / "aws-config"
    key = "aws_access_key_id = stand-in\naws_secret_access_key = stand-in\n"
    sections = sorted({"default", *names})
    credentials.write_text("".join(f"[{name}]\n{key}" for name in sections), encoding="utf-8")
    config.write_text(
        "".join(f"[{name if name == 'default' else f'profile {name}'}]\nregion = {REGION}\n" for name in sections),
        encoding="utf-8",
    )
    return {"AWS_SHARED_CREDENTIALS_FILE": str(credentials), "AWS_CONFIG_FILE": str(config), "AWS_REGION": REGION}


def outside(folder: Path) -> dict[str, str]:
    """What keeps a terraform that is not started by the programs of :mod:`emulate.runs` from doing anything.

    Among the emulated clouds' credentials it would take a real state for one of theirs.
    """
    config = folder / "no-terraform.rc"
    nothing = folder / "only-the-terraform-in-bin-finds-providers-here"
    config.write_text(
        "disable_checkpoint = true\nprovider_installation {\n"
        f"  filesystem_mirror {{\n    path = {json.dumps(str(nothing))}\n  }}\n}}\n",
        encoding="utf-8",
    )
    return {"TF_CLI_CONFIG_FILE": str(config), "TF_DATA_DIR": str(folder / "no-terraform")}


def binaries() -> dict[str, str]:
    """The programs that are to run on the emulated clouds, by name; the first is the one that stacks are deployed with.

    Raises:
        terraform.UnavailableError: there is none.
    """
    chosen = terraform.binary()
    others = {name: shutil.which(name) for name in ("terraform", "tofu")}
    return {Path(chosen).name: chosen} | {name: path for name, path in others.items() if path and path != chosen}


def providers(folder: Path, pinned: str, endpoint: str) -> Providers:
    """Write a mirror below ``folder`` in which the AWS provider of this machine is the version ``pinned``.

    To an older one are added the arguments that it lacks, which are kept at ``endpoint``, the stand-in for AWS.

    Without a mirror on this machine terraform is left to fetch the provider itself.
    """
    found = Providers()
    if "TF_CLI_CONFIG_FILE" in os.environ:
        found.variables["TF_CLI_CONFIG_FILE"] = os.environ["TF_CLI_CONFIG_FILE"]
    have = terraform.mirrored("aws")
    if have is None:
        found.notes.append(
            f"no mirror on this machine has the AWS provider: terraform fetches {pinned} from its registry; without a "
            f"network, set {terraform.MIRROR_VARIABLE} to a folder that `terraform providers mirror` made"
        )
        return found
    older = older_provider.is_older(have, pinned)
    if have.name != pinned:
        added = ": tunnel bandwidth and BGP logs, which it does not know, are added to it" if older else ""
        found.notes.append(
            f"the stacks pin the AWS provider {pinned}; this machine has {have.name}, which stands for it{added}"
        )
    executable = aws_executable()
    if executable and have.name != pinned:
        command = older_provider.command(executable, endpoint) if older else [str(executable)]
        mirror.write(folder / "mirror", AWS, pinned, command)
    else:
        mirror.alias(folder / "mirror", AWS, pinned, have)
    config = folder / "terraform.rc"
    mirror.configure(config, folder / "mirror", [AWS])
    found.variables["TF_CLI_CONFIG_FILE"] = str(config)
    return found


def aws_executable() -> Path | None:
    """The AWS provider of a mirror on this machine."""
    have = terraform.mirrored("aws")
    if have is None:
        return None
    return next(iter(sorted((have / terraform.host_platform()).glob("terraform-provider-aws*"))), None)


def forget() -> None:
    """Take out of this process's environment what leads elsewhere: moto reads it too, and fails on a real profile."""
    for name in UNSET:
        os.environ.pop(name, None)
