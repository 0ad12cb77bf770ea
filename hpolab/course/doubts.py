"""A dare on what a result is worth: an answer that few examples stand behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hpolab.course.dares import Attempt
from hpolab.reports.intervals import binomial

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.course.dares import Dare
    from hpolab.record import TrialRecord

__all__ = ["as_wide_as"]


def as_wide_as(points: float) -> Dare:
    """The 95 % interval of the validation accuracy is at least so many points of percent wide."""

    def judge(trial: TrialRecord, folder: Path) -> Attempt:
        accuracy = trial.ended.accuracy if trial.ended else None
        examples = _validation_examples(folder)
        if accuracy is None or not examples:
            return Attempt(False, "its accuracy was not measured.")
        low, high = binomial(accuracy, examples)
        width = 100 * (high - low)
        words = (
            f"{accuracy:.1%} of {examples} examples may mean {low:.1%} to {high:.1%}, which is "
            f"{width:.0f} points wide."
        )
        return Attempt(width >= points, words)

    return judge


def _validation_examples(folder: Path) -> int:
    """How many the trial was judged on; 0 where that is not told."""
    try:
        result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        return int(result["examples"]["validation"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
