"""One thing that two ends have to agree on, and whether they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isthmus.observed.resources import Resource
from isthmus.observed.values import Value, same

Ranges = Mapping[str, Sequence[str]]
"""The address ranges of what these files do not make, by the id or name under which Terraform finds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One thing that two ends have to agree on."""

    what: str
    azure: object
    """What Azure has: a value, or words."""
    aws: object
    equal: bool | None
    """None where it cannot be told before apply."""
    breaks: bool = True
    """Whether the tunnel fails, or fails to carry what it must, where they differ; else they differ harmlessly."""
    of: str = ""
    """The tunnel or gateway, as a sentence begins."""
    resources: tuple[Resource, ...] = ()
    why: str = ""
    """Instead of two values: what is wrong."""

    def placed(self, of: str, resources: tuple[Resource, ...]) -> Comparison:
        """The same of a tunnel or gateway."""
        return Comparison(
            what=self.what, azure=self.azure, aws=self.aws, equal=self.equal, breaks=self.breaks,
            of=of, resources=resources, why=self.why,
        )  # fmt: skip

    def __str__(self) -> str:
        text = self.why or f"{self.what}: Azure has {self.azure}, AWS has {self.aws}"
        return f"{self.of}: {text}" if self.of else text


def compared(what: str, azure: Value, aws: Value, *, breaks: bool = True) -> Comparison:
    """Two values that have to be the same."""
    return Comparison(what=what, azure=azure, aws=aws, equal=same(azure, aws), breaks=breaks)


def fault(
    why: str, *, what: str, certain: bool = True, breaks: bool = True, resources: tuple[Resource, ...] = ()
) -> Comparison:
    """Something that is wrong by itself; where it is not ``certain`` before apply, it cannot be told."""
    equal = False if certain else None
    return Comparison(what=what, azure="", aws="", equal=equal, breaks=breaks, resources=resources, why=why)
