"""What the lessons run: experiments of a few configurations, and how they are judged."""

from __future__ import annotations

from hpolab.course.dares import (
    Dare,
    all_silent,
    at_most,
    count_silent,
    falls_to,
    gap_of,
    hears_at_most,
    reaches,
    words_heard,
)
from hpolab.course.experiment import Outcome, best, ended, experiment, find, outcomes

__all__ = [
    "Dare",
    "Outcome",
    "all_silent",
    "at_most",
    "best",
    "count_silent",
    "ended",
    "experiment",
    "falls_to",
    "find",
    "gap_of",
    "hears_at_most",
    "outcomes",
    "reaches",
    "words_heard",
]
