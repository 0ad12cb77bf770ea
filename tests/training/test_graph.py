from __future__ import annotations

import keras
from keras import layers

from hpolab.models.cnn import cnn
from hpolab.models.lstm import lstm
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
