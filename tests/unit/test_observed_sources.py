"""Inputs are told apart by their content; what cannot be read is refused in a sentence that says what to do."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from isthmus.observed import InputError, Kind, load, observe
from isthmus.observed import sources as limits

PLAN = {"format_version": "1.2", "planned_values": {"root_module": {}}}
SHOWN = {"format_version": "1.0", "values": {"root_module": {"resources": []}}}
STORED = {"version": 4, "serial": 1, "lineage": "", "resources": []}
STACK: dict[str, object] = {"resource": {"aws_vpc": {"v": {}}}}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PLAN, Kind.PLAN),
        ({"resource_changes": []}, Kind.PLAN),
        ({"configuration": {}}, Kind.PLAN),
        (SHOWN, Kind.STATE),
        ({"format_version": "1.0"}, Kind.STATE),
        (STORED, Kind.STATE),
        (STACK, Kind.CONFIGURATION),
    ],
)
def test_a_document_is_told_by_its_content(tmp_path: Path, content: object, kind: Kind) -> None:
    file = tmp_path / "any.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    [document] = load(file)
    assert (document.kind, document.name) == (kind, "any")
    observe(file)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_powershell_writes_is_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(PLAN), encoding=encoding)
    assert load(tmp_path / "plan.json")[0].kind is Kind.PLAN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "empty: `terraform show -json` writes what is read here"),
        (
            b"PK\x03\x04zip",
            "a saved plan as terraform keeps it: run `terraform show -json` on it and name what that writes",
        ),
        (
            b"# aws_vpc.v:",
            "no JSON (line 1, column 1: Expecting value): write it with `terraform show -json`, "
            "-json being what is often forgotten",
        ),
        (
            b'{"@level":"info"}\n{"@level":"info"}\n',
            "the log of `terraform plan -json`: save the plan with -out, and run `terraform show -json` on that",
        ),
        (b"[]", "JSON, but no object: make it with `terraform show -json`"),
        (b"\xff\xfe\xfd", "neither UTF-8 nor UTF-16: write it with `terraform show -json`"),
        (
            b'{"a": 1}',
            "JSON, but neither a plan nor a state nor a configuration: make it with `terraform show -json`, "
            "of a saved plan or of the state",
        ),
        (
            b'{"format_version": "2.0", "planned_values": {}}',
            "format 2.0 of `terraform show -json`: only 0.x and 1.x are read",
        ),
        (b'{"version": 3, "serial": 1}', "a state of version 3: only 4 is read; run `terraform show -json`"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "nested deeper than 120 levels: that is no JSON of Terraform"),
        (b'{"a":' * 100_000, "nested deeper than 120 levels: that is no JSON of Terraform"),
        (
            b'{"planned_values": {"root_module": {"resources": [1]}}}',
            "a plan that is not made as Terraform makes it: write it anew with `terraform show -json`",
        ),
        (
            b'{"version": 4, "serial": 1, "resources": [{"mode": "managed"}]}',
            "a state that is not made as Terraform makes it: write it anew with `terraform show -json`",
        ),
        (
            b'{"resource": {"aws_vpc": {"v": 1}}}',
            "a configuration that is not made as Terraform makes it: write it anew with `terraform show -json`",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, text: bytes, said: str) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(text)
    with pytest.raises(InputError) as error:
        observe(file)
    assert str(error.value) == f"{file}: {said}"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json: no such file or folder"):
        load(tmp_path / "none.json")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 10)
    (tmp_path / "a.json").write_text(json.dumps(PLAN), encoding="utf-8")
    with pytest.raises(InputError, match="bytes, more than 10: that is no plan or state of Terraform"):
        load(tmp_path / "a.json")


def test_a_folder_of_hcl_alone_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("", encoding="utf-8")
    with pytest.raises(InputError) as error:
        load(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: HCL (*.tf), which only terraform reads: run `terraform plan -out=tfplan` and "
        "`terraform show -json tfplan > plan.json` there, and name plan.json"
    )


def test_a_folder_without_anything_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"no \*\.tf\.json, state or plan is in it: name the folder that `cdktf synth`"
    ):
        load(tmp_path)


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(json.dumps(PLAN).encode())

    monkeypatch.setattr("sys.stdin", Stdin)
    [document] = load("-")
    assert (document.name, document.kind) == ("stdin", Kind.PLAN)


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "terraform.net.tfstate").write_text(json.dumps(STORED), encoding="utf-8")
    assert [d.name for d in load(tmp_path, tmp_path / "terraform.net.tfstate")] == ["net"]


def test_files_of_a_folder_are_one_root_and_a_module_is_none(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "m.tf.json").write_text(json.dumps(STACK), encoding="utf-8")
    (tmp_path / "a.tf.json").write_text('{"module": [{"m": {"source": "./m"}}]}', encoding="utf-8")
    (tmp_path / "b.tf.json").write_text('{"resource": [{"aws_vpc": {"v": [{"x": 1}]}}]}', encoding="utf-8")
    (tmp_path / "b_override.tf.json").write_text('{"resource": {"aws_vpc": {"v": {"x": 2}}}}', encoding="utf-8")
    seen = observe(tmp_path)
    assert [r.address for r in seen.resources()] == ["aws_vpc.v", "module.m.aws_vpc.v"]
    assert seen.at(f"{tmp_path.name}/aws_vpc.v").body["x"] == 2
