"""What the coordinator and a RunPod worker say to each other: JSON in a job's input and output.

A job's input is ``{"order": Order}``; its output while it trains is a Progress, in the end an
Outcome, each under its own name. Whatever else the platform calls an output is not ours, and a
failure: the platform shows a job whose result got lost as completed, without an output.
"""

from __future__ import annotations

from typing import Any, Self, TypeVar

from pydantic import Field

from hpolab.errors import ConfigError
from hpolab.executors._work import TRAIN
from hpolab.frozen import Frozen
from hpolab.storage.bucket import Bucket
from hpolab.storage.objects import Parcel
from hpolab.trial import EpochRecord, RunResult, RunSpec

__all__ = ["LATEST_EPOCHS", "Order", "Outcome", "Parcel", "Progress"]

LATEST_EPOCHS = 100
"""So many epochs a Progress tells at most, the latest: a poll that comes late misses none."""


class Order(Frozen):
    """What one job is to do.

    Attributes:
        submission: Our own name for the job, new for every attempt: a request that was answered
            by an error may have begun a job all the same.
        run: What to train; its folder is the worker's own affair.
        work: The function that trains, "module:function".
        bucket: Where the artifacts go; None to leave them.
        key: Where in the bucket, without the job's own part and the suffix.
        data: The data as an object in the same bucket; None when the worker finds them by name.
    """

    submission: str
    run: RunSpec
    work: str = TRAIN
    bucket: Bucket | None = None
    key: str = ""
    data: Parcel | None = None


class Progress(Frozen):
    """How far a job has come: what its output says while it trains.

    Attributes:
        submission: Of the order.
        sequence: Counted from 1; an update may overtake an earlier one.
        worker: Who trains it.
        epochs: The latest ones, in order, at most LATEST_EPOCHS.
    """

    submission: str
    sequence: int = Field(ge=1)
    worker: str
    epochs: tuple[EpochRecord, ...] = ()

    def to_output(self) -> dict[str, Any]:
        """As a job's output."""
        return {"progress": self.to_dict()}

    @classmethod
    def of_output(cls, output: Any) -> Self | None:
        """What a job's output says; None when it is no progress."""
        return _under(cls, "progress", output)


class Outcome(Frozen):
    """How a job ended: its output when it is done.

    Attributes:
        submission: Of the order.
        worker: Who trained it.
        result: As ``train_run`` gave it; its artifacts are those in the parcel.
        parcel: One zip with the artifacts; None when there are none, or they could not be sent.
        note: Why there is no parcel, in words; empty when all is well.
    """

    submission: str
    worker: str
    result: RunResult
    parcel: Parcel | None = None
    note: str = ""

    def to_output(self) -> dict[str, Any]:
        """As a job's output."""
        return {"outcome": self.to_dict()}

    @classmethod
    def of_output(cls, output: Any) -> Self | None:
        """What a job's output says; None when it is no outcome."""
        return _under(cls, "outcome", output)


_Record = TypeVar("_Record", Progress, Outcome)


def _under(kind: type[_Record], name: str, output: Any) -> _Record | None:
    if not isinstance(output, dict) or not isinstance(output.get(name), dict):
        return None
    try:
        return kind.parse(output[name])
    except ConfigError:
        return None
