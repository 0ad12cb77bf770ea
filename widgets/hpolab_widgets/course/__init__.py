"""The panels of the lessons: they ask before they tell, and answer at once."""

from __future__ import annotations

from hpolab_widgets.course.checks import check
from hpolab_widgets.course.findings import StudyFinding
from hpolab_widgets.course.outcomes import Outcomes
from hpolab_widgets.course.questions import Challenge, Check, Contest, Predict, Scale
from hpolab_widgets.course.weighing import example_lab

__all__ = [
    "Challenge",
    "Check",
    "Contest",
    "Outcomes",
    "Predict",
    "Scale",
    "StudyFinding",
    "check",
    "example_lab",
]
