"""Readers of the known text sets, as Keras publishes them: IMDB and Reuters."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.data.dataset import Raw
from hpolab.data.known import KNOWN
from hpolab.data.pickles import read_npz
from hpolab.data.sequences import FIRST_WORD, START, Sequences
from hpolab.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from hpolab.data.locate import Found

__all__ = ["read_digits_text", "read_text_set"]

_INKS = 17
"""Levels of grey of scikit-learn's digits, 0..16."""


def read_digits_text() -> Raw:
    """scikit-learn's 1797 digits as texts of 64 words: how much ink each pixel has, row by row.

    Real handwriting for recurrent networks where nothing can be downloaded, in the manner of
    "sequential MNIST" (Le, Jaitly and Hinton, 2015, arXiv:1504.00941).
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    inks = np.rint(bunch.data).astype(np.int32)
    texts = np.pad(inks + FIRST_WORD, ((0, 0), (1, 0)), constant_values=START)
    return Raw(
        x=Sequences.of(list(texts), known=FIRST_WORD + _INKS),
        y=bunch.target.astype(np.int32),
        classes=KNOWN["digits_text"].classes,
        words=("",) * FIRST_WORD + tuple(str(ink) for ink in range(_INKS)),
    )


def read_text_set(name: str, found: Found) -> Raw:
    """IMDB or Reuters: ranks become ids as in ``keras.datasets.imdb.load_data``.

    Raises:
        DataError: The file is damaged or is another one.
    """
    path = found.paths[0]
    arrays = read_npz(path)
    keys = (("x", "y"),) if "x" in arrays else (("x_train", "y_train"), ("x_test", "y_test"))
    missing = {key for pair in keys for key in pair} - set(arrays)
    if missing:
        raise DataError(f"{path} lacks {', '.join(sorted(missing))}. Is it the right file?")
    known = KNOWN[name]
    y = np.concatenate([arrays[key].reshape(-1) for _, key in keys])
    lists = [row for key, _ in keys for row in arrays[key]]
    if len(lists) != len(y):
        raise DataError(f"{path} holds {len(lists)} texts but {len(y)} labels. Replace it.")
    if not np.issubdtype(y.dtype, np.integer) or y.min() < 0 or y.max() >= len(known.classes):
        raise DataError(f"{path}: labels must lie in 0..{len(known.classes) - 1}. Replace it.")
    return Raw(
        x=_sequences(lists, path),
        y=y.astype(np.int32),
        classes=known.classes,
        n_test=len(arrays["y_test"]) if "x" not in arrays else 0,
        words=_words(found.beside) if found.beside else (),
    )


def _sequences(lists: list[Any], path: Path) -> Sequences:
    """Each text's ranks as ids, the start id in front."""
    try:
        lengths = np.array([len(row) for row in lists], np.int64)
        ranks = np.fromiter(itertools.chain.from_iterable(lists), np.int32, int(lengths.sum()))
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{path}: texts must be lists of ranks ({error}). Replace it.") from error
    if len(lengths) == 0 or lengths.min() == 0 or ranks.min() < 1:
        raise DataError(f"{path} holds empty texts or ranks below 1. Replace it.")
    offsets = np.zeros(len(lists) + 1, np.int64)
    np.cumsum(lengths + 1, out=offsets[1:])
    tokens = np.full(offsets[-1], START, np.int32)
    inner: NDArray[np.bool_] = np.ones(len(tokens), bool)
    inner[offsets[:-1]] = False
    tokens[inner] = ranks + (FIRST_WORD - 1)
    return Sequences(tokens, offsets, int(tokens.max()) + 1)


def _words(path: Path) -> tuple[str, ...]:
    """The word of each id, from Keras' JSON file of word -> rank."""
    try:
        ranks = json.loads(path.read_text(encoding="utf-8"))
        words = [""] * (max(ranks.values()) + FIRST_WORD)
        for word, rank in ranks.items():
            words[rank + FIRST_WORD - 1] = word
    except (OSError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise DataError(f"{path} is not a JSON file of words and ranks ({error}).") from error
    return tuple(words)
