"""What a network is made of: its layers, in order, and which feeds which."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from hpolab.frozen import Frozen

__all__ = ["FORMAT", "ArchitectureGraph", "Layer", "LayerHealth"]

FORMAT = 2

Shape = tuple[int | None, ...]
"""Sizes, the batch first; None where any size will do."""


class LayerHealth(Frozen):
    """How a layer was at the last look at the network; None where that does not apply.

    Attributes:
        silent: Share of units that say nothing, in [0, 1].
        activation: Root mean square of its units' outputs.
        gradient: Norm of the loss gradient of its weights.
        update: How far one step moves its weights, in relation to their norm.
    """

    silent: float | None = Field(default=None, ge=0, le=1)
    activation: float | None = Field(default=None, ge=0)
    gradient: float | None = Field(default=None, ge=0)
    update: float | None = Field(default=None, ge=0)


class Layer(Frozen):
    """One use of a layer.

    Attributes:
        name: Unique in the graph; a second use of a shared layer has "name:2".
        kind: The Keras class, or the name of a bare operation ("Add").
        inside: Names of the nested models that it belongs to, outermost first.
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
    details: Mapping[str, str | int | float | bool | tuple[int, ...]] = Field(default_factory=dict)
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
