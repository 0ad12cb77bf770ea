"""One update of the playground as it goes to the browser: rounded numbers, and bytes for pictures.

A frame has what changes while a network trains, and is a few kilobytes; a scene has what stays as
long as the examples do.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hpolab.health.gradients import LOW
from hpolab.playground import REACH, is_ill, sentence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.playground import Examples, Look, Training

__all__ = ["Frame", "Past", "frame", "scene"]

SIDE = 40
"""Places of the decision surface along each axis."""
FIXED, HARDEST = 10, 5
"""Unseen digits that are always shown, and those that cost most at the moment."""
MOST_PICTURES = 32
_MOST_POINTS = 400


class Frame(NamedTuple):
    """One update.

    Attributes:
        told: Numbers and words, as JSON.
        buffers: Bytes of the units (how much each varies, 0 for a silent one, layer after layer);
            of the plane (probability of class 1, row by row) or of the answers (a row of ten
            for each digit shown); of the first weights (signed, 64 for each unit; digits only).
    """

    told: dict[str, Any]
    buffers: list[bytes]


class Past:
    """The curves so far. When they get long every second point is left out, so they stay short."""

    def __init__(self) -> None:
        self._points: list[list[float | None]] = []

    def add(self, look: Look) -> list[float | None]:
        """Take in a look; gives its point: epoch, both losses, both accuracies."""
        seen = (look.epoch, look.loss, look.validation_loss, look.accuracy)
        point = [_short(number) for number in (*seen, look.validation_accuracy)]
        if self._points and self._points[-1][0] == point[0]:
            self._points.pop()  # the same moment, seen again after something was changed
        self._points.append(point)
        if len(self._points) > _MOST_POINTS:
            self._points = self._points[::2]
        return point

    def points(self) -> list[list[float | None]]:
        """All of them, the oldest first."""
        return list(self._points)


def frame(training: Training, look: Look) -> Frame:
    """What the browser draws of a network at this moment.

    Args:
        training: The network and what it learns from.
        look: What was just seen of it.
    """
    living = look.alive
    lost = look.is_lost
    scores = {} if lost else look.gradient_scores
    told: dict[str, Any] = {
        "steps": training.n_steps,
        "is_lost": lost,
        "is_ill": is_ill(look),
        "sentence": sentence(look),
        "chance": _short(look.baseline_loss),
        "layers": [
            {
                "name": (name := matrix.partition("/")[0]),
                "units": living[name].size if name in living else 0,
                "silent": int((~living[name]).sum()) if name in living else 0,
                "norm": _short(math.log10(norm)) if 0 < norm < math.inf else None,
                "is_well": look.is_learnt or scores.get(matrix, 0.0) >= LOW,
                "too": "large" if not lost and look.exponents[matrix] > 0 else "small",
            }
            for matrix, norm in look.probe.gradient_norms.items()
        ],
    }
    units = b"".join(_deviations(look, name) for name in living)
    if training.examples.kind == "points":
        return Frame(told, [units, _bytes(training.surface(SIDE))])
    shown = _shown(training.examples, look)
    kernel = training.layers[0].kernel.T[:MOST_PICTURES]  # (units, 64)
    told["shown"] = shown.tolist()
    return Frame(told, [units, _bytes(look.probabilities[shown]), _signed(kernel)])


def scene(examples: Examples) -> dict[str, Any]:
    """What stays as long as the examples do; positions are bytes of 32-bit numbers."""
    if examples.kind == "points":
        return {
            "kind": "points",
            "reach": REACH,
            "at": examples.x.astype("<f4").tobytes(),
            "classes": examples.y.astype(np.uint8).tobytes(),
            "unseen_at": examples.validation_x.astype("<f4").tobytes(),
            "unseen_classes": examples.validation_y.astype(np.uint8).tobytes(),
        }
    return {
        "kind": "pictures",
        "pixels": _bytes(examples.validation_x),
        "classes": examples.validation_y.astype(np.uint8).tobytes(),
        "fixed": FIXED,
    }


def _shown(examples: Examples, look: Look) -> NDArray[np.int64]:
    """Places of the digits to show: the first of each class, then the hardest of the others."""
    y = examples.validation_y
    first = np.array([np.flatnonzero(y == label)[0] for label in range(FIXED)])
    cost = -look.probabilities[np.arange(len(y)), y]
    cost[first] = -np.inf
    return np.concatenate([first, np.argsort(-cost, kind="stable")[:HARDEST]])


def _deviations(look: Look, layer: str) -> bytes:
    """How much each unit varies, beside the one that varies most: 1 to 255; silent ones have 0."""
    std, living = look.probe.unit_std[layer], look.alive[layer]
    most = std.max(initial=0.0, where=np.isfinite(std)) or 1.0
    levels = 1 + 254 * np.clip(np.nan_to_num(std / most), 0, 1)
    shown: NDArray[np.uint8] = np.where(living, levels, 0).astype(np.uint8)
    return shown.tobytes()


def _bytes(shares: NDArray[np.float64]) -> bytes:
    """Numbers from 0 to 1 as bytes; what is no number is a half, which says nothing."""
    shown: NDArray[np.uint8] = np.rint(255 * np.nan_to_num(shares, nan=0.5)).astype(np.uint8)
    return shown.tobytes()


def _signed(kernel: NDArray[np.float64]) -> bytes:
    """Each row's numbers beside its largest, as signed bytes."""
    finite = np.nan_to_num(kernel, posinf=0, neginf=0)
    most = np.maximum(np.abs(finite).max(axis=1, keepdims=True), 1e-12)
    shown: NDArray[np.int8] = np.rint(127 * finite / most).astype(np.int8)
    return shown.tobytes()


def _short(number: float) -> float | None:
    """Four digits; None for what is no number."""
    return float(f"{number:.4g}") if math.isfinite(number) else None
