"""Where in the search space the scores are: along one hyperparameter, and over two."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.analysis.axes import Axis
    from hpolab.analysis.measured import Measured

    Array = NDArray[np.float64]

__all__ = ["Cells", "Course", "cells", "course"]

_BEST_SHARE = 0.1
_FEWEST_BEST = 5
_MOST_CELLS = 12


class Course(NamedTuple):
    """Scores along one hyperparameter, in the terms of ``Axis.places``.

    Attributes:
        start, end: Of each group of neighbours, shape (groups,); equal for an option.
        median: The median score of the group's completed trials.
        low, high: Its quartiles.
        trials: How many there are.
        best: Where the best tenth of the trials lies, lowest and highest place; None with fewer
            than 5 trials in a tenth.
        best_places: The places that these trials have, for options.
    """

    start: Array
    end: Array
    median: Array
    low: Array
    high: Array
    trials: NDArray[np.int64]
    best: tuple[float, float] | None
    best_places: tuple[float, ...]


class Cells(NamedTuple):
    """Mean scores over two hyperparameters, in the terms of ``Axis.places``.

    Attributes:
        x_edges, y_edges: Of the cells, shapes (columns + 1,) and (rows + 1,).
        mean: Mean score of the completed trials in each cell, shape (rows, columns); NaN where
            there is none.
        trials: How many there are.
    """

    x_edges: Array
    y_edges: Array
    mean: Array
    trials: NDArray[np.int64]

    @property
    def covered(self) -> float:
        """The share of the cells that hold a trial, in [0, 1]."""
        return float((self.trials > 0).mean())


def course(measured: Measured, axis: Axis) -> Course:
    """Medians and quartiles of the scores in groups of neighbours."""
    rows = measured.completed()
    at = axis.places(rows.trials)
    known = ~np.isnan(at) & ~np.isnan(rows.score)
    at, score = at[known], rows.score[known]
    group = axis.groups(at)
    inside = [group == number for number in range(int(group.max(initial=-1)) + 1)]
    quartiles = np.array([np.quantile(score[mask], [0.25, 0.5, 0.75]) for mask in inside])
    quartiles = quartiles.reshape(len(inside), 3)
    best = at[score >= np.quantile(score, 1 - _BEST_SHARE)] if len(score) else at
    is_told = len(best) >= _FEWEST_BEST
    return Course(
        start=np.array([at[mask].min() for mask in inside]),
        end=np.array([at[mask].max() for mask in inside]),
        low=quartiles[:, 0],
        median=quartiles[:, 1],
        high=quartiles[:, 2],
        trials=np.array([int(mask.sum()) for mask in inside], dtype=np.int64),
        best=(float(best.min()), float(best.max())) if is_told else None,
        best_places=tuple(np.unique(best).tolist()) if is_told else (),
    )


def cells(measured: Measured, x: Axis, y: Axis) -> Cells:
    """Means in cells of equal size on the axes' own scales; nothing is guessed in between.

    There are about as many cells as trials, and at most twelve to a side.
    """
    rows = measured.completed()
    across, up = x.places(rows.trials), y.places(rows.trials)
    known = ~np.isnan(across) & ~np.isnan(up) & ~np.isnan(rows.score)
    across, up, score = across[known], up[known], rows.score[known]
    side = min(_MOST_CELLS, max(3, round(math.sqrt(len(score)))))
    edges = _edges(x, side), _edges(y, side)
    shape = len(edges[1]) - 1, len(edges[0]) - 1
    column, row = (_inside(at, edge) for at, edge in zip((across, up), edges, strict=True))
    flat = row * shape[1] + column
    count = np.bincount(flat, minlength=shape[0] * shape[1])
    sums = np.bincount(flat, weights=score, minlength=len(count))
    mean = np.divide(sums, count, out=np.full(len(count), np.nan), where=count > 0)
    return Cells(*edges, mean.reshape(shape), count.reshape(shape))


def _edges(axis: Axis, side: int) -> Array:
    low, high = axis.span
    if axis.options:
        return np.linspace(-0.5, high + 0.5, len(axis.options) + 1)
    return np.linspace(low, high, side + 1)


def _inside(at: Array, edges: Array) -> NDArray[np.int64]:
    return (np.searchsorted(edges, at, side="right") - 1).clip(0, len(edges) - 2)
