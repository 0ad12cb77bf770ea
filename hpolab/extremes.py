"""How far a parameter can go."""

from __future__ import annotations

from hpolab.space import Choice, Fixed, Parameter, Value

__all__ = ["largest_values"]


def largest_values(parameter: Parameter) -> tuple[Value, ...]:
    """Values of which one is the largest: the end of a range, or all options of a choice."""
    if isinstance(parameter, Choice):
        return parameter.options
    return (parameter.value if isinstance(parameter, Fixed) else parameter.high,)
