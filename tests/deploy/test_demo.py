"""`make demo`, whole: the real cdktf and terraform on emulated clouds."""

from __future__ import annotations

import re
from concurrent.futures import Future
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.synth.program import PROJECT

pytestmark = pytest.mark.deploys_last


def test_the_demo_deploys_the_example_and_a_second_look_changes_nothing(demo: Future[CompletedProcess[str]]) -> None:
    done = demo.result()
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-3000:]
    # How far it is while it goes on; cdktf sometimes ends without a word on the last stack.
    applied = re.findall(r"example-(\S+): Apply complete! Resources: \d+ added, 0 changed, 0 destroyed", done.stdout)
    assert {"azure-fra-network", "azure-fra-gateway", "aws-fra-vpn", "link-fra-fra"} <= set(applied)
    in_the_state = re.findall(r"  example-(\S+): all (\d+) resources\n", done.stdout)
    assert [stack for stack, _ in in_the_state] == [
        "aws-fra-vpn", "azure-fra-connections", "azure-fra-gateway", "azure-fra-network", "link-fra-fra"
    ]  # fmt: skip
    assert all(int(count) >= 2 for _, count in in_the_state)
    # Outside and inside addresses and ASNs of both ends, out of the state.
    row = r" example-fra-fra-i{0}-t{1} +[\d.]+ +192\.0\.2\.\d +169\.254\.2{1}\.{2} +169\.254\.2{1}\.{3} +64512 +65010"
    for instance, tunnel in ((0, 1), (0, 2), (1, 1), (1, 2)):
        assert re.search(row.format(instance, tunnel, 4 * instance + 1, 4 * instance + 2), done.stdout)
    assert "Both ends of all 4 tunnels have the same addresses, key and ASNs." in done.stdout
    assert done.stdout.count(" no changes\n") == 5
    assert not Path(PROJECT, "terraform.example-aws-fra-vpn.tfstate").exists()
