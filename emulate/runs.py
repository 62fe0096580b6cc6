"""Runs terraform on the emulated clouds, in working folders that belong to them.

    FOLDER/bin/terraform                         starts the real terraform, as :func:`main` below says
    FOLDER/terraform.json                        where the stand-ins are; there while the clouds are
    FOLDER/runs/home/me/net/cdktf.out/stacks/x   the working folder for /home/me/net/cdktf.out/stacks/x

Nothing but the program in ``bin`` leads terraform to the stand-ins, and it runs terraform in a copy of the
configuration. Lock file, plugins, plan files and local state of an emulated run are therefore never where a real run
looks for them, whenever and however the run or the clouds end. Paths relative to the stack's folder, as those of local
states, lead to the parents of the copy.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NoReturn

from emulate.mirror import python

Json = dict[str, Any]

_SETTINGS: Final = "terraform.json"
_COPIED: Final = ".copied.json"
_OVERRIDE: Final = "zzz_emulated_override.tf.json"
_NOT_COPIED: Final = (".terraform*", "*.tfstate", "*.tfstate.*", _COPIED, _OVERRIDE)
_CONFIGURATION: Final = ("*.tf", "*.tf.json", "*.tofu", "*.tofu.json")

_MODULE = re.compile(r'"?\bsource"?\s*[:=]\s*"(\.{1,2}/[^"]*)"')
_COMMENT = re.compile(r"^\s*(#|//).*$|/\*.*?\*/", re.MULTILINE | re.DOTALL)
_BACKEND = re.compile(r'\b(?:(cloud)|backend\s+"([\w-]+)")\s*\{([^{}]*)')
_ARGUMENT = re.compile(r'^\s*(\w+)\s*=\s*"([^"]*)"', re.MULTILINE)

_READ: Final = ("-var-file", "-backend-config", "-config")
_WRITTEN: Final = ("-state", "-state-out", "-backup")


def write(folder: Path, binaries: Mapping[str, str], variables: Mapping[str, str], unset: tuple[str, ...]) -> None:
    """Write below ``folder`` a program for each of ``binaries``, by its name, that starts it with ``variables``."""
    (folder / "bin").mkdir(parents=True, exist_ok=True)
    for name, binary in binaries.items():
        program = folder / "bin" / name
        command = python("emulate.runs", str(folder), binary)
        program.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    # A lock file has the checksum of what stood for a provider when it was written, which may be another one now.
    for lock in (folder / "runs").rglob(".terraform.lock.hcl"):
        lock.unlink()
    _replace(folder / _SETTINGS, json.dumps({"variables": dict(variables), "unset": unset}))


def forget(folder: Path) -> None:
    """Let the programs below ``folder`` start nothing any more."""
    (folder / _SETTINGS).unlink(missing_ok=True)


def variables(folder: Path) -> dict[str, str]:
    """What leads terraform to the stand-ins of ``folder``."""
    found: dict[str, str] = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))["variables"]
    return found


def place(folder: Path, path: Path) -> Path:
    """Where emulated runs of the clouds in ``folder`` have what is at the absolute ``path`` for real ones."""
    normal = Path(os.path.normpath(path))
    return folder / "runs" / normal.relative_to(normal.anchor)


def main() -> int:
    """Be terraform: ``FOLDER BINARY ARGUMENT…``. Returns only where terraform was not started; the exit code."""
    folder, binary, arguments = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    try:
        settings = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        sys.stderr.write("The emulated clouds have ended: start `isthmus emulate` again.\n")
        return 1
    # cdktf has checksums locked for other platforms, for which it would have every provider fetched.
    if arguments[:2] == ["providers", "lock"]:
        return 0
    try:
        here = Path.cwd()
    except FileNotFoundError:
        sys.stderr.write("The current folder is gone: go to one that is there.\n")
        return 1
    if arguments and (changed := re.fullmatch(r"--?chdir=(.*)", arguments[0])) and (here / changed[1]).is_dir():
        here, arguments = (here / changed[1]).resolve(), arguments[1:]
    # States and plans hold keys.
    os.umask(0o077)
    try:
        # What formats files is meant to change them where they are; it reads no state and starts no provider.
        stays = arguments[:1] == ["fmt"] or here.is_relative_to(folder / "runs")
        working = here if stays else _prepared(folder, here)
    except OSError as error:
        sys.stderr.write(f"{error.filename or here}: {error.strerror or error}\n")
        return 1
    kept = {k: v for k, v in os.environ.items() if k not in settings["unset"] and not k.startswith("AWS_ENDPOINT_URL")}
    environ = {**kept, **settings["variables"], "PWD": str(working)}
    return _become([binary, *_arguments(arguments, folder, here)], working, environ)


def _become(command: list[str], working: Path, environ: dict[str, str]) -> NoReturn:
    """Be ``command`` from now on: it is what is waited for, and what signals are sent to."""
    os.chdir(working)
    os.execve(command[0], command, environ)  # noqa: S606 - nothing is to lie between


def _arguments(arguments: list[str], folder: Path, here: Path) -> Iterator[str]:
    """``arguments``, of which those that name a file mean one in ``here``; what is written goes below ``folder``."""
    option = ""
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if option:
            name, equals, value = option, "", argument
        shown = f"{name}=" if equals else ""
        name = f"-{name.lstrip('-')}"
        backend_path = name == "-backend-config" and value.startswith("path=")
        option = name if name in (*_READ, *_WRITTEN) and not equals and not option else ""
        if option:
            yield argument
        elif backend_path:
            yield f"{shown}path={place(folder, here / value.removeprefix('path='))}"
        elif name in _WRITTEN and value not in ("", "-"):
            yield f"{shown}{place(folder, here / value)}"
        elif name in _READ and (here / value).is_file():
            yield f"{shown}{here / value}"
        else:
            yield argument


def _prepared(folder: Path, here: Path) -> Path:
    """The working folder for ``here``, with the configuration as it is now."""
    working = place(folder, here)
    working.mkdir(parents=True, exist_ok=True)
    wanted, seen = [here], set[Path]()
    while wanted:
        source = wanted.pop()
        configuration = _configuration(source)
        if source in seen or not configuration:
            continue
        seen.add(source)
        _copy(source, place(folder, source), besides=folder)
        for file in configuration:
            found = _MODULE.findall(file.read_text(encoding="utf-8", errors="replace"))
            wanted += [Path(os.path.normpath(source / module)) for module in found]
    override = _override(folder, here)
    if override:
        _replace(working / _OVERRIDE, json.dumps(override, indent=1))
    else:
        (working / _OVERRIDE).unlink(missing_ok=True)
    return working


def _configuration(folder: Path) -> list[Path]:
    """The files of configuration in ``folder``, those that override others last, as terraform reads them."""
    files = [f for f in folder.iterdir() if f.is_file() and _is(f.name, _CONFIGURATION)] if folder.is_dir() else []
    return sorted(files, key=lambda file: (re.search(r"(^|_)override\.", file.name) is not None, file.name))


def _copy(source: Path, target: Path, *, besides: Path) -> None:
    """Bring the files below ``source`` that changed since the last time to ``target``, without states and plugins.

    What terraform wrote to ``target`` stays, also over a file that it had from ``source``.
    """
    noted = target / _COPIED
    before: Json = json.loads(noted.read_text(encoding="utf-8")) if noted.exists() else {}
    now: Json = {}
    for name in _files(source, besides):
        status = (source / name).stat()
        now[name] = [status.st_mtime_ns, status.st_size]
        if before.get(name) != now[name]:
            copy = target / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            new = copy.with_name(f".{copy.name}.{os.getpid()}")
            shutil.copy2(source / name, new)
            new.replace(copy)
    for name in before.keys() - now.keys():
        (target / name).unlink(missing_ok=True)
    if now != before:
        _replace(noted, json.dumps(now))


def _files(source: Path, besides: Path) -> Iterator[str]:
    seen = set[str]()
    for top, folders, files in os.walk(source, followlinks=True):
        # The clouds' own folder may be in there, and a link may lead to where it is.
        real = os.path.realpath(top)
        if real in seen or real == str(besides):
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [f for f in folders if not f.startswith(".") and f not in ("node_modules", "cdktf.out")]
        folders[:] = [f for f in folders if not _is(f, _NOT_COPIED)]
        for name in files:
            file = Path(top, name)
            if not _is(name, _NOT_COPIED) and file.is_file():
                yield str(file.relative_to(source))


def _is(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _override(folder: Path, here: Path) -> Json:
    """What keeps the state of ``here`` below ``folder``, where its own backend would not.

    State in S3 is in the emulated S3. Elsewhere there is no stand-in, and the real place must not be asked.
    """
    override: Json = {}
    backend: Json | None = None
    for file in _configuration(here):
        text = file.read_text(encoding="utf-8", errors="replace")
        if not file.name.endswith(".json"):
            for cloud, kind, body in _BACKEND.findall(_COMMENT.sub("", text)):
                backend = _kept(folder, here, cloud or kind, dict(_ARGUMENT.findall(body)))
            continue
        try:
            config = json.loads(text)
        except ValueError:
            continue  # terraform will say so
        for block in _blocks(config, "terraform"):
            for kind, settings in [*_items(block, "backend"), *(("cloud", one) for one in _blocks(block, "cloud"))]:
                backend = _kept(folder, here, kind, settings)
        for data in _blocks(config, "data"):
            for name, reader in _items(data, "terraform_remote_state"):
                # An expression in its place cannot be worked out here; what it says of is at least apart from others.
                config = next(iter(_blocks(reader, "config")), {"": reader.get("config")})
                kept = _kept(folder, here, str(reader.get("backend")), config)
                if kept:
                    changed = {"backend": "local", "config": kept["local"]}
                    override.setdefault("data", {}).setdefault("terraform_remote_state", {})[name] = changed
    if backend:
        override["terraform"] = {"backend": backend}
    return override


def _kept(folder: Path, here: Path, kind: str, settings: Json) -> Json | None:
    """The local backend that stands for one of this ``kind``; None where it can stay as it is."""
    if kind == "s3" and not settings.keys() & {"endpoint", "endpoints"}:
        return None
    if kind == "local":
        path = str(settings.get("path") or "terraform.tfstate")
        kept = place(folder, here / path)
        return None if Path(os.path.normpath(place(folder, here) / path)) == kept else {"local": {"path": str(kept)}}
    if kind in ("cloud", "remote"):
        workspaces = next(iter(_blocks(settings, "workspaces")), {})
        named = workspaces.get("name") or json.dumps(workspaces, sort_keys=True)
        identity = [settings.get("hostname") or "app.terraform.io", settings.get("organization"), named]
    elif kind == "azurerm":
        identity = [settings.get(key) for key in ("storage_account_name", "container_name", "key")]
    else:
        identity = [kind, json.dumps(settings, sort_keys=True)]
    digest = hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]
    return {"local": {"path": str(folder / "states" / f"{digest}.tfstate")}}


def _blocks(body: Json, name: str) -> list[Json]:
    """The blocks ``name`` in ``body``, of which JSON may have one or a list."""
    found = body.get(name)
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]


def _items(body: Json, name: str) -> Iterator[tuple[str, Json]]:
    for block in _blocks(body, name):
        for key in block:
            yield from ((key, one) for one in _blocks(block, key))


def _replace(file: Path, text: str) -> None:
    new = file.with_name(f".{file.name}.{os.getpid()}")
    new.write_text(text, encoding="utf-8")
    new.replace(file)
