"""The classic functions by name, in any number of dimensions, with where they are lowest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from hpolab.errors import ConfigError, did_you_mean
from hpolab.evolution.functions import classic
from hpolab.evolution.functions.function import Array, Function

__all__ = ["FUNCTIONS", "Landscape", "find_function"]

_JAMIL = (
    'Jamil and Yang 2013, "A literature survey of benchmark functions for global optimisation '
    'problems", function '
)
_SOCHA = (
    'Socha and Dorigo 2008, "Ant colony optimization for continuous domains", table of the '
    "functions compared with probability-learning methods"
)
_MOLGA = 'Molga and Smutnicki 2005, "Test functions for optimization needs", section '


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """A classic function, before the number of dimensions is known.

    Attributes:
        formula: From points, (n, dimensions), to n values. Its first sentence describes it.
        low, high: Bounds of every dimension.
        lowest: From the number of dimensions to where it is lowest.
        source: Where it is defined.
        is_confined: Beyond its bounds it may be lower than its optimum.
        least_dimensions: How many it needs.
    """

    formula: Callable[[Array], Array]
    low: float
    high: float
    lowest: Callable[[int], Array]
    source: str
    is_confined: bool = False
    least_dimensions: int = 1

    @property
    def description(self) -> str:
        """What it looks like, in a sentence."""
        return (self.formula.__doc__ or "").strip()


def find_function(
    name: str, dimensions: int = 2, *, shifted: int | None = None, rotated: int | None = None
) -> Function:
    """A classic function, as it is or moved.

    Args:
        name: Of ``FUNCTIONS``.
        dimensions: How many numbers a point has.
        shifted: A seed: move the optimum elsewhere.
        rotated: A seed: then turn the landscape about its optimum.

    Raises:
        ConfigError: There is none of this name, or it needs more dimensions.
    """
    if name not in FUNCTIONS:
        raise ConfigError(
            f"no such function: {name!r}; {did_you_mean(name, FUNCTIONS)}", field="function"
        )
    landscape = FUNCTIONS[name]
    least = landscape.least_dimensions
    if dimensions < least:
        raise ConfigError(
            f"{name} needs at least {least}, but got {dimensions}.", field="dimensions"
        )
    point = landscape.lowest(dimensions)
    function = Function(
        name=name,
        bounds=np.tile([landscape.low, landscape.high], (dimensions, 1)),
        optimum_point=point,
        optimum_value=float(landscape.formula(point[None])[0]),
        source=landscape.source,
        formula=landscape.formula,
        is_confined=landscape.is_confined,
    )
    if shifted is not None:
        function = function.shifted(shifted)
    return function if rotated is None else function.rotated(rotated)


def _everywhere(value: float) -> Callable[[int], Array]:
    return lambda dimensions: np.full(dimensions, value)


def _michalewicz_lowest(dimensions: int) -> Array:
    return np.array([_michalewicz_channel(number) for number in range(1, dimensions + 1)])


@cache
def _michalewicz_channel(number: int) -> float:
    """Where term ``number`` is lowest: no term knows of the others, so each is searched alone."""
    low, high = 0.0, np.pi
    for _ in range(12):  # each look is a grid in the neighbourhood of the last one's lowest
        x = np.linspace(low, high, 200 * number + 1)
        terms = -np.sin(x) * np.sin(number * x**2 / np.pi) ** 20
        best = int(terms.argmin())
        low, high = float(x[max(best - 1, 0)]), float(x[min(best + 1, len(x) - 1)])
    return float(x[best])


FUNCTIONS: dict[str, Landscape] = {
    "sphere": Landscape(
        formula=classic.sphere,
        low=-5.12,
        high=5.12,
        lowest=_everywhere(0),
        source=_JAMIL + "137; bounds of De Jong 1975",
    ),
    "ellipsoid": Landscape(
        formula=classic.ellipsoid,
        low=-5.12,
        high=5.12,
        lowest=_everywhere(0),
        source=_SOCHA,
        least_dimensions=2,
    ),
    "cigar": Landscape(
        formula=classic.cigar,
        low=-5.12,
        high=5.12,
        lowest=_everywhere(0),
        source=_SOCHA,
        least_dimensions=2,
    ),
    "tablet": Landscape(
        formula=classic.tablet,
        low=-5.12,
        high=5.12,
        lowest=_everywhere(0),
        source=_SOCHA,
        least_dimensions=2,
    ),
    "rosenbrock": Landscape(
        formula=classic.rosenbrock,
        low=-5,
        high=10,
        lowest=_everywhere(1),
        source=_MOLGA + "2.4, in the bounds of Socha and Dorigo 2008",
        least_dimensions=2,
    ),
    "rastrigin": Landscape(
        formula=classic.rastrigin,
        low=-5.12,
        high=5.12,
        lowest=_everywhere(0),
        source=_MOLGA + "2.5",
    ),
    "ackley": Landscape(
        formula=classic.ackley,
        low=-32.768,
        high=32.768,
        lowest=_everywhere(0),
        source=_MOLGA + "2.9",
    ),
    "griewank": Landscape(
        formula=classic.griewank,
        low=-600,
        high=600,
        lowest=_everywhere(0),
        source=_MOLGA + "2.7",
    ),
    "schwefel": Landscape(
        formula=classic.schwefel,
        low=-500,
        high=500,
        lowest=_everywhere(420.9687463599821),
        source=_MOLGA + "2.6",
        is_confined=True,
    ),
    "levy": Landscape(
        formula=classic.levy,
        low=-10,
        high=10,
        lowest=_everywhere(1),
        source='Laguna and Marti 2005, "Experimental testing of advanced scatter search designs"',
    ),
    "michalewicz": Landscape(
        formula=classic.michalewicz,
        low=0,
        high=float(np.pi),
        lowest=_michalewicz_lowest,
        source=_MOLGA + "2.10",
        is_confined=True,
    ),
    "zakharov": Landscape(
        formula=classic.zakharov,
        low=-5,
        high=10,
        lowest=_everywhere(0),
        source=_JAMIL + "173",
    ),
    "styblinski-tang": Landscape(
        formula=classic.styblinski_tang,
        low=-5,
        high=5,
        lowest=_everywhere(-2.9035340277711771),
        source=_JAMIL + "144",
    ),
}
"""By name, from smooth bowls to rugged ground."""
