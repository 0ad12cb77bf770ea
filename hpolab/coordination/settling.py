"""Settling a trial's fate: the result stored, the verdict written down, ``best/`` kept right."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from hpolab.coordination.card import model_card
from hpolab.errors import ConfigError, StoreError
from hpolab.events import BestChanged, Noted, TrialEnded
from hpolab.trial import RunResult

if TYPE_CHECKING:
    from hpolab.config import SweepConfig
    from hpolab.coordination.chronicle import Chronicle
    from hpolab.record import TrialRecord
    from hpolab.search import Search
    from hpolab.storage.folder import SweepFolder

__all__ = ["Settling"]


_NO_ROOM = tuple(os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EROFS))
"""What a run says that failed for want of a disk: the folder is to blame, not the trial.

Looked for in words, since HDF5 and Keras wrap the system's error into errors of their own.
"""


class Settling:
    """Turns results of runs into settled trials."""

    def __init__(
        self, folder: SweepFolder, config: SweepConfig, *, chronicle: Chronicle, search: Search
    ) -> None:
        self._folder = folder
        self._config = config
        self._chronicle = chronicle
        self._search = search

    def settle(self, number: int, result: RunResult, *, reused_from: int | None = None) -> None:
        """Store a trial's result, write down its fate, tell the search, keep the winner.

        Args:
            number: The trial.
            result: Of its last run.
            reused_from: The trial that was trained in its stead.

        Raises:
            StoreError: The folder cannot be written, by us or by the run; nothing is settled.
        """
        if result.state == "failed" and any(said in result.reason for said in _NO_ROOM):
            raise StoreError(
                f"trial {number} could not be stored: {result.reason}. Free some space or allow "
                "writing there, then run the sweep again: it is trained once more."
            )
        trial = self._chronicle.record.trials[number]
        heading = {"trial": number, "params": trial.params, "seed": trial.seed}
        if reused_from is not None:
            heading["reused_from"] = reused_from
        self._folder.write_result(number, heading | result.to_dict())
        ended = self._verdict(trial, result, reused_from)
        self._chronicle.write(ended, durable=True)
        self._search.tell(number, ended.score, ended.state)
        self._keep_if_best(number)

    def result_of(self, number: int) -> RunResult | None:
        """A stored result, None when its file is gone or damaged; that is noted."""
        known = RunResult.model_fields
        try:
            data = self._folder.read_result(number)
            return RunResult.parse({name: data[name] for name in known if name in data})
        except (StoreError, ConfigError) as error:
            self._chronicle.write(Noted(message=f"the result of trial {number} is lost: {error}"))
            return None

    def repair(self) -> None:
        """Do what a crash between a trial's end and the copy of the winner has left undone."""
        record = self._chronicle.record
        ranked = record.ranked()
        self._folder.tidy_best()
        if ranked and not (
            ranked[0].number == record.best == self._folder.best_trial()
            and self._folder.best_is_whole()
        ):
            self._install_best(ranked[0])
        if self._config.record == "best":
            for trial in record.finished():
                if trial.number != record.best:
                    self._folder.discard(trial.number, "diagnostics")

    def _verdict(
        self, trial: TrialRecord, result: RunResult, reused_from: int | None
    ) -> TrialEnded:
        metrics = result.health.values()
        score = self._config.scoring.score(result.accuracy or 0.0, metrics)
        return TrialEnded(
            trial=trial.number,
            attempt=max(1, trial.attempt),
            state=result.state,
            reason=result.reason,
            epochs=len(result.history),
            accuracy=result.accuracy,
            test_accuracy=result.test_accuracy,
            metrics=metrics,
            health=score.health,
            score=score.total if result.state == "completed" else None,
            n_parameters=result.n_parameters,
            seconds=result.seconds,
            reused_from=reused_from,
        )

    def _keep_if_best(self, number: int) -> None:
        record = self._chronicle.record
        trial, loser = record.trials[number], record.best
        if trial.state == "completed" and record.ranked()[0].number == number:
            self._install_best(trial)
        else:
            loser = number
        if self._config.record == "best" and loser is not None:
            self._folder.discard(loser, "diagnostics")

    def renew_card(self) -> None:
        """Let the winner's card say among how many trials it has won in the end."""
        record = self._chronicle.record
        if record.best is None or record.best != self._folder.best_trial():
            return
        if (result := self.result_of(record.best)) is not None:
            self._folder.write_card(self._card(record.trials[record.best], result))

    def _install_best(self, trial: TrialRecord) -> None:
        result = self.result_of(trial.number)
        if result is None or trial.score is None:
            return
        facts = {"trial": trial.number, "score": trial.score, "sweep": self._folder.name}
        self._folder.install_best(trial.number, card=self._card(trial, result), facts=facts)
        self._chronicle.write(BestChanged(trial=trial.number, score=trial.score))

    def _card(self, trial: TrialRecord, result: RunResult) -> str:
        finished = len(self._chronicle.record.finished())
        return model_card(self._folder.name, self._config, trial, result, n_trials=finished)
