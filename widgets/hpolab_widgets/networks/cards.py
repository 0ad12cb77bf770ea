"""What is known of a layer, or of a folded block, as the lines of a card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab.network.captions import shape_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hpolab.network import ArchitectureGraph, Box, Layer

__all__ = ["card"]

_MAX_LISTED = 40


def card(graph: ArchitectureGraph, box: Box) -> dict[str, Any]:
    """The facts of a box: of one layer its own, of a block what it is made of."""
    layers = [layer for layer in graph.layers if layer.name in set(box.layers)]
    if len(layers) == 1:
        return _layer_card(layers[0])
    return {
        "name": box.name,
        "title": box.title,
        "kind": f"{len(layers)} layers, folded",
        "facts": [
            ["output", box.shape],
            ["parameters", f"{sum(layer.parameters for layer in layers):,}"],
        ],
        "health": [],
        "layers": [f"{layer.name}: {layer.kind}" for layer in layers[:_MAX_LISTED]],
        "more": max(0, len(layers) - _MAX_LISTED),
        "is_block": True,
        "layer": "",
    }


def _layer_card(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "title": layer.name,
        "kind": layer.kind,
        "facts": [list(fact) for fact in _facts(layer)],
        "health": list(_health(layer)),
        "layers": [],
        "more": 0,
        "is_block": False,
        "layer": layer.name if layer.health is not None else "",
    }


def _facts(layer: Layer) -> Iterator[tuple[str, str]]:
    for shape in layer.input_shapes:
        yield "input", shape_words(shape)
    yield "output", shape_words(layer.output_shape)
    if layer.parameters:
        fixed = layer.parameters - layer.trainable_parameters
        yield "parameters", f"{layer.parameters:,}" + (f", {fixed:,} not trained" if fixed else "")
    if layer.activation:
        yield "activation", layer.activation
    for name, value in layer.details.items():
        yield name.replace("_", " "), _words(value)
    if layer.inside:
        yield "inside", " / ".join(layer.inside)


def _health(layer: Layer) -> Iterator[str]:
    health = layer.health
    if health is None:
        return
    if health.silent is not None:
        yield (
            f"{100 * health.silent:.0f} % of its units are silent: they say the same whatever the "
            "network is shown."
            if health.silent
            else "None of its units is silent."
        )
    if health.activation is not None:
        yield f"Its outputs are about {health.activation:.3g} in size."
    if health.gradient is not None:
        yield f"The norm of its gradient, which says where to learn, is {health.gradient:.2g}."
    if health.update is not None:
        moved = 100 * health.update
        yield f"One step of training moves its weights by {moved:.2g} % of their size."


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " by ".join(map(str, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)
