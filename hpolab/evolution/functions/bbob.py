"""The 24 noiseless functions of BBOB, as the COCO package computes them."""

from __future__ import annotations

import numpy as np

from hpolab.errors import ConfigError
from hpolab.evolution.functions.function import Array, Function

__all__ = ["BBOB_DIMENSIONS", "bbob"]

BBOB_DIMENSIONS = range(2, 41)
"""The numbers of dimensions that the comparison is made for."""


def bbob(number: int, dimensions: int = 10, *, instance: int = 1) -> Function:
    """One of the 24, from the sphere (1) to Lunacek's bi-Rastrigin (24), moved and turned already.

    >>> rastrigin = bbob(3, dimensions=5)  # doctest: +SKIP
    >>> float(rastrigin(rastrigin.optimum_point) - rastrigin.optimum_value)  # doctest: +SKIP
    0.0

    Args:
        number: 1 to 24.
        dimensions: 2 to 40.
        instance: From 1; each has the optimum elsewhere, and another lowest value.

    Raises:
        ConfigError: A number is out of its range, or the COCO package is not installed.
    """
    for field, value, known in (
        ("number", number, range(1, 25)),
        ("dimensions", dimensions, BBOB_DIMENSIONS),
        ("instance", instance, range(1, 1001)),
    ):
        if value not in known:
            raise ConfigError(
                f"must be a whole number from {known[0]} to {known[-1]}, but got {value!r}.",
                field=field,
            )
    try:
        import cocoex
    except ImportError as error:
        raise ConfigError(
            "the functions of BBOB need the COCO package, which is not installed; "
            "pip install 'hpolab[bbob]', or take one of FUNCTIONS."
        ) from error
    problem = cocoex.BareProblem("bbob", number, dimensions, instance)

    def formula(points: Array) -> Array:
        return np.asarray(problem(np.ascontiguousarray(points)), dtype=float)

    return Function(
        name=f"bbob f{number}",
        bounds=np.tile([-5.0, 5.0], (dimensions, 1)),
        optimum_point=np.array(problem.best_parameter(), dtype=float),
        optimum_value=float(problem.best_value()),
        source=(
            'Hansen, Finck, Ros and Auger 2009, "Real-parameter black-box optimization '
            'benchmarking 2009: noiseless functions definitions", RR-6829, '
            f"function {number}, instance {instance}"
        ),
        formula=formula,
    )
