from __future__ import annotations

import numpy as np
import pytest

from hpolab.evolution import FUNCTIONS
from hpolab.race import RaceConfig
from hpolab.race.landscape import landscape


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_map_is_lowest_near_the_optimum_and_uses_every_shade(name: str) -> None:
    drawn = landscape(RaceConfig(function=name, dimensions=2))
    assert drawn is not None
    assert drawn.optimum is not None
    side = len(drawn.heights)
    x, y = drawn.optimum
    row, column = int((1000 - y) / 1000 * side), int(x / 1000 * side)
    around = drawn.heights[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]
    assert around.min() <= 8  # among the lowest of 256
    assert len(np.unique(drawn.heights)) == 256


def test_the_map_is_that_of_the_scenes() -> None:
    one = landscape(RaceConfig(function="sphere"))
    other = landscape(RaceConfig(function="sphere", shifted=False))
    assert one is not None
    assert other is not None
    assert other.optimum == (500, 500)
    assert one.optimum != other.optimum
    assert landscape(RaceConfig(scene_budget=0)) is None
