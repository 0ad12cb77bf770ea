"""The child's work: open the model, prepare the example, send it through. Loads TensorFlow."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.data import load
from hpolab.data.pictures import fitted
from hpolab.data.sequences import OOV, PAD, START, Sequences, words_in
from hpolab.errors import DataError, StoreError
from hpolab.network.passes import ForwardPass, Shown, packed, unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from hpolab.data import Dataset
    from hpolab.tracing.questions import Question, Subject
    from hpolab.training.forward import OpenModel

__all__ = ["Answerer", "prepare"]

MAX_MODELS = 3
MAX_MODEL_BYTES = 1_000_000_000


def prepare() -> Answerer:
    """Load the frameworks; gives the function that answers questions."""
    from hpolab.training.worker import prepare_process

    prepare_process(threads=1)
    import hpolab.training.forward  # noqa: F401 - so that the first question need not wait

    return Answerer()


class Answerer:
    """Shows examples to networks; the last few networks stay open."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str, int, int], OpenModel] = OrderedDict()

    def __call__(self, question: Question) -> ForwardPass:
        """One example through one network.

        Raises:
            StoreError: The model cannot be opened.
            DataError: The example is none for this network.
        """
        subject, example = question.subject, question.example
        model = self._opened(subject.model)
        dataset = None if example.pixels is not None else _dataset(subject)
        x: NDArray[Any]
        if len(model.input_shape) == 1:
            x, shown, truth = _text(question, dataset, length=model.input_shape[0])
        else:
            x, shown, truth = _picture(question, dataset, shape=model.input_shape)
        classes = subject.classes or (dataset.classes if dataset else ())
        return model.forward(x, shown=shown, classes=classes).replace(truth=truth)

    def _opened(self, path: Path) -> OpenModel:
        try:
            stat = path.stat()
        except OSError as error:
            raise StoreError(f"there is no network at {path} ({error.strerror}).") from error
        key = (str(path), stat.st_mtime_ns, stat.st_size)
        if key not in self._open:
            if stat.st_size > MAX_MODEL_BYTES:
                raise StoreError(f"{path} is too large to be looked into (more than 1 GB).")
            self._open[key] = _open(path)
            while len(self._open) > MAX_MODELS:
                self._open.popitem(last=False)
        self._open.move_to_end(key)
        return self._open[key]


def _open(path: Path) -> OpenModel:
    import keras

    from hpolab.training.forward import OpenModel

    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever the file makes it stumble over
        told = str(error).strip().splitlines()
        raise StoreError(
            f"the network in {path} cannot be opened ({type(error).__name__}: "
            f"{told[0][:200] if told else ''})."
        ) from error
    return OpenModel(model)


def _dataset(subject: Subject) -> Dataset:
    """The data that the network was trained on.

    Raises:
        DataError: They are not known, not here, or others by now.
    """
    if subject.dataset is None:
        raise DataError(
            "nobody knows which data this network was trained on; show it a picture instead, or "
            "open it as a trial of its sweep."
        )
    dataset = load(subject.dataset)
    if subject.fingerprint not in ("", dataset.fingerprint):
        raise DataError(
            f"the data set {dataset.name!r} is not the one that this network was trained on any "
            "more; show it a picture instead."
        )
    return dataset


def _truth(dataset: Dataset, index: int) -> str:
    n = len(dataset.validation)
    if index >= n:
        raise DataError(f"{dataset.name} has {n} validation examples, so none is number {index}.")
    return dataset.classes[int(dataset.validation.y[index])]


def _picture(
    question: Question, dataset: Dataset | None, *, shape: tuple[int | None, ...]
) -> tuple[NDArray[np.uint8], Shown, str]:
    """Pixels as the network reads them, shape (rows, columns, channels)."""
    example = question.example
    if example.text is not None:
        raise DataError("this network sees pictures; it cannot read a text.")
    if len(shape) != 3:
        raise DataError(f"this network reads neither pictures nor texts, but {shape}.")
    truth = ""
    if example.pixels is not None:
        pixels = unpacked(example.pixels, example.shape)
    else:
        assert dataset is not None
        assert example.validation is not None
        truth = _truth(dataset, example.validation)
        pixels = dataset.validation.images[example.validation]
    rows, columns, channels = (
        own or given for own, given in zip(shape, pixels.shape, strict=True)
    )
    if pixels.shape != (rows, columns, channels):
        pixels = fitted(pixels, shape=(rows, columns, channels))
    return pixels, Shown(pixels=packed(pixels), shape=pixels.shape), truth


def _text(
    question: Question, dataset: Dataset | None, *, length: int | None
) -> tuple[NDArray[np.int32], Shown, str]:
    """Word ids as the network reads them, shape (length,)."""
    example, subject = question.example, question.subject
    if dataset is None:
        raise DataError("this network reads texts; it cannot see a picture.")
    truth, words = "", [""]  # the start of a text is no word
    if example.text is not None:
        sequences = dataset.sequence(example.text)
        words += words_in(example.text)
    else:
        assert example.validation is not None
        truth = _truth(dataset, example.validation)
        ids = dataset.validation.texts[example.validation]
        sequences = Sequences.of([ids], known=dataset.validation.texts.known)
        words = ["" if i in (PAD, START) else dataset.words([i])[0] for i in ids.tolist()]
    steps = length or subject.length
    row = sequences.padded(length=steps, vocabulary=subject.vocabulary)[0]
    last = words[-steps:]
    shown = Shown(
        words=("",) * (steps - len(last)) + tuple(last),
        unknown=tuple(np.flatnonzero(row == OOV).tolist()),
    )
    return row, shown, truth
