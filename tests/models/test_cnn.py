from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from hpolab.errors import ConfigError
from hpolab.models import FAMILIES, build
from hpolab.models.cnn import ACTIVATIONS, cnn
from hpolab.space import Choice, Fixed, Float, Int, Params

SHAPE = (16, 16, 3)


def made(**params: Any) -> keras.Model:
    return cnn(SHAPE, 5, **params)


def names(model: keras.Model) -> list[str]:
    return [layer.name for layer in model.layers]


def test_a_block_is_convolution_norm_activation_pooling_dropout_in_this_order() -> None:
    model = made(n_blocks=1, batch_norm=True, dropout=0.2)
    assert names(model) == [
        *("image", "rescale", "conv1", "norm1", "act1", "pool1", "drop1"),
        *("flatten", "dense", "act_dense", "drop_dense", "logits", "probabilities"),
    ]


def test_the_model_takes_raw_pixels_and_gives_probabilities() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, *SHAPE)).astype(np.uint8)
    model = made()
    answer = model(pixels).numpy()
    assert answer.shape == (4, 5)
    np.testing.assert_allclose(answer.sum(axis=1), 1, rtol=1e-5)
    scaled = keras.Model(model.inputs[0], model.get_layer("rescale").output)(pixels).numpy()
    np.testing.assert_allclose(scaled, pixels / 255, atol=1e-6)


@pytest.mark.parametrize("n_blocks", [1, 2, 3, 4])
def test_n_blocks_is_the_number_of_convolutions(n_blocks: int) -> None:
    model = made(n_blocks=n_blocks)
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert len(convolutions) == n_blocks


def test_filters_is_the_width_of_the_first_block_and_doubles_from_block_to_block() -> None:
    model = made(n_blocks=3, filters=6)
    assert [model.get_layer(f"conv{i}").filters for i in (1, 2, 3)] == [6, 12, 24]


def test_kernel_size_is_the_side_of_every_kernel() -> None:
    model = made(n_blocks=2, filters=4, kernel_size=5)
    assert model.get_layer("conv1").kernel.shape == (5, 5, 3, 4)
    assert model.get_layer("conv2").kernel.shape == (5, 5, 4, 8)


@pytest.mark.parametrize(
    ("pooling", "layer"),
    [("max", keras.layers.MaxPooling2D), ("average", keras.layers.AveragePooling2D)],
)
def test_pooling_layers_halve_the_picture(pooling: str, layer: type) -> None:
    model = made(n_blocks=2, pooling=pooling)
    assert isinstance(model.get_layer("pool1"), layer)
    assert model.get_layer("conv1").output.shape[1:3] == (16, 16)
    assert model.get_layer("pool2").output.shape[1:3] == (4, 4)


def test_strided_convolutions_halve_the_picture_without_a_pooling_layer() -> None:
    model = made(n_blocks=2, pooling="stride")
    assert "pool1" not in names(model)
    assert model.get_layer("conv2").output.shape[1:3] == (4, 4)


def test_the_flat_head_has_a_dense_layer_of_the_asked_width() -> None:
    model = made(head="flatten", dense_units=33)
    assert model.get_layer("dense").units == 33
    assert "average" not in names(model)


def test_the_global_average_head_keeps_one_number_a_filter() -> None:
    model = made(n_blocks=2, filters=6, head="global_average")
    assert model.get_layer("average").output.shape == (None, 12)
    assert "dense" not in names(model)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activation_is_that_of_every_hidden_layer(activation: str) -> None:
    model = made(n_blocks=1, activation=activation)
    for name in ("act1", "act_dense"):
        assert model.get_layer(name).activation is keras.activations.get(activation)
    assert model.get_layer("conv1").activation is keras.activations.linear


def test_dropout_silences_that_share_while_training_and_nothing_otherwise() -> None:
    model = made(n_blocks=1, dropout=0.4)
    behind = keras.Model(
        model.inputs[0], [model.get_layer("pool1").output, model.get_layer("drop1").output]
    )
    pixels = np.full((8, *SHAPE), 200, np.uint8)
    before, after = (output.numpy() for output in behind(pixels, training=True))
    spoken = before > 0
    assert np.mean(after[spoken] == 0) == pytest.approx(0.4, abs=0.05)
    before, after = (output.numpy() for output in behind(pixels, training=False))
    np.testing.assert_array_equal(before, after)


def test_no_dropout_means_no_dropout_layers() -> None:
    assert not [name for name in names(made(dropout=0.0)) if name.startswith("drop")]


def test_batch_norm_comes_with_every_convolution_or_not_at_all() -> None:
    model = made(n_blocks=2, batch_norm=True)
    assert isinstance(model.get_layer("norm2"), keras.layers.BatchNormalization)
    assert not model.get_layer("conv1").use_bias
    plain = made(n_blocks=2, batch_norm=False)
    assert "norm1" not in names(plain)
    assert plain.get_layer("conv1").use_bias


def test_a_picture_of_one_pixel_is_not_halved_any_further() -> None:
    model = cnn((8, 8, 1), 10, n_blocks=4)
    assert [name for name in names(model) if name.startswith("pool")] == [
        "pool1",
        "pool2",
        "pool3",
    ]
    assert model.get_layer("act4").output.shape[1:3] == (1, 1)


def test_a_kernel_larger_than_the_image_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"kernel_size: .* choose 8 or less"):
        cnn((8, 12, 1), 10, kernel_size=9)


@pytest.mark.parametrize("field", ["activation", "pooling", "head"])
def test_an_unknown_name_is_refused_with_the_known_ones(field: str) -> None:
    with pytest.raises(ConfigError, match=f"{field}: no such {field}: 'nonsense'; .*Known: "):
        made(**{field: "nonsense"})


def draw(rng: np.random.Generator) -> Params:
    """A random member of the default space."""
    params: Params = {}
    for name, parameter in FAMILIES["cnn"].space.parameters.items():
        if not parameter.applies(params):
            continue
        match parameter:
            case Int():
                params[name] = int(rng.integers(parameter.low, parameter.high + 1))
            case Float():
                params[name] = float(rng.uniform(parameter.low, parameter.high))
            case Choice():
                params[name] = parameter.options[int(rng.integers(len(parameter.options)))]
            case Fixed():
                params[name] = parameter.value
    return params


def test_every_sample_of_the_default_space_fits_the_smallest_data_set() -> None:
    rng = np.random.default_rng(0)
    for _ in range(30):
        params = draw(rng)
        FAMILIES["cnn"].space.check(params)
        model = build("cnn", params, input_shape=(8, 8, 1), n_classes=10)
        assert model.output_shape == (None, 10)
