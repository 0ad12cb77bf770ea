"""The coordinator: asks the search, feeds the workers, judges what they report, writes it down.

One coordinator owns a sweep folder at a time. It alone writes the journal and talks to the
search; what it is told by others comes through ``commands.jsonl``.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from hpolab.coordination import granting
from hpolab.coordination.chronicle import Chronicle
from hpolab.coordination.crew import CANCELLED, MAX_LOSSES, STOPPED, Crew
from hpolab.coordination.inheriting import inherit
from hpolab.coordination.limits import reason_to_stop
from hpolab.coordination.lineup import Lineup
from hpolab.coordination.settling import Settling
from hpolab.errors import HpolabError, StoreError
from hpolab.events import (
    Entry,
    EpochEnded,
    RunBilled,
    RunEnded,
    RunEvent,
    RunLost,
    RunStarted,
    SweepEnded,
    SweepPaused,
    SweepResumed,
    TrialStarted,
)
from hpolab.executors.executor import HOLD
from hpolab.search import Search
from hpolab.storage.folder import CommandTail, SweepFolder
from hpolab.storage.lock import CoordinatorLock
from hpolab.trial import RunResult, Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from hpolab.commands import Command
    from hpolab.config import SweepConfig
    from hpolab.executors.executor import Executor, Verdict
    from hpolab.record import SweepRecord

__all__ = ["Coordinator"]


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
        self._crew = Crew(executor, config=config, folder=folder)
        self._fingerprint = fingerprint
        self._wishes = wishes
        self._commands = CommandTail(folder.commands, offset=commands_offset)
        self._chronicle = Chronicle(folder.journal, on_entry=on_entry)
        self._search = Search(
            config.search_space(),
            sampler=config.sampler,
            pruner=config.pruner,
            seed=config.seed,
            epochs=config.epochs,
        )
        self._settling = Settling(folder, config, chronicle=self._chronicle, search=self._search)
        self._failures_in_a_row = 0
        self._ending: SweepEnded | None = None
        self._interrupted = ""

    @property
    def record(self) -> SweepRecord:
        """The state of the sweep so far."""
        return self._chronicle.record

    def run(self) -> SweepRecord:
        """Run until the end; blocks.

        Returns:
            The state of the sweep when it ended.

        Raises:
            FolderLocked: Another coordinator works in the folder.
            ConfigError: The sweep was begun with another config.
            DataError: The data have changed since the sweep began.
            StoreError: The folder cannot be written; the sweep can be continued later.
            ExecutorError: No trial can be run.
        """
        with (
            self._crew.executor as executor,
            CoordinatorLock(self.folder.lock),
            self._chronicle,
            closing(self._crew.cores),
            closing(executor),  # no worker is left when the folder is free for others
        ):
            self._chronicle.refuse_changes(self.folder, self.config, fingerprint=self._fingerprint)
            self._search.replay(entry.event for entry in self._chronicle.past)
            self._chronicle.begin(self.config, self._fingerprint, notes=self._search.notes)
            inherit(self.folder, self.config, chronicle=self._chronicle, search=self._search)
            try:
                self._work()
            except StoreError:
                raise  # the end cannot be written either
            except HpolabError as error:
                self._chronicle.write(SweepEnded(state="failed", reason=str(error)), durable=True)
                raise
        return self.record

    def interrupt(self, reason: str = "stopped by hand") -> None:
        """Ask for a clean stop; safe to call from a signal handler."""
        self._interrupted = reason

    # The loop and its steps

    def _work(self) -> None:
        self._settling.repair()
        self._lineup = Lineup(self.record, self._settling)
        for trial in self.record.unfinished():
            self._lineup.admit(trial.number)
        for command in self._wishes:
            self._obey(command)
        while not self._is_over():
            self._obey_commands()
            self._chronicle.note(*self._crew.news())
            has_launched = self._launch()
            patience = 0 if has_launched else self._crew.patience_seconds
            self._crew.executor.poll(self._judge, patience)
        self._chronicle.note(*self._crew.news())
        ending = self._ending or self._finish()
        self._settling.renew_card()
        self._chronicle.write(ending, durable=True)

    def _is_over(self) -> bool:
        if self._interrupted and self._ending is None:
            self._stop(self._interrupted)
        return not self._crew and (self._ending is not None or not self._has_work())

    def _has_work(self) -> bool:
        may_sample = not self.record.spent() and not self._search.exhausted()
        return not self.record.spent_on_training() and (len(self._lineup) > 0 or may_sample)

    def _launch(self) -> bool:
        """Take one trial further if there is a free slot; whether there was something to do."""
        is_on = self._ending is None and self.record.state == "running"
        if is_on and self._crew.resume():
            return False
        if not (is_on and self._crew.has_room() and self._has_work()):
            self._crew.cores.decline()
            return False
        if not self._crew.reserve():
            return False
        if self._lineup:
            trial = self.record.trials[self._lineup.next()]
            self._crew.submit(trial, fingerprint=self.record.fingerprint)
        else:
            self._sample()
        return True

    def _sample(self) -> None:
        number = len(self.record.trials)
        params = self._search.ask(number)
        self._chronicle.write(TrialStarted(trial=number, params=params, seed=self.config.seed))
        self._lineup.admit(number)

    # What executors report

    def _judge(self, event: RunEvent) -> Verdict:
        """Write down what happened; for an epoch, say whether the run shall go on."""
        if not self._crew.expects(event):
            return None
        match event:
            case RunStarted() | RunBilled():
                self._chronicle.write(event)
            case EpochEnded():
                return self._judge_epoch(event)
            case RunEnded():
                self._crew.dismiss(event.trial)
                self._end_run(event.trial, event.result)
            case RunLost():
                self._retry(event, was_cancelled=self._crew.dismiss(event.trial))
        return None

    def _judge_epoch(self, event: EpochEnded) -> Verdict:
        epoch = event.epoch
        score = self.config.scoring.score(epoch.val_accuracy, epoch.health).total
        self._chronicle.write(event.replace(score=score))
        prune = self._search.report(event.trial, epoch.epoch, score)
        if self._ending is not None or self._interrupted:
            return STOPPED
        if epoch.epoch >= self.config.epochs:
            return None  # nothing is left to save by ending it now
        history = self.record.trials[event.trial].epochs
        why = reason_to_stop(self.config.hard_limits, history, epochs=self.config.epochs)
        if why := why or prune:
            return Stop(state="pruned", reason=why)
        if spent := self.record.spent_on_training():
            return Stop(state="cancelled", reason=spent)
        if self.record.state == "paused":
            self._crew.pause(event.trial)
            return HOLD
        return None

    def _retry(self, event: RunLost, *, was_cancelled: bool) -> None:
        losses = self.record.trials[event.trial].losses + event.is_suspect
        if was_cancelled:
            self._chronicle.write(event)
            self._end_run(event.trial, RunResult(**dict(CANCELLED)))
        elif self._interrupted:
            return  # whoever ends a sweep may end its workers too; the trial is not to blame
        elif losses < MAX_LOSSES:
            self._chronicle.write(event.replace(reason=f"{event.reason}; it is tried once more"))
            self._lineup.put_back(event.trial)
        else:
            self._chronicle.write(event)
            reason = f"its worker was lost {losses} times: {event.reason}"
            self._end_run(event.trial, RunResult(state="failed", reason=reason))

    def _end_run(self, number: int, result: RunResult) -> None:
        if result.state == "cancelled" and result.reason == STOPPED.reason:
            return  # its fate stays open: a continued sweep trains it again
        self._lineup.settle(number, result)
        failures = self._failures_in_a_row + 1 if result.state == "failed" else 0
        self._failures_in_a_row = failures
        if failures >= self.config.max_failures and self._ending is None:
            why = f"{failures} trials failed in a row; the last one: {result.reason}"
            self._stop(why, failed=True)

    # What people wish

    def _obey_commands(self) -> None:
        commands, refused = self._commands.new()
        self._chronicle.note(*refused)
        for command in commands:
            self._obey(command)

    def _obey(self, command: Command) -> None:
        match command.verb:
            case "pause" if self.record.state == "running":
                self._chronicle.write(SweepPaused())
            case "resume" if self.record.state == "paused":
                self._chronicle.write(SweepResumed())
            case "stop" if self._ending is None:
                self._stop("stopped by command")
            case "cancel" if command.trial is not None:
                self._cancel(command.trial)
            case "extend":
                granting.extend(command, self._chronicle)
            case "explore":
                granting.explore(command, self._chronicle, search=self._search)

    def _cancel(self, number: int) -> None:
        trial = self.record.trials.get(number)
        if number in self._crew:
            self._crew.cancel(number)
        elif trial is None or trial.ended is not None:
            fate = "does not exist yet" if trial is None else f"has already {trial.state}"
            self._chronicle.note(f"trial {number} {fate}; there is nothing to cancel")
        else:
            self._lineup.settle(number, RunResult(**dict(CANCELLED)))

    # The end

    def _stop(self, reason: str, *, failed: bool = False) -> None:
        """Begin the end: nothing new starts, running trials end soon and stay unsettled."""
        self._ending = SweepEnded(state="failed" if failed else "stopped", reason=reason)
        self._crew.stop()

    def _finish(self) -> SweepEnded:
        """Say why it is over; for what still waits, there is no budget left to be trained with."""
        why = self.record.spent_on_training() or self.record.spent()
        while self._lineup:
            self._lineup.settle(self._lineup.next(), RunResult(state="cancelled", reason=why))
        why = self.record.spent() or "every configuration of the space has been tried"
        return SweepEnded(state="finished", reason=why)
