"""Each contract of pyproject.toml is broken once, in a copy of the sources, and lint-imports says so by its name."""

from __future__ import annotations

import re
import shutil
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.synth.program import PROJECT, environment, run

LINTER: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = [contract["name"] for contract in LINTER["contracts"]]

FOLDERS = "Each folder knows only those below it; isthmus and emulate know nothing of each other"
ALONE = "emulate stands alone"
WITHIN = "Within emulate each part knows only those below it, and neither cloud the other"
OLDER = "What only an older AWS provider needs can be deleted"
DOMAIN = "The domain knows nothing of Terraform and starts no Node"
LAYERS = "Topology, plan, checks, command line: each knows only what comes before it"
VIEWS = "A view knows no renderer"
RENDERERS = "A renderer knows of views what they are made of, and nothing of what they are about"
OBSERVED = "What Terraform says is read without what the plan wants"
PROVIDERS = "Stacks take cdktf and the providers from constructs.crosscloud.providers"
LOADING = "What loads the bindings knows nothing of what they are for"
PLAN_ONLY = "Stacks know of isthmus only the plan, and nothing of emulate"

BROKEN = [
    ("isthmus/settings.py", "from tools import mesh", FOLDERS),
    ("isthmus/settings.py", "from emulate import runs", FOLDERS),
    ("isthmus/settings.py", "from tests import needs", FOLDERS),
    ("stacks/link.py", "from tools import mesh", FOLDERS),
    ("stacks/link.py", "from tests import needs", FOLDERS),
    ("tools/demo.py", "from tests import needs", FOLDERS),
    ("emulate/azure/arm.py", "from isthmus.plan import types", FOLDERS),
    ("emulate/azure/arm.py", "from isthmus.plan import types", ALONE),
    ("emulate/mirror.py", "from tools import mesh", ALONE),
    ("emulate/aws/server.py", "from tests import needs", ALONE),
    ("emulate/runs.py", "import stacks", ALONE),
    ("emulate/clouds.py", "from constructs.crosscloud import psk", ALONE),
    ("emulate/azure/arm.py", "from emulate.aws import calls", WITHIN),
    ("emulate/aws/calls.py", "from emulate.azure import arm", WITHIN),
    ("emulate/plugin/values.py", "from emulate.azure import arm", WITHIN),
    ("emulate/aws/server.py", "from emulate.aws.older_provider import proxy", OLDER),
    ("tools/demo.py", "from emulate.aws import older_provider", OLDER),
    ("isthmus/plan/names.py", "from constructs.crosscloud import psk", DOMAIN),
    ("isthmus/topology/load.py", "from isthmus import checks", LAYERS),
    ("isthmus/views/plan.py", "from isthmus.render import text", VIEWS),
    ("isthmus/views/types.py", "import rich", VIEWS),
    ("isthmus/views/cost.py", "from isthmus.cli import common", VIEWS),
    ("isthmus/render/text.py", "from isthmus.plan import Plan", RENDERERS),
    ("isthmus/render/html.py", "from isthmus.views import plan", RENDERERS),
    ("isthmus/observed/types.py", "from isthmus.plan import types", OBSERVED),
    ("isthmus/settings.py", "import loading", DOMAIN),
    ("isthmus/settings.py", "import jsii", DOMAIN),
    ("loading/pipeline.py", "from isthmus.plan import types", LOADING),
    ("stacks/link.py", "from cdktf import App", PROVIDERS),
    ("stacks/link.py", "import jsii", PROVIDERS),
    ("stacks/link.py", "from isthmus.topology import load", PLAN_ONLY),
    ("stacks/link.py", "from isthmus.checks import check", PLAN_ONLY),
    ("stacks/link.py", "from emulate import runs", PLAN_ONLY),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources that lint-imports reads, and nothing else."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(PROJECT / "pyproject.toml", folder)
    for package in LINTER["root_packages"]:
        for file in (PROJECT / package).rglob("*.py"):
            target = folder / file.relative_to(PROJECT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    return folder


def results(folder: Path) -> dict[str, str]:
    """What lint-imports says of each contract for the sources in ``folder``."""
    # Without site, which would lead to the sources in the project, too.
    command = ("-S", "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-logo")
    packages = sysconfig.get_path("purelib")
    done = run(*command, cwd=folder, env=environment(PYTHONPATH=packages, COLUMNS="500", NO_COLOR="1"))
    found = dict(re.findall(r"^(.+) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))
    assert list(found) == CONTRACTS, done.stdout + done.stderr
    assert done.returncode == ("BROKEN" in found.values())
    return found


def test_every_contract_is_broken_below() -> None:
    assert {contract for _, _, contract in BROKEN} == set(CONTRACTS)


def test_a_copy_keeps_every_contract(copy: Path) -> None:
    assert set(results(copy).values()) == {"KEPT"}


@pytest.mark.parametrize(("file", "line", "contract"), BROKEN)
def test_a_forbidden_import_breaks_its_contract(copy: Path, file: str, line: str, contract: str) -> None:
    source = copy / file
    before = source.read_text(encoding="utf-8")
    source.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        assert results(copy)[contract] == "BROKEN"
    finally:
        source.write_text(before, encoding="utf-8")
