"""What the lessons run: experiments of a few configurations, and how they are judged."""

from __future__ import annotations

from hpolab.course.dares import Dare, all_silent, at_most, count_silent, falls_to
from hpolab.course.experiment import Outcome, best, ended, experiment, find, outcomes
from hpolab.course.practising import count_top, practise
from hpolab.course.pruning import bill, worst_cut

__all__ = [
    "Dare",
    "Outcome",
    "all_silent",
    "at_most",
    "best",
    "bill",
    "count_silent",
    "count_top",
    "ended",
    "experiment",
    "falls_to",
    "find",
    "outcomes",
    "practise",
    "worst_cut",
]
