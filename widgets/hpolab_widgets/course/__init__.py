"""The panels of the lessons: they ask before they tell, and answer at once."""

from __future__ import annotations

from hpolab_widgets.course.bargain import Bargain, Cuts, Savings
from hpolab_widgets.course.checks import check
from hpolab_widgets.course.duel import Duel
from hpolab_widgets.course.figures import Figures
from hpolab_widgets.course.outcomes import Outcomes
from hpolab_widgets.course.questions import Challenge, Check, Predict, Scale, SweepChallenge
from hpolab_widgets.course.reasons import Reasons

__all__ = [
    "Bargain",
    "Challenge",
    "Check",
    "Cuts",
    "Duel",
    "Figures",
    "Outcomes",
    "Predict",
    "Reasons",
    "Savings",
    "Scale",
    "SweepChallenge",
    "check",
]
