from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.data import Sequences
from hpolab.errors import ConfigError, DataError

texts = st.lists(st.lists(st.integers(1, 60), min_size=1, max_size=12), min_size=1, max_size=8)


@given(texts, st.integers(1, 15), st.integers(4, 70))
def test_padding_keeps_the_end_and_fills_the_front(
    lists: list[list[int]], length: int, vocabulary: int
) -> None:
    padded = Sequences.of(lists).padded(length=length, vocabulary=vocabulary)

    for row, ids in zip(padded, lists, strict=True):
        kept = [i if i < vocabulary else 2 for i in ids[-length:]]
        assert row.tolist() == [0] * (length - len(kept)) + kept
    assert padded.dtype == np.int32


def test_padding_is_the_same_beyond_the_block_it_works_in() -> None:
    lists = [[i % 50 + 4] * (i % 5 + 1) for i in range(3000)]
    sequences = Sequences.of(lists)

    whole = sequences.padded(length=4, vocabulary=100)

    for i in (0, 1023, 1024, 2999):
        alone = Sequences.of([lists[i]], known=sequences.known)
        assert whole[i].tolist() == alone.padded(length=4, vocabulary=100)[0].tolist()


@given(texts, st.randoms(use_true_random=False))
def test_taking_sequences_is_taking_from_the_list(lists, random) -> None:
    indices = [random.randrange(len(lists)) for _ in range(random.randrange(6))]

    taken = Sequences.of(lists).take(np.array(indices, np.int64))

    assert [row.tolist() for row in taken] == [lists[i] for i in indices]
    assert len(taken) == len(indices)


def test_the_last_sequence_can_be_counted_from_the_end() -> None:
    sequences = Sequences.of([[4, 5], [6, 7, 8]])

    assert sequences[-1].tolist() == [6, 7, 8]
    assert sequences.lengths.tolist() == [2, 3]
    with pytest.raises(IndexError):
        sequences[2]


def test_words_that_training_never_shows_are_out_of_vocabulary() -> None:
    words = ("", "", "", "", "rare", "common", "unseen")
    provisional = Sequences.of([[1, 5, 4, 5], [1, 5, 6]])

    ranked, ranked_words = provisional.ranked(np.array([0]), words)

    assert ranked_words[4:] == ("common", "rare", "unseen")
    assert [row.tolist() for row in ranked] == [[1, 4, 5, 4], [1, 4, 6]]
    assert ranked.padded(length=3, vocabulary=1000)[1].tolist() == [1, 4, 2]


def test_sizes_that_cannot_work_are_refused() -> None:
    sequences = Sequences.of([[1, 4]])

    with pytest.raises(ConfigError, match="length >= 1"):
        sequences.padded(length=0, vocabulary=10)
    with pytest.raises(ConfigError, match="vocabulary >= 4"):
        sequences.padded(length=3, vocabulary=3)


def test_offsets_that_do_not_fit_the_tokens_are_refused() -> None:
    with pytest.raises(DataError, match="offsets"):
        Sequences(np.zeros(3, np.int32), np.array([0, 2], np.int64), 4)
