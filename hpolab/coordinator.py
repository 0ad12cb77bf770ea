"""The coordinator: asks the search, feeds the workers, judges what they report, writes it down.

One coordinator owns a sweep folder at a time. It alone writes the journal and talks to the
search; what it is told by others comes through ``commands.jsonl``.
"""

from __future__ import annotations

import logging
import platform
from collections import deque
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from hpolab.card import model_card
from hpolab.errors import ConfigError, StoreError
from hpolab.events import (
    BestChanged,
    BudgetExtended,
    Entry,
    EpochEnded,
    Event,
    Noted,
    RunEnded,
    RunEvent,
    RunLost,
    RunStarted,
    SweepContinued,
    SweepEnded,
    SweepPaused,
    SweepResumed,
    SweepStarted,
    TrialEnded,
    TrialStarted,
)
from hpolab.executors.executor import HOLD
from hpolab.record import SweepRecord, TrialRecord
from hpolab.search import Search, configuration_key
from hpolab.storage.folder import CommandTail, SweepFolder
from hpolab.storage.journal import Journal
from hpolab.storage.lock import CoordinatorLock
from hpolab.trial import RunResult, RunSpec, Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from hpolab.commands import Command
    from hpolab.config import SweepConfig
    from hpolab.executors.executor import Executor, Verdict

__all__ = ["Coordinator"]

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 2
"""A trial whose worker is lost is tried once more; then it has failed."""

_POLL_SECONDS = 0.2
_STOPPED = Stop(state="cancelled", reason="the sweep was stopped")


class Coordinator:
    """Runs one sweep from its folder until its budget is spent or someone stops it."""

    def __init__(
        self,
        folder: SweepFolder,
        config: SweepConfig,
        *,
        executor: Executor,
        fingerprint: str,
        wishes: tuple[Command, ...] = (),
        commands_offset: int = 0,
        on_entry: Callable[[Entry], None] | None = None,
    ) -> None:
        """Get ready; nothing is written before ``run``.

        Args:
            folder: Where the sweep lives.
            config: What is asked; checked, and equal to what the journal says if it has begun.
            executor: Trains trials; closed when the sweep ends.
            fingerprint: Of the data that the config names.
            wishes: Commands to obey before anything else.
            commands_offset: Where unread commands begin in ``commands.jsonl``, in bytes.
            on_entry: Told every entry as it is written; what it raises is logged, and it is not
                called again.
        """
        self.folder = folder
        self.config = config
        self.record = SweepRecord()
        self._executor = executor
        self._fingerprint = fingerprint
        self._wishes = wishes
        self._commands = CommandTail(folder.commands, offset=commands_offset)
        self._on_entry = on_entry
        self._search = Search(
            config.search_space(),
            sampler=config.sampler,
            pruner=config.pruner,
            seed=config.seed,
            epochs=config.epochs,
        )
        self._queue: deque[int] = deque()  # sampled, not yet with a worker
        self._running: dict[int, int] = {}  # trial -> attempt
        self._first: dict[str, int] = {}  # configuration -> the trial that trains it
        self._twins: dict[int, list[int]] = {}  # that trial -> later ones that wait for its result
        self._failures_in_a_row = 0
        self._ending: SweepEnded | None = None
        self._interrupted = False

    def run(self) -> SweepRecord:
        """Run until the end; blocks.

        Returns:
            The state of the sweep when it ended.

        Raises:
            FolderLocked: Another coordinator works in the folder.
            StoreError: The folder cannot be written; the sweep can be continued later.
            ExecutorError: No trial can be run.
        """
        with (
            CoordinatorLock(self.folder.lock),
            Journal(self.folder.journal) as self._journal,
            self._executor,
        ):
            self._open()
            while not self._is_over():
                self._obey_commands()
                self._launch()
                self._executor.poll(self._judge, _POLL_SECONDS)
            self._write(self._ending or self._finished(), durable=True)
        return self.record

    def interrupt(self) -> None:
        """Ask for a clean stop; safe to call from a signal handler."""
        self._interrupted = True

    # Opening: a new story, or the rest of one

    def _open(self) -> None:
        past = self._journal.entries
        if past:
            for entry in past:
                self.record.apply(entry)
                self._recall(entry.event)
            self._write(SweepContinued(versions=_versions()))
            self._repair_best()
        else:
            self._write(
                SweepStarted(
                    sweep=self.folder.name,
                    config=self.config.to_dict(),
                    fingerprint=self._fingerprint,
                    versions=_versions(),
                ),
                durable=True,
            )
        for trial in self.record.finished():
            if _is_reusable(trial):
                self._first.setdefault(configuration_key(trial.params), trial.number)
        for trial in self.record.unfinished():
            self._admit(trial.number)
        for command in self._wishes:
            self._obey(command)

    def _recall(self, event: Event) -> None:
        """Let the search live through the recorded facts again, in their order."""
        match event:
            case TrialStarted():
                self._search.restore(event.trial, event.params)
            case EpochEnded() if event.score is not None:
                self._search.report(event.trial, event.epoch.epoch, event.score)
            case TrialEnded():
                self._search.tell(event.trial, event.score, event.state)

    def _repair_best(self) -> None:
        """A crash may have come between a trial's end and the copy of the new winner."""
        ranked = self.record.ranked()
        if ranked and ranked[0].number not in {self.folder.best_trial()} & {self.record.best}:
            self._install_best(ranked[0])

    # The loop's steps

    def _is_over(self) -> bool:
        if self._interrupted and self._ending is None:
            self._stop("stopped by hand")
        if self._running:
            return False
        return self._ending is not None or not (self._queue or self._has_budget())

    def _has_budget(self) -> bool:
        return not self._spent(trials=len(self.record.trials)) and not self._search.exhausted()

    def _spent(self, *, trials: int = 0) -> str:
        return self.record.budget.exhausted(
            trials=trials, seconds=self.record.seconds(), epochs=self.record.epochs_trained
        )

    def _launch(self) -> None:
        """Give every free slot a trial to train."""
        while (
            len(self._running) < self._executor.slots
            and self._ending is None
            and self.record.state == "running"
            and (self._queue or self._has_budget())
        ):
            if not self._queue:
                self._sample()
            if self._queue and len(self._running) < self._executor.slots:
                self._submit(self._queue.popleft())

    def _sample(self) -> None:
        number = len(self.record.trials)
        params = self._search.ask(number)
        self._write(TrialStarted(trial=number, params=params, seed=self.config.seed))
        self._admit(number)

    def _admit(self, number: int) -> None:
        """Train a sampled trial, or let it share the result of an equal one."""
        key = configuration_key(self.record.trials[number].params)
        first = self._first.setdefault(key, number)
        if first == number:
            self._queue.append(number)
        elif self.record.trials[first].ended is not None:
            self._reuse(number, first)
        else:
            self._twins.setdefault(first, []).append(number)

    def _submit(self, number: int) -> None:
        trial = self.record.trials[number]
        spec = RunSpec(
            trial=number,
            attempt=trial.attempt + 1,
            model=self.config.builder(),
            params=trial.params,
            dataset=self.config.dataset,
            fingerprint=self.record.fingerprint,
            epochs=self.config.epochs,
            seed=trial.seed,
            record=self.config.record != "none",
            folder=self.folder.trial(number).resolve(),
        )
        self._running[number] = spec.attempt
        self._executor.submit(spec)

    # What executors report

    def _judge(self, event: RunEvent) -> Verdict:
        """Write down what happened; for an epoch, say whether the run shall go on."""
        if self._running.get(event.trial) != event.attempt:
            return None  # a late word from an attempt that has been given up
        match event:
            case RunStarted():
                self._write(event)
            case EpochEnded():
                return self._judge_epoch(event)
            case RunEnded():
                del self._running[event.trial]
                self._end_run(event.trial, event.result)
            case RunLost():
                del self._running[event.trial]
                self._retry(event)
        return None

    def _judge_epoch(self, event: EpochEnded) -> Verdict:
        number, epoch = event.trial, event.epoch
        prune = ""
        if len(self.record.trials[number].epochs) < epoch.epoch:  # else it waits in a pause
            score = self.config.scoring.score(epoch.val_accuracy, epoch.health).total
            self._write(event.replace(score=score))
            prune = self._search.report(number, epoch.epoch, score)
        if self._ending is not None or self._interrupted:
            return _STOPPED
        if epoch.epoch >= self.config.epochs:
            return None  # nothing is left to save by ending it now
        if prune:
            return Stop(state="pruned", reason=prune)
        if spent := self._spent():
            return Stop(state="cancelled", reason=spent)
        return HOLD if self.record.state == "paused" else None

    def _retry(self, event: RunLost) -> None:
        if event.attempt < MAX_ATTEMPTS:
            self._write(event.replace(reason=f"{event.reason}; it is tried once more"))
            self._queue.appendleft(event.trial)
            return
        self._write(event)
        reason = f"its worker was lost {event.attempt} times: {event.reason}"
        self._end_run(event.trial, RunResult(state="failed", reason=reason))

    def _end_run(self, number: int, result: RunResult) -> None:
        if result.state == "cancelled" and result.reason == _STOPPED.reason:
            return  # its fate stays open: a continued sweep trains it again
        self._settle(number, result)
        self._failures_in_a_row = self._failures_in_a_row + 1 if result.state == "failed" else 0
        if self._failures_in_a_row >= self.config.max_failures and self._ending is None:
            self._stop(
                f"{self._failures_in_a_row} trials failed in a row; the last one: {result.reason}",
                failed=True,
            )

    # Settling a trial's fate

    def _settle(self, number: int, result: RunResult, *, reused_from: int | None = None) -> None:
        trial = self.record.trials[number]
        self.folder.write_result(
            number,
            {"trial": number, "params": trial.params, "seed": trial.seed}
            | ({} if reused_from is None else {"reused_from": reused_from})
            | result.to_dict(),
        )
        ended = self._verdict(trial, result, reused_from)
        self._write(ended, durable=True)
        self._search.tell(number, ended.score, ended.state)
        self._keep_if_best(number)
        self._free_twins(number)

    def _verdict(
        self, trial: TrialRecord, result: RunResult, reused_from: int | None
    ) -> TrialEnded:
        metrics = result.health.values()
        score = self.config.scoring.score(result.accuracy or 0.0, metrics)
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

    def _reuse(self, number: int, first: int) -> None:
        result = self._result_of(first)
        if result is None:
            self._first[configuration_key(self.record.trials[number].params)] = number
            self._queue.append(number)
        else:
            self._settle(number, result, reused_from=first)

    def _result_of(self, number: int) -> RunResult | None:
        """A stored result, None when its file is gone or damaged."""
        known = RunResult.model_fields
        try:
            data = self.folder.read_result(number)
            return RunResult.parse({name: data[name] for name in known if name in data})
        except (StoreError, ConfigError) as error:
            self._write(Noted(message=f"trial {number} is trained again: {error}"))
            return None

    def _free_twins(self, number: int) -> None:
        twins = self._twins.pop(number, [])
        if not _is_reusable(self.record.trials[number]):
            self._first.pop(configuration_key(self.record.trials[number].params), None)
        for twin in twins:
            self._admit(twin)

    def _keep_if_best(self, number: int) -> None:
        trial, best = self.record.trials[number], self.record.best
        is_best = trial.state == "completed" and self.record.ranked()[0].number == number
        if is_best:
            self._install_best(trial)
        if self.config.record != "best":
            return
        loser = best if is_best else number
        if loser is not None:
            self.folder.discard(loser, "diagnostics")

    def _install_best(self, trial: TrialRecord) -> None:
        result = self._result_of(trial.number)
        if result is None or trial.score is None:
            return
        finished = len(self.record.finished())
        card = model_card(self.folder.name, self.config, trial, result, n_trials=finished)
        facts = {"trial": trial.number, "score": trial.score, "sweep": self.folder.name}
        self.folder.install_best(trial.number, card=card, facts=facts)
        self._write(BestChanged(trial=trial.number, score=trial.score))

    # What people wish

    def _obey_commands(self) -> None:
        commands, refused = self._commands.new()
        for message in refused:
            self._write(Noted(message=message))
        for command in commands:
            self._obey(command)

    def _obey(self, command: Command) -> None:
        match command.verb:
            case "pause" if self.record.state == "running":
                self._write(SweepPaused())
            case "resume" if self.record.state == "paused":
                self._write(SweepResumed())
            case "stop" if self._ending is None:
                self._stop("stopped by command")
            case "cancel" if command.trial is not None:
                self._cancel(command.trial)
            case "extend":
                self._write(BudgetExtended(budget=self.record.budget.extended(command)))

    def _cancel(self, number: int) -> None:
        stop = Stop(state="cancelled", reason="cancelled by command")
        trial = self.record.trials.get(number)
        if number in self._running:
            self._executor.cancel(number, stop)
        elif trial is None or trial.ended is not None:
            fate = "does not exist yet" if trial is None else f"has already {trial.state}"
            self._write(Noted(message=f"trial {number} {fate}; there is nothing to cancel"))
        else:
            if number in self._queue:
                self._queue.remove(number)
            for twins in self._twins.values():
                if number in twins:
                    twins.remove(number)
            self._settle(number, RunResult(state=stop.state, reason=stop.reason))

    def _stop(self, reason: str, *, failed: bool = False) -> None:
        """Begin the end: nothing new starts, running trials end after their epoch."""
        self._ending = SweepEnded(state="failed" if failed else "stopped", reason=reason)
        for number in self._running:
            self._executor.cancel(number, _STOPPED)

    def _finished(self) -> SweepEnded:
        spent = self._spent(trials=len(self.record.trials))
        reason = spent or "every configuration of the space has been tried"
        return SweepEnded(state="finished", reason=reason)

    def _write(self, event: Event, *, durable: bool = False) -> None:
        entry = self._journal.append(event, durable=durable)
        self.record.apply(entry)
        if self._on_entry is not None:
            try:
                self._on_entry(entry)
            except Exception:
                log.exception("an observer of sweep %s failed and is dropped", self.folder.name)
                self._on_entry = None


def _is_reusable(trial: TrialRecord) -> bool:
    """Whether training it again would give the same: it ended by its own or the pruner's word."""
    return trial.state in {"completed", "pruned"}


def _versions() -> dict[str, str]:
    """What the sweep runs on, for whoever wants to repeat it."""
    found = {"python": platform.python_version()}
    for name in ("hpolab", "tensorflow", "keras", "optuna", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
