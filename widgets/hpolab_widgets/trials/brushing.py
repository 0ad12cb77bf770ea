"""Ranges that a person has dragged along the axes of a chart, as a browser tells of them."""

from __future__ import annotations

import json
import math
from typing import Any

from hpolab.errors import ConfigError

__all__ = ["Ranges", "read_ranges"]

Ranges = dict[str, list[tuple[float, float]]]
"""By axis: one or more ranges, of which a trial has to be in one."""

_LONGEST = 20_000
_MOST = 50
_SORRY = "these are no ranges of a chart; load the page again."


def read_ranges(text: Any) -> Ranges:
    """The ranges in a JSON text: {"accuracy": [0.9, 1]}, or several: [[0, 0.1], [0.9, 1]].

    Raises:
        ConfigError: It says something else, or very much.
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise ConfigError(_SORRY)
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigError(_SORRY) from None
    if not isinstance(given, dict) or len(given) > _MOST:
        raise ConfigError(_SORRY)
    return {str(name): _pairs(value) for name, value in given.items()}


def _pairs(value: Any) -> list[tuple[float, float]]:
    several = (
        value if isinstance(value, list) and value and isinstance(value[0], list) else [value]
    )
    if len(several) > _MOST:
        raise ConfigError(_SORRY)
    return [_pair(each) for each in several]


def _pair(value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise ConfigError(_SORRY)
    for end in value:
        if isinstance(end, bool) or not isinstance(end, int | float) or not math.isfinite(end):
            raise ConfigError(_SORRY)
    return float(min(value)), float(max(value))
