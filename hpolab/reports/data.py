"""What a sweep was trained on, as far as its own folder tells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpolab.analysis.results import stored_result
from hpolab.diagnostics.arrays import Arrays
from hpolab.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hpolab.config import SweepConfig
    from hpolab.record import SweepRecord
    from hpolab.storage.folder import SweepFolder

__all__ = ["Data", "data_of"]

_LOOKS = 20
"""Results that are read to find the numbers: any trained trial has them, if its hpolab knew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The examples and how they were divided.

    Attributes:
        fingerprint: Of the contents, splits included.
        classes: Their names; empty when no trial was trained.
        examples: How many each split has: "train", "validation", "test"; what is not known is
            absent.
        validation, test: The shares that were asked for; a data set with a test part of its own
            keeps that.
        limit: At most so many examples; None for all.
    """

    name: str
    fingerprint: str
    classes: tuple[str, ...]
    examples: Mapping[str, int]
    validation: float
    test: float
    limit: int | None


def data_of(folder: SweepFolder, config: SweepConfig, record: SweepRecord) -> Data:
    """Gather what the journal and the results of trials say; the data themselves are not read."""
    trained = [trial.number for trial in (*record.ranked(), *record.finished())][:_LOOKS]
    return Data(
        name=config.dataset.name,
        fingerprint=record.fingerprint,
        classes=next(filter(None, (_classes(folder.trial(n)) for n in trained)), ()),
        examples=next(filter(None, (_examples(folder, n) for n in trained)), {}),
        validation=config.dataset.validation,
        test=config.dataset.test,
        limit=config.dataset.max_samples,
    )


def _classes(place: Path) -> tuple[str, ...]:
    """Empty when the file is missing or damaged: a report says what it can."""
    try:
        return tuple(map(str, json.loads((place / "classes.json").read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError):
        return ()


def _examples(folder: SweepFolder, number: int) -> dict[str, int]:
    result = stored_result(folder, number)
    if result is not None and result.examples:
        return result.examples
    try:  # an older hpolab did not say, but the confusion matrix counts the validation set
        arrays = Arrays.find(folder.trial(number))
        if arrays is not None and "confusion" in arrays:
            return {"validation": int(arrays["confusion"].sum())}
    except StoreError:
        return {}
    return {}
