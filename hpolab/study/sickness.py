"""Three questions on sick runs: are they found, are they foretold, is it said what ails them?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpolab.study.answers import AREA, Finding, compared, percent, points, spoken
from hpolab.study.resampling import Measure, area, measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.study.columns import Columns, Seen
    from hpolab.study.resampling import Array

__all__ = ["CLEAR_GAIN", "GUESSING", "ailment", "early", "sick"]

CLEAR_GAIN = 0.1
"""Another learning rate is a cure if it makes a sick network so much more accurate."""

GUESSING = 0.2
"""Below this accuracy a network hardly does better than guessing among ten digits."""


def sick(all_: Columns) -> Finding:
    """At the end: health against the training curve. Accuracy needs no test, it is the measure."""
    end, is_sick = all_.end, all_.is_sick
    n = int(is_sick.sum())
    health, loss, more = _against(end.health, end.calm, is_sick, "training loss")
    first = measure(
        f"share of sick among the {n} least healthy",
        _precision,
        end.health, is_sick,
        chance=float(is_sick.mean()),
    )  # fmt: skip
    answer = (
        f"Mostly: {percent(health.value)} of all pairs are in order, and of the {n} least healthy "
        f"networks {percent(first.value)} are sick. But that is no feat. The training loss alone "
        f"has {percent(loss.value)} in order ({points(more)}), and validation accuracy needs no "
        "help: it is what they are called sick for."
    )
    return Finding(
        "sick",
        "Does health find the runs that ended badly?",
        AREA,
        (health, loss, more, first, *_each(end, is_sick)),
        answer,
        {1: "good", 0: "warn", -1: "warn"}[more.side] if health.side > 0 else "bad",
    )


def early(all_: Columns) -> Finding:
    """After a fifth of the epochs: health against the accuracy of that time."""
    seen, is_sick = all_.early, all_.is_sick
    health, accuracy, more = _against(seen.health, seen.accuracy, is_sick, "accuracy")
    loss = measure("training loss", area, seen.calm, is_sick, chance=0.5)
    guessing = seen.accuracy < GUESSING
    among = measure(
        f"health, below {percent(GUESSING)} accuracy",
        area,
        seen.health[guessing], is_sick[guessing],
        chance=0.5,
    )  # fmt: skip
    then = {1: "helps", 0: "is a coin", -1: "points the wrong way"}[among.side]
    answer = (
        f"It does ({percent(health.value)} of pairs), {compared(more)} accuracy "
        f"({percent(accuracy.value)}; {points(more)})."
    )
    if np.isfinite(among.value):
        answer += (
            f" And where accuracy says nothing yet, among the {among.n} networks that still "
            f"guess, health {then} ({percent(among.value)})."
        )
    return Finding(
        "early",
        "Does health foretell a sick end, after a fifth of the training?",
        AREA,
        (health, accuracy, loss, more, among, *_each(seen, is_sick)),
        answer,
        {1: "good", 0: "warn", -1: "bad"}[more.side],
    )


def ailment(all_: Columns) -> Finding:
    """Among sick runs that a tenth or ten times of the learning rate helps: which of the two?"""
    clear = np.abs(np.nan_to_num(all_.gain)) >= CLEAR_GAIN
    too_large, end = all_.gain[clear] > 0, all_.end
    health, loss, more = _against(end.health[clear], end.calm[clear], too_large, "training loss")
    accuracy = measure("validation accuracy", area, end.accuracy[clear], too_large, chance=0.5)
    metrics = [
        measure(spoken(name), area, values[clear], too_large, chance=0.5)
        for name, values in end.metrics.items()
    ]
    than = {1: "clearly better than", 0: "not clearly better than", -1: "worse than"}[more.side]
    n = int(too_large.sum())
    answer = (
        f"Of {int(all_.is_sick.sum())} sick networks, {n} are helped by a tenth of the learning "
        f"rate and {len(too_large) - n} by ten times as much. Health tells which in "
        f"{percent(health.value)} of pairs (the less healthy had too large steps), {than} the "
        f"training loss ({percent(loss.value)}); validation accuracy does in "
        f"{percent(accuracy.value)}."
    )
    return Finding(
        "ailment",
        "Does health say what ails a sick run: steps too large, or too small?",
        "Of a network with too large steps and one with too small ones, how often is the first "
        "the lower (the loss: the higher)? 1 or 0 tells them apart, 0.5 is a coin.",
        (health, loss, accuracy, more, *metrics),
        answer,
        {1: "good", 0: "warn", -1: "bad"}[more.side],
    )


def _against(
    health: Array, other: Array, is_sick: NDArray[np.bool_], name: str
) -> tuple[Measure, Measure, Measure]:
    """How well health finds the sick ones, how well another thing does, and the difference."""
    return (
        measure("health", area, health, is_sick, chance=0.5),
        measure(name, area, other, is_sick, chance=0.5),
        measure(
            f"health minus {name}",
            lambda h, o, s: area(h, s) - area(o, s),
            health, other, is_sick,
        ),
    )  # fmt: skip


def _each(seen: Seen, is_sick: NDArray[np.bool_]) -> list[Measure]:
    return [
        measure(spoken(name), area, values, is_sick, chance=0.5)
        for name, values in seen.metrics.items()
    ]


def _precision(score: Array, is_sick: NDArray[np.bool_]) -> Array:
    """Share of sick networks among as many of the lowest as there are sick ones."""
    order = np.argsort(score, axis=-1, kind="stable")
    by_score = np.take_along_axis(is_sick, order, axis=-1)
    n = is_sick.sum(axis=-1, keepdims=True)
    first = np.arange(is_sick.shape[-1]) < n
    return np.asarray((by_score & first).sum(axis=-1) / np.maximum(n[..., 0], 1))
