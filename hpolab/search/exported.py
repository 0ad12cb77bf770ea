"""A trial as it leaves for Optuna's storage."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from hpolab.frozen import Frozen
from hpolab.space import Value
from hpolab.trial import TrialState

__all__ = ["ExportedTrial"]


class ExportedTrial(Frozen):
    """What an Optuna storage is told about a trial.

    Attributes:
        number: In the sweep, from 0.
        params: Its configuration.
        state: Its fate, or "running".
        score: The final one; None unless completed.
        scores: By epoch, counted from 1.
        attrs: Anything else worth seeing (accuracy, health, metrics, reason); None is left out.
        started, ended: When; with a time zone.
    """

    number: int = Field(ge=0)
    params: dict[str, Value]
    state: TrialState | Literal["running"]
    score: float | None = None
    scores: dict[int, float] = Field(default_factory=dict)
    attrs: dict[str, Value | None] = Field(default_factory=dict)
    started: datetime
    ended: datetime | None = None
