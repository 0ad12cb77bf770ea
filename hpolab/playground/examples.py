"""What the playground learns from: points in the plane, or the digits that the lab ships with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from hpolab.data import load
from hpolab.data.splits import quotas
from hpolab.errors import ConfigError, did_you_mean
from hpolab.trial import DatasetSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.health.recorded import Array

__all__ = ["DATA", "NOISIEST", "REACH", "Examples", "examples"]

REACH = 1.4
"""The plane is looked at from -REACH to REACH on both axes; points without noise lie within 1."""

NOISIEST = 0.5
_POINTS = 200
_PROBED = 256


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """Two disjoint sets of examples.

    Attributes:
        name: One of DATA.
        kind: "points", or "pictures" of 8 x 8 pixels.
        x: To learn from, shape (n, 2) or (n, 64).
        y: Class of each, (n,), from 0.
        validation_x, validation_y: Never learnt from, the same shapes.
        n_classes: How many classes.
    """

    name: str
    kind: Literal["points", "pictures"]
    x: Array
    y: NDArray[np.int32]
    validation_x: Array
    validation_y: NDArray[np.int32]
    n_classes: int

    @property
    def baseline_loss(self) -> float:
        """Cross-entropy of always answering the class frequencies, in nats: their entropy."""
        shares = np.bincount(self.y) / len(self.y)
        return float(-(shares * np.log(shares)).sum())

    def probed(self) -> NDArray[np.int64]:
        """At most 256 of the examples to learn from, each class in proportion: places in ``x``."""
        counts = np.bincount(self.y)
        taken = quotas(counts, min(_PROBED, len(self.y)), 1)
        first = [np.flatnonzero(self.y == label)[:n] for label, n in enumerate(taken)]
        return np.sort(np.concatenate(first))


def examples(name: str, *, noise: float = 0.05, seed: int = 0) -> Examples:
    """Examples by name.

    Args:
        name: One of DATA.
        noise: Standard deviation of what is added to both coordinates of every point, 0 to 0.5;
            the digits are as they are.
        seed: Of the points.

    Raises:
        ConfigError: There are none of that name, or the noise is out of its range.
        DataError: The digits cannot be read.
    """
    if name not in DATA:
        raise ConfigError(f"no such examples; {did_you_mean(name, DATA)}", field="data")
    if not 0 <= noise <= NOISIEST:
        raise ConfigError(
            f"`0 <= noise <= {NOISIEST}` must hold, but got {noise:g}.", field="noise"
        )
    if name == "digits":
        return _digits()
    rng = np.random.default_rng(seed)
    (x, y), (validation_x, validation_y) = (_points(name, noise, rng) for _ in range(2))
    return Examples(
        name=name,
        kind="points",
        x=x,
        y=y,
        validation_x=validation_x,
        validation_y=validation_y,
        n_classes=2,
    )


@lru_cache(maxsize=1)
def _digits() -> Examples:
    """The digits as sweeps have them, without their test part: pixels from 0 to 1."""
    dataset = load(DatasetSpec(name="digits"))
    x, validation_x = (
        part.images.reshape(len(part), -1) / 255 for part in (dataset.train, dataset.validation)
    )
    return Examples(
        name="digits",
        kind="pictures",
        x=x,
        y=np.asarray(dataset.train.y),
        validation_x=validation_x,
        validation_y=np.asarray(dataset.validation.y),
        n_classes=len(dataset.classes),
    )


def _points(name: str, noise: float, rng: np.random.Generator) -> tuple[Array, NDArray[np.int32]]:
    """Points of two classes, (n, 2), and the class of each, (n,), in a random order."""
    y = rng.permutation(np.arange(_POINTS, dtype=np.int32) % 2)
    x = _SHAPES[name](y, rng) + rng.normal(0, noise, (_POINTS, 2))
    return x, y


def _moons(y: NDArray[np.int32], rng: np.random.Generator) -> Array:
    """Two half circles, each around the other's end (scikit-learn's, fitted into the square)."""
    angle = np.pi * rng.random(len(y))
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    return np.asarray((np.where(y[:, None] == 0, upper, lower) - [0.5, 0.25]) / 1.5)


def _circles(y: NDArray[np.int32], rng: np.random.Generator) -> Array:
    """A circle within a circle."""
    return _polar(np.where(y == 0, 0.9, 0.4), 2 * np.pi * rng.random(len(y)))


def _spiral(y: NDArray[np.int32], rng: np.random.Generator) -> Array:
    """Two arms that wind one and a half times around the middle."""
    along = np.sqrt(rng.random(len(y)))  # as many points per length outside as inside
    return _polar(along, 3 * np.pi * along + np.pi * y)


def _xor(y: NDArray[np.int32], rng: np.random.Generator) -> Array:
    """Four squares, like those of a chess board."""
    x = rng.uniform(0.08, 1, (len(y), 2)) * rng.choice([-1.0, 1.0], (len(y), 2))
    x[:, 1] = np.where((x[:, 0] * x[:, 1] > 0) == (y == 1), x[:, 1], -x[:, 1])
    return np.asarray(x)


def _blobs(y: NDArray[np.int32], rng: np.random.Generator) -> Array:
    """Two clouds; noise makes them wider."""
    middle = np.where(y[:, None] == 0, [-0.5, -0.4], [0.5, 0.4])
    return np.asarray(middle + rng.normal(0, 0.15, (len(y), 2)))


def _polar(radius: Array, angle: Array) -> Array:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


_SHAPES: Mapping[str, Callable[[NDArray[np.int32], np.random.Generator], Array]] = {
    "moons": _moons,
    "circles": _circles,
    "spiral": _spiral,
    "xor": _xor,
    "blobs": _blobs,
}

DATA: tuple[str, ...] = (*_SHAPES, "digits")
"""What there is to learn from."""
