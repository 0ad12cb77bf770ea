"""Leave to train in the playground: for how long, and which place is taken meanwhile."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpolab.errors import ConfigError
from hpolab.storage.files import storing
from hpolab.storage.lock import lock_now

if TYPE_CHECKING:
    from pathlib import Path

    from filelock import FileLock

__all__ = ["Turn", "take_turn"]


@dataclass(frozen=True)
class Turn:
    """Leave to train.

    Attributes:
        seconds: For how long.
        held: Locks that others find taken meanwhile; a process that dies gives them back.
    """

    seconds: float = math.inf
    held: tuple[FileLock, ...] = ()

    def end(self) -> None:
        """Let others have the place; a second time does nothing."""
        for lock in self.held:
            lock.release()


def take_turn(own: Path, shared: Path, *, places: int, seconds: float) -> Turn:
    """A turn for one visitor of many.

    Args:
        own: The visitor's folder, where one training at a time is let in.
        shared: The folder of all visitors' places.
        places: How many of them train at once.
        seconds: For how long a turn is.

    Raises:
        ConfigError: The visitor trains already, or all places are taken.
        StoreError: The folders cannot be written.
    """
    for folder in (own, shared):
        with storing(folder):
            folder.mkdir(parents=True, exist_ok=True)
    mine = lock_now(own / ".playing.lock")
    if mine is None:
        raise ConfigError("you train in another playground already; pause that one first.")
    for number in range(places):
        place = lock_now(shared / f"place-{number}.lock")
        if place is not None:
            return Turn(seconds, (mine, place))
    mine.release()
    raise ConfigError(f"all {places} places to play are taken; try again in some minutes.")
