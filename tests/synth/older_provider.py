"""Rewrites an AWS stack so that the AWS provider 5.100 can judge it.

The stacks pin 6.25, which is not to be had on every machine that must validate; 5.100 lacks a few of its arguments and
knows all the rest. What is taken out here is held against the schema of 6.25 by tests/synth/schema_check.py. The random
provider is often not to be had either: a key of the shape that it makes then stands where its result would.
"""

from __future__ import annotations

import copy
import re
from typing import Final

from tests.synth.terraform_json import Json

NOT_IN_5_100: Final = re.compile(r"tunnel_bandwidth|bgp_log_(enabled|group_arn|output_format)")
"""Arguments of AWS 6.25 that Isthmus writes and 5.100 does not know."""

FIXED_KEY: Final = "aFixedKeyOf16Chr"
_RANDOM_RESULT: Final = re.compile(r"\$\{random_password\.[\w-]+\.result\}")


def for_5_100(config: Json, *, without_random: bool) -> Json:
    """``config`` without what only 6.25 has and, ``without_random``, without the random provider."""
    result: Json = _rewritten(copy.deepcopy(config), without_random=without_random)
    if without_random and "random" in result["provider"]:
        del result["provider"]["random"], result["terraform"]["required_providers"]["random"]
        del result["resource"]["random_password"]
    return result


def _rewritten(value: object, *, without_random: bool) -> Json:
    def walk(part: object) -> object:
        if isinstance(part, dict):
            return {key: walk(inner) for key, inner in part.items() if not NOT_IN_5_100.fullmatch(key)}
        if isinstance(part, list):
            return [walk(inner) for inner in part]
        if isinstance(part, str) and without_random:
            return _RANDOM_RESULT.sub(FIXED_KEY, part)
        return part

    result = walk(value)
    assert isinstance(result, dict)
    return result
