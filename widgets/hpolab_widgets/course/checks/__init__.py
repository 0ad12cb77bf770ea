"""The self-checks of the lessons, kept out of their cells so that no cell gives an answer away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.errors import ConfigError, did_you_mean
from hpolab_widgets.course.checks import evolving, judging, networks, searching, working

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hpolab_widgets.course.questions import Check

__all__ = ["CHECKS", "check"]

CHECKS: Mapping[str, Callable[[], Check]] = {
    **networks.CHECKS,
    **searching.CHECKS,
    **judging.CHECKS,
    **working.CHECKS,
    **evolving.CHECKS,
}
"""By name; each call makes a new one, unanswered."""


def check(name: str) -> Check:
    """The self-check of that name.

    Raises:
        ConfigError: There is none.
    """
    if name not in CHECKS:
        raise ConfigError(f"no such check; {did_you_mean(name, CHECKS)}")
    return CHECKS[name]()
