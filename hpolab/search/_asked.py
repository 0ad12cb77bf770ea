"""Who was asked for: the trials of a search, their numbers in the study, and which have ended."""

from __future__ import annotations

from dataclasses import dataclass

from hpolab.errors import HpolabError

__all__ = ["Asked", "AskedTrial"]


@dataclass(slots=True)
class AskedTrial:
    """A trial that was asked for: its number in the study, and whether it has ended."""

    study_number: int
    ended: bool = False


class Asked(list[AskedTrial]):
    """The trials in the order in which they were asked for, from number 0 on."""

    def expect_next(self, number: int) -> None:
        """Refuse a number that is not the next one.

        Raises:
            HpolabError: Says which one is.
        """
        if number != len(self):
            rule = f"trial {len(self)} is the next one, but {number} was asked for"
            raise HpolabError(f"{rule}; ask for every number once, in order.")

    def running(self, number: int) -> AskedTrial:
        """A trial that has not ended.

        Raises:
            HpolabError: It has, or it was never asked for.
        """
        if not 0 <= number < len(self):
            raise HpolabError(f"trial {number} has not been asked for.")
        if self[number].ended:
            raise HpolabError(f"trial {number} has ended already.")
        return self[number]
