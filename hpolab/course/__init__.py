"""What the lessons run: experiments of a few configurations, and how they are judged."""

from __future__ import annotations

from hpolab.course.dares import Dare, all_silent, at_most, reaches
from hpolab.course.experiment import Outcome, best, ended, experiment, find, outcomes

__all__ = [
    "Dare",
    "Outcome",
    "all_silent",
    "at_most",
    "best",
    "ended",
    "experiment",
    "find",
    "outcomes",
    "reaches",
]
