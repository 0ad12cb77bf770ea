"""What a person would want to read about a layer beside its kind: sizes, strides, rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hpolab.network.graph import Detail

__all__ = ["activation", "details"]

_TOLD = (
    *("units", "filters", "kernel_size", "pool_size", "size", "strides", "padding"),
    *("dilation_rate", "groups", "depth_multiplier", "use_bias", "input_dim", "output_dim"),
    *("num_heads", "key_dim", "rate", "stddev", "axis", "momentum", "epsilon", "target_shape"),
    *("cropping", "n", "merge_mode", "return_sequences", "go_backwards", "max_value"),
    *("negative_slope", "offset", "interpolation", "height", "width"),
)
_USUAL: Mapping[str, object] = {
    **{"strides": 1, "dilation_rate": 1, "groups": 1, "depth_multiplier": 1, "offset": 0},
    **{"use_bias": True, "return_sequences": False, "go_backwards": False},
    **{"padding": "valid", "negative_slope": 0},
}
"""What goes without saying; a size says it once for all axes."""

_OF_KINDS: Mapping[str, tuple[str, ...]] = {
    "Rescaling": ("scale",),
    "Permute": ("dims",),
    "Normalization": ("mean", "variance"),
}
_ACTIVATION_KINDS: Mapping[str, str] = {
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
    "Softmax": "softmax",
}


def details(layer: Any) -> dict[str, Detail]:
    """Settings of a layer that are not the usual ones, by their Keras names.

    A wrapper tells of the layer that it wraps, whose kind is "wraps".
    """
    wrapped = _wrapped(layer)
    told = {} if wrapped is None else {"wraps": type(wrapped).__name__, **details(wrapped)}
    for name in (*_TOLD, *_OF_KINDS.get(type(layer).__name__, ())):
        value = _plain(getattr(layer, name, None))
        if value is not None and not _is_usual(name, value):
            told[name] = value
    recurrent = _name(getattr(layer, "recurrent_activation", None))
    return told | ({"recurrent_activation": recurrent} if recurrent else {})


def activation(layer: Any) -> str | None:
    """The name of a layer's activation function; None where it has none that does something."""
    kind = _ACTIVATION_KINDS.get(type(layer).__name__)
    if kind is not None:
        return kind
    wrapped = _wrapped(layer)
    return _name(getattr(layer, "activation", None)) or (
        None if wrapped is None else activation(wrapped)
    )


def _wrapped(layer: Any) -> Any:
    """The layer inside a wrapper; Bidirectional keeps two equal ones."""
    inner = getattr(layer, "forward_layer", None) or getattr(layer, "layer", None)
    return inner if hasattr(inner, "weights") else None


def _name(function: Any) -> str | None:
    name = getattr(function, "__name__", None) or getattr(function, "name", None)
    return None if name in (None, "linear") else str(name)


def _plain(value: Any) -> Detail | None:
    """A setting as JSON can hold it; None where it is nothing of the kind."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, tuple | list):
        flat = [part for each in value for part in (each if _is_row(each) else (each,))]
        return tuple(flat) if flat and all(isinstance(part, int) for part in flat) else None
    return None


def _is_row(value: Any) -> bool:
    return isinstance(value, tuple | list)


def _is_usual(name: str, value: Detail) -> bool:
    usual = _USUAL.get(name)
    if isinstance(value, tuple) and isinstance(usual, int):
        return all(part == usual for part in value)
    return name in _USUAL and value == usual
