"""The landscapes that the literature compares on, as formulas.

Each takes points x of shape (n, dimensions) and gives n values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ackley",
    "cigar",
    "ellipsoid",
    "griewank",
    "levy",
    "michalewicz",
    "rastrigin",
    "rosenbrock",
    "schwefel",
    "sphere",
    "styblinski_tang",
    "tablet",
    "zakharov",
]

Array = NDArray[np.float64]

SCHWEFEL_LOWEST = 418.98288727243374
"""The highest x sin(sqrt(x)) of [0, 500]."""


def sphere(x: Array) -> Array:
    """The sum of squares: one round bowl."""
    return np.asarray(np.einsum("nd,nd->n", x, x))


def ellipsoid(x: Array) -> Array:
    """A bowl 100 times as long as it is wide: the square of ``100^(i / (D - 1)) x_i``, summed."""
    return sphere(x * 100.0 ** np.linspace(0, 1, x.shape[1]))


def cigar(x: Array) -> Array:
    """A bowl with one long axis: ``x_1^2 + 10^4 (x_2^2 + ...)``."""
    first: Array = x[:, 0] ** 2
    return np.asarray(first + 1e4 * sphere(x[:, 1:]))


def tablet(x: Array) -> Array:
    """A bowl with one short axis: ``10^4 x_1^2 + x_2^2 + ...``."""
    first: Array = x[:, 0] ** 2
    return np.asarray(1e4 * first + sphere(x[:, 1:]))


def rosenbrock(x: Array) -> Array:
    """A bent valley that is easily found and slowly followed."""
    steep = x[:, 1:] - x[:, :-1] ** 2
    return np.asarray(100 * sphere(steep) + sphere(1 - x[:, :-1]))


def rastrigin(x: Array) -> Array:
    """A bowl with a regular grid of pits, one at each point of whole numbers."""
    waves = np.cos((2 * np.pi) * x)
    waves *= -10
    waves += x * x
    return np.asarray(waves.sum(axis=1) + 10.0 * x.shape[1])


def ackley(x: Array) -> Array:
    """A nearly flat plain with small pits, and one deep funnel."""
    dimensions = x.shape[1]
    away = np.exp(-0.2 * np.sqrt(sphere(x) / dimensions))
    waves = np.exp(np.cos(2 * np.pi * x).sum(axis=1) / dimensions)
    return np.asarray(20.0 - 20.0 * away + np.e - waves)


def griewank(x: Array) -> Array:
    """A wide bowl whose small waves depend on one another."""
    waves = np.cos(x / np.sqrt(np.arange(1, x.shape[1] + 1))).prod(axis=1)
    return np.asarray(1 + sphere(x) / 4000 - waves)


def schwefel(x: Array) -> Array:
    """Hills and pits whose second lowest is far from the lowest, which is near a corner."""
    heights = (x * np.sin(np.sqrt(np.abs(x)))).sum(axis=1)
    return np.asarray(SCHWEFEL_LOWEST * x.shape[1] - heights)


def levy(x: Array) -> Array:
    """Waves across a bowl, w = 1 + (x - 1) / 4."""
    w = 1 + (x - 1) / 4
    first = np.sin(np.pi * w[:, 0]) ** 2
    middle = (w[:, :-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:, :-1] + 1) ** 2)
    last = (w[:, -1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[:, -1]) ** 2)
    return np.asarray(first + middle.sum(axis=1) + last)


def michalewicz(x: Array) -> Array:
    """A plain with as many narrow channels as dimensions to the factorial; steepness m = 10."""
    numbers = np.arange(1, x.shape[1] + 1)
    return np.asarray(-(np.sin(x) * np.sin(numbers * x**2 / np.pi) ** 20).sum(axis=1))


def zakharov(x: Array) -> Array:
    """A bowl that rises steeply along one diagonal."""
    slope = x @ (0.5 * np.arange(1, x.shape[1] + 1))
    return np.asarray(sphere(x) + slope**2 + slope**4)


def styblinski_tang(x: Array) -> Array:
    """Two pits a dimension, nearly equally deep."""
    squares = x * x
    return np.asarray((squares * squares - 16 * squares + 5 * x).sum(axis=1) / 2)
