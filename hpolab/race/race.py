"""Race: several algorithms side by side on one function, and the folder that tells of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from hpolab.commands import Command
from hpolab.coordination.background import run_apart
from hpolab.coordination.interrupts import clean_stop_on_signals
from hpolab.errors import ConfigError, StoreError
from hpolab.race.config import RaceConfig
from hpolab.race.events import RaceEntry
from hpolab.race.folder import RaceFolder, races_dir
from hpolab.race.record import RaceRecord
from hpolab.storage.journal import Tail
from hpolab.storage.names import fresh_name

__all__ = ["Race"]

_GLANCE_SECONDS = 0.1


class Race:
    """A race and its folder, whoever runs it.

    >>> from hpolab.race import Race, RaceConfig
    >>> config = RaceConfig(function="ackley", contenders=("shade", "pso"))
    >>> race = Race(config).run()  # doctest: +SKIP

    Attributes:
        config: What is asked.
        folder: Where it lies; made when the race first runs.
    """

    def __init__(self, config: RaceConfig | None = None, *, path: Path | str | None = None):
        """A race to be run; where its folder holds an unfinished one, to be continued.

        Args:
            config: What is asked; None for the defaults.
            path: The folder; None for the config's name among the machine's races.

        Raises:
            ConfigError: The folder holds a race that was asked for something else.
        """
        self.config = config or RaceConfig()
        if path is None and not self.config.name:
            name = fresh_name(self.config.function or "own", within=races_dir())
            self.config = self.config.replace(name=name)
        self.folder = RaceFolder(Path(path) if path else races_dir() / self.config.name)
        self._tail = Tail(self.folder.journal, kind=RaceEntry)
        self._record = RaceRecord()
        if self.folder.config.is_file() and self._asked() != self.config.replace(name=""):
            raise ConfigError(
                f"{self.path} holds a race that was asked for something else; choose another "
                "name, or continue that one by its folder.",
                field="name",
            )

    @classmethod
    def follow(cls, path: Path | str) -> Self:
        """An existing race, whether it is running, finished or interrupted.

        Raises:
            StoreError: There is no race folder at that path.
            ConfigError: Its config.yaml is damaged.
        """
        folder = RaceFolder.open(Path(path).resolve())
        return cls(RaceConfig.parse(folder.read_config()), path=folder.path)

    @property
    def path(self) -> Path:
        """The race folder."""
        return self.folder.path

    @property
    def record(self) -> RaceRecord:
        """What the journal says now."""
        for entry in self._tail.new():
            self._record.apply(entry)
        return self._record

    @property
    def state(self) -> str:
        """new, running, finished, stopped, failed, or interrupted by a crash."""
        if self.folder.is_running():
            return self.record.state
        state = self.record.state  # read after the look at the lock: what it says is final
        return "interrupted" if state == "running" else state

    def run(
        self,
        *,
        on_entry: Callable[[RaceEntry], None] | None = None,
        commands_offset: int | None = None,
    ) -> Self:
        """Run the race, or the rest of it; returns when it has ended.

        Runs are in processes of their own. Ctrl-C once, or SIGTERM, ends it cleanly; a stopped
        race is continued by running it again, and what has ended is not run twice.

        Args:
            on_entry: Told every journal line as it is written.
            commands_offset: Where unread commands begin; None passes over those that are there.

        Raises:
            FolderLocked: It is running already.
            StoreError: The folder cannot be written.
        """
        from hpolab.race.coordinator import Coordinator

        offset = self.folder.commands_size() if commands_offset is None else commands_offset
        self.make_folder()
        coordinator = Coordinator(
            self.folder, self.config, commands_offset=offset, on_entry=on_entry
        )
        with clean_stop_on_signals(coordinator.interrupt):
            coordinator.run()
        return self

    def start(self) -> Self:
        """Run the race, or the rest of it, in a process that outlives this one; returns at once.

        Raises:
            StoreError: The folder cannot be written.
            HpolabError: It is running already, or the process says nothing.
        """
        if self.folder.is_running():
            raise StoreError(f"{self.path} is running already; wait for its end, or stop it.")
        self.make_folder()
        tail = Tail(self.folder.journal, kind=RaceEntry)
        tail.new()
        command = [sys.executable, "-m", "hpolab.race", str(self.path)]
        command += ["--commands-from", str(self.folder.commands_size())]
        run_apart(command, log=self.folder.log, has_begun=lambda: bool(tail.new()))
        return self

    def wait(self, timeout: float | None = None) -> str:
        """Block until nobody runs the race any more.

        Args:
            timeout: At most so many seconds; None for no limit.

        Returns:
            The state then; see ``state``.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self.folder.is_running() and (end is None or time.monotonic() < end):
            time.sleep(_GLANCE_SECONDS)
        return self.state

    def stop(self) -> None:
        """End the race within a second; continuing it runs again what was running."""
        self._send(Command(verb="stop"))

    def cancel(self, heat: int) -> None:
        """End one run by its number; it counts for nothing."""
        self._send(Command(verb="cancel", trial=heat))

    def _send(self, command: Command) -> None:
        if not self.folder.is_running():
            raise StoreError(f"nobody runs {self.path}, so nobody would read `{command.verb}`.")
        self.folder.send(command)

    def make_folder(self) -> None:
        """Make the folder, unless it is there.

        Raises:
            StoreError: It cannot be made.
        """
        if not self.folder.config.is_file():
            RaceFolder.create(self.path, self.config.to_dict())

    def _asked(self) -> RaceConfig:
        return RaceConfig.parse(self.folder.read_config()).replace(name="")
