"""What a network is made of: its layers, in order, and which feeds which.

``ArchitectureGraph.to_dict`` is what architecture.json holds, format 2: an object with ``format``,
``name``, ``n_parameters`` and ``layers``, a list from input to output, whose fields are those of
``Layer``. Edges are told by each layer's ``inputs``. ``ArchitectureGraph.model_json_schema()`` is
the same as JSON Schema. Format 1, which is still read, had layers without ``inside``,
``input_shapes``, ``trainable_parameters``, ``details`` and ``health``, and its edges once more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from hpolab.errors import ConfigError, StoreError
from hpolab.frozen import Frozen

__all__ = ["FORMAT", "ArchitectureGraph", "Detail", "Layer", "LayerHealth", "Shape"]

FORMAT = 2

Shape = tuple[int | None, ...]
"""Sizes, the batch first; None where any size will do."""

Detail = str | int | float | bool | tuple[int, ...]
"""A setting of a layer, plain enough for JSON."""


class LayerHealth(Frozen):
    """How a layer was at the last look at the network; None where that does not apply.

    Attributes:
        silent: Share of units that say nothing, in [0, 1].
        activation: Root mean square of its units' outputs.
        gradient: Norm of the loss gradient of its weights.
        update: How far one step moves its weights, in relation to their norm.
        elasticity: Of its weight matrix that is worst off: relative change of the loss per
            relative change of the weights, ``|g| |W| / loss`` (``hpolab.health.gradients``).
    """

    silent: float | None = Field(default=None, ge=0, le=1)
    activation: float | None = Field(default=None, ge=0)
    gradient: float | None = Field(default=None, ge=0)
    update: float | None = Field(default=None, ge=0)
    elasticity: float | None = Field(default=None, ge=0)


class Layer(Frozen):
    """One use of a layer.

    Attributes:
        name: Unique in the graph; a second use of a shared layer has "name:2".
        kind: The Keras class, or the name of a bare operation ("Add").
        inside: Names of the nested models that it belongs to, outermost first; the second use of
            a shared model is "name:2".
        input_shapes: One for each layer that feeds it; of an input layer, none.
        output_shape: Of its first output.
        parameters: All of them; those of a shared layer count at its first use.
        trainable_parameters: Those that training changes.
        activation: Its own, where it has one that does something.
        inputs: Names of the layers that feed it, in order.
        details: What else a person would want to read: kernel size, strides, rate, units ...
        health: How it was, where that is known.
    """

    name: str
    kind: str
    inside: tuple[str, ...] = ()
    input_shapes: tuple[Shape, ...] = ()
    output_shape: Shape = ()
    parameters: int = Field(default=0, ge=0)
    trainable_parameters: int = Field(default=0, ge=0)
    activation: str | None = None
    inputs: tuple[str, ...] = ()
    details: Mapping[str, Detail] = Field(default_factory=dict)
    health: LayerHealth | None = None


class ArchitectureGraph(Frozen):
    """A network, layer by layer.

    Attributes:
        name: Of the model.
        n_parameters: Trainable ones.
        layers: From input to output: each comes after all that feed it.
    """

    format: int = FORMAT
    name: str
    n_parameters: int = Field(ge=0)
    layers: tuple[Layer, ...]

    @classmethod
    def load(cls, path: Path | str) -> ArchitectureGraph:
        """Read an architecture.json of any format up to this one.

        Raises:
            StoreError: It cannot be read, is damaged, or a newer hpolab has written it.
        """
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot read {path}: {error}") from error
        if not isinstance(data, dict) or not isinstance(data.get("format"), int):
            raise StoreError(f"{path} is not an architecture: it says no format.")
        if data["format"] > FORMAT:
            raise StoreError(
                f"{path} has format {data['format']}, this hpolab reads up to {FORMAT}: update "
                "hpolab."
            )
        try:
            return cls.parse(_upgraded(data) if data["format"] < FORMAT else data)
        except (ConfigError, KeyError, TypeError) as error:
            raise StoreError(f"{path} is damaged: {error}") from error

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """Pairs of names: what feeds, and what it feeds."""
        return tuple((source, layer.name) for layer in self.layers for source in layer.inputs)

    def with_health(self, health: Mapping[str, LayerHealth]) -> ArchitectureGraph:
        """The same network, with how its layers were; names that it does not have are left out."""
        layers = tuple(
            layer.replace(health=health[layer.name]) if layer.name in health else layer
            for layer in self.layers
        )
        return self.replace(layers=layers)


def _upgraded(data: Mapping[str, Any]) -> dict[str, Any]:
    """Format 1 as format 2; what it did not say is worked out where it can be."""
    shapes = {layer["name"]: layer["output_shape"] for layer in data["layers"]}
    layers = [
        {
            **layer,
            "input_shapes": [shapes[name] for name in layer["inputs"]],
            "trainable_parameters": _trainable(layer["kind"], layer["parameters"]),
        }
        for layer in data["layers"]
    ]
    known = data.get("n_parameters", sum(layer["trainable_parameters"] for layer in layers))
    return {"format": FORMAT, "name": data["name"], "n_parameters": known, "layers": layers}


def _trainable(kind: str, parameters: int) -> int:
    """Those that training changes: of batch normalisation half, the rest is statistics."""
    return parameters // 2 if kind == "BatchNormalization" else parameters
