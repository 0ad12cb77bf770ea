"""The study's questions by name, and their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from hpolab.errors import ConfigError, did_you_mean
from hpolab.study.columns import Columns, columns_of
from hpolab.study.promises import price, seeds, shift
from hpolab.study.sickness import ailment, early, sick
from hpolab.study.table import Study, read_study

if TYPE_CHECKING:
    from hpolab.study.answers import Finding

__all__ = ["QUESTIONS", "finding", "findings"]

QUESTIONS: Mapping[str, Callable[[Columns], Finding]] = {
    "sick": sick,
    "early": early,
    "ailment": ailment,
    "price": price,
    "seeds": seeds,
    "shift": shift,
}
"""Who answers, by name."""


def finding(name: str, study: Study | None = None) -> Finding:
    """One of the study's findings.

    Args:
        name: Of the question: sick, early, ailment, price, seeds or shift.
        study: Another one than that which ships with the package.

    Raises:
        ConfigError: There is no such question.
    """
    if name not in QUESTIONS:
        raise ConfigError(f"no such finding; {did_you_mean(name, QUESTIONS)}")
    return _shipped(name) if study is None else QUESTIONS[name](columns_of(study))


def findings(study: Study | None = None) -> tuple[Finding, ...]:
    """All of them, in order."""
    return tuple(finding(name, study) for name in QUESTIONS)


@cache
def _shipped(name: str) -> Finding:
    return QUESTIONS[name](columns_of(read_study()))
