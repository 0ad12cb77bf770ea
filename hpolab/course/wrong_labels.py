"""Digits of which some carry a wrong label, to tell what is understood from what is memorised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpolab.data.arrays import from_arrays
from hpolab.errors import ConfigError

if TYPE_CHECKING:
    from hpolab.trial import DatasetSpec

__all__ = ["mislabelled_digits"]

_MOST_INK = 16
_SEED = 0


def mislabelled_digits(share: float) -> DatasetSpec:
    """scikit-learn's 1,797 digits, some of them, at random, labelled as another digit.

    Wrong labels are learnt by heart or not at all, so they part what a network has understood
    from what it has memorised (Zhang et al. 2017, "Understanding deep learning requires
    rethinking generalization"). The same share always gives the same wrong labels.

    Args:
        share: Of the digits that are mislabelled, in [0, 1).

    Returns:
        The data set, written to a file in the cache folder.

    Raises:
        ConfigError: The share is impossible.
        DataError: The file cannot be written.
    """
    if not 0 <= share < 1:
        raise ConfigError(f"`0 <= mislabelled < 1` must hold, but got {share}.")
    from sklearn.datasets import load_digits

    digits = load_digits()
    labels = digits.target.copy()
    random = np.random.default_rng(_SEED)
    wrong = random.permutation(len(labels))[: round(share * len(labels))]
    labels[wrong] = (labels[wrong] + random.integers(1, 10, len(wrong))) % 10
    pixels = np.rint(digits.images * (255 / _MOST_INK)).astype(np.uint8)
    return from_arrays(pixels, labels)
