"""A recurrent network for texts: words become vectors, an LSTM reads them in order.

Shapes in the comments are for texts of 200 tokens and the default arguments; the batch dimension
is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
from keras import layers

from hpolab.models._layers import known_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hpolab.space import Value

__all__ = ["build", "lstm"]


def build(
    params: Mapping[str, Value], input_shape: tuple[int, ...], n_classes: int
) -> keras.Model:
    """``lstm`` with the hyperparameters that it knows; those of training are left aside."""
    return lstm(input_shape, n_classes, **known_arguments(lstm, params))


def lstm(
    input_shape: tuple[int, ...],
    n_classes: int,
    *,
    vocabulary: int = 10_000,
    embedding_width: int = 32,
    lstm_units: int = 32,
    n_layers: int = 1,
    bidirectional: bool = False,
    dropout: float = 0.25,
) -> keras.Model:
    """An LSTM that takes token ids and gives class probabilities.

    Texts are padded in front, so that the last word is the last thing read; the padding has a
    vector of its own, and masking it would only make every step slower.

    Args:
        input_shape: (length,) of the padded texts.
        n_classes: How many classes.
        vocabulary: How many different token ids there are; ids are 0..vocabulary-1.
        embedding_width: Numbers that stand for one word.
        lstm_units: Width: memory cells of each LSTM (of each direction).
        n_layers: Depth: LSTMs on top of each other.
        bidirectional: Whether a second LSTM reads each text backwards as well.
        dropout: Share of values silenced while training, after the embedding and every LSTM;
            the recurrence itself has none, it would make every step slower.
    """
    tokens = keras.Input(input_shape, dtype="int32", name="tokens")  # (200,)
    x = layers.Embedding(vocabulary, embedding_width, name="embedding")(tokens)  # (200, 32)
    if dropout > 0:
        x = layers.Dropout(dropout, name="drop_embedding")(x)
    for layer in range(1, n_layers + 1):
        reader = layers.LSTM(
            lstm_units,
            return_sequences=layer < n_layers,  # the last one keeps only what it ends with
            name=f"lstm{layer}",
        )
        if bidirectional:
            reader = layers.Bidirectional(reader, name=f"bidirectional{layer}")  # twice as wide
        x = reader(x)  # (200, 32) below the last LSTM, (32,) after it
        if dropout > 0:
            x = layers.Dropout(dropout, name=f"drop{layer}")(x)
    logits = layers.Dense(n_classes, name="logits")(x)  # (2,), any real numbers
    probabilities = layers.Activation("softmax", name="probabilities")(logits)  # (2,), sum 1
    return keras.Model(tokens, probabilities, name="lstm")
