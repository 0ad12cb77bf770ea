"""Filters: what a person asks of trials, checked when it is typed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hpolab.errors import ConfigError, did_you_mean
from hpolab_widgets.trials.facts import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hpolab.record import TrialRecord
    from hpolab_widgets.trials.facts import Fact
    from hpolab_widgets.trials.standing import Standing

__all__ = ["RELATIONS", "Condition", "Reading", "read_conditions"]

RELATIONS = ("is", "at least", "at most")
MOST_CONDITIONS = 8

_NUMBER = re.compile(r"[+-]?(?:\d+\.?(\d*)|\.(\d+))(?:e([+-]?\d{1,3}))?", re.IGNORECASE)
"""A number as people write it; groups are its decimals and its exponent."""


class Condition(NamedTuple):
    """One thing that is asked of a trial.

    Attributes:
        fact: What is looked at.
        relation: One of RELATIONS.
        value: A number, or one of the fact's options.
        precision: Half of the last digit that was typed: a number "is" what it rounds to.
    """

    fact: Fact
    relation: str
    value: float | str
    precision: float = 0.0

    def holds(self, trial: TrialRecord, standing: Standing) -> bool:
        """Whether the trial answers to it; one without such a value never does."""
        value = self.fact.of(trial, standing)
        if value is None:
            return False
        if isinstance(self.value, str):
            return spoken(value) == self.value
        if isinstance(value, bool | str):
            return False
        number = float(value)
        if self.relation == "is":
            return abs(number - self.value) <= self.precision * (1 + 1e-9)
        return number >= self.value if self.relation == "at least" else number <= self.value


class Reading(NamedTuple):
    """Filters as far as they are in order.

    Attributes:
        conditions: Those that are.
        errors: For every filter what is wrong with it; empty for one in order or without a value.
    """

    conditions: list[Condition]
    errors: list[str]

    def holds(self, trial: TrialRecord, standing: Standing) -> bool:
        """Whether the trial answers to all of them."""
        return all(condition.holds(trial, standing) for condition in self.conditions)


def read_conditions(filters: Sequence[Any], facts: Iterable[Fact]) -> Reading:
    """Check filters that may have come from a browser.

    Args:
        filters: Mappings of "name", "relation" and "value"; without a value one asks nothing.
        facts: What can be asked for.
    """
    known = {fact.name: fact for fact in facts}
    reading = Reading([], [])
    for index, asked in enumerate(filters):
        error = ""
        try:
            if index >= MOST_CONDITIONS:
                raise ConfigError(f"at most {MOST_CONDITIONS} filters; remove one.")
            condition = _read(asked, known)
            if condition is not None:
                reading.conditions.append(condition)
        except ConfigError as problem:
            error = problem.rule
        reading.errors.append(error)
    return reading


def _read(asked: Any, known: Mapping[str, Fact]) -> Condition | None:
    if not isinstance(asked, Mapping):
        raise ConfigError("a filter has a name, a relation and a value.")
    name, relation = str(asked.get("name", "")), str(asked.get("relation", "is"))
    text = str(asked.get("value", "")).strip()[:100]
    if name not in known:
        raise ConfigError(f"no trial has {name!r:.60}; {did_you_mean(name, known)}")
    if relation not in RELATIONS:
        raise ConfigError(f"no such relation; {did_you_mean(relation, RELATIONS)}")
    if not text:
        return None
    fact = known[name]
    if fact.options and _number(text) is None:
        if text not in fact.options:
            raise ConfigError(f"it is one of {', '.join(fact.options)}.")
        if relation != "is":
            raise ConfigError(f"words have no order; ask whether {fact.label} is {text}.")
        return Condition(fact, relation, text)
    number = _number(text)
    if number is None:
        raise ConfigError(f"{fact.label} is a number; write one like {_example(fact)}.")
    return Condition(fact, relation, *_in_range(fact, *number))


def _number(text: str) -> tuple[float, float, bool] | None:
    """The number, half of its last digit, and whether it is in percent; None if it is none."""
    is_percent = text.endswith("%")
    bare = text.removesuffix("%").strip().replace(",", "")
    match = _NUMBER.fullmatch(bare)
    if match is None or not math.isfinite(float(bare)):
        return None
    decimals = len(match[1] or match[2] or "")
    precision = 0.5 * 10.0 ** (int(match[3] or 0) - decimals)
    return float(bare), precision, is_percent


def _in_range(
    fact: Fact, number: float, precision: float, is_percent: bool
) -> tuple[float, float]:
    if is_percent:
        if not fact.is_share:
            raise ConfigError(f"{fact.label} is not a share; write it without %.")
        number, precision = number / 100, precision / 100
    if fact.is_share and not 0 <= number <= 1:
        raise ConfigError(
            f"{fact.label} lies between 0 and 1; for {number:g} % write {number:g}%."
        )
    return number, precision


def _example(fact: Fact) -> str:
    return "0.9 or 90 %" if fact.is_share else "64 or 1e-3"
