"""How much a sweep may spend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from hpolab.errors import ConfigError
from hpolab.frozen import Frozen

if TYPE_CHECKING:
    from hpolab.commands import Command

__all__ = ["Budget"]


class Budget(Frozen):
    """Limits of a sweep; the first one reached ends it.

    Attributes:
        trials: Finished trials, whatever their fate; None for no limit.
        seconds: Wall-clock time during which the sweep runs; None for no limit.
        epochs: Epochs trained in all trials together; None for no limit.
        money: What remote workers may cost, in the currency of the executor's price per second;
            None for no limit.
    """

    trials: int | None = Field(default=20, ge=1)
    seconds: float | None = Field(default=None, gt=0)
    epochs: int | None = Field(default=None, ge=1)
    money: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if all(limit is None for limit in (self.trials, self.seconds, self.epochs, self.money)):
            raise ConfigError(
                "a sweep must end; set at least one of trials, seconds, epochs, money."
            )
        return self

    def exhausted(self, *, trials: int, seconds: float, epochs: int, money: float = 0.0) -> str:
        """Which limit has been reached, in words; empty while there is budget left.

        Args:
            trials: Trials started so far.
            seconds: Time the sweep has run, pauses left out.
            epochs: Epochs trained so far in all trials together.
            money: What has been billed so far, and what runs in flight will be at least.
        """
        if self.trials is not None and trials >= self.trials:
            return f"all {self.trials} trials are done"
        if self.seconds is not None and seconds >= self.seconds:
            return f"its {self.seconds:g} seconds are used up"
        if self.epochs is not None and epochs >= self.epochs:
            return f"its {self.epochs} epochs are used up"
        if self.money is not None and money >= self.money:
            return f"its {self.money:g} of money are used up"
        return ""

    def without_limit(self, more: Command) -> list[str]:
        """What a command would add to, but has no limit here."""
        names = ("trials", "seconds", "epochs", "money")
        return [name for name in names if getattr(more, name) and getattr(self, name) is None]

    def extended(self, more: Command) -> Self:
        """These limits with a command's amounts added; what has no limit keeps none."""
        return self.replace(
            **{
                name: getattr(self, name) + amount
                for name in ("trials", "seconds", "epochs", "money")
                if (amount := getattr(more, name)) and getattr(self, name) is not None
            }
        )
