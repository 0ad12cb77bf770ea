"""The self-checks of the lessons about searching: samplers and pruners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab_widgets.course.questions import Check, Scale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CHECKS"]

CHECKS: Mapping[str, Callable[[], Check]] = {
    "where tpe goes": lambda: Check(
        "Of 6 good trials, 5 use adam. Of 54 others, 45 use adam, too. What does tpe make of it?",
        right="next to nothing",
        choices={
            "adam is good": "5 of 6 and 45 of 54 are the same share: good / other is about 1.",
            "adam is bad": "Most others have it because most trials have it; so have good ones.",
            "next to nothing": "The shares are equal, so the ratio is 1: adam tells nothing here.",
        },
    ),
    "a small budget": lambda: Check(
        "You can afford 12 trials, and leave tpe as it is: the first 10 are drawn at random. "
        "Nothing fails. How many of the 12 can it choose from what it has learnt?",
        right=2,
        scale=Scale(0, 12),
        why="12 - 10 = 2: the densities come after ten results.",
    ),
    "what a pruner sees": lambda: Check(
        "Your good networks need a long time to get going. Which pruner suits them?",
        right="median, judging no one before epoch 5",
        choices={
            "median, judging after every epoch": "It judges beginnings, and theirs are poor.",
            "median, judging no one before epoch 5": "They get time to show what they can.",
            "hyperband, from epoch 1 on": "Many of its networks are judged after one.",
        },
    ),
    "epochs saved": lambda: Check(
        "60 networks of 10 epochs. 40 are stopped after epoch 3, the others are trained to their "
        "end. How many epochs are saved?",
        right=280,
        scale=Scale(0, 600, 10),
        why="40 networks x 7 epochs that they do not train = 280.",
    ),
}
"""By name; see the package."""
