"""Files that are no topology, and cannot be committed as text: refused quickly, in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from isthmus.checks import check, check_loaded
from isthmus.problems import TopologyError
from isthmus.topology import loads
from isthmus.topology.source import MAX_BYTES, MAX_VALUES, parse_source, read_source

PROJECT = Path(__file__).parents[2]

NINE = ", ".join("x" * 9)
BOMB = f"a0: &a0 [{NINE}]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))

CONTENTS = {
    "binary": (b"\x7fELF\xff\xfe\x00", ":1: is not text: expected UTF-8; save it as UTF-8"),
    "latin-1": (b"name: t\ntags: {owner: M\xfcller}\n", ":2: is not text: expected UTF-8; save it as UTF-8"),
    "nul": (b"name: t\0", ": is not text: it has NUL bytes; name a YAML file"),
    "control character": (
        b"name: \x07\n",
        ":1: has a control character (0x07): YAML allows none; remove it",
    ),
    "control character further down": (
        "name: t\r\n# \u00fc \u2028# \x1b[0m\n".encode(),
        ":3: has a control character (0x1B): YAML allows none; remove it",
    ),
    "nothing": (b"", ": is empty: expected a topology; `isthmus init` writes one to start from"),
    "too large": (b"#" * (MAX_BYTES + 1), ": is larger than 4 MiB: a topology is smaller; name another file"),
    "too many values": (
        b"a:\n- [" + b"x," * MAX_VALUES + b"]",
        ":2: has more than 200,000 values: a topology has fewer; split it",
    ),
    "alias bomb": (
        BOMB.encode(),
        ":1: expands to more than 200,000 values through aliases; write it out",
    ),
    "deep": (b"a:\n  " + b"[" * 100_000, ":2: is nested more than 20 deep: a topology has 5 levels; correct it"),
    "alias in itself": (
        b"name: t\naws: &x\n  a: [*x]\n",
        ":2: an alias refers to the anchor that contains it; write it out",
    ),
}


@pytest.mark.parametrize(("content", "message"), CONTENTS.values(), ids=CONTENTS)
def test_content_refused(content: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "topology.yaml"
    file.write_bytes(content)
    with pytest.raises(TopologyError) as refused:
        check(file)
    assert str(refused.value) == f"{file}{message}"


def test_missing_file(tmp_path: Path) -> None:
    file = tmp_path / "none.yaml"
    assert said(file) == (
        f"{file}: no such file: name one, as an argument or in ISTHMUS_TOPOLOGY; "
        "`isthmus init` writes one to start from"
    )


def test_folder(tmp_path: Path) -> None:
    assert said(tmp_path) == f"{tmp_path}: is a folder: name the topology file in it"


def test_link_to_itself(tmp_path: Path) -> None:
    file = tmp_path / "loop.yaml"
    file.symlink_to(file)
    assert said(file) == f"{file}: cannot be read (Too many levels of symbolic links): name a file you may read"


def test_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    file = tmp_path / "file" / "topology.yaml"
    assert said(file) == f"{file}: cannot be read (Not a directory): name a file you may read"


def test_path_with_nul() -> None:
    assert said(Path("a\0b")) == "a?b: cannot be read (embedded null byte): name a file you may read"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a system without /dev/zero")
def test_endless_file() -> None:
    assert said(Path("/dev/zero")) == "/dev/zero: is larger than 4 MiB: a topology is smaller; name another file"


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said by the system's error: root, who may run the tests, reads whatever has a mode."""

    def denied(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", denied)
    file = tmp_path / "topology.yaml"
    assert said(file) == f"{file}: cannot be read (Permission denied): name a file you may read"


def test_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    file = tmp_path / "topology.yaml"
    file.write_bytes(b"\xef\xbb\xbfname: t\r\n")
    assert read_source(file).data == {"name": "t"}


def test_dates_stay_text() -> None:
    assert parse_source("f", "name: 2026-01-31").data == {"name": "2026-01-31"}


NUMBERS = {
    "0100": 100,
    "010": 10,
    "08": 8,
    "-007": -7,
    "+5": 5,
    "0o17": 15,
    "0x1F": 31,
    "64512": 64512,
    "1e9": 1e9,
    "1E+3": 1000.0,
    "1.5e-3": 0.0015,
    "1.": 1.0,
    ".5": 0.5,
    ".inf": float("inf"),
    "-.INF": float("-inf"),
    "!!int '0100'": 100,
    "!!float 1": 1.0,
}
NO_NUMBERS = ["1:30", "190:20:30", "1_000", "0b11", "1e", "0o8", ".", "--5", "1.2.3", "10.0.0.0/16", "inf", "0x"]


@pytest.mark.parametrize(("written", "value"), NUMBERS.items())
def test_numbers_are_those_of_yaml_1_2(written: str, value: float) -> None:
    found = parse_source("f", f"a: {written}").data["a"]
    assert found == value
    assert isinstance(found, type(value))


@pytest.mark.parametrize("written", NO_NUMBERS)
def test_what_is_no_number_in_yaml_1_2_stays_text(written: str) -> None:
    assert parse_source("f", f"a: {written}").data == {"a": written}


def test_number_in_quotes_stays_text() -> None:
    assert parse_source("f", "a: '0100'").data == {"a": "0100"}


def test_number_of_too_many_digits_stays_text() -> None:
    assert parse_source("f", f"a: {'9' * 5000}").data == {"a": "9" * 5000}


@pytest.mark.parametrize(
    ("written", "value"), [("on", True), ("off", False), ("yes", True), ("No", False), ("true", True), ("~", None)]
)
def test_other_words_mean_what_they_meant(written: str, value: bool | None) -> None:
    assert parse_source("f", f"a: {written}").data == {"a": value}


def test_leading_zeros_are_decimal_in_a_topology() -> None:
    link = "links:\n  - {aws: a, azure: b, traffic: {peak_mbps: 0100, aws_to_azure_gb: 1e3}}\n"
    loaded = loads(
        f"name: t\naws: {{a: {{region: eu-central-1, network: {{cidr: 10.0.0.0/16}}}}}}\n"
        f"azure: {{b: {{region: westeurope, network: {{cidr: 10.1.0.0/16}}}}}}\n{link}"
    )
    assert loaded.problems == ()
    assert loaded.topology
    traffic = loaded.topology.links[0].traffic
    assert (traffic.peak_mbps, traffic.aws_to_azure_gb) == (100.0, 1000.0)


def test_number_with_leading_zeros_is_an_ordinary_number_in_the_end() -> None:
    loaded = loads(
        "name: t\naws: {a: {region: eu-central-1, network: {cidr: 10.0.0.0/16}, gateway: {asn: 064513}}}\n"
        "azure: {b: {region: westeurope, network: {cidr: 10.1.0.0/16}}}\n"
    )
    assert loaded.topology
    asn = loaded.topology.aws["a"].gateway.asn
    assert (asn, str(asn), f"{asn}") == (64513, "64513", "64513")


def test_alias_of_a_whole_value_works() -> None:
    assert parse_source("f", "a: &x {k: v}\nb: *x").data == {"a": {"k": "v"}, "b": {"k": "v"}}


def test_tag_of_a_python_object_is_not_obeyed() -> None:
    assert parse_source("f", "name: !!python/object/apply:os.getpid []").data == {"name": []}


def test_line_of_what_is_not_written_is_that_of_its_parent() -> None:
    source = parse_source("f", "name: t\naws:\n  a:\n    region: x\n")
    assert source.line(("aws", "a", "gateway", "asn")) == 3


WORDS = "&a |*a|<<: |---\n|!!bool |!!int ''|!!float x|? |: |- |\n\n|1: |~|null|1e999|.nan|2026-01-31|1".split("|")
FRAGMENTS = st.sampled_from([*WORDS, *"\t\r\x85[]{}'\"#%@ "])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 12), FRAGMENTS), min_size=1, max_size=3))
@example([(0, 600, "{1: one, colour: blue}")])
@example([(0, 13, "name: !!bool t")])
def test_any_damage_is_a_problem_and_never_a_traceback(damages: list[tuple[int, int, str]]) -> None:
    damaged = "".join((PROJECT / "isthmus.yaml").read_text(encoding="utf-8").partition("name: ")[1:])
    for at, length, fragment in damages:
        damaged = damaged[:at] + fragment + damaged[at + length :]
    try:
        check_loaded(loads(damaged))
    except TopologyError as error:
        assert error.problems  # noqa: PT017 - that nothing else is raised is the test


def said(file: Path) -> str:
    with pytest.raises(TopologyError) as refused:
        check(file)
    return str(refused.value)
