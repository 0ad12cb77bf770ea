"""The machine's cores, shared out among all sweeps: at most so many runs train at once.

A core is a file, and whoever has locked it may train. The operating system drops the locks of a
process that dies, so nothing has to be cleaned up after one. Whoever finds no core free draws a
ticket, also a locked file, and takes no core while a live ticket with a smaller number is there:
first come, first served. Nobody waits for a core or a ticket: all that is here returns at once,
and is asked again; so nothing can deadlock, and what stands still holds up its own cores alone.
"""

from __future__ import annotations

import json
import os
import socket
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from hpolab.settings import settings
from hpolab.storage.lock import lock_now

__all__ = ["Cores"]

_PATIENCE_SECONDS = 1.0
"""A wait shorter than this is not worth a word: cores change hands all the time."""


_DOOR_SECONDS = 0.02
"""How long to wait while others take or give back a core, which is quick."""


class Cores:
    """What one sweep, or whoever else trains, holds of the machine's cores.

    Belongs to one thread. ``reserve`` comes before a run, ``assign`` when it starts and ``free``
    when it has ended; ``decline`` says that no further core is wanted for now. Where the files
    cannot be written, ``news`` says so and every core asked for is given: a limit that cannot be
    kept is better than a sweep that cannot be run.

    Args:
        owner: Who holds them, in words that others read, such as "sweep digits-1".
        limit: How many train at once on this machine; 0 for no limit, None for its setting.
        directory: Where the files are; None for the machine's own place.
    """

    def __init__(
        self, owner: str, *, limit: int | None = None, directory: Path | None = None
    ) -> None:
        host = socket.gethostname()  # a home may be shared by machines; their cores are not
        self._directory = directory or settings().cache_dir / "training" / host
        self._owner = owner
        self._limit = settings().max_training if limit is None else limit
        self._is_open = False
        self._held: dict[int, FileLock] = {}
        self._reserved: list[FileLock] = []
        self._ticket: FileLock | None = None
        self._waits_since: float | None = None
        self._trouble = ""
        self._told = ""

    @property
    def is_waiting(self) -> bool:
        """Whether we stand in the queue."""
        return self._waits_since is not None

    def reserve(self, count: int = 1) -> bool:
        """Make sure that so many cores are ours and not assigned: all of them or, False, none."""
        count = min(count, self._limit)
        if len(self._reserved) >= count:
            return True
        try:
            with suppress(Timeout), self._door().acquire(_DOOR_SECONDS, poll_interval=1e-3):
                if self._try_to_reserve(count):
                    self._leave_the_queue()
                    return True
        except OSError as error:
            self.close()
            self._trouble = f"the limit of {self._limit} runs at once cannot be kept: {error}"
            self._limit = 0
            return True
        if self._waits_since is None:
            self._waits_since = time.monotonic()
        return False

    def assign(self, run: int) -> None:
        """A reserved core is now that of a run."""
        if self._reserved:
            self._held[run] = self._reserved.pop()

    def free(self, run: int) -> None:
        """Give back the core of a run; harmless when it has none."""
        lock = self._held.pop(run, None)
        if lock is not None:
            lock.release()

    def decline(self) -> None:
        """Want no further core for now: give back the reserved one, and the place in the queue."""
        while self._reserved:
            self._reserved.pop().release()
        self._leave_the_queue()

    def close(self) -> None:
        """Give everything back."""
        self.decline()
        for run in list(self._held):
            self.free(run)

    def news(self) -> str:
        """A sentence when we have to wait, and for whom; empty when there is nothing new."""
        if self._trouble:
            told, self._trouble = self._trouble, ""
            return told
        since = self._waits_since
        if since is None or time.monotonic() - since < _PATIENCE_SECONDS:
            return ""
        others = self._other_holders()
        names = sorted(set(others))
        if len(others) + len(self._held) < self._limit or self._told == repr(names):
            return ""  # one is free, and those who are ahead of us will take it
        self._told = repr(names)
        if not names:
            return (
                f"only {self._limit} may train at once on this machine, whatever the number of "
                "workers (HPOLAB_MAX_TRAINING)"
            )
        names += ["this one"] if self._held else []
        training = len(others) + len(self._held)
        are = "is" if training == 1 else "are"
        return (
            f"waiting for a core: {training} of {self._limit} {are} training for "
            f"{' and '.join(names)}"
        )

    def _door(self) -> FileLock:
        """Held while cores and tickets change hands, which takes no time."""
        if not self._is_open:
            (self._directory / "tickets").mkdir(parents=True, exist_ok=True)
            self._is_open = True
        return FileLock(self._directory / "door.lock")

    def _try_to_reserve(self, count: int) -> bool:
        """Lock what is missing, behind the closed door; a ticket instead where that fails."""
        is_our_turn = not self._is_someone_ahead()
        while is_our_turn and len(self._reserved) < count:
            core = self._lock_a_core()
            if core is None:
                break
            self._reserved.append(core)
        if len(self._reserved) >= count:
            return True
        while self._reserved:  # two who keep a part, and wait for the rest, would wait for ever
            self._reserved.pop().release()
        if self._ticket is None:
            self._ticket = self._draw_ticket()
        return False

    def _lock_a_core(self) -> FileLock | None:
        for number in range(self._limit):
            lock = lock_now(self._directory / f"core-{number}.lock")
            if lock is not None:
                with suppress(OSError):  # it only tells others what to read
                    self._sign(self._facts(number))
                return lock
        return None

    def _sign(self, path: Path) -> None:
        text = json.dumps({"owner": self._owner, "pid": os.getpid()})
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")

    def _is_someone_ahead(self) -> bool:
        """Whether a live ticket is older than ours; those of the dead are thrown away."""
        ours = self._ticket and self._ticket.lock_file
        for path in sorted((self._directory / "tickets").iterdir()):
            if str(path) == str(ours):
                return False
            lock = lock_now(path)
            if lock is None:
                return True
            with suppress(OSError):  # Windows keeps a file that is open
                path.unlink()
            lock.release()
        return False

    def _draw_ticket(self) -> FileLock | None:
        tickets = self._directory / "tickets"
        last = max((int(path.stem) for path in tickets.iterdir()), default=0)
        return lock_now(tickets / f"{last + 1:012d}.lock")

    def _leave_the_queue(self) -> None:
        self._waits_since = None
        if self._ticket is not None:
            with suppress(OSError):  # first: what is free may be another's with our number
                Path(self._ticket.lock_file).unlink()
            self._ticket.release()
            self._ticket = None

    def _other_holders(self) -> list[str]:
        """Who else trains now, a name for each core that is taken."""
        ours = {Path(lock.lock_file) for lock in self._held.values()}
        holders = []
        for number in range(self._limit):
            path = self._directory / f"core-{number}.lock"
            if path in ours:
                continue
            lock = lock_now(path)
            if lock is not None:
                lock.release()
                continue
            try:
                facts = json.loads(self._facts(number).read_text(encoding="utf-8"))
                holders.append(str(facts["owner"]))
            except (OSError, ValueError, KeyError, TypeError):
                holders.append("someone")
        return holders

    def _facts(self, number: int) -> Path:
        return self._directory / f"core-{number}.json"
