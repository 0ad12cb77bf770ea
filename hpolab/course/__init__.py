"""What the lessons run and show: experiments of a few configurations, dares, a study of health."""

from __future__ import annotations

from hpolab.course.dares import (
    Dare,
    WeightDare,
    all_silent,
    at_most,
    count_silent,
    falls_to,
    fools_health,
    smallest_wins,
)
from hpolab.course.experiment import Outcome, best, ended, experiment, find, outcomes
from hpolab.course.study import Finding, finding, findings

__all__ = [
    "Dare",
    "Finding",
    "Outcome",
    "WeightDare",
    "all_silent",
    "at_most",
    "best",
    "count_silent",
    "ended",
    "experiment",
    "falls_to",
    "find",
    "finding",
    "findings",
    "fools_health",
    "outcomes",
    "smallest_wins",
]
