"""What a change of a topology does to a running deployment, foreseen from the synthesized stacks alone.

``behaviour`` knows what replaces a resource, ``prediction`` says of each resource what Terraform will do and why,
``order`` in which steps the change gets through, ``outage`` what that means for tunnels. Nothing here asks a cloud.
"""

from __future__ import annotations

from dataclasses import dataclass

from isthmus.changes.order import Action, Stage, stages
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

    @property
    def torn_down(self) -> frozenset[str]:
        """The stacks that are destroyed and made again on the way."""
        destroyed = {stage.stack for stage in self.stages if stage.action is Action.DESTROY}
        return frozenset(destroyed - set(self.prediction.removed))


def foresee(before: Observed, after: Observed, old: Plan, new: Plan) -> Foreseen:
    """What comes of changing ``old``, as synthesized in ``before``, to ``new``, as synthesized in ``after``."""
    torn_down: frozenset[str] = frozenset()
    while True:
        prediction = predict(before, after, torn_down)
        ordered = stages(prediction, old, new)
        found = Foreseen(prediction=prediction, stages=ordered, outages=())
        if found.torn_down <= torn_down:
            break
        torn_down |= found.torn_down
    return Foreseen(prediction=prediction, stages=ordered, outages=outages(prediction, old, torn_down))
