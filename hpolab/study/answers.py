"""What an answer is made of: a question, its numbers, and words that the intervals choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hpolab.study.resampling import Measure

__all__ = [
    "AREA",
    "RANKS",
    "Finding",
    "compared",
    "does",
    "interval",
    "percent",
    "points",
    "spoken",
]

AREA = (
    "Of a sick and a well network, how often is the sick one the lower? 1 finds all, 0.5 is a "
    "coin."
)
RANKS = "Rank correlation: 1 is the same order, 0 no relation, -1 the opposite order."


class Finding(NamedTuple):
    """A question and what the study says to it.

    Attributes:
        name: What ``finding`` takes.
        question: In a sentence.
        scale: What its numbers mean.
        measures: The numbers, the most important ones first.
        answer: What they say, in words; chosen by the intervals, so that it stays true when the
            study is trained again.
        tone: "good" where health does what was asked, "bad" where it does not, "warn" between.
    """

    name: str
    question: str
    scale: str
    measures: tuple[Measure, ...]
    answer: str
    tone: str


def compared(difference: Measure) -> str:
    """What a difference to another thing says."""
    words = {1: "and better than", 0: "but no better than", -1: "but worse than"}
    return words[difference.side]


def does(told: Measure) -> str:
    """Whether a correlation is there, as an answer to "does it foretell?"."""
    return {1: "does", 0: "does not, as far as one can tell", -1: "points the wrong way"}[
        told.side
    ]


def interval(told: Measure) -> str:
    """A correlation with its interval."""
    return f"{told.value:+.2f}, between {told.low:+.2f} and {told.high:+.2f}"


def percent(share: float) -> str:
    """A share as whole per cent."""
    return f"{100 * share:.0f} %"


def points(difference: Measure) -> str:
    """The interval of a difference of two shares."""
    low, high = (f"{100 * bound:+.0f}" for bound in (difference.low, difference.high))
    return f"the difference is between {low} and {high} points"


def spoken(metric: str) -> str:
    """A metric's name as one says it."""
    return metric.replace("_", " ")
