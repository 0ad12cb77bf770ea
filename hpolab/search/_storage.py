"""Trials as rows of Optuna's relational storage."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as State
from sqlalchemy.pool import NullPool

from hpolab.search._codec import STATES, distribution
from hpolab.search._seam import calling_optuna
from hpolab.space import Choice, Fixed, Parameter, SearchSpace, Value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from hpolab.search.exported import ExportedTrial

__all__ = ["write_storage"]

_STATES = {**STATES, "running": State.RUNNING}


def write_storage(
    path: Path, space: SearchSpace, trials: Sequence[ExportedTrial], *, name: str
) -> None:
    """Write a new SQLite file with one study of that name."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path)
        # a new file that nobody else sees needs no protection from a crash: 100 times faster
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        return connection

    with calling_optuna("exporting trials"):
        storage = RDBStorage(
            "sqlite://", engine_kwargs={"creator": connect, "poolclass": NullPool}
        )
        try:
            study = optuna.create_study(study_name=name, storage=storage, direction="maximize")
            study.set_metric_names(["score"])
            study.add_trials([_frozen(space, trial) for trial in trials])
        finally:
            storage.remove_session()
            storage.engine.dispose()


def _frozen(space: SearchSpace, trial: ExportedTrial) -> FrozenTrial:
    space.check(trial.params)
    state = _STATES[trial.state]
    value = trial.score if state == State.COMPLETE else None
    if state == State.PRUNED and trial.scores:
        value = trial.scores[max(trial.scores)]
    told = {"trial": trial.number, "state": trial.state, **trial.attrs}
    running = state == State.RUNNING
    return FrozenTrial(
        number=-1,  # the storage gives numbers and ids
        trial_id=-1,
        state=state,
        value=value,
        datetime_start=_local(trial.started),
        datetime_complete=None if running else _local(trial.ended or trial.started),
        params={name: _shown(space[name], value) for name, value in trial.params.items()},
        distributions={name: _shown_distribution(space[name]) for name in trial.params},
        user_attrs={key: value for key, value in told.items() if value is not None},
        system_attrs={},
        intermediate_values=dict(trial.scores),
    )


def _local(moment: datetime) -> datetime:
    """As Optuna writes times: local, without a zone."""
    return moment.astimezone().replace(tzinfo=None)


def _shown_distribution(parameter: Parameter) -> BaseDistribution:
    """Like ``distribution``, but choices by their names instead of their indices."""
    if isinstance(parameter, Fixed):
        return CategoricalDistribution((_shown(parameter, parameter.value),))
    if isinstance(parameter, Choice):
        return CategoricalDistribution([_shown(parameter, value) for value in parameter.options])
    return distribution(parameter)


def _shown(parameter: Parameter, value: Value) -> Value:
    """The value; spelled out where Optuna would take two options for the same (True and 1)."""
    if isinstance(parameter, Choice) and len(set(parameter.options)) < len(parameter.options):
        return repr(value)
    return value
