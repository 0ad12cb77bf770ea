from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.memory import Cells, Gates, Reach, cells, gates, reach
from hpolab.diagnostics.pictures import mistakes
from hpolab.diagnostics.texts import Word, texts


def test_words_of_a_text_line_up_with_what_the_network_reads(made: Any) -> None:
    arrays = made(
        {
            "gate_input": [[0, 1, 4, 2]],
            "gate_text": [[9, 1, 4, 7]],
            "word_id": [4, 7, 9],
            "word": np.array(["good", "rareword", "early"]),
        }
    )
    assert texts(arrays, "gate") == (
        (Word("early", True, 0), Word("good", True, 2), Word("rareword", False, 3)),
    )


def test_texts_longer_than_the_network_reads_are_whole(made: Any) -> None:
    arrays = made(
        {
            "mistake_input": [[5, 6]],
            "mistake_text": [[4, 5, 6]],
            "word_id": [4, 5, 6],
            "word": np.array(["a", "b", "c"]),
        }
    )
    assert [word.text for word in texts(arrays, "mistake")[0]] == ["a", "b", "c"]
    assert [word.place for word in texts(arrays, "mistake")[0]] == [-1, 0, 1]


def test_recordings_without_words_show_ids(made: Any) -> None:
    arrays = made({"gate_input": [[0, 1, 17, 2]]})
    assert [word.text for word in texts(arrays, "gate")[0]] == ["#17", "[unknown]"]


def test_mistakes_of_a_real_run_are_the_users_texts(text_trial: Path) -> None:
    facts = mistakes(Arrays.read(text_trial))
    assert facts is not None
    assert facts.texts is not None
    lines = (text_trial.parent / "reviews.csv").read_text().splitlines()
    known = {line.rpartition(",")[0]: line.rpartition(",")[2] for line in lines[1:]}
    for text, true in zip(facts.texts, facts.true, strict=True):
        assert known[" ".join(word.text for word in text)] == true


def test_gates_and_cells_are_those_of_a_keras_cell(text_trial: Path) -> None:
    """Step by step, with Keras' own cell, over the text that is shown."""
    import keras

    arrays = Arrays.read(text_trial)
    facts, held = gates(arrays, "lstm1"), cells(arrays, "lstm1")
    assert facts is not None
    assert held is not None
    model = keras.models.load_model(text_trial / "model.keras")
    cell = model.get_layer("lstm1").cell
    row = max(arrays["gate_input"].tolist(), key=lambda ids: sum(i > 1 for i in ids))
    state = [np.zeros((1, cell.units), np.float32)] * 2
    shown = {word.place: i for i, word in enumerate(facts.words)}
    for place, token in enumerate(row):
        x = np.asarray(model.get_layer("embedding")(np.array([token])))
        z = x @ cell.kernel.numpy() + state[0] @ cell.recurrent_kernel.numpy() + cell.bias.numpy()
        _, state = cell(x, state)
        state = [np.asarray(part) for part in state]
        if place in shown:
            opened = 1 / (1 + np.exp(-z[0].reshape(4, -1)[[0, 1, 3]]))
            np.testing.assert_allclose(facts.open[shown[place]], opened, atol=3e-3)
            np.testing.assert_allclose(held.state[shown[place]], state[1][0], atol=3e-3)
    assert shown


def test_an_lstm_that_reads_backwards_meets_the_words_in_that_order(made: Any) -> None:
    recorded = np.zeros((1, 4, 3, 1), np.uint8)
    recorded[0, :, 0, 0] = [10, 20, 30, 40]
    arrays = made(
        {"gates/two/back": recorded, "gate_input": [[0, 0, 8, 9]]}, gates="order (backwards)"
    )
    facts = gates(arrays, "two/back")
    assert facts is not None
    assert [word.text for word in facts.words] == ["#9", "#8"]
    assert facts.open[:, 0, 0] * 255 == pytest.approx([10, 20])


WORDS = (Word("a", True, 0), Word("b", True, 1))


def test_a_gate_that_is_always_shut_is_named() -> None:
    shut = np.zeros((3, 10), bool)
    assert Gates("lstm1", WORDS, np.full((2, 3, 10), 0.5), shut).verdict == ""
    shut[2, :4] = True
    assert "4 of 10 units of lstm1 say nothing: their output gate" in (
        Gates("lstm1", WORDS, np.full((2, 3, 10), 0.5), shut).verdict
    )


def test_shut_gates_are_found_over_all_texts(made: Any) -> None:
    recorded = np.full((2, 20, 3, 2), 128, np.uint8)
    recorded[:, :, 1, 0] = 3
    recorded[0, 0, 1, 0] = 255
    arrays = made({"gates/lstm1": recorded, "gate_input": np.full((2, 20), 9)})
    facts = gates(arrays, "lstm1")
    assert facts is not None
    assert facts.shut.tolist() == [[False, False], [True, False], [False, False]]
    assert "keep nothing" in facts.verdict


def test_full_cells_are_named() -> None:
    assert Cells("lstm1", WORDS, np.zeros((2, 3)), 0.1).verdict == ""
    assert "60%" in Cells("lstm1", WORDS, np.zeros((2, 3)), 0.6).verdict


@pytest.mark.parametrize(
    ("norms", "heard", "words"),
    [
        (np.linspace(0.5, 1, 30), 30, ""),
        (0.7 ** np.arange(29.0, -1, -1), 13, ""),
        (0.01 ** np.arange(29.0, -1, -1), 2, "Only the last 2 words count"),
        (np.zeros(8), 0, "No gradient"),
        (np.full(8, np.nan), 0, "not finite"),
    ],
)
def test_how_far_back_a_network_hears(norms: np.ndarray, heard: int, words: str) -> None:
    facts = Reach("lstm1", norms)
    assert facts.heard == heard
    assert facts.verdict == "" if not words else words in facts.verdict


def test_the_gradient_through_time_is_that_of_a_tape(text_trial: Path) -> None:
    import keras
    import tensorflow as tf

    from hpolab.data import load
    from hpolab.training.diagnostics import WATCHED_EXAMPLES
    from hpolab.training.telemetry import stratified_sample
    from hpolab.trial import DatasetSpec

    data = load(DatasetSpec(name="texts", path=text_trial.parent / "reviews.csv"))
    chosen = stratified_sample(np.asarray(data.validation.y), WATCHED_EXAMPLES, seed=0)
    x = data.validation.texts.padded(length=10, vocabulary=40)[chosen]
    model = keras.models.load_model(text_trial / "model.keras")
    read = tf.constant(np.asarray(model.get_layer("embedding")(x)))
    with tf.GradientTape() as tape:
        tape.watch(read)
        h = model.get_layer("lstm1")(read)
        answers = model.get_layer("probabilities")(model.get_layer("logits")(h))
        truth = tf.one_hot(data.validation.y[chosen], 2)
        loss = tf.reduce_mean(-tf.reduce_sum(truth * tf.math.log(answers), axis=1))
    expected = np.linalg.norm(tape.gradient(loss, read), axis=2).mean(axis=0)
    facts = reach(Arrays.read(text_trial), "lstm1")
    assert facts is not None
    np.testing.assert_allclose(facts.norms, expected, rtol=1e-2, atol=1e-7)
