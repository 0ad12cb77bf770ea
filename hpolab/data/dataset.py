"""A data set as training sees it: three disjoint parts, read through memory maps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hpolab.data.sequences import OOV, PAD, START, Sequences, words_in
from hpolab.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Dataset", "Kind", "Part", "Raw"]

Kind = Literal["image", "text"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Examples and their labels.

    Attributes:
        x: Images, uint8, shape (n, height, width, channels), or ``Sequences`` of word ids.
        y: Class of each example, int32, shape (n,).
    """

    x: NDArray[np.uint8] | Sequences
    y: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.y)

    @property
    def images(self) -> NDArray[np.uint8]:
        """``x`` of an image data set.

        Raises:
            TypeError: It holds texts.
        """
        if isinstance(self.x, Sequences):
            raise TypeError("this data set holds texts, not images")
        return self.x

    @property
    def texts(self) -> Sequences:
        """``x`` of a text data set.

        Raises:
            TypeError: It holds images.
        """
        if not isinstance(self.x, Sequences):
            raise TypeError("this data set holds images, not texts")
        return self.x


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """A named data set, split.

    Attributes:
        name: As in the DatasetSpec.
        kind: "image" or "text".
        classes: Name of each class, in the order of the labels.
        fingerprint: Short hash over every array and label; equal data give an equal one anywhere.
        train, validation, test: Disjoint parts.
        vocabulary: JSON file with the word of each id, where the words are known.
    """

    name: str
    kind: Kind
    classes: tuple[str, ...]
    fingerprint: str
    train: Part
    validation: Part
    test: Part
    vocabulary: Path | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one image (height, width, channels); () for texts."""
        return () if isinstance(self.train.x, Sequences) else self.train.x.shape[1:]

    def words(self, sequence: Iterable[int]) -> tuple[str, ...]:
        """A text as words again, without padding and start; "#17" where a word is not known."""
        known = _words(self.vocabulary) if self.vocabulary else ()
        ids = [int(i) for i in sequence]
        return tuple(
            "[oov]" if i == OOV else known[i] if 0 < i < len(known) and known[i] else f"#{i}"
            for i in ids
            if i not in (PAD, START)
        )

    def sequence(self, text: str) -> Sequences:
        """A text that somebody has typed, as one sequence of word ids.

        Raises:
            DataError: This data set holds no texts, or not the words of its ids.
        """
        if self.kind != "text":
            raise DataError(f"{self.name} holds images; a network that sees cannot read a text.")
        if self.vocabulary is None:
            raise DataError(
                f"the words of {self.name} are not known here, only their numbers; choose one of "
                "its own texts instead."
            )
        known = _ids(self.vocabulary)
        words = (w if w in known else w.replace("\u2019", "'") for w in words_in(text))
        ids = [START, *(known.get(word, OOV) for word in words)]
        return Sequences.of([ids], known=self.train.texts.known)


@lru_cache(maxsize=4)
def _words(path: Path) -> tuple[str, ...]:
    return tuple(json.loads(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=4)
def _ids(path: Path) -> dict[str, int]:
    return {word: i for i, word in enumerate(_words(path)) if word}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Raw:
    """What a source gives, before it is split.

    Attributes:
        x: All images, uint8 (n, height, width, channels), or all texts.
        y: Class of each example, int32, shape (n,).
        classes: Name of each class.
        n_test: The last so many examples are the source's own test part; 0 when it has none.
        groups: A number per example, shape (n,): near duplicates share it and stay together.
        words: The word of each id, "" for reserved ids; () when unknown.
        provisional: The ids follow no ranking yet: words are to be ranked by how often the
            training part shows them.
    """

    x: NDArray[np.uint8] | Sequences
    y: NDArray[np.int32]
    classes: tuple[str, ...]
    n_test: int = 0
    groups: NDArray[np.int64] | None = None
    words: tuple[str, ...] = ()
    provisional: bool = False
