"""Where Terraform's JSON comes from: folders of stacks, states, saved plans, standard input; told apart by content."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from isthmus.observed.merging import merged

Json = dict[str, Any]

MAX_BYTES: Final = 256 * 1024 * 1024
"""Of a file. The plan of the largest topology that the tests synthesize is under 30 MiB."""
MAX_DEPTH: Final = 120
"""Of nested lists and objects. Terraform's own depth is about ten, and three more for each module."""
MAX_ROOTS: Final = 2_000
_MAX_MODULES: Final = 20
_SKIPPED: Final = frozenset({".terraform", ".git", "node_modules", ".venv"})
STDIN: Final = "-"


class Kind(StrEnum):
    """What a document is."""

    CONFIGURATION = "configuration"
    PLAN = "plan"
    STATE = "state"


class InputError(Exception):
    """Something that cannot be read. Its ``str`` names the file, what is wrong with it and what to do."""

    def __init__(self, file: object, wrong: str) -> None:
        super().__init__(f"{file}: {wrong}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One root module as one source tells it. ``content`` still has every key in clear: hand it on, do not keep it."""

    name: str
    file: str
    kind: Kind
    content: Json = field(repr=False)
    modules: dict[str, Document] = field(default_factory=dict, repr=False)
    """Of a configuration: the local modules that it calls, by the name of the call."""

    def contents(self) -> Iterator[Json]:
        """Its content and that of its modules."""
        yield self.content
        for module in self.modules.values():
            yield from module.contents()


def load(*sources: Path | str) -> list[Document]:
    """Every root module in ``sources``: folders, files, or ``-`` for standard input; each file once.

    Raises:
        InputError: a source is missing, too large, of no known kind, or holds nothing.
    """
    found: dict[str, Document] = {}
    for source in sources:
        for document in _from(source):
            found.setdefault(document.file, document)
            if len(found) > MAX_ROOTS:
                raise InputError(source, f"more than {MAX_ROOTS} root modules: name fewer folders or files")
    return list(found.values())


def _from(source: Path | str) -> Iterator[Document]:
    if str(source) == STDIN:
        yield _document("stdin", "standard input", sys.stdin.buffer.read(MAX_BYTES + 1))
        return
    path = Path(source)
    if path.is_dir():
        yield from _folder(path)
    elif path.name.endswith((".tf.json", ".tf")):
        yield _configuration(path.parent)
    else:
        yield _document(_stem(path), str(path), _bytes(path))


def _folder(folder: Path) -> Iterator[Document]:
    """The roots below ``folder``: stacks, else folders of configuration, else files of states and plans."""
    found = {below: _configuration(below) for below in sorted({file.parent for file in _files(folder, ".tf.json")})}
    called = {module for document in found.values() for module in _module_folders(document)}
    roots = [document for below, document in found.items() if below.resolve() not in called]
    if not roots:
        files = [f for f in sorted(folder.iterdir()) if f.name.endswith((".tfstate", ".json")) and f.is_file()]
        roots = [document for document in map(_document_or_none, files) if document]
    if not roots and any(_files(folder, ".tf")):
        raise InputError(folder, _HCL)
    if not roots:
        raise InputError(folder, "no *.tf.json, state or plan is in it: name the folder that `cdktf synth` wrote")
    yield from roots


def _module_folders(document: Document) -> Iterator[Path]:
    for module in document.modules.values():
        file = Path(module.file)
        yield (file if file.is_dir() else file.parent).resolve()


_HCL = (
    "HCL (*.tf), which only terraform reads: run `terraform plan -out=tfplan` and "
    "`terraform show -json tfplan > plan.json` there, and name plan.json"
)


def _files(folder: Path, suffix: str) -> Iterator[Path]:
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - _SKIPPED)
        yield from (Path(base, name) for name in sorted(names) if name.endswith(suffix))


def _document_or_none(file: Path) -> Document | None:
    """What is in ``file``; None where it is JSON of another kind, as a manifest is."""
    try:
        return _document(_stem(file), str(file), _bytes(file))
    except _OtherError:
        return None


class _OtherError(InputError):
    """JSON, but neither of Terraform's."""


def _document(name: str, file: str, text: bytes) -> Document:
    content = _parsed(file, text)
    kind = _kind(file, content)
    return Document(name=name, file=file, kind=kind, content=content)


def _kind(file: str, content: Json) -> Kind:
    if content.keys() & {"planned_values", "resource_changes", "configuration"}:
        _only_major(file, content)
        return Kind.PLAN
    if "format_version" in content and not content.keys() & {"provider_schemas", "metadata_functions", "diagnostics"}:
        _only_major(file, content)
        return Kind.STATE
    if "version" in content and content.keys() & {"lineage", "serial", "resources"}:
        if content["version"] != 4:
            raise InputError(
                file, f"a state of version {content['version']}: only 4 is read; run `terraform show -json`"
            )
        return Kind.STATE
    if content.keys() & {"resource", "data", "module", "terraform", "provider", "variable", "output", "locals"}:
        return Kind.CONFIGURATION
    raise _OtherError(
        file,
        "JSON, but neither a plan nor a state nor a configuration: make it with `terraform show -json`, "
        "of a saved plan or of the state",
    )


def _only_major(file: str, content: Json) -> None:
    version = str(content.get("format_version", "1.0"))
    if version.partition(".")[0] not in ("0", "1"):
        raise InputError(file, f"format {version} of `terraform show -json`: only 0.x and 1.x are read")


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(path, f"{size} bytes, more than {MAX_BYTES}: that is no plan or state of Terraform")
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(path, "no such file or folder") from None
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from None


def _parsed(file: object, text: bytes) -> Json:
    """The object in ``text``, in UTF-8, or in UTF-16 as PowerShell's ``>`` writes it."""
    if len(text) > MAX_BYTES:
        raise InputError(file, f"more than {MAX_BYTES} bytes: that is no plan or state of Terraform")
    if text.startswith(b"PK\x03\x04"):
        raise InputError(
            file, "a saved plan as terraform keeps it: run `terraform show -json` on it and name what that writes"
        )
    if not text.strip():
        raise InputError(file, "empty: `terraform show -json` writes what is read here")
    try:
        content = json.loads(text)
    except RecursionError:
        raise InputError(file, f"nested deeper than {MAX_DEPTH} levels: that is no JSON of Terraform") from None
    except UnicodeDecodeError:
        raise InputError(file, "neither UTF-8 nor UTF-16: write it with `terraform show -json`") from None
    except json.JSONDecodeError as error:
        raise InputError(file, _no_json(text, error)) from None
    if not isinstance(content, dict):
        raise InputError(file, "JSON, but no object: make it with `terraform show -json`")
    if _depth(content) > MAX_DEPTH:
        raise InputError(file, f"nested deeper than {MAX_DEPTH} levels: that is no JSON of Terraform")
    return content


def _no_json(text: bytes, error: json.JSONDecodeError) -> str:
    if b'"@level"' in text[:2_000]:
        return "the log of `terraform plan -json`: save the plan with -out, and run `terraform show -json` on that"
    return (
        f"no JSON (line {error.lineno}, column {error.colno}: {error.msg}): write it with `terraform show -json`, "
        "-json being what is often forgotten"
    )


def _depth(content: object) -> int:
    """How deep ``content`` is nested, without recursion."""
    depth, level = 0, [content]
    while level and depth <= MAX_DEPTH:
        depth += 1
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = [value for value in inner if isinstance(value, dict | list)]
    return depth


# Configuration


def _configuration(folder: Path, depth: int = 0) -> Document:
    """The root module in ``folder``, with the local modules that it calls."""
    if depth > _MAX_MODULES:
        raise InputError(folder, f"modules call each other more than {_MAX_MODULES} deep")
    content = _read_all(folder)
    called = {}
    for name, source in zip(content.get("module", {}), _local_sources(content), strict=True):
        if source is not None and any((folder / source).glob("*.tf.json")):
            called[name] = _configuration(folder / source, depth + 1)
    files = sorted(folder.glob("*.tf.json"))
    name = folder.name or folder.resolve().name
    file = files[0] if len(files) == 1 else folder
    return Document(name=name, file=str(file), kind=Kind.CONFIGURATION, content=content, modules=called)


def _read_all(folder: Path) -> Json:
    """Every ``*.tf.json`` of ``folder`` as one configuration, overrides last."""
    files = sorted(folder.glob("*.tf.json"), key=lambda file: (_overrides(file), file.name))
    if not files:
        raise InputError(folder, _HCL)
    return merged((str(file), _parsed(file, _bytes(file))) for file in files)


def _overrides(file: Path) -> bool:
    return file.name == "override.tf.json" or file.name.endswith("_override.tf.json")


def _local_sources(content: Json) -> Iterable[str | None]:
    """Of each module call the folder, where it is one beside the configuration."""
    for call in content.get("module", {}).values():
        source = call.get("source")
        yield source if isinstance(source, str) and source.startswith(("./", "../")) else None


def _stem(path: Path) -> str:
    """The stack whose state or plan ``path`` is, as its name tells."""
    name = path.name
    for suffix in (".tfstate", ".json", ".tfplan", ".plan"):
        name = name.removesuffix(suffix)
    return name.removeprefix("terraform.") or path.stem
