"""A sweep: start it, run it, follow it, tell it what you wish.

from hpolab import Sweep, SweepConfig

sweep = Sweep(SweepConfig(dataset="digits", budget=12))
sweep.run()                     # blocks; or sweep.start(), which returns at once
print(sweep.best.params, sweep.path)
"""

from __future__ import annotations

import contextlib
import logging
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from hpolab.commands import Command
from hpolab.config import SweepConfig, without_place
from hpolab.errors import ConfigError, HpolabError, StoreError
from hpolab.record import SweepRecord, TrialRecord
from hpolab.settings import settings
from hpolab.storage.folder import SweepFolder
from hpolab.storage.journal import Tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from hpolab.coordinator import Coordinator
    from hpolab.events import Entry
    from hpolab.executors.executor import Executor

__all__ = ["Sweep"]

log = logging.getLogger(__name__)

_GLANCE_SECONDS = 0.2
_START_SECONDS = 60.0


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
        self.config = config or SweepConfig()
        if not self.config.name and path is None:
            now = datetime.now().strftime("%Y%m%d-%H%M%S")
            self.config = self.config.replace(name=f"{self.config.dataset.name}-{now}")
        place = Path(path) if path is not None else settings().sweeps_dir / self.config.name
        self.folder = SweepFolder(place)
        self._tail = Tail(self.folder.journal)
        self._record = SweepRecord()
        self._process: subprocess.Popen[bytes] | None = None
        if self.folder.config.is_file():
            self._check_same_config()

    @classmethod
    def follow(cls, path: Path | str) -> Self:
        """An existing sweep, whether it is running, finished or interrupted.

        Raises:
            StoreError: There is no sweep folder at that path.
            ConfigError: Its config.yaml is damaged.
        """
        folder = SweepFolder.open(path)
        return cls(SweepConfig.parse(folder.read_config()), path=folder.path)

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
        state = self.record.state
        if state in {"running", "paused"} and not self.folder.is_running():
            return "interrupted"
        return state

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

        Ctrl-C once ends it cleanly after the running epochs, twice at once.

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
        from hpolab.coordinator import Coordinator

        fingerprint = self.check()
        if not self.folder.config.is_file():
            SweepFolder.create(self.path, self.config.to_dict())
            offset = 0
        else:
            offset = self._commands_size() if commands_offset is None else commands_offset
        coordinator = Coordinator(
            self.folder,
            self.config,
            executor=executor or self._make_executor(),
            fingerprint=fingerprint,
            wishes=wishes,
            commands_offset=offset,
            on_entry=on_entry,
        )
        with _clean_stop_on_ctrl_c(coordinator):
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
        command = [sys.executable, "-m", "hpolab.coordinate", str(self.path)]
        command += ["--commands-from", str(self._commands_size())]
        command += [wish.to_json() for wish in wishes]
        with self.folder.log.open("ab") as log_file:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_for_coordinator(self._process)
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
        if self._process is not None and not self.folder.is_running():
            self._process.wait()
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
        """Let running trials finish their epoch, then wait; nothing new starts."""
        self._send(Command(verb="pause"))

    def resume(self) -> None:
        """End a pause."""
        self._send(Command(verb="resume"))

    def stop(self) -> None:
        """End the sweep after the running epochs; ``run`` or ``start`` continue it later."""
        self._send(Command(verb="stop"))

    def cancel(self, trial: int) -> None:
        """End one trial after its epoch, by force after two seconds."""
        self._send(Command(verb="cancel", trial=trial))

    def extend(
        self,
        *,
        trials: int | None = None,
        seconds: float | None = None,
        epochs: int | None = None,
    ) -> None:
        """Add to the budget's limits of a running sweep."""
        self._send(Command(verb="extend", trials=trials, seconds=seconds, epochs=epochs))

    def check(self) -> str:
        """Refuse what cannot work before anything starts: names, ranges, data, builder.

        Returns:
            The fingerprint of the data.

        Raises:
            ConfigError: A setting breaks a rule; names the setting.
            DataError: The data cannot be read, or cannot be used as asked.
        """
        from hpolab import search
        from hpolab.data import Sequences, load
        from hpolab.executors import check_executor
        from hpolab.models import FAMILIES, check_builder, check_sizes

        config = self.config
        builder = config.builder()
        _let_python_find_modules_here()
        check_builder(builder)
        check_executor(config.executor)
        space = config.search_space()
        search.check(config.sampler, space, pruner=config.pruner, epochs=config.epochs)
        data = load(config.dataset)
        family = FAMILIES.get(builder)
        if family is not None and family.kind != data.kind:
            raise ConfigError(
                f"{builder} reads {family.kind} data, but {data.name} is {data.kind}; leave model "
                "empty to have it chosen.",
                field="model",
            )
        if not isinstance(data.train.x, Sequences):
            check_sizes(builder, space, input_shape=data.train.x.shape[1:])
        return data.fingerprint

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

    def _commands_size(self) -> int:
        return self.folder.commands.stat().st_size if self.folder.commands.exists() else 0

    def _check_same_config(self) -> None:
        there = SweepConfig.parse(self.folder.read_config())
        ours, theirs = without_place(self.config), without_place(there)
        changed = [name for name in ours if ours[name] != theirs[name]]
        if changed:
            raise ConfigError(
                f"{self.path} holds a sweep that was asked for something else; choose another "
                "name, or follow that one.",
                field=changed[0],
            )

    def _wait_for_coordinator(self, process: subprocess.Popen[bytes]) -> None:
        """Return once it owns the folder, so that commands sent from now on are read."""
        end = time.monotonic() + _START_SECONDS
        while not self.folder.is_running() and time.monotonic() < end:
            if process.poll() is not None:
                if self.record.state in {"finished", "stopped", "failed"}:
                    return  # it was quicker than this look
                said = self.folder.log.read_text(encoding="utf-8", errors="replace")
                last = said.strip().splitlines()[-1:] or ["it said nothing"]
                raise HpolabError(f"the coordinator ended at once: {last[0]}")
            time.sleep(0.05)


def _let_python_find_modules_here() -> None:
    """A builder's "module:function" means a file in the working directory, as with ``python -m``.

    The ``hpolab`` command starts with its own folder first on the path instead.
    """
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)


@contextlib.contextmanager
def _clean_stop_on_ctrl_c(coordinator: Coordinator) -> Iterator[None]:
    """The first Ctrl-C asks for a clean stop; the second is what it always was."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def first(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        coordinator.interrupt()

    before: Any = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
