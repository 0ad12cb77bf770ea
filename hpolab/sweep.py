"""A sweep: start it, run it, follow it, tell it what you wish.

from hpolab import Sweep, SweepConfig

sweep = Sweep(SweepConfig(dataset="digits", budget=12))
sweep.run()                     # blocks; or sweep.start(), which returns at once
print(sweep.best.params, sweep.path)
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from hpolab.commands import Command
from hpolab.config import SweepConfig, without_place
from hpolab.coordination.background import start_coordinator
from hpolab.coordination.interrupts import clean_stop_on_signals
from hpolab.errors import ConfigError, StoreError
from hpolab.record import SweepRecord, TrialRecord
from hpolab.settings import settings
from hpolab.storage.folder import SweepFolder
from hpolab.storage.journal import Tail
from hpolab.storage.lock import refuse_if_held
from hpolab.storage.names import fresh_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hpolab.events import Entry
    from hpolab.executors.executor import Executor
    from hpolab.scoring import ScoringWeights

__all__ = ["Sweep"]

_GLANCE_SECONDS = 0.2


class Sweep:
    """A named search and its folder, whoever runs it.

    Attributes:
        config: What is asked.
        folder: Where it lives; made when the sweep first runs.
    """

    def __init__(self, config: SweepConfig | None = None, *, path: Path | str | None = None):
        """A sweep to be run; where its folder holds an unfinished one, to be continued.

        Args:
            config: What is asked; None for the defaults.
            path: The folder; None for the config's name in the machine's sweeps directory.

        Raises:
            ConfigError: The folder holds a sweep that was asked for something else.
        """
        self.config = (config or SweepConfig()).located(Path.cwd())
        if path is None and not self.config.name:
            self.config = self.config.replace(name=fresh_name(self.config.dataset.name))
        place = Path(path) if path is not None else settings().sweeps_dir / self.config.name
        self.folder = SweepFolder(place)
        self._tail = Tail(self.folder.journal)
        self._record = SweepRecord()
        if self.folder.config.is_file():
            self._check_same_config()

    @classmethod
    def follow(cls, path: Path | str) -> Self:
        """An existing sweep, whether it is running, finished or interrupted.

        Raises:
            StoreError: There is no sweep folder at that path.
            ConfigError: Its config.yaml is damaged.
        """
        folder = SweepFolder.open(Path(path).resolve())
        return cls(_asked_in(folder), path=folder.path)

    @property
    def path(self) -> Path:
        """The sweep folder."""
        return self.folder.path

    @property
    def record(self) -> SweepRecord:
        """What the journal says now."""
        for entry in self._tail.new():
            self._record.apply(entry)
        return self._record

    @property
    def state(self) -> str:
        """new, running, paused, finished, stopped, failed, or interrupted by a crash."""
        if self.folder.is_running():
            return self.record.state
        state = self.record.state  # read after the look at the lock: what it says is final
        return "interrupted" if state in {"running", "paused"} else state

    @property
    def best(self) -> TrialRecord | None:
        """The completed trial with the highest score, None while there is none."""
        ranked = self.record.ranked()
        return ranked[0] if ranked else None

    @property
    def leaderboard(self) -> list[TrialRecord]:
        """Completed trials, the best first."""
        return self.record.ranked()

    def run(
        self,
        *,
        executor: Executor | None = None,
        on_entry: Callable[[Entry], None] | None = None,
        wishes: tuple[Command, ...] = (),
        commands_offset: int | None = None,
    ) -> Self:
        """Run the sweep, or the rest of it, in this process; returns when it has ended.

        Ctrl-C once, or SIGTERM, ends it cleanly within seconds; twice at once.

        Args:
            executor: Trains the trials; None for the one that the config names.
            on_entry: Told every journal entry as it is written.
            wishes: Commands to obey first, such as an extension of the budget.
            commands_offset: Where unread commands begin; None passes over those that are there.

        Raises:
            ConfigError, DataError: What is asked cannot work; nothing has been started.
            FolderLocked: The sweep is running already.
            StoreError: The folder cannot be written; the sweep can be continued later.
        """
        from hpolab.coordination.coordinator import Coordinator

        refuse_if_held(self.folder.lock)  # before workers are started for nothing
        fingerprint = self.check()
        if not self.folder.config.is_file():
            SweepFolder.create(self.path, self.config.to_dict())
            offset = 0
        else:
            offset = self.folder.commands_size() if commands_offset is None else commands_offset
        coordinator = Coordinator(
            self.folder,
            self.config,
            executor=executor or self._make_executor(),
            fingerprint=fingerprint,
            wishes=wishes,
            commands_offset=offset,
            on_entry=on_entry,
        )
        with clean_stop_on_signals(coordinator.interrupt):
            coordinator.run()
        return self

    def start(self, *, wishes: tuple[Command, ...] = ()) -> Self:
        """Run the sweep, or the rest of it, in a process of its own; returns at once.

        The process outlives this one: closing a notebook does not stop a training.

        Raises:
            ConfigError, DataError: What is asked cannot work; nothing has been started.
            FolderLocked: The sweep is running already.
        """
        self.check()
        if not self.folder.config.is_file():
            SweepFolder.create(self.path, self.config.to_dict())
        start_coordinator(self.folder, wishes=wishes)
        return self

    def wait(self, timeout: float | None = None) -> str:
        """Block until nobody works on the sweep any more.

        Args:
            timeout: At most so many seconds; None for no limit.

        Returns:
            The state then; see ``state``.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self.folder.is_running() and (end is None or time.monotonic() < end):
            time.sleep(_GLANCE_SECONDS)
        return self.state

    def entries(self, *, follow: bool = False) -> Iterator[Entry]:
        """The journal from its beginning; with ``follow``, also what is still to come."""
        tail = Tail(self.folder.journal)
        while True:
            running = follow and self.folder.is_running()
            yield from tail.new()
            if not running:
                yield from tail.new()
                return
            time.sleep(_GLANCE_SECONDS)

    def pause(self) -> None:
        """Let running trials finish their epoch, then wait and leave their cores to others."""
        self._send(Command(verb="pause"))

    def resume(self) -> None:
        """End a pause."""
        self._send(Command(verb="resume"))

    def stop(self) -> None:
        """End the sweep within seconds; continuing it trains again what was running."""
        self._send(Command(verb="stop"))

    def cancel(self, trial: int) -> None:
        """End one trial after its epoch, by force after two seconds."""
        self._send(Command(verb="cancel", trial=trial))

    def extend(
        self, *, trials: int | None = None, seconds: float | None = None,
        epochs: int | None = None, money: float | None = None,
    ) -> None:  # fmt: skip
        """Add to the budget's limits of a running sweep."""
        more = {"trials": trials, "seconds": seconds, "epochs": epochs, "money": money}
        self._send(Command.parse({"verb": "extend", **more}))

    def explore(self, share: float) -> None:
        """Have this share of the trials to come drawn at random; 0 leaves all to the sampler."""
        self._send(Command(verb="explore", share=share))

    def check(self) -> str:
        """Refuse what cannot work before anything starts: names, ranges, data, builder.

        Returns:
            The fingerprint of the data.

        Raises:
            ConfigError: A setting breaks a rule; names the setting.
            DataError: The data cannot be read, or cannot be used as asked.
        """
        from hpolab.preflight import check_config

        fingerprint = check_config(self.config)
        if self.config.follows is not None and not self.record.has_inherited:
            from hpolab.coordination.inheriting import followed

            followed(self.config, fingerprint=fingerprint)
        return fingerprint

    def continue_with(
        self,
        weights: ScoringWeights,
        *,
        trials: int = 10,
        name: str = "",
        path: Path | None = None,
    ) -> Self:
        """Another sweep that knows the trials of this one, scores them anew and searches on.

        Nothing is trained again: they are its first trials, under their numbers. This sweep has
        to have ended by the time the other one is run; it is left as it is.

        Args:
            weights: What counts from now on; accuracy alone is simple mode.
            trials: How many more.
            name: Of the other sweep; "" takes this one's and the time.
            path: Its folder; None for its name in the machine's sweeps directory.

        Returns:
            The other sweep, to be run or started.
        """
        from hpolab.coordination.inheriting import follower

        known = len(self.record.trials)
        config = follower(
            self.config, self.path, weights=weights, trials=known + trials, name=name
        )
        return type(self)(config, path=path)

    def _make_executor(self) -> Executor:
        from hpolab.executors import make

        return make(self.config.executor)

    def _send(self, command: Command) -> None:
        if not self.folder.is_running():
            raise StoreError(
                f"nobody is running {self.path}, so nobody would read `{command.verb}`; continue "
                f"the sweep first: hpolab sweep {self.path}"
            )
        self.folder.send(command)

    def _check_same_config(self) -> None:
        there = _asked_in(self.folder).located(Path.cwd())  # as ours is
        ours, theirs = without_place(self.config), without_place(there)
        for name in ours:
            if ours[name] != theirs[name]:
                raise ConfigError(
                    f"{self.path} holds a sweep that was asked for something else here "
                    f"({theirs[name]!r:.80}); choose another name, or follow that one.",
                    field=name,
                )


def _asked_in(folder: SweepFolder) -> SweepConfig:
    return SweepConfig.stored(folder.read_config(), place=folder.config)
