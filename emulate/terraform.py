"""Finds Terraform on this machine, and its providers: by the means Terraform itself has, and in the usual places.

    <mirror>/registry.terraform.io/hashicorp/aws/6.25.0/linux_amd64/terraform-provider-aws_v6.25.0_x5
    <mirror>/registry.terraform.io/hashicorp/aws/terraform-provider-aws_6.25.0_linux_amd64.zip

The first is how Terraform unpacks, the second what ``terraform providers mirror`` writes.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

REGISTRY: Final = "registry.terraform.io"
REGISTRIES: Final = (REGISTRY, "registry.opentofu.org")
"""A provider's address begins with one of them, for Terraform or for OpenTofu; nothing is fetched from there."""
MIRROR_VARIABLE: Final = "ISTHMUS_PROVIDER_MIRROR"

_COMMENT = re.compile(r"^\s*(#|//).*$", re.MULTILINE)
_MIRROR_BLOCK = re.compile(r"\bfilesystem_mirror\s*\{(?P<body>[^{}]*)\}")
_PATH = re.compile(r'\bpath\s*=\s*"(?P<path>[^"]*)"')
_CACHE = re.compile(r'\bplugin_cache_dir\s*=\s*"(?P<path>[^"]*)"')


class UnavailableError(Exception):
    """Terraform is not on this machine; the text says what to do."""


def binary() -> str:
    """The terraform on PATH (``TERRAFORM_BINARY_NAME`` names another).

    Raises:
        UnavailableError: there is none.
    """
    name = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")
    found = shutil.which(name)
    if not found:
        raise UnavailableError(f"{name} is not on PATH: install Terraform or OpenTofu, 1.11 or later")
    return found


def mirrors(environ: Mapping[str, str] = os.environ, *, shared: Path = Path("/opt")) -> Iterator[Path]:
    """Folders that hold ``registry.terraform.io/…`` and exist here, in this order.

    ``ISTHMUS_PROVIDER_MIRROR``; the mirrors and the cache of Terraform's CLI configuration (``TF_CLI_CONFIG_FILE``,
    else ``~/.terraformrc``); ``TF_PLUGIN_CACHE_DIR``; Terraform's plugin folders, those of XDG included; and one level
    below ``shared``, where images for build machines put them.
    """
    candidates = [Path(environ[MIRROR_VARIABLE])] if environ.get(MIRROR_VARIABLE) else []
    candidates += _configured(environ)
    if environ.get("TF_PLUGIN_CACHE_DIR"):
        candidates.append(Path(environ["TF_PLUGIN_CACHE_DIR"]))
    home = Path(environ.get("HOME") or Path.home())
    candidates.append(home / ".terraform.d" / "plugins")
    data = [environ.get("XDG_DATA_HOME") or str(home / ".local" / "share")]
    data += (environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    candidates += [Path(folder, "terraform", "plugins") for folder in data if folder]
    candidates += sorted(shared.glob("*"))
    seen = dict.fromkeys(folder.expanduser() for folder in candidates)
    return (folder for folder in seen if any(folder.joinpath(registry).is_dir() for registry in REGISTRIES))


def mirrored(provider: str, environ: Mapping[str, str] = os.environ, *, shared: Path = Path("/opt")) -> Path | None:
    """The newest version folder of ``hashicorp/<provider>`` in the first mirror that has it; None when none has.

    A zip is unpacked, once, below ``XDG_CACHE_HOME``.
    """
    for mirror in mirrors(environ, shared=shared):
        for registry in REGISTRIES:
            found = mirror / registry / "hashicorp" / provider
            folders = [folder.parent for folder in found.glob(f"*/{host_platform()}")]
            zips = list(found.glob(f"terraform-provider-{provider}_*_{host_platform()}.zip"))
            newest = max([*folders, *zips], key=version, default=None)
            if newest is not None:
                return _unpacked(newest, provider, environ) if newest.suffix == ".zip" else newest
    return None


def host_platform() -> str:
    """This machine as Terraform names it: ``linux_amd64``."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{platform.system().lower()}_{machine}"


def version(path: Path) -> list[int]:
    """``6.25.0`` of a folder or a zip, as numbers: 6.9 is older than 6.25."""
    text = path.name.split("_")[1] if path.suffix == ".zip" else path.name
    return [int(number) for number in re.findall(r"\d+", text)]


def _configured(environ: Mapping[str, str]) -> list[Path]:
    home = Path(environ.get("HOME") or Path.home())
    file = Path(environ.get("TF_CLI_CONFIG_FILE") or home / ".terraformrc").expanduser()
    try:
        # Written by hand in a language of its own, of which these two settings are all that matters here.
        text = _COMMENT.sub("", file.read_text(encoding="utf-8"))
    except OSError:
        return []
    paths = [path["path"] for block in _MIRROR_BLOCK.finditer(text) for path in _PATH.finditer(block["body"])]
    return [Path(os.path.expandvars(p)) for p in [*paths, *(cache["path"] for cache in _CACHE.finditer(text))]]


def _unpacked(file: Path, provider: str, environ: Mapping[str, str]) -> Path:
    cache = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or Path.home()) / ".cache"
    version = Path(cache, "isthmus", "providers", provider, file.name.split("_")[1])
    target = version / host_platform()
    if target.is_dir():
        return version
    version.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=version) as folder:
        with zipfile.ZipFile(file) as packed:
            packed.extractall(folder)
        for executable in Path(folder).glob("terraform-provider-*"):
            executable.chmod(0o755)
        # Another process may have been faster: its copy is as good.
        if not target.is_dir():
            Path(folder, "ready").mkdir()
            for entry in [e for e in Path(folder).iterdir() if e.name != "ready"]:
                entry.rename(Path(folder, "ready", entry.name))
            Path(folder, "ready").rename(target)
    return version
