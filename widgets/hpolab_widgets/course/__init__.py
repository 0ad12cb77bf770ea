"""The panels of the lessons: they ask before they tell, and answer at once."""

from __future__ import annotations

from hpolab_widgets.course.checks import check
from hpolab_widgets.course.figures import Figures
from hpolab_widgets.course.outcomes import Outcomes
from hpolab_widgets.course.questions import Challenge, Check, Predict, Scale, SweepChallenge

__all__ = [
    "Challenge",
    "Check",
    "Figures",
    "Outcomes",
    "Predict",
    "Scale",
    "SweepChallenge",
    "check",
]
