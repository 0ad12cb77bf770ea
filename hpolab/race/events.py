"""What happens in a race, as frozen facts: the lines of its ``journal.jsonl``.

Workers tell the first three kinds; the coordinator writes them down together with its own.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from hpolab.events import FORMAT, Line, Noted
from hpolab.frozen import Frozen

__all__ = [
    "Frame",
    "HeatAdvanced",
    "HeatEnded",
    "HeatEvent",
    "HeatLost",
    "HeatStarted",
    "HeatState",
    "RaceContinued",
    "RaceEnded",
    "RaceEntry",
    "RaceEvent",
    "RaceStarted",
]

HeatState = Literal["completed", "failed", "cancelled", "timed out"]


class Frame(Frozen):
    """A population of a scene at a moment.

    Attributes:
        evaluations: Made by then.
        error: The best by then.
        points: Thousandths of the way through the bounds, one axis after the other: x, y, x, y.
    """

    evaluations: int = Field(ge=0)
    error: float
    points: tuple[int, ...]


class HeatStarted(Frozen):
    """A worker has begun a run.

    Attributes:
        worker: Number of its process.
    """

    kind: Literal["heat_started"] = "heat_started"
    heat: int = Field(ge=0)
    attempt: int = Field(ge=1)
    worker: int


class HeatAdvanced(Frozen):
    """What a run has reached since it was last heard of.

    Attributes:
        points: Evaluations made, and the best error by then.
        frames: Of a scene.
    """

    kind: Literal["heat_advanced"] = "heat_advanced"
    heat: int = Field(ge=0)
    attempt: int = Field(ge=1)
    points: tuple[tuple[int, float], ...]
    frames: tuple[Frame, ...] = ()


class HeatEnded(Frozen):
    """A run's fate is settled.

    Attributes:
        reason: Why it did not complete, else empty.
        reached: Evaluations made when the target was reached; None when it was not.
        point: The best one found; empty when the run was cut off.
        seconds: Wall time.
    """

    kind: Literal["heat_ended"] = "heat_ended"
    heat: int = Field(ge=0)
    attempt: int = Field(ge=0)
    state: HeatState
    reason: str = ""
    reached: int | None = None
    point: tuple[float, ...] = ()
    seconds: float = Field(default=0.0, ge=0)


class HeatLost(Frozen):
    """A worker has gone away with its run, which is tried again."""

    kind: Literal["heat_lost"] = "heat_lost"
    heat: int
    attempt: int
    reason: str


class RaceStarted(Frozen):
    """The first line: what was asked, and with which versions."""

    kind: Literal["race_started"] = "race_started"
    format: int = FORMAT
    race: str
    config: dict[str, Any]
    versions: dict[str, str]


class RaceContinued(Frozen):
    """A coordinator has taken up the race again after a stop or a crash."""

    kind: Literal["race_continued"] = "race_continued"


class RaceEnded(Frozen):
    """The race is over, or stopped until someone continues it."""

    kind: Literal["race_ended"] = "race_ended"
    state: Literal["finished", "stopped", "failed"]
    reason: str


HeatEvent = Annotated[HeatStarted | HeatAdvanced | HeatEnded, Field(discriminator="kind")]
"""What a worker tells the coordinator."""

RaceEvent = Annotated[
    RaceStarted
    | RaceContinued
    | HeatStarted
    | HeatAdvanced
    | HeatEnded
    | HeatLost
    | Noted
    | RaceEnded,
    Field(discriminator="kind"),
]
"""What the journal of a race holds."""


class RaceEntry(Line):
    """One line of a race's journal; see Line."""

    event: RaceEvent
