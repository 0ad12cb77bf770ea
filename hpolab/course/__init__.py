"""What the lessons run and show: experiments of a few configurations, dares, a study of health."""

from __future__ import annotations

from hpolab.course.dares import (
    Dare,
    SweepDare,
    WeightDare,
    all_silent,
    at_most,
    count_silent,
    falls_to,
    fools_health,
    gap_of,
    hears_at_most,
    reaches,
    rises_to,
    smallest_wins,
    words_heard,
)
from hpolab.course.doubts import as_wide_as
from hpolab.course.experiment import Outcome, best, ended, experiment, find, outcomes
from hpolab.course.luck import best_of, unflattered
from hpolab.course.machines import carry_out, kill, message, survives
from hpolab.course.own_data import draw_shapes, mislabelled, sheet, thinned, write_reviews
from hpolab.course.practising import count_top, practise
from hpolab.course.pruning import bill, worst_cut
from hpolab.course.racing import place_of, race_on, wins_elsewhere
from hpolab.study import Finding, finding, findings

__all__ = [
    "Dare",
    "Finding",
    "Outcome",
    "SweepDare",
    "WeightDare",
    "all_silent",
    "as_wide_as",
    "at_most",
    "best",
    "best_of",
    "bill",
    "carry_out",
    "count_silent",
    "count_top",
    "draw_shapes",
    "ended",
    "experiment",
    "falls_to",
    "find",
    "finding",
    "findings",
    "fools_health",
    "gap_of",
    "hears_at_most",
    "kill",
    "message",
    "mislabelled",
    "outcomes",
    "place_of",
    "practise",
    "race_on",
    "reaches",
    "rises_to",
    "sheet",
    "smallest_wins",
    "survives",
    "thinned",
    "unflattered",
    "wins_elsewhere",
    "words_heard",
    "worst_cut",
    "write_reviews",
]
