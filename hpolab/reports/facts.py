"""Everything that a report of a sweep says, as data: a pure function of its folder."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpolab.analysis.axes import axes_of
from hpolab.analysis.costs import Costs, costs
from hpolab.analysis.importance import Importance, importances
from hpolab.analysis.measured import measure
from hpolab.errors import HpolabError
from hpolab.events import SweepStarted
from hpolab.parameters import Fixed
from hpolab.places import without_places
from hpolab.reports.data import Data, data_of
from hpolab.reports.repeating import Repetition, repetition
from hpolab.reports.troubles import Trouble, troubles
from hpolab.reports.winner import Winner, winner_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from hpolab.budget import Budget
    from hpolab.config import SweepConfig
    from hpolab.record import SweepRecord
    from hpolab.scoring import ScoringWeights
    from hpolab.sweep import Sweep

__all__ = ["Asked", "Report", "Scored", "Spent", "report_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question.

    Attributes:
        model: The kind of network; "" where it cannot be told without the data.
        hyperparameters: What was varied; empty where the space cannot be told.
        weights: What a score is.
        sampler, pruner: How configurations were chosen and stopped early.
        epochs: A trial trains at most so many.
    """

    model: str
    hyperparameters: tuple[str, ...]
    weights: ScoringWeights
    sampler: str
    pruner: str
    epochs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """The budget and what went.

    Attributes:
        budget: The limits, extensions included.
        fates: How many trials ended how, or where they stand.
        epochs: Trained in all trials together.
        seconds: How long the sweep has run, pauses left out.
        money: What remote workers were billed at; 0 when nothing was paid for.
        costs: Where the time of the workers went.
        slots: How many trials could train at once; None where the machine decided.
    """

    budget: Budget
    fates: Mapping[str, int]
    epochs: int
    seconds: float
    money: float
    costs: Costs
    slots: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A completed trial in the order of the search."""

    trial: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A sweep, told for people who were not there.

    Attributes:
        state: As ``Sweep.state`` says it; ``reason`` is why it ended.
        began, told: When the first and the last entry of the journal were written; None without
            any.
        winner: None while no trial is completed.
        scored: Every completed trial.
        mattered: Which hyperparameters the score went with.
        notes: What the sweep itself thought a person should know.
    """

    name: str
    state: str
    reason: str
    began: datetime | None
    told: datetime | None
    asked: Asked
    data: Data
    spent: Spent
    winner: Winner | None
    scored: tuple[Scored, ...]
    mattered: Importance
    troubles: tuple[Trouble, ...]
    notes: tuple[str, ...]
    repetition: Repetition


def report_of(sweep: Sweep) -> Report:
    """Gather what a report says, as far as the sweep has come: finished, running or broken off.

    The same folder gives the same report; nothing is trained, and no data are read.

    Raises:
        StoreError: The journal or ``confirm.json`` is damaged.
    """
    record, state = sweep.record, sweep.state
    config = (record.config or sweep.config).replace(
        budget=record.budget if record.config else sweep.config.budget
    )
    data = data_of(sweep.folder, config, record)
    began, versions = _beginning(sweep)
    ranked = record.ranked()
    (mattered,) = importances(
        measure(record.trials.values(), config.scoring), axes_of(ranked), ("score",)
    )
    return Report(
        name=sweep.path.name,
        state=state,
        reason=without_places(record.reason).rstrip("."),
        began=began,
        told=record.told_utc,
        asked=_asked(config),
        data=data,
        spent=_spent(config, record),
        winner=winner_of(sweep, data.examples),
        scored=tuple(
            Scored(trial=trial.number, score=trial.score or 0.0)
            for trial in sorted(ranked, key=lambda each: each.number)
        ),
        mattered=mattered,
        troubles=troubles(record.trials.values()),
        notes=tuple(map(without_places, record.notes)),
        repetition=repetition(config, record, name=sweep.path.name, versions=versions),
    )


def _beginning(sweep: Sweep) -> tuple[datetime | None, Mapping[str, str]]:
    first = next(iter(sweep.entries()), None)
    if first is None:
        return None, {}
    is_start = isinstance(first.event, SweepStarted)
    return first.utc, first.event.versions if is_start else {}  # type: ignore[union-attr]


def _asked(config: SweepConfig) -> Asked:
    try:
        model, space = config.builder(), config.search_space()
        names = tuple(name for name in space if not isinstance(space[name], Fixed))
    except HpolabError:  # the data that would decide are not here
        model, names = config.model, ()
    return Asked(
        model=model,
        hyperparameters=names,
        weights=config.scoring,
        sampler=config.sampler.name,
        pruner=config.pruner.name,
        epochs=config.epochs,
    )


def _spent(config: SweepConfig, record: SweepRecord) -> Spent:
    is_inline = config.executor.name == "inline"
    return Spent(
        budget=config.budget,
        fates=Counter(trial.state for trial in record.trials.values()),
        epochs=record.epochs_trained,
        seconds=record.seconds_told(),
        money=record.cost(record.told_utc),
        costs=costs(record.trials.values(), epochs=config.epochs),
        slots=1 if is_inline else config.executor.workers,
    )
