"""An example's way through a network, held against the network's own layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest
from keras import layers

from hpolab.errors import DataError
from hpolab.models.cnn import cnn
from hpolab.models.lstm import lstm
from hpolab.network.passes import ForwardPass, Gates, LayerPass, Maps, Series, Units, unpacked
from hpolab.training.forward import forward

if TYPE_CHECKING:
    from hpolab.trial import RunResult, RunSpec


@pytest.fixture
def picture() -> np.ndarray[Any, Any]:
    return np.random.default_rng(0).integers(0, 256, (28, 28, 1)).astype(np.uint8)


@pytest.fixture
def text() -> np.ndarray[Any, Any]:
    return np.random.default_rng(0).integers(4, 50, 20).astype(np.int32)


def said_by(model: keras.Model, layer: str, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A layer's output by a model of its own that ends there."""
    upto = keras.Model(model.inputs, model.get_layer(layer).output)
    output: np.ndarray[Any, Any] = upto.predict(x[None], verbose=0)[0]
    return output


def pass_of(passes: ForwardPass, name: str) -> LayerPass:
    return next(layer for layer in passes.layers if layer.name == name)


def random_weights(model: keras.Model) -> keras.Model:
    """With every weight away from its start, biases and moving means too."""
    rng = np.random.default_rng(1)
    model.set_weights([np.abs(w) + 0.1 * rng.random(w.shape) for w in model.get_weights()])
    return model


def test_feature_maps_are_what_the_layer_gives(picture: np.ndarray[Any, Any]) -> None:
    model = random_weights(cnn((28, 28, 1), 10, filters=16, n_blocks=1, batch_norm=True))

    passes = forward(model, picture)

    for name in ("conv1", "norm1", "act1", "pool1"):
        content = pass_of(passes, name).content
        assert isinstance(content, Maps)
        expected = said_by(model, name, picture)
        low, high = expected.min(), expected.max()
        assert (content.low, content.high) == pytest.approx((low, high), rel=1e-3)
        assert content.channels == tuple(range(16))
        step = (content.high - content.low) / 255
        for channel, packed in zip(content.channels, content.pictures, strict=True):
            levels = unpacked(packed, (content.height, content.width))
            seen = content.low + step * levels
            assert np.abs(seen - expected[:, :, channel]).max() <= step


def test_units_are_what_the_layer_gives_and_tell_which_they_are(
    picture: np.ndarray[Any, Any],
) -> None:
    model = cnn((28, 28, 1), 10, dense_units=100)

    content = pass_of(forward(model, picture), "dense").content

    assert isinstance(content, Units)
    assert content.n_units == 100
    assert len(content.units) == 64
    expected = said_by(model, "dense", picture)[list(content.units)]
    np.testing.assert_allclose(np.array(content.values, float), expected, rtol=1e-3, atol=1e-6)


def test_the_answers_are_what_the_model_predicts(picture: np.ndarray[Any, Any]) -> None:
    model = cnn((28, 28, 1), 3)

    passes = forward(model, picture, classes=("a", "b", "c"))

    expected = model.predict(picture[None], verbose=0)[0]
    assert [answer.name for answer in passes.answers] == ["a", "b", "c"]
    np.testing.assert_allclose([a.probability for a in passes.answers], expected, atol=1e-5)
    assert passes.answer == "abc"[expected.argmax()]


def test_a_trained_network_is_right_about_most_of_what_it_was_right_about(
    completed: tuple[RunSpec, RunResult],
) -> None:
    from hpolab.data import load

    spec, result = completed
    data = load(spec.dataset)
    model = keras.models.load_model(spec.folder / "model.keras", compile=False)

    answers = [forward(model, x, classes=data.classes).answer for x in data.validation.images]

    right = np.mean(
        [a == data.classes[y] for a, y in zip(answers, data.validation.y, strict=True)]
    )
    assert right == pytest.approx(result.accuracy, abs=1e-6)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("n_layers", [1, 2])
def test_gates_are_those_of_keras_own_cell(
    text: np.ndarray[Any, Any], bidirectional: bool, n_layers: int
) -> None:
    model = lstm(
        (20,), 2, vocabulary=50, lstm_units=6, bidirectional=bidirectional, n_layers=n_layers
    )

    passes = forward(model, text)

    name = "bidirectional1" if bidirectional else "lstm1"
    content = pass_of(passes, name).content
    assert isinstance(content, Gates)
    read = said_by(model, "drop_embedding", text)
    layer = model.get_layer(name)
    readers = [layer.forward_layer, layer.backward_layer] if bidirectional else [layer]
    assert [reader.is_backward for reader in content.readers] == [False, True][: len(readers)]
    for keras_layer, reader in zip(readers, content.readers, strict=True):
        hidden, cells = stepped(keras_layer.cell, read[:: -1 if reader.is_backward else 1])
        if reader.is_backward:
            hidden, cells = hidden[::-1], cells[::-1]
        shape = (20, 6)
        seen = unpacked(reader.hidden, shape) / 255 * 2 - 1
        np.testing.assert_allclose(seen, hidden, atol=1.1 / 255)
        seen = (unpacked(reader.cell, shape) / 255 * 2 - 1) * reader.cell_range
        np.testing.assert_allclose(seen, cells, atol=1.1 * reader.cell_range / 255)
        # what the gates let through makes the next memory: c = f * before + i * new
        output = unpacked(reader.output, shape) / 255
        np.testing.assert_allclose(output * np.tanh(cells), hidden, atol=1 / 255)


def stepped(cell: Any, steps: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Hidden and cell state after every step, by Keras' own cell."""
    states = [np.zeros((1, cell.units), np.float32)] * 2
    hidden, cells = [], []
    for step in steps:
        _, states = cell(step[None], states)
        hidden.append(np.asarray(states[0])[0])
        cells.append(np.asarray(states[1])[0])
    return np.array(hidden), np.array(cells)


def test_an_embedding_has_a_vector_for_each_token(text: np.ndarray[Any, Any]) -> None:
    model = lstm((20,), 2, vocabulary=50, embedding_width=32)

    content = pass_of(forward(model, text), "embedding").content

    assert isinstance(content, Series)
    vectors = said_by(model, "embedding", text)
    np.testing.assert_allclose(
        np.array(content.norms, float), np.linalg.norm(vectors, axis=1), rtol=1e-3
    )
    assert content.n_features == 32
    assert len(content.features) == 16


def test_gates_that_would_be_wrong_are_not_shown(text: np.ndarray[Any, Any]) -> None:
    tokens = keras.Input((20,), dtype="int32")
    x = layers.Embedding(50, 8, mask_zero=True, name="embedding")(tokens)
    x = layers.LSTM(4, name="masked")(x)
    model = keras.Model(tokens, layers.Dense(2, "softmax")(x))
    text[:10] = 0

    content = pass_of(forward(model, text), "masked").content

    assert isinstance(content, Units)


def test_a_layer_that_says_nothing_is_named(picture: np.ndarray[Any, Any]) -> None:
    model = cnn((28, 28, 1), 10, n_blocks=2)
    kernel, bias = model.get_layer("conv2").get_weights()
    model.get_layer("conv2").set_weights([kernel, bias - 1e3])

    passes = forward(model, picture)

    assert passes.dies_at == "act2"
    assert pass_of(passes, "act2").at_zero == 1
    assert pass_of(passes, "act2").mean == 0
    assert pass_of(passes, "act1").at_zero == pytest.approx(
        (said_by(model, "act1", picture) == 0).mean(), abs=1e-3
    )


def test_layers_that_only_hand_on_are_told_apart(picture: np.ndarray[Any, Any]) -> None:
    passes = forward(cnn((28, 28, 1), 10), picture)

    handing_on = {layer.name for layer in passes.layers if layer.passes_on}
    assert handing_on == {"image", "drop1", "drop2", "flatten", "drop_dense"}
    assert all(pass_of(passes, name).content is None for name in handing_on)


@pytest.mark.parametrize("shape", [(28, 28, 1), (48, 48, 3), (96, 96, 3)])
def test_a_pass_of_our_largest_cnn_stays_below_300_kb(shape: tuple[int, ...]) -> None:
    model = cnn(shape, 43, n_blocks=3, filters=24, batch_norm=True, dense_units=128)

    passes = forward(model, np.zeros(shape, np.uint8))

    assert len(passes.to_json()) < 300_000


def test_a_pass_of_our_largest_lstm_stays_below_300_kb() -> None:
    model = lstm((400,), 2, lstm_units=48, n_layers=2, bidirectional=True, embedding_width=64)

    passes = forward(model, np.ones(400, np.int32))

    assert len(passes.to_json()) < 300_000
    assert sum(isinstance(layer.content, Gates) for layer in passes.layers) == 2


def test_a_nested_model_is_seen_into() -> None:
    inner_in = keras.Input((4,), name="inner_input")
    inner = keras.Model(inner_in, layers.Dense(3, name="within")(inner_in), name="inner")
    outer_in = keras.Input((4,), name="outer_input")
    x = layers.Dense(4, name="before")(outer_in)
    model = keras.Model(outer_in, layers.Softmax(name="end")(inner(x)))
    example = np.arange(4, dtype=np.float32)

    passes = forward(model, example)

    assert [layer.name for layer in passes.layers] == ["outer_input", "before", "within", "end"]
    content = pass_of(passes, "within").content
    assert isinstance(content, Units)
    expected = inner.predict(said_by(model, "before", example)[None], verbose=0)[0]
    np.testing.assert_allclose(np.array(content.values, float), expected, rtol=1e-3)


def test_branches_come_together() -> None:
    start = keras.Input((8, 8, 3), name="start")
    left = layers.Conv2D(4, 3, padding="same", name="left")(start)
    right = layers.Conv2D(4, 1, name="right")(start)
    x = layers.Add(name="sum")([left, right])
    model = keras.Model(start, layers.Softmax()(layers.GlobalAveragePooling2D()(x)))
    x = np.random.default_rng(0).random((8, 8, 3)).astype(np.float32)

    passes = forward(model, x)

    content = pass_of(passes, "sum").content
    assert isinstance(content, Maps)
    assert content.high == pytest.approx(said_by(model, "sum", x).max(), rel=1e-4)


def test_a_network_that_is_lost_is_told_of_without_numbers(picture: np.ndarray[Any, Any]) -> None:
    model = cnn((28, 28, 1), 10)
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])

    passes = forward(model, picture)

    assert pass_of(passes, "dense").mean is None
    assert passes.answers == ()
    assert ForwardPass.parse(passes.to_json()) == passes


def test_a_model_with_two_inputs_is_refused() -> None:
    ends = [keras.Input((2,)), keras.Input((2,))]
    model = keras.Model(ends, layers.Add()(ends))

    with pytest.raises(DataError, match="one input"):
        forward(model, np.zeros(2))
