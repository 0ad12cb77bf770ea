from __future__ import annotations

import json

import keras
from keras import layers

from hpolab.models.cnn import cnn
from hpolab.models.lstm import lstm
from hpolab.training.architecture import describe
from hpolab.training.graph import hidden_outputs, weight_matrices


def test_units_are_watched_behind_the_activation_and_the_output_layer_is_left_out() -> None:
    model = cnn((8, 8, 1), 3, n_blocks=2, batch_norm=True)
    hidden = hidden_outputs(model)
    assert list(hidden) == ["conv1", "conv2", "dense"]
    assert hidden["conv1"] is model.get_layer("act1").output
    assert hidden["dense"] is model.get_layer("act_dense").output


def test_a_layer_with_an_activation_of_its_own_is_watched_where_it_is() -> None:
    x = keras.Input((4,))
    dense = layers.Dense(3, activation="relu", name="hidden")
    model = keras.Model(x, layers.Dense(2, activation="softmax")(layers.Dropout(0.5)(dense(x))))
    assert list(hidden_outputs(model)) == ["hidden"]
    assert hidden_outputs(model)["hidden"] is dense.output


def test_a_linear_layer_whose_output_branches_is_watched_where_it_is() -> None:
    x = keras.Input((4,))
    linear = layers.Dense(3, name="linear")(x)
    joined = layers.Add()([linear, layers.Activation("relu")(linear)])
    model = keras.Model(x, layers.Dense(2, activation="softmax", name="out")(joined))
    assert hidden_outputs(model)["linear"] is linear


def test_recurrent_layers_have_units_one_way_and_both_ways() -> None:
    assert list(hidden_outputs(lstm((5,), 2, n_layers=2))) == ["lstm1", "lstm2"]
    both = hidden_outputs(lstm((5,), 2, bidirectional=True, lstm_units=4))
    assert both["bidirectional1"].shape == (None, 8)


def test_weight_matrices_are_named_by_layer_and_weight_and_leave_vectors_out() -> None:
    model = cnn((8, 8, 1), 3, n_blocks=1, batch_norm=True)
    assert list(weight_matrices(model)) == ["conv1/kernel", "dense/kernel", "logits/kernel"]
    text = weight_matrices(lstm((5,), 2))
    assert list(text) == [
        *("embedding/embeddings", "lstm1/kernel", "lstm1/recurrent_kernel", "logits/kernel"),
    ]


def test_matrices_of_both_directions_keep_names_of_their_own() -> None:
    matrices = weight_matrices(lstm((5,), 2, bidirectional=True))
    assert len(matrices) == 6
    assert all(name.split("/")[0] for name in matrices)


def test_the_architecture_says_of_every_layer_what_it_is_and_what_feeds_it() -> None:
    model = cnn((8, 8, 1), 3, n_blocks=1, filters=4)
    told = describe(model)
    assert json.loads(json.dumps(told)) == told
    assert [layer["name"] for layer in told["layers"]] == [layer.name for layer in model.layers]
    conv = next(layer for layer in told["layers"] if layer["name"] == "conv1")
    assert conv == {
        "name": "conv1",
        "kind": "Conv2D",
        "output_shape": [None, 8, 8, 4],
        "parameters": 4 * 9 + 4,
        "activation": None,
        "inputs": ["rescale"],
    }
    assert ["rescale", "conv1"] in told["edges"]
    assert told["n_parameters"] == model.count_params()


def test_branches_of_a_users_model_are_edges() -> None:
    x = keras.Input((4,), name="x")
    left, right = layers.Dense(3, name="left")(x), layers.Dense(3, name="right")(x)
    joined = layers.Concatenate(name="joined")([left, right])
    told = describe(keras.Model(x, layers.Dense(2, name="out")(joined)))
    assert sorted(told["edges"]) == [
        *(["joined", "out"], ["left", "joined"], ["right", "joined"]),
        *(["x", "left"], ["x", "right"]),
    ]
