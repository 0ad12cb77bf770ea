from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from hpolab.models import FAMILIES, build
from hpolab.models.lstm import lstm

LENGTH = 12


def made(**params: Any) -> keras.Model:
    return lstm((LENGTH,), 3, **params)


def test_vocabulary_and_embedding_width_are_the_shape_of_the_embedding() -> None:
    model = made(vocabulary=50, embedding_width=7)
    assert model.get_layer("embedding").embeddings.shape == (50, 7)


def test_the_length_of_the_texts_is_the_length_of_the_input() -> None:
    assert made().input_shape == (None, LENGTH)


def test_lstm_units_is_the_width_of_the_last_layer() -> None:
    assert made(lstm_units=9).get_layer("lstm1").output.shape == (None, 9)


def test_n_layers_is_how_many_lstms_read_each_other() -> None:
    model = made(n_layers=2, lstm_units=4)
    assert model.get_layer("lstm1").output.shape == (None, LENGTH, 4)
    assert model.get_layer("lstm2").output.shape == (None, 4)


def test_bidirectional_reads_both_ways() -> None:
    model = made(bidirectional=True, lstm_units=4)
    assert isinstance(model.get_layer("bidirectional1"), keras.layers.Bidirectional)
    assert model.get_layer("bidirectional1").output.shape == (None, 8)


def test_dropout_follows_the_embedding_and_every_lstm_and_is_off_in_the_recurrence() -> None:
    model = made(dropout=0.3, n_layers=2)
    rates = {
        layer.name: layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)
    }
    assert rates == {"drop_embedding": 0.3, "drop1": 0.3, "drop2": 0.3}
    assert model.get_layer("lstm1").recurrent_dropout == 0
    assert not any(isinstance(x, keras.layers.Dropout) for x in made(dropout=0.0).layers)


def test_the_model_takes_token_ids_and_gives_probabilities() -> None:
    tokens = np.random.default_rng(0).integers(0, 50, (4, LENGTH)).astype(np.int32)
    answer = made(vocabulary=50)(tokens).numpy()
    np.testing.assert_allclose(answer.sum(axis=1), np.ones(4), rtol=1e-5)


def test_the_default_space_names_what_the_builder_takes() -> None:
    space = FAMILIES["lstm"].space
    params = {
        name: getattr(space[name], "options", [0])[0] for name in ("vocabulary", "optimizer")
    }
    model = build(
        "lstm", {**params, "sequence_length": LENGTH}, input_shape=(LENGTH,), n_classes=2
    )
    assert model.get_layer("embedding").input_dim == params["vocabulary"]


@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_answer_depends_on_the_order_of_the_words(bidirectional: bool) -> None:
    keras.utils.set_random_seed(0)
    model = made(vocabulary=50, bidirectional=bidirectional)
    text = np.arange(LENGTH)[None]
    assert not np.allclose(model(text), model(text[:, ::-1]), atol=1e-4)
