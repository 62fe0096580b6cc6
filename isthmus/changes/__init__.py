"""What a change of a topology does to a running deployment, foreseen from the synthesized stacks alone.

``behaviour`` knows what replaces a resource, ``prediction`` says of each resource what Terraform will do and why,
``order`` in which steps the change gets through, ``outage`` what that means for tunnels. Nothing here asks a cloud.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from isthmus.changes.order import Action, Stage, in_the_way, stages
from isthmus.changes.outage import Duration, Outage, outages
from isthmus.changes.prediction import Cause, Change, Kind, Prediction, predict
from isthmus.observed import Observed
from isthmus.plan import Plan

__all__ = [
    "Action",
    "Cause",
    "Change",
    "Duration",
    "Foreseen",
    "Kind",
    "Outage",
    "Prediction",
    "Stage",
    "foresee",
    "in_the_way",
    "outages",
    "predict",
    "stages",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """All that is known of a change before it is made."""

    prediction: Prediction
    stages: tuple[Stage, ...]
    outages: tuple[Outage, ...]
    advice: tuple[str, ...] = ()
    """What would get there with less, a sentence each."""

    @property
    def torn_down(self) -> frozenset[str]:
        """The stacks that are destroyed and made again on the way."""
        destroyed = {stage.stack for stage in self.stages if stage.action is Action.DESTROY}
        return frozenset(destroyed - set(self.prediction.removed))


def foresee(before: Observed, after: Observed, old: Plan, new: Plan) -> Foreseen:
    """What comes of changing ``old``, as synthesized in ``before``, to ``new``, as synthesized in ``after``."""
    teardown: dict[str, str] = {}
    prediction = predict(before, after)
    advice = tuple(_advice(prediction, old))
    while True:
        more = {stack: why for stack, why in in_the_way(prediction, old) if stack not in teardown}
        if not more:
            break
        teardown |= more
        prediction = predict(before, after, teardown)
    return Foreseen(
        prediction=prediction,
        stages=stages(prediction, old, new, teardown),
        outages=outages(prediction, old, teardown),
        advice=advice,
    )


def _advice(found: Prediction, old: Plan) -> Iterator[str]:
    for site in old.azure:
        for change in found.of(site.stacks.network):
            for cause in change.causes:
                if change.path.endswith("/gateway-subnet") and cause.argument == "address_prefixes":
                    yield (
                        f"azure.{site.key}.network: write gateway_subnet: {cause.before}, and both subnets stay where "
                        "they are: then the gateway stays"
                    )
