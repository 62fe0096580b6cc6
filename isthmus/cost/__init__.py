"""What a plan costs in a month, and what other shapes of it would: pure functions of a plan and of prices."""

from isthmus.cost.curves import Crossing, Curve, Series, Vertex, series
from isthmus.cost.lines import CostAssumptions, Line, lines
from isthmus.cost.money import Usd
from isthmus.cost.shapes import Alternative, month, shapes
from isthmus.cost.totals import LinkTotal, Totals, totals
from isthmus.cost.usage import Usage, of_plan

__all__ = [
    "Alternative",
    "CostAssumptions",
    "Crossing",
    "Curve",
    "Line",
    "LinkTotal",
    "Series",
    "Totals",
    "Usage",
    "Usd",
    "Vertex",
    "lines",
    "month",
    "of_plan",
    "series",
    "shapes",
    "totals",
]
