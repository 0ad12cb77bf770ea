"""A whole sweep as numbers: what panels, reports and figures are made from. Pure, no figures."""

from __future__ import annotations

from hpolab.analysis.overview import Overview, Overviews
from hpolab.analysis.ranking import (
    Flip,
    Ranking,
    TrialTable,
    flips_along_health,
    rank,
    table_of,
    win_shares,
)

__all__ = [
    "Flip",
    "Overview",
    "Overviews",
    "Ranking",
    "TrialTable",
    "flips_along_health",
    "rank",
    "table_of",
    "win_shares",
]
