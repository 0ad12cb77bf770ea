"""What a layer gave, made small enough to be drawn: pictures, units, series, gates."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from hpolab.network.passes import Gates, Maps, Reader, Series, Units, packed
from hpolab.training.recurrence import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["MapSize", "gates", "maps", "series", "units"]

MAX_BYTES = 180_000
"""All pictures of a pass together, before base64 makes a third more of them."""

MAX_UNITS = 64
MAX_STEPS = 256
SHOWN_FEATURES = 16
_AGREEMENT = 1e-3


class MapSize(NamedTuple):
    """How many channels are shown of each layer, and how large, in pixels a side."""

    channels: int
    side: int

    @classmethod
    def fitting(cls, shapes: Sequence[tuple[int, ...]]) -> Self:
        """The largest at which the pictures of all layers stay small enough together.

        Args:
            shapes: (rows, columns, channels) of each layer.
        """
        for channels, side in _SIZES:
            size = cls(channels, side)
            if sum(size.n_bytes(shape) for shape in shapes) <= MAX_BYTES:
                return size
        return size

    def n_bytes(self, shape: tuple[int, ...]) -> int:
        """Of one layer's pictures."""
        stride = self.stride(shape)
        rows, columns, channels = shape
        return min(channels, self.channels) * -(-rows // stride) * -(-columns // stride)

    def stride(self, shape: tuple[int, ...]) -> int:
        """How many pixels a side become one."""
        return max(1, math.ceil(max(shape[:2]) / self.side))


_SIZES = ((16, 48), (16, 32), (12, 32), (9, 24), (8, 16), (4, 16), (4, 12), (4, 8), (1, 8))


def maps(value: NDArray[Any], size: MapSize) -> Maps:
    """Pictures of the channels, darkest at the smallest output of all of them.

    Args:
        value: Shape (rows, columns, channels).
        size: How many, and how large.
    """
    value = np.nan_to_num(value, nan=0.0, posinf=0.0, neginf=0.0)
    n_channels = value.shape[2]
    spread = value.std(axis=(0, 1))
    # of many channels those that tell most; equal ones in their order
    chosen = np.sort(np.argsort(-spread, kind="stable")[: size.channels])
    small = _shrunk(value[:, :, chosen], size.stride(value.shape))
    scaled, low, high = _as_bytes(small)
    return Maps(
        pictures=tuple(packed(np.ascontiguousarray(scaled[:, :, i])) for i in range(len(chosen))),
        height=small.shape[0],
        width=small.shape[1],
        channels=tuple(chosen.tolist()),
        n_channels=n_channels,
        low=low,
        high=high,
    )


def units(value: NDArray[Any]) -> Units:
    """The numbers themselves; of many, evenly spread ones.

    Args:
        value: Any shape; a unit's number is its place in memory.
    """
    flat = value.reshape(-1)
    chosen = _spread(len(flat), MAX_UNITS)
    return Units(
        values=tuple(_number(number) for number in flat[chosen]),
        units=tuple(chosen.tolist()),
        n_units=len(flat),
    )


def series(value: NDArray[Any]) -> Series:
    """The vectors of the last steps.

    Args:
        value: Shape (steps, features).
    """
    last = value[-MAX_STEPS:]
    chosen = _spread(value.shape[1], SHOWN_FEATURES)
    scaled, low, high = _as_bytes(last[:, chosen])
    return Series(
        first=len(value) - len(last),
        norms=tuple(_number(norm) for norm in np.linalg.norm(last, axis=1)),
        values=packed(scaled),
        features=tuple(chosen.tolist()),
        n_features=value.shape[1],
        low=low,
        high=high,
    )


def gates(lstms: Sequence[Any], x: NDArray[Any], *, said: NDArray[Any]) -> Gates | None:
    """What happens in LSTMs that read the same.

    Args:
        lstms: One, or one for each direction.
        x: What they read, shape (steps, features).
        said: What their layer gave; None is returned where reading step by step gives something
            else, as with masked steps or unusual activations, for then the gates would be wrong.
    """
    readings = [read(lstm, x[None]) for lstm in lstms]
    hidden = [
        _in_order(lstm, reading.hidden[0]) for lstm, reading in zip(lstms, readings, strict=True)
    ]
    if not _agree(lstms, hidden, said):
        return None
    first = max(0, len(x) - MAX_STEPS)
    return Gates(
        first=first,
        steps=len(x) - first,
        readers=tuple(
            _reader(
                lstm,
                _in_order(lstm, r.gates[0])[first:],
                _in_order(lstm, r.cells[0])[first:],
                h[first:],
            )
            for lstm, r, h in zip(lstms, readings, hidden, strict=True)
        ),
    )


def _reader(lstm: Any, opened: NDArray[Any], cells: NDArray[Any], hidden: NDArray[Any]) -> Reader:
    shown = slice(0, SHOWN_FEATURES)
    widest = float(np.abs(cells).max(initial=0)) or 1.0
    i, f, o = (packed(_levels(opened[:, gate, shown], 0, 1)) for gate in range(3))
    return Reader(
        is_backward=bool(lstm.go_backwards),
        input=i,
        forget=f,
        output=o,
        cell=packed(_levels(cells[:, shown], -widest, widest)),
        hidden=packed(_levels(hidden[:, shown], -1, 1)),
        cell_range=widest,
        n_units=lstm.units,
        n_shown=min(lstm.units, SHOWN_FEATURES),
    )


def _agree(lstms: Sequence[Any], hidden: Sequence[NDArray[Any]], said: NDArray[Any]) -> bool:
    """Whether the layer gave what was read, each of its LSTMs in turn, side by side."""
    if said.ndim == 1:
        ends = [
            h[0] if lstm.go_backwards else h[-1] for lstm, h in zip(lstms, hidden, strict=True)
        ]
        expected = np.concatenate(ends)
    else:
        expected = np.concatenate(hidden, axis=1)
    same_shape = expected.shape == said.shape
    return same_shape and np.allclose(expected, said, atol=_AGREEMENT)


def _in_order(lstm: Any, steps: NDArray[Any]) -> NDArray[Any]:
    """In the order of the text."""
    return steps[::-1] if lstm.go_backwards else steps


def _spread(n: int, most: int) -> NDArray[np.int64]:
    """At most so many of the places 0..n-1, evenly."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(np.int64))


def _shrunk(value: NDArray[Any], stride: int) -> NDArray[Any]:
    """Each square of so many pixels a side becomes its mean; at the rim they are smaller."""
    if stride == 1:
        return value
    big = value
    for axis in (0, 1):
        starts = np.arange(0, value.shape[axis], stride)
        sizes = np.diff(np.append(starts, value.shape[axis]))
        big = np.add.reduceat(big, starts, axis=axis)
        big /= np.expand_dims(sizes, (1, 2) if axis == 0 else (0, 2))
    return big


def _as_bytes(value: NDArray[Any]) -> tuple[NDArray[np.uint8], float, float]:
    """0..255 between the ends of the range, and the ends; what is not finite counts as 0."""
    finite = np.nan_to_num(value, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    return _levels(finite, low, high), low, high


def _levels(value: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    scaled = 255 * (value - low) / ((high - low) or 1.0)
    return np.ascontiguousarray(np.rint(scaled.clip(0, 255)).astype(np.uint8))


def _number(value: Any) -> float | None:
    """To four digits; None where it is not finite."""
    number = float(value)
    return float(f"{number:.4g}") if math.isfinite(number) else None
