"""The self-checks of the lessons about judging: health, weights, luck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab_widgets.course.questions import Check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CHECKS"]

CHECKS: Mapping[str, Callable[[], Check]] = {
    "which number to report": lambda: Check(
        "A search of 200 trials says 91.0 % for its winner. Which number do you report?",
        right="the mean over fresh seeds, with its interval",
        choices={
            "91.0 %": "It is the best of 200, and luck had helped it to be the best.",
            "the mean over fresh seeds, with its interval": "Luck does not come twice; the mean "
            "over seeds that the search never saw is what the winner is worth.",
            "the mean of all 200 trials": "That is what a trial at random is worth. Choosing did "
            "find a better one.",
        },
    ),
    "another seed, less accuracy": lambda: Check(
        "A colleague runs your winner with another seed and gets 3 points less. What is likely?",
        right="your number was flattered",
        choices={
            "the colleague made a mistake": "Winners lose as much on average: see above.",
            "your number was flattered": "You kept the best of many, and the colleague drew one.",
            "your winner is bad": "It may be the best there is, and worth less than it seemed.",
        },
    ),
}
"""By name; see the package."""
