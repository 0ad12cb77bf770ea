"""A function of two variables as a map: how low each place is among all."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.evolution.functions import find_function
from hpolab.race.config import Heat
from hpolab.race.problem import SCENE_DIMENSIONS, Sandboxes, opened

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.race.config import RaceConfig

__all__ = ["Landscape", "landscape"]

SIDE = 96


class Landscape(NamedTuple):
    """A map.

    Attributes:
        heights: Shape (side, side), rows from top to bottom, columns from left to right: the
            share of all places that are lower, in 0 to 255. So every function uses all shades,
            whether it spans ten or a billion.
        bounds: Lowest and highest value of either variable.
        optimum: Where it is lowest, in thousandths of the way through the bounds; None where
            that is not known.
    """

    heights: NDArray[np.uint8]
    bounds: tuple[tuple[float, float], ...]
    optimum: tuple[int, int] | None


def landscape(config: RaceConfig) -> Landscape | None:
    """The map on which the scenes of a race are shown; None when it has none.

    Raises:
        HpolabError: The own function cannot be run.
    """
    if not config.has_scenes:
        return None
    sandboxes = Sandboxes()
    with closing(sandboxes), opened(config, Heat(0, 0, 0, is_scene=True), sandboxes) as problem:
        shares = (np.arange(SIDE) + 0.5) / SIDE  # middles of the cells
        low, high = problem.bounds.T
        across, down = np.meshgrid(shares, 1 - shares)
        points = low + (high - low) * np.stack([across.ravel(), down.ravel()], axis=1)
        values = problem.error(points)
    order = np.empty(len(values))
    order[np.argsort(np.nan_to_num(values, nan=np.inf), kind="stable")] = np.arange(len(values))
    heights = np.rint(255 * order / (len(values) - 1)).astype(np.uint8).reshape(SIDE, SIDE)
    bounds = tuple((float(a), float(b)) for a, b in problem.bounds)
    return Landscape(heights, bounds, _optimum(config))


def _optimum(config: RaceConfig) -> tuple[int, int] | None:
    if config.fitness is not None:
        return None
    function = find_function(
        config.function,
        SCENE_DIMENSIONS,
        shifted=0 if config.shifted else None,
        rotated=0 if config.rotated else None,
    )
    if function.optimum_point is None:
        return None
    low, high = function.bounds.T
    x, y = np.rint(1000 * (function.optimum_point - low) / (high - low)).astype(int).tolist()
    return x, y
