"""All that can be drawn of one trial, and the drawing of it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple

from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.examination import RESULT
from hpolab.errors import ConfigError, did_you_mean
from hpolab.plots.plot import Entry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hpolab.plots.plot import Plot

__all__ = ["GROUPS", "available", "draw"]

LEARNING, ANSWERS, WEIGHTS, INSIDE, MEMORY = GROUPS = (
    "Learning",
    "Answers",
    "Gradients and weights",
    "Inside",
    "Memory",
)
"""Of figures, in the order in which they are shown."""


class _Kind(NamedTuple):
    """A kind of figure.

    Attributes:
        name, title, group: Of its figures; a part's name is added to the first two.
        function: "module:function" in hpolab.plots, taking the entry and the trial's folder.
        needs: The array that a trial must have.
        is_split: Whether there is a figure for each ``needs/part``, and not one for the trial.
    """

    name: str
    title: str
    group: str
    function: str
    needs: str
    is_split: bool = False


_KINDS = {
    kind.name: kind
    for kind in (
        _Kind("curves", "Learning curves", LEARNING, "learning:curves", "train_loss"),
        _Kind("confusion", "Confusion matrix", ANSWERS, "answers:confusion", "confusion"),
        _Kind("classes", "Precision and recall", ANSWERS, "answers:classes", "precision"),
        _Kind("calibration", "Calibration", ANSWERS, "sureness:calibration", "calibration_count"),
        _Kind("sureness", "Right and wrong", ANSWERS, "sureness:sureness", "calibration_count"),
        _Kind("mistakes", "Surest mistakes", ANSWERS, "pictures:mistakes", "mistake_input"),
        _Kind("gradients", "Gradient norms", WEIGHTS, "gradients:gradients", "gradient_norm"),
        _Kind("updates", "Update ratios", WEIGHTS, "gradients:updates", "update_ratio"),
        _Kind("weights", "Weights", WEIGHTS, "weights:weights", "weight_histogram", True),
        _Kind("units", "Silent units", INSIDE, "units:units", "unit_std", True),
        _Kind("outputs", "Outputs", INSIDE, "units:outputs", "activation_histogram", True),
        _Kind("maps", "Activation maps", INSIDE, "pictures:maps", "activation_map", True),
        _Kind("filters", "Filters", INSIDE, "filters:filters", "filters", True),
        _Kind("gates", "Gates", MEMORY, "memory:gates", "gates", True),
        _Kind("cells", "Cell state", MEMORY, "memory:cells", "cell_state", True),
        _Kind(
            "reach", "Gradient through time", MEMORY, "memory:reach", "gradient_through_time", True
        ),
    )
}


def available(folder: Path) -> tuple[Entry, ...]:
    """What can be drawn of the trial in a folder, in order; () where nothing was recorded.

    Cheap: it reads what the recording holds, and draws nothing.

    Args:
        folder: The trial's own, or a sweep's ``best``.

    Raises:
        StoreError: What was recorded is damaged, or a newer hpolab has written it.
    """
    arrays = Arrays.find(folder)
    entries = [] if arrays is None else [e for kind in _KINDS.values() for e in _of(kind, arrays)]
    if (folder / RESULT).is_file():
        entries.insert(1 if entries else 0, _RADAR)
    return tuple(entries)


def draw(folder: Path, name: str) -> Plot:
    """Draw one of the ``available`` figures.

    Raises:
        ConfigError: The trial has none of that name.
        StoreError: What was recorded is damaged.
    """
    entries = {entry.name: entry for entry in available(folder)}
    plot = _function(name)(entries[name], folder) if name in entries else None
    if plot is None:
        raise ConfigError(
            f"this trial has no figure {name!r:.80}; {did_you_mean(name, set(entries) - {name})}"
        )
    return plot


_RADAR = Entry("health", "Health", LEARNING)


def _of(kind: _Kind, arrays: Arrays) -> list[Entry]:
    """The figures of one kind that a trial has."""
    if not kind.is_split:
        has_some = kind.needs in arrays and 0 not in arrays.shape(kind.needs)
        return [Entry(kind.name, kind.title, kind.group)] if has_some else []
    parts = dict.fromkeys(_part(kind, part) for part in arrays.parts(kind.needs))
    return [
        Entry(
            f"{kind.name}/{part}",
            f"{kind.title} of {part.replace('/', ', ')}",
            kind.group,
            part.partition("/")[0],
        )
        for part in parts
    ]


def _part(kind: _Kind, part: str) -> str:
    """All weights of a layer share a figure; its gates and the like have one each."""
    return part.partition("/")[0] if kind.name == "weights" else part


def _function(name: str) -> Callable[[Entry, Path], Plot | None]:
    kind = name.partition("/")[0]
    where = "radar:radar" if kind == _RADAR.name else _KINDS[kind].function
    module, _, function = where.partition(":")
    found: Callable[[Entry, Path], Plot | None] = getattr(
        importlib.import_module(f"hpolab.plots.{module}"), function
    )
    return found
