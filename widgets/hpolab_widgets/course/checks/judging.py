"""The self-checks of the lessons about judging: health, weights, luck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab_widgets.course.questions import Check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CHECKS"]

CHECKS: Mapping[str, Callable[[], Check]] = {
    "both at chance": lambda: Check(
        "Two runs end at 10 %, in ten classes. What does health add to that?",
        right="what to try next",
        choices={
            "what to try next": "Silent units ask for smaller steps, a calm loss for larger ones.",
            "that they have failed": "Their accuracy has said so already.",
            "which one would win with another seed": "Nothing of the kind was found.",
        },
    ),
    "good but shaken": lambda: Check(
        "Two networks reach 97 %, with a health of 0.92 and of 0.60. What of the second?",
        right="see which sign is low, and whether you mind",
        choices={
            "throw it away": "It is as accurate. Perhaps its loss only jumped in the first epoch.",
            "see which sign is low, and whether you mind": (
                "A rough start may be forgiven, ten times the weights may be too dear: you decide."
            ),
            "it will fail on noisy pictures": "The study did not find that, so nobody can say it.",
        },
    ),
    "beaten in both": lambda: Check(
        "A network is less accurate than another, and larger. Only accuracy and size count for "
        "you. With which weights does it win?",
        right="with none",
        choices={
            "with none": "The other is ahead in both, so it is ahead in every mixture of both.",
            "with much weight on accuracy": "The other one is more accurate: it gains from that.",
            "with much weight on size": "The other one is smaller: it gains from that.",
        },
    ),
    "weights afterwards": lambda: Check(
        "A search for accuracy has ended. You give health more weight. What is first now?",
        right="the best of what was tried",
        choices={
            "the best that there is": "Sliders try nothing. The search never aimed at health.",
            "the best of what was tried": "For more, search on: hpolab reweigh, or the sliders.",
            "the same network as before": "Perhaps, if it is sturdy. It has to be looked up.",
        },
    ),
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
