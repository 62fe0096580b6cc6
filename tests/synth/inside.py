"""Synthesizes within the tests' own process: starting the program takes ten times as long as a small topology."""

from __future__ import annotations

import copy
from pathlib import Path

from isthmus.checks import check
from isthmus.plan import Plan
from tests.synth.program import EXAMPLES
from tests.synth.stacks import Stacks, load


class Synthesized:
    """What comes of topologies, by file, by name of an example, or by text; each is synthesized once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._outputs: dict[str, Path] = {}
        self._loaded: dict[str, Stacks] = {}

    def plan(self, topology: Path | str) -> Plan:
        """The plan, which must be without errors."""
        return check(self._file(topology)).plan

    def output(self, topology: Path | str) -> Path:
        """The output folder. Not to be written to."""
        # Here, so that a collection of tests does not wait for the providers.
        from stacks.synth import synthesize

        key = str(topology)
        if key not in self._outputs:
            outdir = self._folder / f"{len(self._outputs)}" / "cdktf.out"
            synthesize(self.plan(topology), outdir)
            self._outputs[key] = outdir
        return self._outputs[key]

    def stacks(self, topology: Path | str) -> Stacks:
        """The stacks, in a copy of the caller's own."""
        key = str(topology)
        if key not in self._loaded:
            self._loaded[key] = load(self.output(topology))
        return copy.deepcopy(self._loaded[key])

    def _file(self, topology: Path | str) -> Path:
        if isinstance(topology, Path):
            return topology
        if topology in EXAMPLES:
            return EXAMPLES[topology]
        file = self._folder / "topology.yaml"
        file.write_text(topology, encoding="utf-8")
        return file
