"""What the study of health found: each question with its numbers, and an answer in words.

The words are chosen by the intervals, so that they stay true when the study is trained again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from hpolab.course.columns import GOOD, Columns, columns_of
from hpolab.course.resampling import (
    Array,
    Measure,
    area,
    measure,
    partial_rank_correlation,
    rank_correlation,
)
from hpolab.course.study import Study, read_study
from hpolab.errors import ConfigError, did_you_mean

__all__ = ["Finding", "finding", "findings"]

CLEAR_GAIN = 0.1
"""A cure is one that makes a sick network so much more accurate than the opposite."""


class Finding(NamedTuple):
    """A question and what the study says to it.

    Attributes:
        name: What ``finding`` takes.
        question: In a sentence.
        scale: What its numbers mean.
        measures: The numbers, the most important ones first.
        answer: What they say, in words.
        tone: "good" where health does what was asked, "bad" where it does not, "warn" between.
    """

    name: str
    question: str
    scale: str
    measures: tuple[Measure, ...]
    answer: str
    tone: str


def finding(name: str, study: Study | None = None) -> Finding:
    """One of the study's findings.

    Args:
        name: Of the question: sick, early, ailment, price, seeds or shift.
        study: Another one than that which ships with the package.

    Raises:
        ConfigError: There is no such question.
    """
    if name not in _QUESTIONS:
        raise ConfigError(f"no such finding; {did_you_mean(name, _QUESTIONS)}")
    return _QUESTIONS[name](columns_of(study or read_study()))


def findings(study: Study | None = None) -> tuple[Finding, ...]:
    """All of them, in order."""
    return tuple(finding(name, study) for name in _QUESTIONS)


_AREA = (
    "Of a sick and a well network, how often is the sick one the lower? 1 finds all, 0.5 is a "
    "coin."
)
_RANKS = "Rank correlation: 1 is the same order, 0 no relation, -1 the opposite order."


def _sick(all_: Columns) -> Finding:
    end, sick = all_.end, all_.is_sick
    health = measure("health at the end", area, end.health, sick, chance=0.5)
    first = measure("precision of the least healthy", _precision, end.health, sick)
    calm = measure("training loss at the end", area, end.calm, sick, chance=0.5)
    each = [
        measure(_words(name), area, values, sick, chance=0.5)
        for name, values in end.metrics.items()
    ]
    n = int(sick.sum())
    answer = (
        f"Health finds them: {_percent(health.value)} of all pairs are in order, and of the {n} "
        f"least healthy networks {_percent(first.value)} are sick. But that is no feat: at the "
        "end validation accuracy finds all of them, since that is what they are called sick for."
    )
    return Finding(
        "sick",
        "Does health find the runs that ended badly?",
        _AREA,
        (health, calm, *each, first._replace(name=f"share of sick among the {n} least healthy")),
        answer,
        "good" if health.side > 0 else "bad",
    )


def _early(all_: Columns) -> Finding:
    early, sick = all_.early, all_.is_sick
    health = measure("health so far", area, early.health, sick, chance=0.5)
    accuracy = measure("accuracy so far", area, early.accuracy, sick, chance=0.5)
    calm = measure("training loss so far", area, early.calm, sick, chance=0.5)
    more = measure(
        "health minus accuracy",
        lambda h, a, s: area(h, s) - area(a, s),
        early.health, early.accuracy, sick,
    )  # fmt: skip
    each = [
        measure(_words(name), area, values, sick, chance=0.5)
        for name, values in early.metrics.items()
    ]
    than = {
        1: "and better than accuracy does",
        0: "but no better than accuracy does: the difference may be luck",
        -1: "but worse than accuracy does",
    }[more.side]
    answer = (
        f"After a fifth of the training health foretells the sick end "
        f"({_percent(health.value)} of pairs), {than} ({_percent(accuracy.value)})."
    )
    return Finding(
        "early",
        "Does health foretell a sick end early, after a fifth of the training?",
        _AREA,
        (health, accuracy, calm, more, *each),
        answer,
        {1: "good", 0: "warn", -1: "bad"}[more.side],
    )


def _ailment(all_: Columns) -> Finding:
    """Among sick runs that a tenth or ten times of the learning rate helps, which of the two?"""
    clear = np.abs(np.nan_to_num(all_.gain)) >= CLEAR_GAIN
    too_fast = all_.gain[clear] > 0
    end = all_.end
    told = {
        "validation accuracy": end.accuracy,
        "training loss": end.calm,
        "health": end.health,
        **{_words(name): values for name, values in end.metrics.items()},
    }
    measures = [
        measure(name, area, values[clear], too_fast, chance=0.5) for name, values in told.items()
    ]
    accuracy, others = measures[0], measures[3:]
    best = max(others, key=lambda each: each.low)
    answer = (
        f"{int(too_fast.sum())} sick networks are mended best by a tenth of the learning rate, "
        f"{int((~too_fast).sum())} by ten times as much. {best.name.capitalize()} tells which "
        f"({_percent(best.value)} of pairs); validation accuracy "
        + (f"does, too ({_percent(accuracy.value)})." if accuracy.side else "is a coin.")
    )
    return Finding(
        "ailment",
        "Does health say what ails a sick run: steps too large, or too small?",
        "Of a network with too large steps and one with too small ones, how often is the first "
        "the lower? 1 or 0 tells them apart, 0.5 is a coin.",
        tuple(measures),
        answer,
        "good" if best.side > 0 else "bad",
    )


def _price(all_: Columns) -> Finding:
    good = all_.end.accuracy >= GOOD
    end = all_.end
    small = -all_.parameters[good]
    accuracy = end.accuracy[good]
    told = {"parameter efficiency": end.metrics["parameter_efficiency"], "health": end.health}
    measures = [
        measure(
            f"{name}, at equal accuracy",
            partial_rank_correlation,
            values[good], small, accuracy,
        )
        for name, values in told.items()
    ]  # fmt: skip
    alone = measure("validation accuracy", rank_correlation, accuracy, small)
    efficiency, health = measures
    words = {
        1: f"health as a whole knows it less well ({health.value:+.2f})",
        0: f"health as a whole does not know it clearly ({health.value:+.2f})",
        -1: f"health as a whole has it the wrong way round ({health.value:+.2f})",
    }[health.side]
    answer = (
        f"Parameter efficiency does ({efficiency.value:+.2f}), because it counts them: that is "
        f"how it is made. With one seventh of the weight, {words}."
    )
    return Finding(
        "price",
        f"Does health know the price of a good network (accuracy from {GOOD:.0%} on): "
        "its number of weights?",
        f"{_RANKS} With the smaller network first.",
        (*measures, alone),
        answer,
        "good" if health.side > 0 else "warn" if efficiency.side > 0 else "bad",
    )


def _seeds(all_: Columns) -> Finding:
    known = np.isfinite(all_.spread)
    good = known & (all_.end.accuracy >= GOOD)
    measures = [
        measure(f"{name}, {which}", rank_correlation, values[rows], -all_.spread[rows])
        for rows, which in ((known, "all networks"), (good, "good ones only"))
        for name, values in {
            "health": all_.end.health,
            "validation accuracy": all_.end.accuracy,
            "accuracy consistency": all_.end.metrics["accuracy_consistency"],
            "training stability": all_.end.metrics["training_stability"],
        }.items()
    ]
    health, accuracy = measures[4:6]
    answer = (
        f"Among good networks it {_does(health)} ({_interval(health)}); validation accuracy "
        f"{_does(accuracy)} ({_interval(accuracy)}). With {health.n} networks only a strong "
        "relation would show. Whoever wants to know the spread has to train again."
    )
    return Finding(
        "seeds",
        "Does the health of one run foretell how steady the network is over other seeds?",
        f"{_RANKS} With the steadiest network first.",
        tuple(measures),
        answer,
        {1: "good", 0: "bad", -1: "bad"}[health.side],
    )


def _shift(all_: Columns) -> Finding:
    known = np.isfinite(all_.shifted["mean"])
    good = known & (all_.end.accuracy >= GOOD)
    end, mean = all_.end, all_.shifted["mean"]
    told = {"health": end.health, "validation accuracy": end.accuracy}
    measures = [
        measure(f"{name}, {which}", rank_correlation, values[rows], mean[rows])
        for rows, which in ((good, "good ones only"), (known, "all networks"))
        for name, values in told.items()
    ]
    each = [
        measure(f"{_words(name)}, good ones only", rank_correlation, values[good], mean[good])
        for name, values in end.metrics.items()
    ]
    health, accuracy = measures[:2]
    answer = (
        f"No promise can be made. Among the {health.n} good networks health "
        f"{_does(health)} ({_interval(health)}), validation accuracy {_does(accuracy)} "
        f"({_interval(accuracy)}). Over all networks both order them, because both tell sick "
        "networks from well ones."
    )
    return Finding(
        "shift",
        "Does health foretell who still reads digits that are noisy, moved or turned?",
        f"{_RANKS} With the network first that reads most of them.",
        (*measures, *each),
        answer,
        "good" if health.side > 0 and health.low > accuracy.high else "bad",
    )


def _precision(score: Array, is_sick: Array) -> Array:
    """Share of sick networks among as many of the lowest as there are sick ones."""
    order = np.argsort(score, axis=-1, kind="stable")
    sorted_ = np.take_along_axis(is_sick, order, axis=-1)
    n = is_sick.sum(axis=-1, keepdims=True)
    first = np.arange(is_sick.shape[-1]) < n
    return np.asarray((sorted_ & first).sum(axis=-1) / np.maximum(n[..., 0], 1))


def _does(told: Measure) -> str:
    return {1: "does", 0: "does not, as far as one can tell", -1: "points the wrong way"}[
        told.side
    ]


def _interval(told: Measure) -> str:
    return f"{told.value:+.2f}, between {told.low:+.2f} and {told.high:+.2f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _words(metric: str) -> str:
    return metric.replace("_", " ")


_QUESTIONS: Mapping[str, Callable[[Columns], Finding]] = {
    "sick": _sick,
    "early": _early,
    "ailment": _ailment,
    "price": _price,
    "seeds": _seeds,
    "shift": _shift,
}
