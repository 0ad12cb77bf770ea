"""What is written in the boxes of a drawing, short enough to be read at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.network.units import layers_of

if TYPE_CHECKING:
    from hpolab.network.graph import Detail, Layer, Shape
    from hpolab.network.units import Block

__all__ = ["MAX_TITLE", "block_caption", "caption", "shape_words", "shortened", "size_words"]

MAX_TITLE = 34
_TIMES = " \N{MULTIPLICATION SIGN} "


def caption(layer: Layer) -> str:
    """The kind, and what is special about this one: "Conv2D 3 × 3, 16 filters, relu"."""
    told = layer.details
    wrapped = told.get("wraps")
    kind = f"{layer.kind} {wrapped}" if wrapped else layer.kind
    if layer.kind == "InputLayer":
        return "Input"
    window = next((told[name] for name in ("kernel_size", "pool_size") if name in told), None)
    first = f"{kind} {_by(window)}" if window is not None else kind
    parts = [first, *_sizes(layer)]
    if layer.activation is not None and _says_more(layer, layer.activation):
        parts.append(layer.activation)
    if first == kind == "Activation" and layer.activation:
        return f"Activation {layer.activation}"
    return ", ".join(parts)


def block_caption(block: Block) -> str:
    """What a folded block stands for: "3 equal blocks, 30 layers"."""
    layers = f"{len(layers_of(block)):,} layers"
    return f"{block.repeats} {block.likeness} blocks, {layers}" if block.repeats > 1 else layers


def shape_words(shape: Shape) -> str:
    """An output's shape without the batch: "28 × 28 × 16"."""
    sizes = shape[1:]
    return _TIMES.join("any" if size is None else f"{size:,}" for size in sizes) or "one number"


def size_words(shape: str, parameters: int) -> str:
    """The third line: the output's shape and, where there are any, the parameters."""
    if not parameters:
        return shape
    noun = "parameter" if parameters == 1 else "parameters"
    return f"{shape} · {parameters:,} {noun}"


def shortened(text: str, *, length: int = MAX_TITLE) -> str:
    """A text with its middle left out where it is longer."""
    if len(text) <= length:
        return text
    head = (length - 1) // 2
    return f"{text[:head]}…{text[head + 1 - length :]}"


def _sizes(layer: Layer) -> list[str]:
    told, parts = layer.details, []
    if "filters" in told:
        parts.append(_counted(told["filters"], "filter"))
    if "units" in told:
        parts.append(_counted(told["units"], "unit"))
    if "input_dim" in told and "output_dim" in told:
        parts.append(f"{told['input_dim']:,}{_TIMES}{told['output_dim']:,}")
    if "num_heads" in told:
        parts.append(_counted(told["num_heads"], "head"))
    if "strides" in told and told["strides"] != told.get("pool_size"):
        parts.append(f"stride {_step(told['strides'])}")
    if "dilation_rate" in told:
        parts.append(f"dilation {_step(told['dilation_rate'])}")
    rate = told.get("rate")
    if isinstance(rate, int | float):
        parts.append(f"{100 * rate:.3g} %")
    return parts


def _says_more(layer: Layer, activation: str) -> bool:
    """Whether to name the activation: not where the kind says it, nor that of every LSTM."""
    is_usual = "recurrent_activation" in layer.details and activation == "tanh"
    return not is_usual and layer.kind.lower() != activation.replace("_", "")


def _by(value: Detail) -> str:
    """A size: "3 × 5", or just "3" where the axes are alike."""
    if not isinstance(value, tuple):
        return str(value)
    return str(value[0]) if len(value) == 1 else _TIMES.join(map(str, value))


def _step(value: Detail) -> str:
    """A stride: one number where it is the same along all axes."""
    return str(value[0]) if isinstance(value, tuple) and len(set(value)) == 1 else _by(value)


def _counted(value: Detail, noun: str) -> str:
    number = f"{value:,}" if isinstance(value, int) else str(value)
    return f"{number} {noun}" if value == 1 else f"{number} {noun}s"
