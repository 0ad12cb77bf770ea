"""From a DatasetSpec to a Dataset: find the source, read it once, cache what was split."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING

import numpy as np

from hpolab.data.cache import open_entry, write_entry
from hpolab.data.dataset import Part
from hpolab.data.sequences import Sequences
from hpolab.data.sources import source_of
from hpolab.data.splits import split
from hpolab.errors import DataError
from hpolab.settings import settings
from hpolab.storage.lock import in_turn

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.data.dataset import Dataset, Raw
    from hpolab.data.sources import Source
    from hpolab.trial import DatasetSpec

__all__ = ["ENTRY", "entry", "load"]

ENTRY = ".entry"
"""How the name of a folder ends that holds decoded arrays from another machine."""

_log = logging.getLogger(__name__)
_FORMAT = 1  # raise it when the same source and spec would give other arrays


def load(spec: DatasetSpec) -> Dataset:
    """The data set, split and memory-mapped; decoded only if no process did so before.

    A known data set that is on no disk is downloaded into Keras' cache.

    Raises:
        DataError: The data are unknown, missing, damaged, or too few; says what to do.
        ConfigError: A setting of the spec cannot work with them.
    """
    if spec.path is not None and spec.path.suffix == ENTRY:
        return _travelled(spec.path)
    return _load(spec)[1]


def entry(spec: DatasetSpec) -> Path:
    """The folder of the decoded and split arrays, which ``load`` maps; made if it is not there.

    Raises:
        DataError: As ``load``.
        ConfigError: As ``load``.
    """
    return _load(spec)[0]


def _travelled(folder: Path) -> Dataset:
    dataset = open_entry(folder)
    if dataset is None:
        raise DataError(f"the decoded arrays in {folder} are gone or damaged; send them again.")
    return dataset


def _load(spec: DatasetSpec) -> tuple[Path, Dataset]:
    source = source_of(spec)
    cache = settings().cache_dir.expanduser()
    folder = cache / f"{spec.name}-{_key(spec, source)}"
    dataset = open_entry(folder)
    if dataset is not None:
        return folder, dataset
    with in_turn(cache / "locks" / f"{folder.name}.lock"):  # one process of many decodes
        dataset = open_entry(folder)
        if dataset is None:
            _log.info("reading the %s data set; the decoded arrays go to %s", spec.name, folder)
            dataset = _build(spec, source.read(), folder)
    return folder, dataset


def _key(spec: DatasetSpec, source: Source) -> str:
    """What the cached arrays depend on: how they are split, and which files they come from."""
    stats = [(path, path.stat()) for path in source.files]
    identity = {
        "format": _FORMAT,
        "max_samples": spec.max_samples,
        "validation": spec.validation,
        "test": spec.test,
        "seed": spec.seed,
        "files": [(str(path), s.st_size, s.st_mtime_ns) for path, s in stats],
    }
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]


def _build(spec: DatasetSpec, raw: Raw, folder: Path) -> Dataset:
    chosen = split(raw, spec)
    x, words = raw.x, raw.words
    if raw.provisional and isinstance(x, Sequences):
        x, words = x.ranked(chosen.train, words)
    parts = {
        name: Part(
            x.take(indices) if isinstance(x, Sequences) else x[indices],
            raw.y[indices].astype(np.int32),
        )
        for name, indices in chosen._asdict().items()
    }
    return write_entry(
        folder,
        name=spec.name,
        kind="text" if isinstance(x, Sequences) else "image",
        classes=raw.classes,
        parts=parts,
        words=words,
    )
