"""Configurations as plain data: their key, their listing, their place in the unit cube."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from hpolab.errors import SpaceError
from hpolab.space import Choice, Fixed, Float, Int, Parameter, Params, SearchSpace, Value

__all__ = [
    "GRID_LIMIT",
    "at_quantiles",
    "configuration_key",
    "free_parameters",
    "grid",
    "starting_point",
]

GRID_LIMIT = 100_000
"""A grid has at most so many configurations: years of training, but still quick to list."""


def configuration_key(params: Mapping[str, Value]) -> str:
    """Canonical JSON of a configuration: equal for equal ones, whatever their order.

    >>> configuration_key({"b": True, "a": 1})
    '{"a":1,"b":true}'
    """
    return json.dumps(params, sort_keys=True, separators=(",", ":"))


def free_parameters(space: SearchSpace) -> dict[str, Parameter]:
    """The parameters that have more than one value."""
    return {name: space[name] for name in space if space[name].size() > 1}


def grid(space: SearchSpace, *, points: int | None, seed: int = 0) -> Sequence[Params]:
    """All configurations, conditions respected, each once, in an order shuffled by the seed.

    Args:
        space: What may vary.
        points: Into how many values a range with more is cut; None to keep every value.
        seed: Of the order, so that a part of the grid is a fair sample of the whole.

    Raises:
        SpaceError: A parameter is continuous and ``points`` is None, or there are more than
            GRID_LIMIT configurations.
    """
    values = {name: _values(name, space[name], points) for name in space}
    always = (len(values[name]) for name in space if not space[name].only_if)
    if math.prod(always) > GRID_LIMIT:  # without listing them: that would take seconds
        raise _too_many()
    listing: list[Params] = []
    for params in _expand(space, list(space), values, {}):
        if len(listing) == GRID_LIMIT:
            raise _too_many()
        listing.append(params)
    Random(seed).shuffle(listing)
    return listing


def _too_many() -> SpaceError:
    return SpaceError(
        f"the grid has more than {GRID_LIMIT:,} configurations; fix some parameters, list fewer "
        "options, or lower the sampler's option points."
    )


def at_quantiles(space: SearchSpace, quantiles: Mapping[str, float]) -> Params:
    """The configuration at a point of the unit cube.

    Args:
        space: What may vary.
        quantiles: Per free parameter a number in [0, 1), also for those that will not apply.
    """
    params: Params = {}
    for name in space:
        parameter = space[name]
        if parameter.applies(params):
            params[name] = _at_quantile(parameter, quantiles.get(name, 0.0))
    return params


def starting_point(space: SearchSpace) -> Params | None:
    """The configuration that the space names as a start; None where it names nothing.

    A parameter that names no start takes the middle of its range, or the middle one of its
    options, as Syne Tune does for all (Salinas et al. 2022, "Syne Tune", points_to_evaluate).
    """
    if all(isinstance(p, Fixed) or p.start is None for p in space.parameters.values()):
        return None
    params: Params = {}
    for name in space:
        parameter = space[name]
        if parameter.applies(params):
            named = None if isinstance(parameter, Fixed) else parameter.start
            params[name] = _at_quantile(parameter, 0.5) if named is None else named
    return params


def _expand(
    space: SearchSpace, names: list[str], values: Mapping[str, list[Value]], params: Params
) -> Iterator[Params]:
    if not names:
        yield dict(params)
        return
    name, rest = names[0], names[1:]
    if not space[name].applies(params):
        yield from _expand(space, rest, values, params)
        return
    for value in values[name]:
        yield from _expand(space, rest, values, {**params, name: value})


def _values(name: str, parameter: Parameter, points: int | None) -> list[Value]:
    """The grid's values of one parameter, in rising order."""
    size = parameter.size()
    if isinstance(parameter, Fixed):
        return [parameter.value]
    if isinstance(parameter, Choice):
        return list(parameter.options)
    if points is None and math.isinf(size):
        raise SpaceError(
            "a grid needs finitely many values, but this parameter is continuous; set the "
            "sampler's option points (5, say), or list options.",
            field=name,
        )
    if isinstance(parameter, Int) and (points is None or size <= points):
        return list(range(parameter.low, parameter.high + 1, parameter.step))
    if size == 1 or points is None:
        return [parameter.low]
    cuts = [_at_fraction(parameter, index / (points - 1)) for index in range(points)]
    return list(dict.fromkeys(cuts))


def _at_fraction(parameter: Float | Int, fraction: float) -> Value:
    """The value at a fraction of the range, both ends included, on the parameter's scale."""
    low, high = float(parameter.low), float(parameter.high)
    if parameter.log:
        position = math.exp(math.log(low) + fraction * (math.log(high) - math.log(low)))
    else:
        position = low + fraction * (high - low)
    if isinstance(parameter, Float):
        return min(max(position, low), high)
    last = int(parameter.size()) - 1
    steps = round((position - low) / parameter.step)
    return parameter.low + parameter.step * min(max(steps, 0), last)


def _at_quantile(parameter: Parameter, quantile: float) -> Value:
    """The value below which that share of the parameter's draws lies."""
    if isinstance(parameter, Fixed):
        return parameter.value
    if isinstance(parameter, Choice):
        return parameter.options[
            min(int(quantile * len(parameter.options)), len(parameter.options) - 1)
        ]
    if isinstance(parameter, Float):
        return _at_fraction(parameter, quantile)
    # every whole number gets an interval of its own, half a step to either side
    last = int(parameter.size()) - 1
    if parameter.log:
        low, high = math.log(parameter.low - 0.5), math.log(parameter.high + 0.5)
        index = round(math.exp(low + quantile * (high - low))) - parameter.low
    else:
        index = int(quantile * (last + 1))
    return parameter.low + parameter.step * min(max(index, 0), last)
