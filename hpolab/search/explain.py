"""Why a sampler proposed what it did: as plain data, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hpolab.parameters import spoken

if TYPE_CHECKING:
    from hpolab.space import Params, Value

__all__ = [
    "Density",
    "Explanation",
    "Kind",
    "Origin",
    "Sights",
    "near_values",
    "ratio_in_words",
    "why",
]

_NEAR = 0.1
"""Numbers within this share of an axis to either side are called near."""

_FEW = 8
"""Among so few steps, only the same one is near."""

Kind = Literal["range", "steps", "options"]
"""Numbers, numbers in steps, or options without an order."""

Origin = Literal["start", "random", "explored", "model", "inherited", "unknown"]
"""Where a configuration comes from: the space's start, a draw at random because nothing is known
yet or because exploration was asked for, what was learnt, another sweep, or a sampler that keeps
no densities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sights:
    """What trials had of one hyperparameter.

    Attributes:
        values: One per trial in which it applied.
        places: Of each on the axis, from 0 to 1.
    """

    values: tuple[Value, ...]
    places: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """What tpe believed of one hyperparameter when it proposed a trial.

    A density of 1 is what a draw at random has everywhere; over the axis, each integrates to one.

    Attributes:
        name: Of the hyperparameter.
        kind: Of its axis.
        is_log: Whether the axis is logarithmic.
        values: Where the densities were computed.
        places: Of these values on the axis, from 0 to 1.
        widths: The share of the axis that each stands for; they add up to one, unless there are
            so many steps that only some were computed.
        good, other: The densities of the good trials and of the others, at each value.
        good_seen, other_seen: What these trials had.
        value, place: What was proposed.
        ratio: ``good`` divided by ``other`` at ``value``.
        words: Why this value, in a sentence.
    """

    name: str
    kind: Kind
    is_log: bool
    values: tuple[Value, ...]
    places: tuple[float, ...]
    widths: tuple[float, ...]
    good: tuple[float, ...]
    other: tuple[float, ...]
    good_seen: Sights
    other_seen: Sights
    value: Value
    place: float
    ratio: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How one trial came about.

    Attributes:
        number: Of the trial.
        params: Its configuration.
        origin: Where it comes from.
        words: The same in a sentence or two.
        densities: By hyperparameter, in the order of the space; empty unless it comes from what
            was learnt.
    """

    number: int
    params: Params
    origin: Origin
    words: str
    densities: Mapping[str, Density]


def ratio_in_words(ratio: float) -> str:
    """How many times the one is the other, in as many digits as can be read.

    >>> ratio_in_words(3.14), ratio_in_words(38.2), ratio_in_words(0.052)
    ('3.1', '38', '0.052')
    """
    if ratio >= 10:
        return f"{ratio:,.0f}"
    return f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2g}"


def near_values(
    kind: Kind, values: Sequence[Value], places: Sequence[float], value: Value, place: float
) -> tuple[Value, Value]:
    """The ends of a neighbourhood on an axis; twice the value itself where only that is near.

    Args:
        kind: Of the axis.
        values: Along it, in order.
        places: Of these, from 0 to 1.
        value, place: The middle.
    """
    if kind == "options" or (kind == "steps" and len(values) <= _FEW):
        return value, value
    near = [v for v, p in zip(values, places, strict=True) if abs(p - place) <= _NEAR]
    return min([value, *near], key=float), max([value, *near], key=float)


def why(
    name: str,
    value: Value,
    near: tuple[Value, Value],
    *,
    good: Sequence[Value],
    other: Sequence[Value],
    ratio: float,
    is_joint: bool,
) -> str:
    """Why tpe tries a value, in two sentences.

    >>> why("learning_rate", 0.004, (0.002, 0.006), good=[0.003, 0.005, 0.1], other=[0.09, 0.004],
    ...     ratio=3.14, is_joint=True)  # doctest: +NORMALIZE_WHITESPACE
    'Tries learning rate 0.004: 2 of the 3 best trials so far lie between 0.002 and 0.006, and 1
    of the 2 others. Here the good density is 3.1 times the other.'

    Args:
        name, value: What is tried.
        near: The ends of its neighbourhood.
        good, other: What the good trials and the others had.
        ratio: Of the two densities there.
        is_joint: Whether other hyperparameters were chosen together with it.
    """
    low, high = near
    n_good, n_other = (sum(_is_within(x, low, high) for x in half) for half in (good, other))
    is_one = n_good == 1 or len(good) == 1
    where = f"between {spoken(low)} and {spoken(high)}"
    verb = "lies" if is_one else "lie"
    if low == high:
        where, verb = spoken(value), "has" if is_one else "have"
    told = f"{_of_the_best(n_good, len(good))} {verb} {where}"
    joint = "and" if n_good else "but"
    ends = f"Here the good density is {ratio_in_words(ratio)} times the other"
    if is_joint and ratio < 1:
        ends += ": the rest of the configuration spoke for it"
    return (
        f"Tries {name.replace('_', ' ')} {spoken(value)}: {told}, {joint} {n_other} of the "
        f"{len(other)} others. {ends}."
    )


def _of_the_best(n: int, of: int) -> str:
    if of == 1:
        return "the best trial so far" if n else "no good trial so far"
    if n in (0, of):
        return f"none of the {of} best trials so far" if n == 0 else f"all {of} best trials so far"
    return f"{n} of the {of} best trials so far"


def _is_within(value: Value, low: Value, high: Value) -> bool:
    """Of options, whether it is the same one: True is not 1."""
    if low == high:
        return type(value) is type(low) and value == low
    return float(low) <= float(value) <= float(high)
