"""The test pictures changed in three ways that digits are met with, and who still reads them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from hpolab.data import load
from hpolab.study.table import SHIFTS
from hpolab.trial import DatasetSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOISE = (32, 64, 96)
"""Standard deviations of what is added to pixels of 0 to 255."""

STEPS = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if (down, right) != (0, 0)]
"""One pixel in each of eight directions; digits are 8 x 8 pixels."""

DEGREES = (-30, -15, 15, 30)


def shifted_accuracy(model: Path) -> dict[str, float]:
    """Share of right answers of a saved network under each kind of shift.

    Args:
        model: A model.keras.
    """
    import keras
    import tensorflow as tf

    network = keras.models.load_model(model, compile=False)
    accuracies = {}
    for kind in SHIFTS:
        pictures, labels = shifted(kind)
        answers = network(tf.constant(pictures), training=False).numpy()
        accuracies[kind] = float((answers.argmax(axis=1) == labels).mean())
    keras.utils.clear_session(free_memory=False)
    return accuracies


@cache
def shifted(kind: str) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """All versions of the digits' test pictures under a kind of shift, and their labels."""
    part = load(DatasetSpec(name="digits")).test
    pictures = np.asarray(part.images)
    versions = {"noise": noisy, "translation": moved, "rotation": turned}[kind](pictures)
    return np.concatenate(versions), np.tile(np.asarray(part.y), len(versions))


def noisy(pictures: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """With Gaussian noise, the same for every network."""
    random = np.random.default_rng(0)
    drawn = (pictures + random.normal(0, sd, pictures.shape) for sd in NOISE)
    return [np.clip(np.rint(each), 0, 255).astype(np.uint8) for each in drawn]


def moved(pictures: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Moved by a pixel; what comes in is empty."""
    return [ndimage.shift(pictures, (0, down, right, 0), order=0) for down, right in STEPS]


def turned(pictures: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Turned about their middle; what comes in is empty."""
    return [
        ndimage.rotate(pictures, angle, axes=(1, 2), reshape=False, order=1) for angle in DEGREES
    ]
