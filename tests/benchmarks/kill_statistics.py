"""Kill the processes of real sweeps at random moments, and count what is lost: it must be nothing.

Run ``make kill``, or ``python tests/benchmarks/kill_statistics.py [--kills 50] [--seed 0]``; Linux
only. Coordinators and workers are processes as in earnest; the training alone is synthetic, so
that a kill lands in the coordinator's own work as often as can be. Half of the kills come so many
journal entries after the last one, half after so much time, start-up included.

After every death of a coordinator, and at the end of every sweep, its folder is examined: what
the journal said before is still there byte by byte, entries and trials are numbered without a
gap, no trial ends twice, the stored results agree with the journal, ``config.yaml`` is as it was
and ``best/`` is whole. At the end the sweep has finished, every configuration is the one that a
search proposes which never died, and ``best/`` holds the top of the leaderboard. Processes that
lose their parent become children of this one, so none can escape the count of orphans.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hpolab import Sweep, SweepConfig
from hpolab.events import RunLost, SweepContinued, TrialEnded, TrialStarted
from hpolab.record import SweepRecord
from hpolab.search import Search
from hpolab.settings import settings
from hpolab.storage.folder import SweepFolder
from hpolab.storage.journal import read_journal
from hpolab.testing.processes import descendants
from hpolab.testing.synthetic import WORK

VICTIMS = ("coordinators", "workers", "both at once")
TRIALS = 24
ORPHAN_SECONDS = 10.0
_PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Tally:
    """What was done to the sweeps of one kind of victim, and what became of them."""

    kills: int = 0
    resumes: int = 0
    sweeps: int = 0
    finished: int = 0
    tried_again: int = 0
    lost: int = 0
    duplicated: int = 0
    orphans: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


class Coordinator:
    """A sweep's coordinator, forked from here: the imports are paid for once."""

    def __init__(self, path: Path) -> None:
        self.status: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            _coordinate(path)

    def has_ended(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = status if pid else None
        return self.status is not None

    def kill(self, others: list[int], luck: random.Random) -> None:
        """Kill it, and some of its processes before or after."""
        victims = [self.pid, *others]
        luck.shuffle(victims)
        for pid in victims:
            _kill(pid)
        _, self.status = os.waitpid(self.pid, 0)


def _coordinate(path: Path) -> None:
    """The forked child's whole life."""
    log = os.open(path.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        sweep = Sweep.follow(path)
        sweep.run()
        os._exit(0 if sweep.state == "finished" else 1)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


class Ordeal:
    """One sweep that is killed and continued until it has finished."""

    def __init__(self, path: Path, *, seed: int, tally: Tally) -> None:
        config = SweepConfig(
            model=WORK,
            space={"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}, "sleep": 0.01},
            epochs=3,
            budget=TRIALS,
            sampler={"name": "tpe", "n_startup_trials": 4},
            pruner="median",
            executor={"name": "hpolab.testing.synthetic:synthetic_process", "workers": 2},
            max_failures=TRIALS,
            seed=seed,
        )
        self.folder = SweepFolder.create(path, config.to_dict())
        self.config = config
        self.asked = self.folder.config.read_bytes()
        self.told = b""  # what the journal has said to a reader so far
        self.tally = tally

    def endure(self, victims: str, luck: random.Random, *, kills: int) -> None:
        """Run to the end, through at most so many kills."""
        last = self.tally.kills + kills
        coordinator = Coordinator(self.folder.path)
        while True:
            left = self.tally.kills < last
            if left and self._wait(coordinator, luck, for_news=victims == "workers"):
                self._strike(coordinator, victims, luck)
            if not left:
                while not coordinator.has_ended():
                    time.sleep(0.005)
            if coordinator.has_ended():
                self._bury()
                if coordinator.status == 0:
                    break
                self.tally.resumes += 1
                coordinator = Coordinator(self.folder.path)
        self._examine_the_end()

    def _strike(self, coordinator: Coordinator, victims: str, luck: random.Random) -> None:
        workers = descendants(coordinator.pid)  # and the server that forks them
        self._read()
        self.tally.kills += 1
        if victims == "coordinators":
            coordinator.kill([], luck)
        elif victims == "both at once":
            coordinator.kill(luck.sample(workers, luck.randint(0, len(workers))), luck)
        elif workers:
            _kill(luck.choice(workers))
        else:
            self.tally.kills -= 1

    def _wait(self, coordinator: Coordinator, luck: random.Random, *, for_news: bool) -> bool:
        """Wait for a random moment; whether the coordinator still lives then."""
        start, size = time.monotonic(), self._size()
        by_entries = for_news or luck.random() < 0.5
        growth = luck.randint(1, 3_000 if for_news else 8_000) if by_entries else 0
        patience = 5.0 if by_entries else luck.uniform(0.0, 1.0)
        while not coordinator.has_ended() and time.monotonic() < start + patience:
            if by_entries and self._size() >= size + growth:
                break
            time.sleep(0.001)
        time.sleep(luck.uniform(0.0, 0.005))
        return not coordinator.has_ended()

    def _size(self) -> int:
        return self.folder.journal.stat().st_size if self.folder.journal.exists() else 0

    # What must be true of the folder

    def _bury(self) -> None:
        """See that nobody is left of a coordinator that has ended, and examine the folder."""
        end = time.monotonic() + ORPHAN_SECONDS
        while (left := descendants()) and time.monotonic() < end:
            time.sleep(0.01)
        for pid in left:
            self._complain(f"process {pid} has outlived its coordinator")
            _kill(pid)
        self.tally.orphans += len(left)
        _reap()
        self._read()
        self._examine()

    def _complain(self, what: str) -> None:
        self.tally.problems.append(f"{self.folder.name}: {what}")

    def _expect(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            self._complain(otherwise)

    def _read(self) -> None:
        """Take in what the journal says now; nothing it has said may be gone or changed."""
        content = self.folder.journal.read_bytes() if self.folder.journal.exists() else b""
        content = content[: content.rfind(b"\n") + 1]
        if not content.startswith(self.told):
            self._complain("the journal has forgotten or changed what it said")
            before, after = (
                {line for line in text.splitlines() if b'"trial_ended"' in line}
                for text in (self.told, content)
            )
            self.tally.lost += len(before - after)
        self.told = content

    def _examine(self) -> None:
        if not self.told:
            return
        entries = list(read_journal(self.folder.journal))
        events = [entry.event for entry in entries]
        self._expect([e.seq for e in entries] == list(range(len(entries))), "entries have a gap")
        begun = [event.trial for event in events if isinstance(event, TrialStarted)]
        self._expect(begun == list(range(len(begun))), f"trials are numbered {begun}")
        ends = Counter(event.trial for event in events if isinstance(event, TrialEnded))
        self.tally.duplicated += sum(count - 1 for count in ends.values())
        self._expect(set(ends.values()) <= {1}, f"trials ended twice: {ends}")
        for event in events:
            if isinstance(event, TrialEnded):
                stored = self.folder.read_result(event.trial)
                agrees = (stored["state"], stored["accuracy"]) == (event.state, event.accuracy)
                self._expect(agrees, f"the result of trial {event.trial} is another one")
        self._expect(self.folder.config.read_bytes() == self.asked, "config.yaml has changed")
        if self.folder.best.exists():
            self._examine_best()

    def _examine_best(self) -> None:
        number = self.folder.best_trial()
        self._expect(number is not None, "best/ does not say what it holds")
        own = {"README.md", "best.json"}
        # a card that was being written when the kill came is tidied away by the next coordinator
        copied = {
            name: data
            for name, data in _files(self.folder.best).items()
            if name not in own and not name.startswith(".README.md.")
        }
        original = {} if number is None else _files(self.folder.trial(number))
        original.pop("log.txt", None)  # what the run said stays where it ran
        self._expect(copied == original, f"best/ is not trial {number}, but {sorted(copied)}")
        self._expect(own <= _files(self.folder.best).keys(), "best/ has no card")

    def _examine_the_end(self) -> None:
        events = [entry.event for entry in read_journal(self.folder.journal)]
        record = SweepRecord.of(read_journal(self.folder.journal))
        self._expect(record.state == "finished", f"it has {record.state}: {record.reason}")
        self._expect(len(record.finished()) == TRIALS, f"{len(record.finished())} have finished")
        top = record.ranked()[0].number
        self._expect(record.best == top == self.folder.best_trial(), f"best is not trial {top}")
        half = [path.name for path in self.folder.best.glob(".*")]
        self._expect(not half, f"best/ still holds {half}")
        facts = json.loads((self.folder.best / "best.json").read_text())
        self._expect(facts["score"] == record.trials[top].score, "best.json has another score")
        leftovers = [name for name in _files(self.folder.path) if Path(name).name.startswith(".")]
        self._expect(set(leftovers) <= {".lock"}, f"left behind: {leftovers}")
        self._examine_knowledge(events)
        continued = sum(isinstance(event, SweepContinued) for event in events)
        self._expect(continued <= self.tally.resumes, "it was continued by nobody")
        self.tally.sweeps += 1
        self.tally.finished += len(record.finished())
        self.tally.tried_again += sum(isinstance(event, RunLost) for event in events)

    def _examine_knowledge(self, events: list[object]) -> None:
        """Tell a search that never died the same facts in order: it must ask for the same."""
        search = Search(
            self.config.search_space(),
            sampler=self.config.sampler,
            pruner=self.config.pruner,
            seed=self.config.seed,
            epochs=self.config.epochs,
        )
        for event in events:
            if isinstance(event, TrialStarted):
                proposed = search.ask(event.trial)
                self._expect(proposed == event.params, f"trial {event.trial} is not {proposed}")
            else:
                search.replay([event])  # type: ignore[list-item]


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:  # it has ended by itself in this very moment
        return


def _reap() -> None:
    """Bury the dead that have become our children."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def torment(victims: str, *, kills: int, seed: int, directory: Path) -> Tally:
    """Kill so many times, in as many sweeps as that takes."""
    luck = random.Random(f"{victims} {seed}")
    tally = Tally()
    start = time.monotonic()
    while tally.kills < kills:
        name = f"{victims.split()[0]}-{tally.sweeps}"
        ordeal = Ordeal(directory / name, seed=seed + tally.sweeps, tally=tally)
        ordeal.endure(victims, luck, kills=kills - tally.kills)
    tally.seconds = time.monotonic() - start
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="of each kind of victim")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    columns = ("kills", "resumes", "sweeps", "finished", "tried_again", "lost", "duplicated",
               "orphans", "seconds")  # fmt: skip
    print(f"{'killed':14}" + "".join(f"{name.replace('_', ' '):>12}" for name in columns))
    problems = []
    with tempfile.TemporaryDirectory() as name:
        os.environ["HPOLAB_CACHE_DIR"] = str(Path(name) / "cache")
        settings.cache_clear()
        Sweep(SweepConfig(), path=Path(name) / "warm").check()  # paid for once, not by each fork
        for victims in VICTIMS:
            tally = torment(victims, kills=given.kills, seed=given.seed, directory=Path(name))
            figures = [f"{getattr(tally, column):>12.0f}" for column in columns]
            print(f"{victims:14}" + "".join(figures), flush=True)
            problems += tally.problems
    print(f"{len(problems)} problems", *problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
