"""The names of regions: each cloud's own, and what to do about one of the other's or one that is not supported."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

from isthmus.clouds import aws, azure
from isthmus.topology.values.words import nearest, quoted, refuse, show, text_of


def _aws_region(value: Any) -> str:
    text = text_of(value, "expected an AWS region such as eu-central-1")
    if text in aws.REGIONS or text in aws.PLAUSIBLE_REGIONS:
        return text
    if partition := aws.unsupported_partition(text):
        raise refuse(f"{text} is in {partition}, which Isthmus does not support: choose another region")
    if text in azure.REGIONS:
        near = _counterpart(text, to="aws")
        raise refuse(f"{text} is an Azure region: expected one of AWS such as eu-central-1; the nearest is {near}")
    guess = nearest(show(text), aws.REGIONS)
    hint = f"write {guess}" if guess else "choose one"
    raise refuse(f"{quoted(text)} is not an AWS region: expected one such as eu-central-1; {hint}")


def _azure_region(value: Any) -> str:
    what = "expected one such as germanywestcentral"
    text = text_of(value, "expected an Azure region such as germanywestcentral")
    if text in azure.REGIONS:
        return text
    if text in aws.REGIONS or text in aws.PLAUSIBLE_REGIONS or aws.unsupported_partition(text):
        near = f"the nearest is {_counterpart(text, to='azure')}" if text in aws.REGIONS else "choose one"
        raise refuse(f"{text} is an AWS region: expected one of Azure such as germanywestcentral; {near}")
    compact = re.sub(r"[^a-z0-9]", "", text.lower())
    if cloud := azure.unsupported_cloud(compact):
        raise refuse(f"{show(text)} is in {cloud}, which Isthmus does not support: choose another region")
    if compact != text and (meant := nearest(compact, azure.REGIONS, cutoff=0.75)):
        raise refuse(
            f"{quoted(text)} is not how Azure writes a region: {what}, without spaces and capitals; write {meant}"
        )
    guess = nearest(text, azure.REGIONS, cutoff=0.85)
    if guess or not re.fullmatch(azure.REGION_PATTERN, text):
        hint = f"write {guess}" if guess else "choose one"
        raise refuse(f"{quoted(text)} is not an Azure region: {what}; {hint}")
    return text


def _counterpart(name: str, *, to: str) -> str:
    """The region of the cloud ``to`` that is nearest to ``name`` of the other, and open to the same customers."""
    # Only who mistakes one cloud for the other waits for these.
    from isthmus.clouds.places import Access, aws_regions, azure_regions
    from isthmus.latency import distance_km

    ours, theirs = (azure_regions(), aws_regions()) if to == "aws" else (aws_regions(), azure_regions())
    here = ours[name]
    government = here.access is Access.GOVERNMENT
    fit = [r for r in theirs.values() if r.access is (Access.GOVERNMENT if government else Access.OPEN)]
    return min(fit, key=lambda r: (round(distance_km(here.point, r.point)), not r.zones)).name


_NEWER: Final = "A region that is newer than Isthmus: accepted with a warning."
AwsRegion = Annotated[
    str,
    BeforeValidator(_aws_region),
    WithJsonSchema(
        {
            "type": "string",
            "anyOf": [
                {"enum": sorted(aws.REGIONS)},
                {"pattern": f"^({'|'.join(sorted(aws.PLAUSIBLE_REGIONS))})$", "description": _NEWER},
            ],
        }
    ),
]
AzureRegion = Annotated[
    str,
    BeforeValidator(_azure_region),
    WithJsonSchema(
        {
            "type": "string",
            "anyOf": [
                {"enum": sorted(azure.REGIONS)},
                {
                    "pattern": f"^(?!{'|'.join(azure.UNSUPPORTED)})({azure.REGION_PATTERN})$",
                    "description": _NEWER,
                },
            ],
        }
    ),
]
