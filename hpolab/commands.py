"""What is wished of a running sweep: the lines of ``commands.jsonl``, appended by anyone."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from hpolab.errors import ConfigError
from hpolab.frozen import Frozen

__all__ = ["Command"]


class Command(Frozen):
    """One wish.

    Attributes:
        verb: pause, resume, stop, cancel (a trial), extend (the budget) or explore.
        trial: The trial to cancel.
        share: Of the trials to come, how many are drawn at random instead of by the sampler.
        trials, seconds, epochs, money: How much to add to the budget's limits.
    """

    verb: Literal["pause", "resume", "stop", "cancel", "extend", "explore"]
    trial: int | None = Field(default=None, ge=0)
    share: float | None = Field(default=None, ge=0, le=1)
    trials: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0)
    epochs: int | None = Field(default=None, ge=1)
    money: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.verb == "cancel" and self.trial is None:
            raise ConfigError("say which trial to cancel.", field="trial")
        amounts = (self.trials, self.seconds, self.epochs, self.money)
        if self.verb == "extend" and not any(amounts):
            raise ConfigError("say by how much: trials, seconds, epochs or money.", field="trials")
        if self.verb == "explore" and self.share is None:
            raise ConfigError("say which share of the trials, from 0 to 1.", field="share")
        return self
