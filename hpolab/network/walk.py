"""Walking a Keras model from input to output: which layer feeds which.

The only module that knows how Keras keeps a model's graph.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import keras

__all__ = ["Node", "Source", "is_graph", "nodes"]


class Source(NamedTuple):
    """What feeds a node.

    Attributes:
        node: The node.
        tensor: The symbolic tensor itself.
    """

    node: Node
    tensor: Any


class Node(NamedTuple):
    """One use of a layer.

    Attributes:
        name: The layer's; a second use of a shared layer has "name:2".
        layer: The layer (or a bare operation that Keras recorded).
        sources: What feeds it, in order.
        outputs: Its symbolic outputs.
        consumers: The nodes that it feeds; one that takes it twice is there twice.
    """

    name: str
    layer: Any
    sources: tuple[Source, ...]
    outputs: tuple[Any, ...]
    consumers: list[Node]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the nodes that feed it."""
        return tuple(source.node.name for source in self.sources)

    @property
    def output(self) -> Any:
        """Its symbolic output; the first one where there are several."""
        return self.outputs[0]


def is_graph(layer: Any) -> bool:
    """Whether it is a model whose graph is known: functional, or sequential and built."""
    return all(bool(getattr(layer, side, None)) for side in ("inputs", "outputs"))


def nodes(model: keras.Model) -> list[Node]:
    """The nodes of a functional or sequential model, each behind all that feed it.

    A nested model is one node. Inputs that nothing uses come last.
    """
    found: dict[int, Node] = {}
    uses: Counter[str] = Counter()
    stack = [(tensor, False) for tensor in reversed([*model.outputs, *model.inputs])]
    while stack:
        tensor, inputs_done = stack.pop()
        call = _call(tensor)
        if id(call) in found:
            continue
        if not inputs_done:
            stack.append((tensor, True))
            stack.extend((source, False) for source in reversed(call.input_tensors))
            continue
        name = call.operation.name
        uses[name] += 1
        node = Node(
            name if uses[name] == 1 else f"{name}:{uses[name]}",
            call.operation,
            tuple(_source(found, source) for source in call.input_tensors),
            tuple(call.outputs),
            [],
        )
        for source in node.sources:
            source.node.consumers.append(node)
        found[id(call)] = node
    return list(found.values())


def _source(found: dict[int, Node], tensor: Any) -> Source:
    return Source(found[id(_call(tensor))], tensor)


def _call(tensor: Any) -> Any:
    """Keras' own record of the call that made a symbolic tensor."""
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]
