"""Texts as numbers: many sequences of word ids of different lengths in two flat arrays.

Ids follow Keras: 0 pads, 1 starts a text, 2 stands for a word outside the vocabulary, and the
word of rank r (1 is the most frequent) has the id r + 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hpolab.errors import ConfigError, DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["FIRST_WORD", "OOV", "PAD", "START", "Sequences", "words_in"]

PAD, START, OOV, FIRST_WORD = 0, 1, 2, 4
_ROWS_AT_ONCE = 1024  # bounds the index arrays of ``padded`` to a few MB
_WORD = re.compile(r"\w+(?:['\u2019]\w+)*")  # it's: with either apostrophe


def words_in(text: str) -> list[str]:
    """The words of a text as a person writes it, in small letters and without punctuation."""
    lowered = text.lower()
    return _WORD.findall(lowered) or lowered.split()  # a text may be signs alone: ":-)"


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """Sequences of word ids, possibly memory-mapped.

    Attributes:
        tokens: All ids, one sequence after the other, int32, shape (total,).
        offsets: Sequence i is ``tokens[offsets[i]:offsets[i + 1]]``, int64, shape (n + 1,).
        known: Ids from here on belong to words that the training texts never show; ``padded``
            turns them into the out-of-vocabulary id whatever the vocabulary.
    """

    tokens: NDArray[np.int32]
    offsets: NDArray[np.int64]
    known: int

    def __post_init__(self) -> None:
        if not len(self.offsets) or self.offsets[0] != 0 or self.offsets[-1] != len(self.tokens):
            raise DataError(
                "the offsets of sequences must run from 0 to the number of tokens "
                f"({len(self.tokens)}); the data are damaged."
            )

    @classmethod
    def of(cls, lists: Sequence[Iterable[int]], *, known: int | None = None) -> Sequences:
        """Sequences from lists of ids; ``known`` defaults to the largest id plus one."""
        rows = [np.asarray(row, dtype=np.int32) for row in lists]
        tokens = np.concatenate(rows) if rows else np.zeros(0, np.int32)
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(row) for row in rows], out=offsets[1:])
        largest = int(tokens.max(initial=0))
        return cls(tokens, offsets, largest + 1 if known is None else known)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> NDArray[np.int32]:
        """The ids of one sequence, shape (its length,)."""
        start, end = self.offsets[range(len(self))[index] :][:2]
        return self.tokens[start:end]

    def __iter__(self) -> Iterator[NDArray[np.int32]]:
        return (self[index] for index in range(len(self)))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of ids of each sequence, shape (n,)."""
        return np.diff(self.offsets)

    def take(self, indices: NDArray[np.int64]) -> Sequences:
        """The chosen sequences in the chosen order, copied."""
        lengths = self.lengths[indices]
        offsets = np.zeros(len(indices) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        shifts = np.repeat(self.offsets[:-1][indices] - offsets[:-1], lengths)
        return Sequences(self.tokens[shifts + np.arange(offsets[-1])], offsets, self.known)

    def ranked(
        self, training: NDArray[np.int64], words: tuple[str, ...]
    ) -> tuple[Sequences, tuple[str, ...]]:
        """Ids by rank of frequency in the training texts, in place of provisional ids.

        Words that only other texts show get ids from ``known`` on, so that a text can still be
        shown whole while a network sees them as out of vocabulary.

        Args:
            training: Which sequences are the training texts.
            words: The word of each provisional id; the first ids are reserved.

        Returns:
            The sequences under their new ids, and the word of each of these.
        """
        counts = np.bincount(self.take(training).tokens, minlength=len(words))[FIRST_WORD:]
        by_rank = np.lexsort((np.array(words[FIRST_WORD:]), -counts))
        new = np.arange(len(words))
        new[FIRST_WORD:][by_rank] = np.arange(FIRST_WORD, len(words))
        known = FIRST_WORD + int(np.count_nonzero(counts))
        renamed = Sequences(new[self.tokens].astype(np.int32), self.offsets, known)
        return renamed, words[:FIRST_WORD] + tuple(words[FIRST_WORD + i] for i in by_rank)

    def padded(self, *, length: int, vocabulary: int) -> NDArray[np.int32]:
        """All sequences cut and padded in front to one length, as an LSTM wants them.

        The end of a text is kept, as by Keras' ``pad_sequences``: what an LSTM reads last
        weighs most, and padding in front is forgotten first.

        Args:
            length: Ids per sequence, at least 1.
            vocabulary: Ids from here on become the out-of-vocabulary id 2; at least 4.

        Returns:
            Shape (n, length), int32.

        Raises:
            ConfigError: A size is too small.
        """
        if length < 1:
            raise ConfigError(f"length >= 1 must hold, but got {length}.", field="length")
        if vocabulary < FIRST_WORD:
            raise ConfigError(
                f"vocabulary >= {FIRST_WORD} must hold (the first ids are reserved), "
                f"but got {vocabulary}.",
                field="vocabulary",
            )
        rows = np.zeros((len(self), length), np.int32)
        back = np.arange(-length, 0)
        for first in range(0, len(self), _ROWS_AT_ONCE):
            starts = self.offsets[:-1][first : first + _ROWS_AT_ONCE, None]
            ends = self.offsets[1:][first : first + _ROWS_AT_ONCE, None]
            at = ends + back  # (rows, length): positions in tokens, before the start where short
            inside = at >= starts
            rows[first : first + _ROWS_AT_ONCE][inside] = self.tokens[at[inside]]
        rows[rows >= min(vocabulary, self.known)] = OOV
        return rows
