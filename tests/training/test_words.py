from __future__ import annotations

import numpy as np

from hpolab.data.sequences import START, Sequences
from hpolab.training.recording import Recording
from hpolab.training.words import MAX_WORDS, Texts, record_words


def named(ids: object) -> tuple[str, ...]:
    return tuple(f"w{i}" for i in ids)  # type: ignore[attr-defined]


def recorded(lists: list[list[int]], chosen: list[int], *, known: int) -> dict[str, np.ndarray]:
    recording = Recording()
    texts = Texts(Sequences.of(lists, known=known), named)
    record_words(recording, texts, {"mistake_text": np.array(chosen, np.int64)})
    return recording._arrays


def test_words_that_training_never_showed_are_recorded_too() -> None:
    arrays = recorded([[START, 4, 9], [START, 5]], [0], known=6)
    assert arrays["mistake_text"].tolist() == [[START, 4, 9]]
    assert dict(zip(arrays["word_id"], arrays["word"], strict=True)) == {4: "w4", 9: "w9"}


def test_shorter_texts_are_padded_in_front() -> None:
    arrays = recorded([[START, 4, 9], [START, 5]], [1, 0], known=10)
    assert arrays["mistake_text"].tolist() == [[0, START, 5], [START, 4, 9]]


def test_long_texts_keep_their_end() -> None:
    arrays = recorded([list(range(4, 4 + 2 * MAX_WORDS))], [0], known=10_000)
    assert arrays["mistake_text"].shape == (1, MAX_WORDS)
    assert arrays["mistake_text"][0, -1] == 3 + 2 * MAX_WORDS


def test_no_text_gives_no_words() -> None:
    arrays = recorded([[START, 4]], [], known=10)
    assert arrays["mistake_text"].shape[0] == 0
    assert arrays["word"].shape == (0,)
