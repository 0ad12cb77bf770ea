"""Names of cells: readable in a list of files, and the same for the same values every time."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

__all__ = ["joined", "labels"]

_LONGEST = 40
"""Characters of a label; a longer one is cut and gets a digest."""

_LONGEST_NAME = 59
"""The same for a whole cell: with a matrix' name in front it can still be that of a sweep."""


def labels(key: str, values: Sequence[Any]) -> list[str]:
    """What each value of a setting is called in the names of its cells; all different.

    >>> labels("sampler", ["tpe", {"name": "tpe", "n_startup_trials": 4}])
    ['tpe', 'tpe-n_startup_trials4']
    >>> labels("weights.accuracy", [0.5, 0.9]), labels("seed", [0, 1])
    (['accuracy0.5', 'accuracy0.9'], ['seed0', 'seed1'])

    Args:
        key: The setting, dotted where it is nested.
        values: As YAML gives them.
    """
    plain = [_label(key.rpartition(".")[2], value) for value in values]
    seen = Counter(plain)
    return [
        f"{label}-{_digest(value)}" if seen[label] > 1 else label
        for label, value in zip(plain, values, strict=True)
    ]


def joined(parts: Sequence[str]) -> str:
    """The name of a cell with these labels."""
    name = "-".join(parts)
    if len(name) > _LONGEST_NAME:
        name = f"{name[: _LONGEST_NAME - 7].rstrip('_-.')}-{_digest(name)}"
    return name


def _label(key: str, value: Any) -> str:
    label = re.sub(r"[^\w.+-]+", "_", "-".join(_parts(key, value)), flags=re.ASCII).strip("_-.")
    if not label or len(label) > _LONGEST:
        label = f"{label[: _LONGEST - 7] or key}-{_digest(value)}"
    return label


def _parts(key: str, value: Any) -> list[str]:
    """A name stands for itself; other values have the key in front."""
    if isinstance(value, Mapping):
        rest = {name: each for name, each in value.items() if name != "name"}
        first = [str(value["name"])] if "name" in value else [key]
        return first + [part for name in rest for part in _parts(str(name), rest[name])]
    if isinstance(value, str):
        return [PurePath(value).name if "/" in value else value]
    if isinstance(value, list | tuple):
        return [key, *(part for each in value for part in _parts("", each))]
    return [f"{key}{json.dumps(value, default=str)}"]


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:6]
