"""Confirming a winner: the best trials trained again under seeds the search never saw.

Everything lies in ``<sweep>/confirm/``. ``confirm.json`` is written after every run, so that an
interrupted confirmation continues where it stopped; remove that folder to start over.
"""

from __future__ import annotations

import shutil
from collections import deque
from contextlib import closing
from typing import TYPE_CHECKING, Literal

from hpolab.confirmation.report import Candidate, Confirmation, ConfirmedRun
from hpolab.errors import ConfigError, DataError, FolderLocked, StoreError
from hpolab.events import RunEnded, RunEvent, RunLost
from hpolab.executors.executor import Newsworthy
from hpolab.frozen import Frozen
from hpolab.practice.sweeps import check_fresh_seeds
from hpolab.search import configuration_key
from hpolab.storage.cores import Cores
from hpolab.storage.files import storing, write_json
from hpolab.storage.lock import CoordinatorLock
from hpolab.trial import RunResult, RunSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from hpolab.executors.executor import Executor
    from hpolab.sweep import Sweep

__all__ = ["candidates", "confirm", "confirmation_so_far"]

_MAX_ATTEMPTS = 2
_POLL_SECONDS = 0.1


def confirm(
    sweep: Sweep,
    *,
    top: int = 3,
    seeds: int = 5,
    executor: Executor | None = None,
    on_run: Callable[[ConfirmedRun], None] | None = None,
    on_note: Callable[[str], None] | None = None,
) -> Confirmation:
    """Train the best trials again under fresh seeds; blocks until all runs have ended.

    Runs that an earlier confirmation of this sweep has brought to an end, well or badly, are not
    trained again, so it can be interrupted, continued, and widened by a larger ``top`` or
    ``seeds``. Whatever goes wrong with a run is in the result.

    Args:
        sweep: A sweep with completed trials, and nobody running it.
        top: How many different configurations, from the best down.
        seeds: How many fresh seeds for each: the sweep's seed plus 1, 2, ...
        executor: Trains the runs, and is closed at the end; None for the sweep's own kind.
        on_run: Told of every run that ends now, once it is on disk.
        on_note: Told when the runs have to wait for those of other sweeps, in words.

    Raises:
        ConfigError: A number is not positive, no trial has completed, or a practice table has
            fewer seeds.
        DataError: The data are missing, or are not those of the search.
        FolderLocked: The sweep is running, or is being confirmed already.
        StoreError: The folder cannot be written, or ``confirm.json`` is damaged.
        ExecutorError: No run can be trained at all.
    """
    for name, value in (("top", top), ("seeds", seeds)):
        if value < 1:
            raise ConfigError(f"`{name} >= 1` must hold, but got {value}.", field=name)
    if executor is None:
        check_fresh_seeds(sweep.config, seeds)
    chosen = candidates(sweep, top=top)
    _check(sweep, chosen)
    with storing(sweep.path):
        _folder(sweep).mkdir(exist_ok=True)
    fresh = range(sweep.config.seed + 1, sweep.config.seed + 1 + seeds)
    with _ConfirmLock(_folder(sweep) / ".lock"):
        runs = _Runs(sweep, on_run=on_run, on_note=on_note)
        # seeds outside, trials inside: what is interrupted can still be compared seed by seed
        runs.train([(candidate, seed) for seed in fresh for candidate in chosen], executor)
    return Confirmation.of(sweep.folder.name, chosen, runs.ended, seeds=fresh)


def candidates(sweep: Sweep, *, top: int = 3) -> list[Candidate]:
    """The best completed trials with different configurations, the winner first."""
    chosen: dict[str, Candidate] = {}
    for trial in sweep.leaderboard:
        if trial.score is not None:
            candidate = Candidate(
                trial=trial.number, params=trial.params, search_score=trial.score
            )
            chosen.setdefault(configuration_key(trial.params), candidate)
    return list(chosen.values())[:top]


def confirmation_so_far(sweep: Sweep) -> Confirmation | None:
    """What has been confirmed up to now, without training anything; None when nothing has.

    Raises:
        StoreError: ``confirm.json`` is damaged.
    """
    runs = _read(_folder(sweep) / "confirm.json")
    trained = {run.trial for run in runs}
    everyone = candidates(sweep, top=len(sweep.leaderboard))
    chosen = [candidate for candidate in everyone if candidate.trial in trained]
    if not chosen:
        return None
    seeds = sorted({run.seed for run in runs})
    return Confirmation.of(sweep.folder.name, chosen, runs, seeds=seeds)


class _Stored(Frozen):
    """Content of ``confirm.json``."""

    format: Literal[1] = 1
    runs: tuple[ConfirmedRun, ...] = ()


class _Runs:
    """Trains what is missing, and writes down what has ended."""

    def __init__(
        self,
        sweep: Sweep,
        *,
        on_run: Callable[[ConfirmedRun], None] | None,
        on_note: Callable[[str], None] | None,
    ) -> None:
        self.ended = _read(_folder(sweep) / "confirm.json")
        self._sweep = sweep
        self._on_run = on_run
        self._on_note = on_note
        limit = None if sweep.config.executor.takes_cores else 0
        self._cores = Cores(f"the confirmation of sweep {sweep.folder.name}", limit=limit)
        self._queue: deque[RunSpec] = deque()
        self._running: dict[int, RunSpec] = {}
        self._trial_of: dict[int, int] = {}  # an executor wants one run a number; a trial has many

    def train(self, wanted: Iterable[tuple[Candidate, int]], executor: Executor | None) -> None:
        """Bring every wanted run to an end that has none yet."""
        there = {(run.trial, run.seed) for run in self.ended}
        for candidate, seed in wanted:
            if (candidate.trial, seed) not in there:
                self._queue.append(self._spec(len(self._queue), candidate, seed))
                self._trial_of[self._queue[-1].trial] = candidate.trial
        if executor is None:
            if not self._queue:
                return  # a worker takes seconds to start
            executor = _make_executor(self._sweep)
        with closing(self._cores), executor:
            while self._queue or self._running:
                self._launch(executor)
                self._note(self._cores.news())
                self._note(executor.news() if isinstance(executor, Newsworthy) else "")
                executor.poll(self._hear, _POLL_SECONDS)

    def _note(self, news: str) -> None:
        if news and self._on_note is not None:
            self._on_note(news)

    def _launch(self, executor: Executor) -> None:
        """Begin what there are workers and cores for."""
        while self._queue and len(self._running) < executor.slots:
            if not self._cores.reserve():
                return
            spec = self._queue.popleft()
            self._running[spec.trial] = spec
            self._cores.assign(spec.trial)
            executor.submit(spec)

    def _spec(self, number: int, candidate: Candidate, seed: int) -> RunSpec:
        config = self._sweep.config
        folder = _folder(self._sweep) / f"{candidate.trial:04d}-seed-{seed}"
        return RunSpec(
            trial=number,
            model=config.builder(),
            params=candidate.params,
            dataset=config.dataset,
            fingerprint=self._sweep.record.fingerprint,
            epochs=config.epochs,
            seed=seed,
            record=False,
            folder=folder.resolve(),
            **config.computing(),
        )

    def _hear(self, event: RunEvent) -> None:
        spec = self._running.get(event.trial)
        if spec is None or spec.attempt != event.attempt:
            return
        if isinstance(event, RunEnded | RunLost):
            self._cores.free(spec.trial)
        if isinstance(event, RunEnded):
            self._end(spec, event.result)
        elif isinstance(event, RunLost) and (spec.attempt < _MAX_ATTEMPTS or not event.is_suspect):
            del self._running[spec.trial]
            self._queue.appendleft(spec.replace(attempt=spec.attempt + 1))
        elif isinstance(event, RunLost):
            reason = f"its worker was lost {spec.attempt} times: {event.reason}"
            self._end(spec, RunResult(state="failed", reason=reason))

    def _end(self, spec: RunSpec, result: RunResult) -> None:
        del self._running[spec.trial]
        run = self._judged(spec, result)
        _keep_result(spec, result, trial=run.trial)
        self.ended.append(run)
        stored = _Stored(runs=tuple(self.ended))
        write_json(_folder(self._sweep) / "confirm.json", stored.to_dict())
        if self._on_run is not None:
            self._on_run(run)

    def _judged(self, spec: RunSpec, result: RunResult) -> ConfirmedRun:
        metrics = result.health.values()
        score = self._sweep.config.scoring.score(result.accuracy or 0.0, metrics)
        return ConfirmedRun(
            trial=self._trial_of[spec.trial],
            seed=spec.seed,
            state=result.state,
            reason=result.reason,
            score=score.total if result.state == "completed" else None,
            accuracy=result.accuracy,
            test_accuracy=result.test_accuracy,
            health=score.health,
            metrics=metrics,
            seconds=result.seconds,
        )


def _folder(sweep: Sweep) -> Path:
    return sweep.path / "confirm"


def _check(sweep: Sweep, chosen: list[Candidate]) -> None:
    """Refuse what cannot work before any training."""
    if sweep.folder.is_running():
        raise FolderLocked(
            f"{sweep.path} is running, and would share its cores; wait for its end, or stop it "
            "with `hpolab stop`."
        )
    if not chosen:
        raise ConfigError(
            f"{sweep.path} has no completed trial to confirm; run the sweep first: "
            f"hpolab sweep {sweep.path}"
        )
    there, then = sweep.check(), sweep.record.fingerprint
    if there != then:
        raise DataError(
            f"the data set {sweep.config.dataset.name!r} has changed since the search "
            f"(fingerprint {there}, not {then}); scores could not be compared. Bring back the old "
            "files."
        )


class _ConfirmLock(CoordinatorLock):
    """A lock of the same kind, with words of its own."""

    def __enter__(self) -> _ConfirmLock:
        try:
            super().__enter__()
        except FolderLocked as error:
            raise FolderLocked(
                f"{self._path.parent.parent} is being confirmed already; wait for that to end."
            ) from error
        return self


def _make_executor(sweep: Sweep) -> Executor:
    from hpolab.executors import make

    return make(sweep.config.executor)


def _read(path: Path) -> list[ConfirmedRun]:
    """The runs that have ended, none when there is no file."""
    try:
        return list(_Stored.parse(path.read_bytes()).runs)
    except FileNotFoundError:
        return []
    except (OSError, ConfigError) as error:
        raise StoreError(
            f"cannot read {path}: {error}. Remove the file to confirm from the beginning."
        ) from error


def _keep_result(spec: RunSpec, result: RunResult, *, trial: int) -> None:
    """Leave ``result.json`` in the run's folder, and the log of one that went wrong."""
    kept = () if result.state == "completed" else ("log.txt",)
    with storing(spec.folder):
        spec.folder.mkdir(parents=True, exist_ok=True)
        for path in spec.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in kept:
                path.unlink()
    result = result.replace(artifacts=tuple(name for name in result.artifacts if name in kept))
    facts = {"trial": trial, "params": spec.params, "seed": spec.seed}
    write_json(spec.folder / "result.json", facts | result.to_dict())
