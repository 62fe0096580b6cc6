"""A YAML file as plain Python values, with the line of each.

YAML is read in two steps: a pass over the parser's events that only counts (so that a file made to blow up
never does), then PyYAML's own composer. Every failure is one line a person can act on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Final, cast

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from isthmus.problems import KeyPath, Problem, TopologyError

# libyaml's parser is some ten times faster; PyYAML can be installed without it.
_Fastest: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NUMBERS: Final = {
    "int": re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    "float": re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"),
}
"""What a number is (YAML 1.2.2, 10.3.2, core schema). PyYAML's 1.1 reads 0100 as 64, 1:30 as 90, 1e9 as text."""


class _Loader(_Fastest):  # type: ignore[misc]  # one of two classes
    """YAML 1.1 as PyYAML has it, with the numbers of YAML 1.2."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {
        first: [(tag, regex) for tag, regex in known if tag.rpartition(":")[2] not in _NUMBERS]
        for first, known in _Fastest.yaml_implicit_resolvers.items()
    }


for _kind, _regex in _NUMBERS.items():
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_kind}", re.compile(rf"(?:{_regex.pattern})\Z"), list("-+.0123456789")
    )

_LINE_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What YAML 1.1 counts as the end of a line."""

_NOT_YAML: Final = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML 1.1 does not let stand in a file."""

MAX_BYTES: Final = 4 * 1024 * 1024
"""A topology of a thousand links has about 100 kB."""
MAX_VALUES: Final = 200_000
MAX_DEPTH: Final = 20
_CHUNK: Final = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a file says: ``data`` (plain Python values) and the line (from 1) of each path in it."""

    file: str
    data: dict[str, Any]
    lines: dict[KeyPath, int] = field(repr=False)
    problems: tuple[Problem, ...] = ()

    def line(self, path: KeyPath) -> int:
        """The line of ``path``, or of its nearest ancestor that is written in the file; 0 for the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


def read_source(path: Path) -> Source:
    """Read ``path`` (UTF-8 YAML, a mapping at the top).

    Raises:
        TopologyError: the file cannot be read, is not text, is too large, or is not usable YAML.
    """
    return parse_source(str(path), _read_text(path))


def read_stream(file: str, stream: BinaryIO) -> Source:
    """Like :func:`read_source`, for an open stream; ``file`` is what messages call it."""
    try:
        raw = _read_bytes(stream)
    except OSError as error:
        raise _fail(file, f"cannot be read ({error.strerror}): give it a topology") from None
    return parse_source(file, _decoded(file, raw))


def parse_source(file: str, text: str) -> Source:
    """Like :func:`read_source`, for text already in hand; ``file`` is what messages call it."""
    if odd := _NOT_YAML.search(text):
        line = len(_LINE_BREAK.findall(text, 0, odd.start())) + 1
        raise _fail(file, f"has a control character (0x{ord(odd[0]):02X}): YAML allows none; remove it", line)
    try:
        _count(file, text)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise _fail(file, _yaml_reason(error, text), _line(error)) from None
    except yaml.YAMLError as error:
        raise _fail(file, f"is not YAML: {' '.join(str(error).split())}; correct it") from None
    if root is None:
        raise _fail(file, "is empty: expected a topology; `isthmus init` writes one to start from")
    if not isinstance(root, MappingNode):
        raise _fail(
            file, "is not a topology: keys such as name, aws and azure are wanted; see `isthmus init`", _line(root)
        )
    reader = _Reader(file)
    data = reader.value(root, ())
    return Source(file=file, data=cast("dict[str, Any]", data), lines=reader.lines, problems=tuple(reader.problems))


_NO_FILE: Final = (
    "no such file: name one, as an argument or in ISTHMUS_TOPOLOGY; `isthmus init` writes one to start from"
)


def _read_text(path: Path) -> str:
    file = str(path)
    try:
        with path.open("rb") as stream:
            raw = _read_bytes(stream)
    except FileNotFoundError:
        raise _fail(file, _NO_FILE) from None
    except IsADirectoryError:
        raise _fail(file, "is a folder: name the topology file in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _fail(file, f"cannot be read ({reason}): name a file you may read") from None
    return _decoded(file, raw)


def _read_bytes(stream: BinaryIO) -> bytes:
    raw = b""
    # Asked for all at once, Python would set four MiB aside for a file of two hundred bytes.
    while len(raw) <= MAX_BYTES and (more := stream.read(_CHUNK)):
        raw += more
    return raw


def _decoded(file: str, raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise _fail(file, f"is larger than {MAX_BYTES // 1024**2} MiB: a topology is smaller; name another file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _fail(file, "is not text: expected UTF-8; save it as UTF-8", line) from None
    if "\0" in text:
        raise _fail(file, "is not text: it has NUL bytes; name a YAML file")
    return text


def _count(file: str, text: str) -> None:
    """Refuse what would take long or never end, before anything is built from it."""
    depth = 0
    for values, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _fail(
                    file, f"is nested more than {MAX_DEPTH} deep: a topology has 5 levels; correct it", _line(event)
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if values > MAX_VALUES:
            raise _fail(file, f"has more than {MAX_VALUES:,} values: a topology has fewer; split it", _line(event))


class _Reader(SafeConstructor):
    """Turns nodes into values, noting lines; dates stay text, and keys may stand only once."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        self._seen = 0
        self._inside: set[int] = set()

    def value(self, node: Node, path: KeyPath) -> Any:
        # An alias is the same node again: counting visits bounds what aliases of aliases multiply to.
        self._seen += 1
        if self._seen > MAX_VALUES:
            raise _fail(
                self.file, f"expands to more than {MAX_VALUES:,} values through aliases; write it out", _line(node)
            )
        self.lines.setdefault(path, _line(node))
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if id(node) in self._inside:
            raise _fail(self.file, "an alias refers to the anchor that contains it; write it out", _line(node))
        self._inside.add(id(node))
        try:
            if isinstance(node, SequenceNode):
                return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            return self._mapping(cast("MappingNode", node), path)
        finally:
            self._inside.discard(id(node))

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                text = "expected a key, got a list or mapping: keys are names; write one"
                self.problems.append(Problem(text=text, path=path, line=_line(key_node)))
                continue
            # As written: YAML would read a key of `on` as true and `1` as a number.
            key = str(key_node.value)
            here = (*path, key)
            if key == "<<":
                text = "merge keys are not supported: write the keys out; an alias for a whole value works"
                self.problems.append(Problem(text=text, path=path, line=_line(key_node)))
                continue
            if key in result:
                text = f"duplicate key, first on line {self.lines[here]}: remove one"
                self.problems.append(Problem(text=text, path=here, line=_line(key_node)))
                continue
            self.lines[here] = _line(key_node)
            result[key] = self.value(value_node, here)
        return result

    def _scalar(self, node: ScalarNode) -> Any:
        tag = node.tag.rpartition(":")[2]
        if tag in _NUMBERS:
            return _number(tag, str(node.value))
        if tag in ("bool", "null"):
            try:
                return self.construct_object(node)
            except (ValueError, LookupError, ArithmeticError, yaml.YAMLError):
                return node.value
        return node.value


class WrittenInt(int):
    """A number with leading zeros, which ``written`` keeps: it may be meant as text, such as an account's id."""

    written: str

    @classmethod
    def of(cls, text: str) -> WrittenInt:
        """The number that ``text``, in digits, is."""
        number = cls(text)
        number.written = text
        return number


_LONG: Final = 4000
"""Digits; Python reads no number of more than 4300."""


def _number(tag: str, text: str) -> int | float | str:
    """The number that ``text`` is, or ``text`` where a tag says of it what it is not."""
    if not _NUMBERS[tag].fullmatch(text):
        return text
    if tag == "float":
        return float(re.sub(r"\.(?=inf|nan)", "", text.lower()))
    if re.match("[-+]?0[0-9]", text) and len(text) < _LONG:
        return WrittenInt.of(text)
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    try:
        return int(text, base)
    except ValueError:
        # Of more digits than Python reads.
        return text


def _fail(file: str, text: str, line: int = 0) -> TopologyError:
    return TopologyError(file, (Problem(text=text, line=line),))


def _line(at: Any) -> int:
    mark = getattr(at, "start_mark", None) or getattr(at, "problem_mark", None)
    return mark.line + 1 if mark else 0


def _yaml_reason(error: yaml.MarkedYAMLError, text: str) -> str:
    what = error.problem or error.context or "cannot be read"
    if "undefined alias" in what:
        return f"{what}: an alias (*name) needs an anchor (&name) before it; write the value out"
    if "another document" in what:
        return "has a second document (after ---): a file holds one topology; split it"
    # libyaml does not say which character it met.
    mark = error.problem_mark
    if mark and "\t" in "".join(_LINE_BREAK.split(text)[mark.line : mark.line + 1])[: mark.column + 1]:
        return "is not YAML: a tab where spaces are wanted; indent with spaces"
    return f"is not YAML: {what}; look at this line and the one before"
