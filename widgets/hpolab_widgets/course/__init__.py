"""The panels of the lessons: they ask before they tell, and answer at once."""

from __future__ import annotations

from hpolab_widgets.course.bargain import Bargain, Cuts, Savings
from hpolab_widgets.course.challenges import Challenge, Contest, RaceChallenge, SweepChallenge
from hpolab_widgets.course.checks import check
from hpolab_widgets.course.duel import Duel
from hpolab_widgets.course.figures import Figures
from hpolab_widgets.course.findings import StudyFinding
from hpolab_widgets.course.outcomes import Outcomes
from hpolab_widgets.course.questions import Check, Predict, Scale
from hpolab_widgets.course.reasons import Reasons
from hpolab_widgets.course.weighing import example_lab

__all__ = [
    "Bargain",
    "Challenge",
    "Check",
    "Contest",
    "Cuts",
    "Duel",
    "Figures",
    "Outcomes",
    "Predict",
    "RaceChallenge",
    "Reasons",
    "Savings",
    "Scale",
    "StudyFinding",
    "SweepChallenge",
    "check",
    "example_lab",
]
