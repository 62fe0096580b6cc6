"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` beside ``path`` and rename it: whoever reads sees the old file or the new one.

    Raises:
        OSError: when it cannot be written; nothing is left behind then.
    """
    write_all({path: text}, replace={path})


def write_all(files: Mapping[Path, str], *, replace: Collection[Path] = (), folders: bool = False) -> None:
    """Write ``files``, all or none: each beside its place first, and put there once all of them are written.

    With ``folders`` the folders that they are in are made where they are missing.

    Raises:
        FileExistsError: there is something already in the place of a file that is not among those to ``replace``.
        OSError: one cannot be written. In both cases everything is as it was before.
    """
    staged: dict[Path, Path] = {}
    undo: list[Callable[[], object]] = []
    try:
        for path, text in files.items():
            if folders:
                undo += [partial(folder.rmdir) for folder in _make(path.parent)]
            staged[path] = _beside(path, text)
        for path, new in staged.items():
            before = path.read_bytes() if path in replace and path.is_file() else None
            if path in replace:
                new.replace(path)
            else:
                # A link, unlike a rename, never replaces what is there.
                os.link(new, path)
            undo.append(path.unlink if before is None else partial(path.write_bytes, before))
    except BaseException:
        _discard(staged)
        for step in reversed(undo):
            with suppress(OSError):
                step()
        raise
    _discard(staged)


def _make(folder: Path) -> list[Path]:
    """Make ``folder``, and return those that were missing, the outermost first."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _beside(path: Path, text: str) -> Path:
    """A new file beside ``path`` that holds ``text``."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        Path(name).chmod(0o644)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return Path(name)


def _discard(staged: Mapping[Path, Path]) -> None:
    for new in staged.values():
        with suppress(OSError):
            new.unlink()
