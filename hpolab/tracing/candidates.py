"""A handful of validation examples to pick from: surest mistakes, and one of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from hpolab.data import load
from hpolab.errors import DataError
from hpolab.frozen import Frozen
from hpolab.network.passes import packed

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.data import Dataset
    from hpolab.sweep import Sweep

__all__ = ["Candidate", "candidates"]

_MAX_MISTAKES = 4
_EXCERPT_WORDS = 40
_ARRAYS = "diagnostics/arrays.npz"


class Candidate(Frozen):
    """One validation example.

    Attributes:
        validation: Its place in the validation part, as in ``Example``.
        truth: Its class.
        answer: What the trial wrongly took it for; empty where it is right, or not known.
        pixels: Of a picture, base64 of uint8; empty for a text.
        shape: Of the picture: (rows, columns, channels).
        excerpt: Of a text, the last words, which weigh most.
    """

    validation: int = Field(ge=0)
    truth: str
    answer: str = ""
    pixels: str = ""
    shape: tuple[int, ...] = ()
    excerpt: str = ""


def candidates(sweep: Sweep, number: int, *, n: int = 12) -> tuple[Candidate, ...]:
    """Examples that are worth sending through a trial's network. Loads no TensorFlow.

    Args:
        sweep: Whose data set.
        number: Of the trial, whose recorded mistakes come first.
        n: How many at most.

    Raises:
        DataError: The data set is not on this machine, or is another one by now.
    """
    dataset = load(sweep.config.dataset)
    if sweep.record.fingerprint not in ("", dataset.fingerprint):
        raise DataError(
            f"the data set {dataset.name!r} is not the one that this sweep was trained on any "
            "more; draw or write an example instead."
        )
    mistakes = _mistakes(sweep.folder.trial(number), len(dataset.validation))
    chosen = dict(list(mistakes.items())[: min(_MAX_MISTAKES, n)])
    labels = np.asarray(dataset.validation.y)
    _, firsts = np.unique(labels, return_index=True)
    rest = np.setdiff1d(np.arange(len(labels)), firsts)
    for index in (int(place) for place in (*firsts, *rest)):
        if len(chosen) >= n:
            break
        chosen.setdefault(index, mistakes.get(index))
    return tuple(_candidate(dataset, index, answer) for index, answer in chosen.items())


def _candidate(dataset: Dataset, index: int, answer: int | None) -> Candidate:
    part = dataset.validation
    common = {
        "validation": index,
        "truth": dataset.classes[int(part.y[index])],
        "answer": "" if answer is None else dataset.classes[answer],
    }
    if dataset.kind == "text":
        words = dataset.words(part.texts[index])
        cut = "… " if len(words) > _EXCERPT_WORDS else ""
        return Candidate(**common, excerpt=cut + " ".join(words[-_EXCERPT_WORDS:]))
    picture = part.images[index]
    return Candidate(**common, pixels=packed(picture), shape=picture.shape)


def _mistakes(folder: Path, n_examples: int) -> dict[int, int | None]:
    """What the trial got wrong, the surest first: place and predicted class.

    None are known where nothing was recorded.

    Raises:
        DataError: The recorded file is damaged.
    """
    try:
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            if "mistake_index" not in arrays:
                return {}
            places, answers = arrays["mistake_index"], arrays["mistake_predicted"]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise DataError(f"cannot read {folder / _ARRAYS}: {error}") from error
    pairs = zip(places.tolist(), answers.tolist(), strict=True)
    return {place: answer for place, answer in pairs if 0 <= place < n_examples}
