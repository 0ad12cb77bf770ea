"""What travels to a remote worker and back as JSON: a job, its progress, its outcome."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from hpolab.frozen import Frozen
from hpolab.storage.objects import StoredObject
from hpolab.trial import EpochRecord, RunResult, RunSpec

__all__ = ["FORMAT", "Job", "Outcome", "Progress"]

FORMAT: Final = 1
"""Raised when a worker's image and a coordinator of another version would not understand it."""


class Job(Frozen):
    """One run for a worker anywhere.

    Attributes:
        format: Of these records.
        spec: The run. The worker replaces its folder, and the path of the user's own data.
        key: Where in the object store the worker leaves the parcel of what it trained.
        data: The data set where the worker cannot find it by its name: decoded arrays, packed by
            ``hpolab.data.travel``; what ``spec.fingerprint`` says must come out of it.
    """

    format: Literal[1] = FORMAT
    spec: RunSpec
    key: str
    data: StoredObject | None = None


class Progress(Frozen):
    """How far a run is; each message replaces the last, and those with a lower number are late.

    Attributes:
        format: Of these records.
        trial, attempt: Which run.
        number: Of the message, from 1.
        epochs: All that have ended so far.
    """

    format: Literal[1] = FORMAT
    trial: int
    attempt: int
    number: int = Field(ge=1)
    epochs: tuple[EpochRecord, ...] = ()


class Outcome(Frozen):
    """How a job ended: a run that failed by its own fault has an outcome too.

    Attributes:
        format: Of these records.
        trial, attempt: Which run.
        result: As a local worker would tell it.
        parcel: The trial's folder in the object store; None when it could not be stored.
        problem: Then why, in a sentence.
    """

    format: Literal[1] = FORMAT
    trial: int
    attempt: int
    result: RunResult
    parcel: StoredObject | None = None
    problem: str = ""
