"""Numbers in no more digits than they are good for, so that files which ship stay small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["rounded"]


def rounded(data: Any, *, digits: int) -> Any:
    """The same with floating-point numbers to so many digits; mappings and lists of them, too.

    >>> rounded({"loss": [0.123456, 7]}, digits=3)
    {'loss': [0.123, 7]}
    """
    if isinstance(data, float):
        return float(f"{data:.{digits}g}")
    if isinstance(data, Mapping):
        return {key: rounded(value, digits=digits) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [rounded(value, digits=digits) for value in data]
    return data
