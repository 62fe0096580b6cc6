"""Node is started before it is needed and asked without waiting: nothing but time may depend on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loading import early
from tests.synth.program import EXAMPLES, PROJECT, contents, environment, run
from tests.waiting import FOR_EVER

START = f"""
import sys
sys.path.insert(0, {str(PROJECT)!r})
from loading import early
print(early.start())
import stacks
from constructs.crosscloud import providers as tf
"""
NODE = """
from jsii import _runtime
print(type(_runtime.kernel.provider._process).__name__)
"""
ORDINARY = f"""
import sys
sys.path.insert(0, {str(PROJECT)!r})
import main
raise SystemExit(main.main())
"""
"""main.py started this way leaves it to jsii to start Node."""


def said(program: str, *arguments: str | Path, **environ: str) -> list[str]:
    done = run("-c", START + program, *arguments, env=environment(**environ))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_node_is_started_early() -> None:
    assert said(NODE) == ["True", "EarlyNode"]


def test_switched_off_jsii_starts_it_itself() -> None:
    assert said(NODE, ISTHMUS_FAST_LOADING="0") == ["False", "_NodeProcess"]


def test_jsii_of_another_make_is_left_alone() -> None:
    other = (
        "import sys; from jsii._kernel.providers import process; process.Node = process.__dict__.pop('_NodeProcess')"
    )
    done = run("-c", f"{other}\nsys.path.insert(0, {str(PROJECT)!r})\nfrom loading import early\nprint(early.start())")
    assert (done.stdout, done.returncode) == ("False\n", 0), done.stderr


@pytest.mark.parametrize("environ", [{"JSII_RUNTIME": "/somewhere/jsii-runtime.js"}, {"JSII_NODE": "/nowhere/node"}])
def test_what_a_user_names_is_left_to_jsii(environ: dict[str, str]) -> None:
    assert early.start(environ) is False


@pytest.mark.parametrize("example", sorted(EXAMPLES))
def test_output_is_the_same_when_each_answer_is_waited_for(example: str, tmp_path: Path) -> None:
    """tests/synth/test_determinism.py and the next test also load the bindings the ordinary way, which takes long."""
    for folder, program in (("early", (str(PROJECT / "main.py"),)), ("ordinary", ("-c", ORDINARY))):
        env = environment(ISTHMUS_TOPOLOGY=str(EXAMPLES[example]), CDKTF_OUTDIR=str(tmp_path / folder))
        done = run(*program, env=env)
        assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "early") == contents(tmp_path / "ordinary") != {}


@pytest.mark.parametrize("example", ["keys-rotation", "complete", "static"])
def test_output_is_the_same_when_loaded_the_ordinary_way(example: str, tmp_path: Path) -> None:
    """The first of them needs a package that Node is not asked for ahead."""
    for folder, switch in (("early", "1"), ("ordinary", "0")):
        env = environment(
            ISTHMUS_TOPOLOGY=str(EXAMPLES[example]),
            CDKTF_OUTDIR=str(tmp_path / folder),
            ISTHMUS_FAST_LOADING=switch,
        )
        done = run(PROJECT / "main.py", env=env)
        assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "early") == contents(tmp_path / "ordinary") != {}


def test_a_mistake_in_the_topology_leaves_no_node_behind(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: 7\n", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, PROJECT / "main.py"],
        env=environment(ISTHMUS_TOPOLOGY=str(bad)),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    told = process.communicate(timeout=FOR_EVER)[1]
    assert process.returncode == 2
    assert "Traceback" not in told
    left = subprocess.run(["pgrep", "-s", str(process.pid)], capture_output=True, text=True, check=False)
    assert left.stdout == ""


FAILING = """
app = tf.App(outdir=sys.argv[1])
stack = tf.TerraformStack(app, "stack")
for value in "first", "second":
    tf.TerraformOutput(stack, "twice", value=value)
print("not waited for")
for attempt in range(2):
    try:
        app.synth()
    except RuntimeError as error:
        print(error)
"""


def test_what_fails_in_node_fails_in_python_with_its_own_words(tmp_path: Path) -> None:
    """And nothing is written after that."""
    error = "There is already a Construct with name 'twice' in TerraformStack [stack]"
    assert said(FAILING, tmp_path / "out") == ["True", "not waited for", error, error]
    assert list((tmp_path / "out").rglob("cdk.tf.json")) == []


IDENTITY = """
app = tf.App(outdir=sys.argv[1])
stack = tf.TerraformStack(app, "stack")
print(stack.node.scope is app, [child is stack for child in app.node.children])
"""


def test_what_node_returns_is_the_object_that_python_made(tmp_path: Path) -> None:
    assert said(IDENTITY, tmp_path) == ["True", "True [True]"]


TEXT = """
app = tf.App(outdir=sys.argv[1])
stack = tf.TerraformStack(app, "stack")
tf.AwsProvider(stack, "aws", region="eu-central-1")
vpc = tf.Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
for name, value in {
    "long": "ä" * 1_500_000,
    "reference": '"$jsii.byref": "cdktf.App@later.1"',
    "inside": f"<{vpc.id}>",
}.items():
    tf.TerraformOutput(stack, name, value=value)
app.synth()
import json
output = json.load(open(sys.argv[1] + "/stacks/stack/cdk.tf.json"))["output"]
print(output["long"]["value"] == "ä" * 1_500_000)
for name in "reference", "inside":
    print(output[name]["value"])
"""


def test_text_is_handed_over_as_it_is_and_attributes_inside_it_are_found(tmp_path: Path) -> None:
    assert said(TEXT, tmp_path) == [
        "True",
        "True",
        '"$jsii.byref": "cdktf.App@later.1"',
        "<${aws_vpc.vpc.id}>",
    ]


OVERRIDING = """
class Named(tf.TerraformStack):
    def to_string(self):
        return "called back"

app = tf.App(outdir=sys.argv[1])
stack = Named(app, "stack")
tf.TerraformOutput(stack, "output", value="value")
print(stack.__jsii_ref__.ref.partition("@")[2].startswith("later"))
app.synth()
"""


def test_from_the_first_method_that_python_overrides_each_answer_is_waited_for(tmp_path: Path) -> None:
    assert said(OVERRIDING, tmp_path) == ["True", "False"]
    assert (tmp_path / "stacks" / "stack" / "cdk.tf.json").exists()
