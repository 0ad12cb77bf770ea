"""What figures of a sweep are made from: its trials as columns, and the axes of its space."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hpolab.analysis import Axis, Measured, axes_of, measure
from hpolab.errors import ConfigError, did_you_mean
from hpolab.record import SweepRecord

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from hpolab.config import SweepConfig
    from hpolab.record import TrialRecord
    from hpolab.scoring import ScoringWeights
    from hpolab.space import SearchSpace

__all__ = ["Material"]


@dataclass(frozen=True)
class Material:
    """The trials of a sweep under weights.

    Attributes:
        trials: All of them.
        weights: What counts.
        config: What was asked; None when only trials are known.
        now: Until when running trials are known to have run; None to tell from the trials.
    """

    trials: tuple[TrialRecord, ...]
    weights: ScoringWeights
    config: SweepConfig | None = None
    now: datetime | None = None

    @classmethod
    def of(cls, source: SweepRecord | Iterable[TrialRecord], weights: ScoringWeights) -> Material:
        """A sweep's record, or trials alone."""
        if not isinstance(source, SweepRecord):
            return cls(tuple(source), weights)
        return cls(tuple(source.trials.values()), weights, source.config, source.told_utc)

    @property
    def epochs(self) -> int | None:
        """How many a trial may train; None when that is not known."""
        return self.config.epochs if self.config else None

    @cached_property
    def measured(self) -> Measured:
        """The trials as columns."""
        return measure(self.trials, self.weights)

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """The hyperparameters that vary."""
        return axes_of(self.trials, self._space())

    def axis(self, name: str) -> Axis:
        """The axis of that name.

        Raises:
            ConfigError: No such hyperparameter varies; suggests the nearest.
        """
        for axis in self.axes:
            if axis.name == name:
                return axis
        known = did_you_mean(name, [axis.name for axis in self.axes])
        raise ConfigError(f"no hyperparameter {name!r} varies here; {known}")

    def _space(self) -> SearchSpace | None:
        """What was searched, as far as it can still be told."""
        if self.config is None:
            return None
        try:
            return self.config.search_space()
        except (ConfigError, ValueError):
            return None  # its data or builder are not here: the trials say what varied
