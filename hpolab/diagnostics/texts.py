"""Recorded texts as words again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hpolab.data.sequences import OOV, PAD, START

if TYPE_CHECKING:
    from hpolab.diagnostics.arrays import Arrays

__all__ = ["Word", "texts"]


class Word(NamedTuple):
    """A word of a text.

    Attributes:
        text: The word, "#17" where words were not recorded.
        is_known: Whether the network has it in its vocabulary; it reads the same for all others.
        place: At which step the network reads it; negative where it begins to read later.
    """

    text: str
    is_known: bool
    place: int


def texts(arrays: Arrays, what: str) -> tuple[tuple[Word, ...], ...]:
    """The words of the recorded texts, without padding and start.

    Args:
        arrays: The recording.
        what: "mistake" or "gate".
    """
    read = arrays[f"{what}_input"]
    whole = arrays[next(key for key in (f"{what}_text", f"{what}_input") if key in arrays)]
    words: dict[int, str] = {OOV: "[unknown]"}
    if "word" in arrays:
        words |= dict(zip(arrays["word_id"].tolist(), arrays["word"].tolist(), strict=True))
    found = []
    for ids, seen in zip(whole.tolist(), read.tolist(), strict=True):
        first = len(seen) - len(ids)  # both end with the text's last word
        found.append(
            tuple(
                Word(words.get(i, f"#{i}"), first + at < 0 or seen[first + at] != OOV, first + at)
                for at, i in enumerate(ids)
                if i not in (PAD, START)
            )
        )
    return tuple(found)
