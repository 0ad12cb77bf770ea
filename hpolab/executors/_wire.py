"""What a worker is told and what it tells: JSON in one direction and the other, never a pickle.

To a worker go a RunSpec, and after each epoch an Answer; from it come Frames.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hpolab.events import EpochEnded, RunEnded, RunStarted
from hpolab.frozen import Frozen
from hpolab.trial import Stop

__all__ = ["Answer", "Frame", "Setup"]


class Setup(Frozen):
    """How workers are made.

    Attributes:
        work: The function that trains, "module:function".
        prepare: Called as ``prepare(threads=1)`` in a fresh worker, "module:function".
        preload: Called in the fork-server before it forks, "module:function".
        heartbeat_seconds: How often a worker tells that it lives; None for never.
        visible_gpus: The ``CUDA_VISIBLE_DEVICES`` of workers by their names; that of the others
            is left as it is.
    """

    work: str
    prepare: str | None = None
    preload: str | None = None
    heartbeat_seconds: float | None = None
    visible_gpus: dict[str, str] = Field(default_factory=dict)


class Answer(Frozen):
    """The coordinator's verdict on an epoch; None goes on."""

    stop: Stop | None = None


class Frame(Frozen):
    """One message of a worker; one with nothing in it tells where it lives, and that it does.

    Attributes:
        pid: The worker's process.
        is_ready: It has imported what it needs and can train.
        rss_bytes: Its resident memory; 0 where the system does not tell.
        event: What happened to its run.
        error: Why it cannot work at all; empty when it can.
    """

    pid: int
    is_ready: bool = False
    rss_bytes: int = 0
    event: Annotated[RunStarted | EpochEnded | RunEnded, Field(discriminator="kind")] | None = None
    error: str = ""
