"""The words of the texts that diagnostics show, so that a person can read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.data.sequences import FIRST_WORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.data.sequences import Sequences
    from hpolab.training.recording import Recording

__all__ = ["Texts", "record_words"]

MAX_WORDS = 400
MAX_LETTERS = 24
_ALL = int(np.iinfo(np.int32).max)


class Texts(NamedTuple):
    """Texts as they were before they were cut for a network, and the words of their ids.

    Attributes:
        sequences: The texts.
        words: Gives the word of each id.
    """

    sequences: Sequences
    words: Callable[[Iterable[int]], tuple[str, ...]]


def record_words(recording: Recording, texts: Texts, chosen: dict[str, NDArray[np.int64]]) -> None:
    """Add the ids of some texts, at most their last 400, and the words of these ids.

    Words that the network takes for unknown are recorded, too: a person knows them.

    Args:
        recording: Where to add.
        texts: All of them.
        chosen: Key of each array, and the places of its texts.
    """
    arrays = {key: _ids(texts.sequences.take(places)) for key, places in chosen.items()}
    for key, ids in arrays.items():
        what = "ids of the texts' words, those outside the vocabulary too; padded in front with 0"
        recording.add(key, ids, what, axes=("example", "token"))
    used = np.unique(np.concatenate([ids.ravel() for ids in arrays.values()]))
    used = used[used >= FIRST_WORD]
    words = [word[:MAX_LETTERS] for word in texts.words(used.tolist())]
    recording.add("word_id", used, "ids that have a word", axes=("word",))
    recording.add("word", np.array(words, np.str_), "their words", axes=("word",))


def _ids(sequences: Sequences) -> NDArray[np.int32]:
    longest = int(sequences.lengths.max(initial=1))
    everything = replace(sequences, known=_ALL)
    return everything.padded(length=min(MAX_WORDS, longest), vocabulary=_ALL)
