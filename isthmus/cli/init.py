"""A new workspace: init."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from isthmus.cli.common import AsJson, fail, print_json, say
from isthmus.settings import DEFAULT_NAME
from isthmus.template import Pipeline


def init(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="[FOLDER|FILE.yaml]",
            help="Folder of the workspace, or a topology file to write without the rest of one.",
        ),
    ] = Path(),
    name: Annotated[str, typer.Option(help="Name of the deployment.")] = "payments",
    pipeline: Annotated[Pipeline, typer.Option(help="The service that the pipeline is for.")] = Pipeline.GITHUB,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a workspace: topology, its JSON Schema for editors, cdktf.json, .gitignore and a pipeline.

    Replaces no file without --force; an existing .gitignore gets the lines that it lacks. With a name that ends in
    .yaml or .yml it writes only this topology file and the JSON Schema.
    """
    from isthmus import template
    from isthmus.files import write_all

    _must_be_a_name(name)
    alone = path.suffix.lower() in (".yaml", ".yml") and not path.is_dir()
    if not alone and path.exists() and not path.is_dir():
        fail(f"{path}: is a file: name a folder, or a topology file that ends in .yaml")
    topology = path if alone else path / DEFAULT_NAME
    schema, ignore = topology.with_name(template.SCHEMA_NAME), path / template.IGNORE_NAME
    files = {} if alone else {path / place: text for place, text in template.workspace(topology.name, pipeline).items()}
    files[topology] = template.topology(name)
    if not force:
        other = "file" if alone else "folder"
        said = f"already exists and was not changed: name another {other}, or replace it with --force"
        if there := [f"{file}: {said}" for file in files if os.path.lexists(file)]:
            fail(*there)
    files = {schema: template.schema(), **files}
    done = {file: "replaced" if os.path.lexists(file) else "written" for file in files}
    try:
        if not force and os.path.lexists(schema):
            done[schema] = "current" if schema.is_file() and schema.read_bytes() == files[schema].encode() else "kept"
            del files[schema]
        if not alone:
            present = ignore.read_text(encoding="utf-8") if os.path.lexists(ignore) else ""
            files[ignore] = template.ignored(present)
            done[ignore] = "extended" if present else "written"
            if files[ignore] == present:
                done[ignore] = "current"
                del files[ignore]
        write_all(files, replace=files if force else {ignore}, folders=not alone)
    except UnicodeDecodeError:
        fail(f"{ignore}: is not UTF-8 text: correct it, or remove it and run again")
    except OSError as error:
        fail(f"{path}: cannot be written ({error.strerror}): name a folder that you may write to")
    if as_json:
        print_json({"topology": str(topology), "files": {str(file): what for file, what in done.items()}})
        return
    _tell(done, topology)


def _must_be_a_name(name: str) -> None:
    from isthmus.topology import loads

    for problem in loads(f"name: {json.dumps(name)}\naws: {{}}\nazure: {{}}").problems:
        if problem.path == ("name",):
            fail(f"--name: {problem.text}")


def _tell(done: dict[Path, str], topology: Path) -> None:
    from isthmus import template

    for file, what in done.items():
        if what == "kept":
            say(f"{file}: already exists and was not changed: update it with isthmus schema > {file}", error=True)
        elif what == "extended":
            say(f"{file}: now also names what must not be committed, such as Terraform's states")
        elif file.suffix == ".yml" and file != topology:
            say(f"{file}: {what}; change the lines marked CHANGE")
        elif file not in (topology, topology.with_name(template.SCHEMA_NAME)) and what != "current":
            say(f"{file}: {what}")
    say(f"{topology}: {done[topology]}; now: isthmus check {topology}")
