"""What the colours of a drawn network can say: kind, health, activation, parameters, gradient.

A value between 0 and 1 says where a layer stands between the two colours of the scale, and words
say the same to those who do not see it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pydantic import Field

from hpolab.errors import ConfigError, did_you_mean
from hpolab.frozen import Frozen
from hpolab.health.gradients import elasticity_score
from hpolab.network.families import LABELS, family

if TYPE_CHECKING:
    from hpolab.network.graph import ArchitectureGraph, Layer
    from hpolab.network.picture import Picture

__all__ = [
    "Scale",
    "Tint",
    "box_tints",
    "layer_health_value",
    "offered",
    "scale",
    "tinted",
    "tints",
]

NOT_KNOWN = "not measured"


class Tint(Frozen):
    """Where one layer, or one box, stands.

    Attributes:
        value: From 0 at the lower end of the scale to 1; None where it is not known, and where
            the colour is that of the family.
        words: The same for a person.
    """

    value: float | None = Field(default=None, ge=0, le=1)
    words: str = ""


class Scale(Frozen):
    """What the colours mean.

    Attributes:
        title: What is shown.
        low, high: What its ends stand for, for a person.
        low_colour, high_colour: Their colours: names in ``hpolab.palette.LIGHT`` and ``DARK``.
        middle_colour: Of what is halfway; empty where that is halfway between the two colours.
    """

    title: str
    low: str
    high: str
    low_colour: str = "line"
    high_colour: str = "accent"
    middle_colour: str = ""


class _Measure(NamedTuple):
    """How one thing is read from layers.

    Attributes:
        title: What it is.
        of: Its value for the layers of one box; None where it is not known.
        words: A value for a person.
        position: Values to [0, 1], given all that are known.
    """

    title: str
    of: Callable[[Sequence[Layer]], float | None]
    words: Callable[[float], str]
    position: Callable[[float, Sequence[float]], float]


def tints(graph: ArchitectureGraph, by: str) -> dict[str, Tint]:
    """Where each layer stands, by its name.

    Raises:
        ConfigError: There is no such thing to colour by.
    """
    return _tints({layer.name: (layer,) for layer in graph.layers}, by)


def box_tints(graph: ArchitectureGraph, picture: Picture, by: str) -> dict[str, Tint]:
    """Where each box of a picture of this graph stands, by its name.

    A folded block is as healthy as its worst layer, has the parameters of all, and for the rest
    is like its extreme: the smallest gradient, the weakest activation.
    """
    return _tints(_by_box(graph, picture), by)


def scale(graph: ArchitectureGraph, by: str, picture: Picture | None = None) -> Scale | None:
    """What the colours mean; None for those of families, which the legend explains.

    Args:
        graph: The network.
        by: What is shown.
        picture: Whose boxes have the colours; without one, it is the layers.
    """
    if by == "kind":
        return None
    measure = _measure(by)
    groups = (
        _by_box(graph, picture) if picture else {layer.name: (layer,) for layer in graph.layers}
    )
    known = _known(measure, groups.values())
    if by == "health":
        return Scale(
            title=measure.title, low="sick", high="healthy", low_colour="bad", high_colour="good",
            middle_colour="fair",
        )  # fmt: skip
    if not known:
        return Scale(title=measure.title, low=NOT_KNOWN, high=NOT_KNOWN)
    low = 0.0 if by != "gradient" else min(known)
    return Scale(title=measure.title, low=measure.words(low), high=measure.words(max(known)))


def tinted(graph: ArchitectureGraph, picture: Picture, by: str) -> dict[str, Any] | None:
    """Where each box stands on which scale, as front ends are told; None for colours of kinds."""
    found = scale(graph, by, picture)
    if found is None:
        return None
    boxes = box_tints(graph, picture, by)
    is_partial = any(tint.value is None for tint in boxes.values())
    return {
        **found.to_dict(),
        "by": by,
        "none": NOT_KNOWN if is_partial else "",
        "boxes": {name: tint.to_dict() for name, tint in boxes.items()},
    }


def offered(graph: ArchitectureGraph) -> tuple[str, ...]:
    """What is known of this network, and so can colour it."""
    names = ("health", "activation", "gradient")
    measured = tuple(
        by for by in names if _known(_measure(by), [(layer,) for layer in graph.layers])
    )
    return ("kind", "parameters", *measured)


def layer_health_value(layer: Layer) -> float | None:
    """How well a layer is, from 0 to 1; None where neither units nor gradients were looked at.

    The smaller of two numbers that the health metrics are means of, so that colours and metrics
    agree: the share of units that still say something (neuron utilisation), and the score of the
    elasticity of its worst weight matrix (gradient health).
    """
    health, parts = layer.health, []
    if health is not None and health.silent is not None:
        parts.append(1 - health.silent)
    if health is not None and health.elasticity is not None:
        parts.append(_gradient_score(health.elasticity))
    return min(parts, default=None)


def _gradient_score(elasticity: float) -> float:
    exponent = math.log10(elasticity) if elasticity > 0 else -math.inf
    return float(elasticity_score(np.array([exponent]))[0])


def _tints(groups: Mapping[str, Sequence[Layer]], by: str) -> dict[str, Tint]:
    if by == "kind":
        return {name: Tint(words=_kind_words(layers)) for name, layers in groups.items()}
    measure = _measure(by)
    known = _known(measure, groups.values())
    found = {}
    for name, layers in groups.items():
        value = measure.of(layers)
        if value is None:
            found[name] = Tint(words=NOT_KNOWN)
        elif by == "health":
            found[name] = Tint(value=value, words=_health_words(layers))
        else:
            position = min(1.0, max(0.0, measure.position(value, known)))
            found[name] = Tint(value=position, words=measure.words(value))
    return found


def _by_box(graph: ArchitectureGraph, picture: Picture) -> dict[str, tuple[Layer, ...]]:
    layers = {layer.name: layer for layer in graph.layers}
    return {box.name: tuple(layers[name] for name in box.layers) for box in picture.boxes}


def _known(measure: _Measure, groups: Iterable[Sequence[Layer]]) -> list[float]:
    return [value for layers in groups if (value := measure.of(layers)) is not None]


def _kind_words(layers: Sequence[Layer]) -> str:
    return LABELS[family(layers[0])] if len(layers) == 1 else LABELS["block"]


def _health_words(layers: Sequence[Layer]) -> str:
    """What is wrong with the worst of the layers."""
    worst = min(layers, key=lambda layer: 2 if (v := layer_health_value(layer)) is None else v)
    health = worst.health
    told = []
    if health is not None and health.silent:
        told.append(f"{100 * health.silent:.3g} % silent")
    if health is not None and health.elasticity is not None:
        is_well = _gradient_score(health.elasticity) == 1
        told += [] if is_well else [f"{_strength(health.elasticity)} gradient"]
    if not told:
        return "healthy"
    where = f" in {worst.name}" if len(layers) > 1 else ""
    return f"{', '.join(told)}{where}"


def _strength(elasticity: float) -> str:
    return "weak" if elasticity < 1 else "strong"


def _least(field: str) -> Callable[[Sequence[Layer]], float | None]:
    """The smallest of a number of the layers' health; None where no layer has it."""

    def least(layers: Sequence[Layer]) -> float | None:
        values = [getattr(layer.health, field, None) for layer in layers]
        return min((float(value) for value in values if value is not None), default=None)

    return least


def _worst(layers: Sequence[Layer]) -> float | None:
    values = [layer_health_value(layer) for layer in layers]
    return min((value for value in values if value is not None), default=None)


def _from_zero(value: float, known: Sequence[float]) -> float:
    return value / (max(known) or 1.0)


def _from_zero_in_decades(value: float, known: Sequence[float]) -> float:
    return math.log10(1 + value) / (math.log10(1 + max(known)) or 1.0)


def _in_decades(value: float, known: Sequence[float]) -> float:
    """Between the smallest and the largest on a logarithmic scale of at least one decade."""
    positive = [each for each in known if each > 0]
    if value <= 0 or not positive:
        return 0.0
    high = math.log10(max(positive))
    low = min(math.log10(min(positive)), high - 1)
    return (math.log10(value) - low) / (high - low)


_MEASURES: Mapping[str, _Measure] = {
    "health": _Measure("Health of the layer", _worst, "{:.2f}".format, lambda value, _: value),
    "activation": _Measure(
        "Strength of the outputs", _least("activation"), "{:.3g}".format, _from_zero
    ),
    "parameters": _Measure(
        "Parameters",
        lambda layers: float(sum(layer.parameters for layer in layers)),
        "{:,.0f}".format,
        _from_zero_in_decades,
    ),
    "gradient": _Measure("Norm of the gradient", _least("gradient"), "{:.2g}".format, _in_decades),
}


def _measure(by: str) -> _Measure:
    if by not in _MEASURES:
        known = ("kind", *_MEASURES)
        raise ConfigError(f"networks are not coloured by {by!r:.40}; {did_you_mean(by, known)}")
    return _MEASURES[by]
