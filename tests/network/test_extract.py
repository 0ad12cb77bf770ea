"""Graphs of real Keras models, held against Keras' own summary and counts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import keras
import pytest
from keras import layers

from hpolab.errors import ConfigError
from hpolab.models.cnn import cnn
from hpolab.models.lstm import lstm
from hpolab.network import ArchitectureGraph, extract


def sequential() -> keras.Model:
    return keras.Sequential(
        [keras.Input((12,)), layers.Dense(8, activation="relu"), layers.Dense(3)], name="plain"
    )


def branches() -> keras.Model:
    x = keras.Input((16, 16, 3), name="photo")
    narrow = layers.Conv2D(4, 1, name="narrow")(x)
    wide = layers.Conv2D(4, 5, padding="same", name="wide")(x)
    joined = layers.Concatenate(name="joined")([narrow, wide])
    added = layers.Add(name="added")([joined, layers.Conv2D(8, 3, padding="same")(joined)])
    return keras.Model(x, layers.Dense(2, name="out")(layers.Flatten()(added)), name="branches")


def several_ends() -> keras.Model:
    photo, table = keras.Input((8, 8, 1), name="photo"), keras.Input((5,), name="table")
    seen = layers.Flatten(name="flat")(photo)
    both = layers.Concatenate(name="both")([seen, layers.Dense(4, name="facts")(table)])
    ends = [layers.Dense(3, name="class")(both), layers.Dense(1, name="age")(both)]
    return keras.Model([photo, table], ends, name="ends")


def shared() -> keras.Model:
    one, other = keras.Input((6,), name="one"), keras.Input((6,), name="other")
    tower = layers.Dense(4, name="tower")
    apart = layers.Subtract(name="apart")([tower(one), tower(other)])
    return keras.Model([one, other], layers.Dense(1, name="out")(apart), name="twins")


def nested() -> keras.Model:
    inner = keras.Sequential(
        [keras.Input((8,)), layers.Dense(8, name="dense"), layers.Dropout(0.1, name="drop")],
        name="inner",
    )
    x = keras.Input((8,), name="x")
    middle = keras.Model(x, layers.Add(name="sum")([inner(x), x]), name="middle")
    outside = keras.Input((8,), name="outside")
    y = middle(layers.Dense(8, name="dense")(outside))
    return keras.Model(outside, layers.Dense(2, name="out")(y), name="nested")


def with_operations() -> keras.Model:
    x = keras.Input((4,), name="x")
    return keras.Model(x, keras.ops.relu(layers.Dense(4)(x) + 2 * x), name="bare")


def sequences(reader: layers.Layer) -> keras.Model:
    x = keras.Input((7, 5), name="x")
    return keras.Model(x, layers.Dense(2)(reader(x)), name="sequences")


def frozen() -> keras.Model:
    model = cnn((8, 8, 1), 3)
    model.get_layer("conv1").trainable = False
    return model


def application(name: str) -> Callable[[], keras.Model]:
    return lambda: getattr(keras.applications, name)(weights=None)


MODELS: dict[str, Callable[[], keras.Model]] = {
    "cnn": lambda: cnn((12, 12, 3), 4),
    "cnn with batch norm": lambda: cnn((8, 8, 1), 3, n_blocks=3, batch_norm=True, dropout=0),
    "cnn that averages": lambda: cnn((8, 8, 1), 3, pooling="average", head="global_average"),
    "lstm": lambda: lstm((9,), 2, vocabulary=50),
    "lstm both ways": lambda: lstm((9,), 2, vocabulary=50, n_layers=2, bidirectional=True),
    "sequential": sequential,
    "branches": branches,
    "several ends": several_ends,
    "shared layer": shared,
    "nested": nested,
    "bare operations": with_operations,
    "gru": lambda: sequences(layers.GRU(6)),
    "gru both ways": lambda: sequences(layers.Bidirectional(layers.GRU(6), merge_mode="sum")),
    "time distributed": lambda: sequences(layers.TimeDistributed(layers.Dense(3))),
    "frozen layer": frozen,
    "conv lstm": lambda: keras.Sequential(
        [keras.Input((4, 8, 8, 1)), layers.ConvLSTM2D(3, 3), layers.Flatten(), layers.Dense(2)]
    ),
    "MobileNetV2": application("MobileNetV2"),
    "ResNet50": application("ResNet50"),
    "EfficientNetB0": application("EfficientNetB0"),
}
_BUILT: dict[str, tuple[keras.Model, ArchitectureGraph]] = {}


@pytest.fixture(params=MODELS)
def both(request: pytest.FixtureRequest) -> tuple[keras.Model, ArchitectureGraph]:
    """A model and its graph, built once for all tests of this module."""
    name = request.param
    if name not in _BUILT:
        model = MODELS[name]()
        _BUILT[name] = model, extract(model)
    return _BUILT[name]


Both = tuple[keras.Model, ArchitectureGraph]


def leaves(model: keras.Model) -> list[layers.Layer]:
    """The layers of a model and of the models in it, without inputs."""
    inner = [
        leaves(layer) if isinstance(layer, keras.Model) else [layer]
        for layer in model.layers
        if not isinstance(layer, layers.InputLayer)
    ]
    return [layer for found in inner for layer in found]


def test_parameters_are_those_that_keras_counts(both: Both) -> None:
    model, graph = both
    assert sum(layer.parameters for layer in graph.layers) == model.count_params()


def test_trainable_parameters_are_those_that_keras_sums_up(both: Both) -> None:
    model, graph = both
    summary: list[str] = []
    model.summary(print_fn=summary.append)
    (told,) = re.findall(r"Trainable params: ([\d,]+)", "\n".join(summary))
    assert sum(layer.trainable_parameters for layer in graph.layers) == graph.n_parameters
    assert graph.n_parameters == int(told.replace(",", ""))


def test_every_layer_of_keras_is_there_with_its_shape_and_parameters(both: Both) -> None:
    model, graph = both
    told = [
        (layer.kind, layer.output_shape, layer.parameters)
        for layer in graph.layers
        if ":" not in layer.name and layer.kind != "InputLayer"
    ]
    for layer in leaves(model):
        shape = keras.tree.flatten(layer.output)[0].shape
        expected = type(layer).__name__, tuple(shape), layer.count_params()
        assert expected in told, layer.name
        told.remove(expected)
    assert not any(parameters for _, _, parameters in told), "bare operations have none"


def test_layers_come_behind_those_that_feed_them_and_names_are_unique(both: Both) -> None:
    _, graph = both
    seen: set[str] = set()
    for layer in graph.layers:
        assert seen.issuperset(layer.inputs), layer.name
        assert len(layer.inputs) == len(layer.input_shapes)
        assert layer.name not in seen
        seen.add(layer.name)


def test_what_a_layer_takes_is_what_the_other_gives(both: Both) -> None:
    _, graph = both
    given = {layer.name: layer.output_shape for layer in graph.layers}
    for layer in graph.layers:
        assert layer.input_shapes == tuple(given[name] for name in layer.inputs)


def test_graphs_round_trip_exactly(both: Both) -> None:
    _, graph = both
    assert ArchitectureGraph.parse(graph.to_json()) == graph
    assert ArchitectureGraph.parse(graph.to_dict()) == graph


FUNCTIONAL = [
    name for name in MODELS if name not in {"nested", "shared layer", "sequential", "conv lstm"}
]


@pytest.mark.parametrize("name", FUNCTIONAL)
def test_edges_are_the_calls_that_keras_has_recorded(name: str) -> None:
    model = _BUILT[name][0] if name in _BUILT else MODELS[name]()
    calls = {
        (tensor._keras_history.operation.name, operation.name)
        for operation in model.operations
        for node in operation._inbound_nodes
        for tensor in node.input_tensors
    }
    assert set(extract(model).edges) == calls


def test_the_layers_of_a_sequential_model_feed_each_other_in_turn() -> None:
    graph = extract(sequential())
    names = [layer.name for layer in graph.layers]
    assert list(graph.edges) == list(itertools.pairwise(names))


def test_a_second_use_of_a_shared_layer_counts_no_parameters() -> None:
    graph = extract(shared())
    uses = [layer for layer in graph.layers if layer.name.startswith("tower")]
    assert [(use.name, use.parameters, use.inputs) for use in uses] == [
        ("tower", 28, ("one",)),
        ("tower:2", 0, ("other",)),
    ]
    assert next(x for x in graph.layers if x.name == "apart").inputs == ("tower", "tower:2")


def test_nested_models_are_flattened_and_layers_know_where_they_are_from() -> None:
    told = {layer.name: layer for layer in extract(nested()).layers}
    assert {name: layer.inside for name, layer in told.items()} == {
        "outside": (),
        "dense": (),
        "inner/dense": ("middle", "inner"),
        "drop": ("middle", "inner"),
        "sum": ("middle",),
        "out": (),
    }
    assert told["inner/dense"].inputs == ("dense",)
    assert told["sum"].inputs == ("drop", "dense")
    assert told["out"].inputs == ("sum",)


def test_a_model_that_is_used_twice_is_there_twice_with_its_parameters_once() -> None:
    eye = keras.Sequential([keras.Input((6,)), layers.Dense(4, name="look")], name="eye")
    left, right = keras.Input((6,), name="left"), keras.Input((6,), name="right")
    graph = extract(keras.Model([left, right], layers.Add()([eye(left), eye(right)])))
    looks = [layer for layer in graph.layers if layer.kind == "Dense"]
    assert [(look.name, look.inside, look.parameters) for look in looks] == [
        ("look", ("eye",), 28),
        ("look:2", ("eye:2",), 0),
    ]


def test_settings_are_told_where_they_are_not_the_usual_ones() -> None:
    x = keras.Input((16, 16, 3))
    conv = layers.Conv2D(8, (3, 5), strides=2, padding="same", activation="gelu", name="conv")
    pool = layers.MaxPooling2D(2, name="pool")
    reader = layers.Bidirectional(layers.LSTM(4), name="reader")
    y = layers.Reshape((4, 32), name="shape")(pool(conv(x)))
    model = keras.Model(x, layers.Dropout(0.25, name="drop")(reader(y)))
    told = {layer.name: layer for layer in extract(model).layers}
    assert told["conv"].details == {
        "filters": 8,
        "kernel_size": (3, 5),
        "strides": (2, 2),
        "padding": "same",
    }
    assert told["conv"].activation == "gelu"
    assert told["pool"].details["pool_size"] == (2, 2)
    assert told["drop"].details == {"rate": 0.25}
    assert told["reader"].details["wraps"] == "LSTM"
    assert told["reader"].details["units"] == 4
    assert told["reader"].activation == "tanh"
    assert told["shape"].details == {"target_shape": (4, 32)}


def test_inputs_that_nothing_uses_are_there() -> None:
    used, idle = keras.Input((3,), name="used"), keras.Input((2,), name="idle")
    graph = extract(keras.Model([used, idle], layers.Dense(1, name="out")(used)))
    assert {layer.name for layer in graph.layers} == {"used", "idle", "out"}


class Opaque(keras.Model):
    """A model whose graph nobody can see."""

    def __init__(self) -> None:
        super().__init__(name="opaque")
        self.dense = layers.Dense(3)

    def call(self, x: object) -> object:
        return self.dense(x)


def test_a_model_without_a_graph_is_refused_with_what_to_do_instead() -> None:
    with pytest.raises(ConfigError, match=r"'opaque' \(Opaque\) has no graph .* keras.Input"):
        extract(Opaque())


def test_a_nested_model_without_a_graph_is_one_layer() -> None:
    x = keras.Input((5,), name="x")
    graph = extract(keras.Model(x, Opaque()(x)))
    assert [(layer.name, layer.kind, layer.parameters) for layer in graph.layers] == [
        ("x", "InputLayer", 0),
        ("opaque", "Opaque", 18),
    ]
