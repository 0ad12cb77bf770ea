"""The file that diagnostics are drawn from: named arrays, each with a sentence on what it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["ARRAYS", "INDEX", "Recording", "input_axes"]

ARRAYS = "diagnostics/arrays.npz"
INDEX = "diagnostics/index.json"
FORMAT = 1


def input_axes(x: np.ndarray[Any, Any], counted: str) -> tuple[str, ...]:
    """What the axes of a few inputs count: of images (n, rows, columns, channels), or of texts."""
    return (counted, "row", "column", "channel") if x.ndim == 4 else (counted, "token")


class Recording:
    """Collects arrays and writes them with an index that explains them.

    A key is ``what`` or ``what/layer``; the part before the slash says how to read it.
    """

    def __init__(self) -> None:
        self._arrays: dict[str, np.ndarray[Any, Any]] = {}
        self._entries: dict[str, dict[str, Any]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._arrays

    def add(
        self,
        key: str,
        value: Any,
        what: str,
        *,
        axes: Sequence[str],
        labels: Sequence[str] | None = None,
    ) -> None:
        """Keep one array.

        Args:
            key: Its name in the file.
            value: The numbers; float64 is kept as float32.
            what: What the numbers are, with units and ranges.
            axes: What each axis counts, outermost first.
            labels: Names along the last axis, where its places have names.
        """
        array = np.asarray(value)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        if len(axes) != array.ndim:
            raise ValueError(f"{key} has {array.ndim} axes, but {axes} names {len(axes)}.")
        self._arrays[key] = array
        entry = {"what": what, "axes": list(axes), "shape": array.shape, "dtype": array.dtype.name}
        self._entries[key] = entry if labels is None else {**entry, "labels": list(labels)}

    def save(self, folder: Path) -> tuple[str, str]:
        """Write both files; gives their names relative to the folder.

        The archive holds plain arrays only: ``numpy.load`` reads it without pickles.
        """
        (folder / ARRAYS).parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(folder / ARRAYS, allow_pickle=False, **self._arrays)
        index = {"format": FORMAT, "arrays": self._entries}
        (folder / INDEX).write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
        return ARRAYS, INDEX
