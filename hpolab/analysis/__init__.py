"""A whole sweep as numbers: what panels, reports and figures are made from. Pure, no figures."""

from __future__ import annotations

from hpolab.analysis.axes import Axis, axes_of
from hpolab.analysis.costs import Costs, costs
from hpolab.analysis.history import History, history
from hpolab.analysis.importance import Importance, importances, strongest
from hpolab.analysis.measured import Measured, measure
from hpolab.analysis.overview import Overview, Overviews
from hpolab.analysis.parallel import Parallel, parallel
from hpolab.analysis.pareto import Pareto, pareto, unbeaten
from hpolab.analysis.places import Places, places
from hpolab.analysis.ranking import (
    Flip,
    Ranking,
    TrialTable,
    flips_along_health,
    rank,
    table_of,
    win_shares,
)
from hpolab.analysis.regions import Cells, Course, cells, course
from hpolab.analysis.timeline import Span, Timeline, timeline

__all__ = [
    "Axis",
    "Cells",
    "Costs",
    "Course",
    "Flip",
    "History",
    "Importance",
    "Measured",
    "Overview",
    "Overviews",
    "Parallel",
    "Pareto",
    "Places",
    "Ranking",
    "Span",
    "Timeline",
    "TrialTable",
    "axes_of",
    "cells",
    "costs",
    "course",
    "flips_along_health",
    "history",
    "importances",
    "measure",
    "parallel",
    "pareto",
    "places",
    "rank",
    "strongest",
    "table_of",
    "timeline",
    "unbeaten",
    "win_shares",
]
