from __future__ import annotations

import json
import shutil
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from hpolab import Sweep, SweepConfig
from hpolab.confirmation.confirm import candidates, confirm, confirmation_so_far
from hpolab.errors import ConfigError, DataError, FolderLocked, StoreError
from hpolab.events import EpochEnded, RunEnded, RunLost, RunStarted
from hpolab.executors._work import carry_out
from hpolab.storage.lock import CoordinatorLock
from hpolab.testing import synthetic
from hpolab.trial import EpochRecord, RunResult, RunSpec, Stop

if TYPE_CHECKING:
    from hpolab.confirmation.report import ConfirmedRun
    from hpolab.executors.executor import Handler

SEED = 11
BUILDER = "hpolab.testing.synthetic:train_run"  # never called; naming a real one loads Keras


class Scripted:
    """An executor that trains synthetically while it is polled, two runs at a time.

    Args:
        lost: How many attempts at a run of that seed take their worker with them.
        failing: Seeds under which training fails.
        stops_at: The run that is interrupted by the user, counted from 1.
    """

    slots = 2

    def __init__(
        self,
        *,
        lost: dict[int, int] | None = None,
        failing: tuple[int, ...] = (),
        stops_at: int = 0,
    ) -> None:
        self.specs: list[RunSpec] = []
        self.is_closed = False
        self._flying: deque[RunSpec] = deque()
        self._lost = lost or {}
        self._failing = failing
        self._stops_at = stops_at

    def submit(self, spec: RunSpec) -> None:
        assert len(self._flying) < self.slots
        assert spec.trial not in [other.trial for other in self._flying]
        self.specs.append(spec)
        self._flying.append(spec)

    def poll(self, handle: Handler, timeout: float) -> None:  # noqa: ARG002
        if len(self.specs) >= self._stops_at > 0:
            raise KeyboardInterrupt
        spec = self._flying.popleft()
        spec.folder.mkdir(parents=True, exist_ok=True)
        (spec.folder / "log.txt").write_text("what a worker leaves behind")
        names: dict[str, Any] = {"trial": spec.trial, "attempt": spec.attempt}
        handle(RunStarted(worker="w1", **names))
        if spec.attempt <= self._lost.get(spec.seed, 0):
            handle(RunLost(reason="worker w1 was killed", **names))
            return
        if spec.seed in self._failing:
            spec = spec.replace(params={**spec.params, "fail": True})

        def report(record: EpochRecord) -> Stop | None:
            handle(EpochEnded(epoch=record, **names))
            return None

        handle(RunEnded(result=carry_out(synthetic.train_run, spec, report), **names))

    def close(self) -> None:
        self.is_closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished sweep of six trials, two of them with equal configurations."""
    config = SweepConfig(
        name="lab",
        dataset={"name": "digits", "max_samples": 200},
        model=BUILDER,
        space={"learning_rate": [1e-4, 1e-3, 1e-2, 2e-2], "kind": ["a", "b"]},
        executor="hpolab.testing.synthetic:synthetic_inline",
        sampler="random",
        budget=6,
        epochs=3,
        seed=SEED,
    )
    return Sweep(config, path=tmp_path_factory.mktemp("sweeps") / "lab").run().path


@pytest.fixture
def sweep(searched: Path, tmp_path: Path) -> Sweep:
    return Sweep.follow(shutil.copytree(searched, tmp_path / "lab"))


def outcomes(runs: list[RunSpec]) -> set[tuple[str, int]]:
    return {(json.dumps(spec.params), spec.seed) for spec in runs}


def test_best_trials_are_trained_under_fresh_seeds_alone(sweep: Sweep) -> None:
    executor = Scripted()

    found = confirm(sweep, top=2, seeds=3, executor=executor)

    assert found.seeds == (SEED + 1, SEED + 2, SEED + 3)
    assert [trial.trial for trial in found.trials] == [c.trial for c in candidates(sweep, top=2)]
    assert found.trials[0].trial == sweep.leaderboard[0].number
    assert outcomes(executor.specs) == {
        (json.dumps(trial.params), seed) for trial in found.trials for seed in found.seeds
    }
    assert all(spec.epochs == 3 and not spec.record for spec in executor.specs)
    assert executor.is_closed


def test_scores_are_those_of_the_sweeps_weights(sweep: Sweep) -> None:
    found = confirm(sweep, top=1, seeds=2, executor=Scripted())

    for run in found.trials[0].runs:
        assert run.accuracy is not None
        assert run.score == sweep.config.scoring.score(run.accuracy, run.metrics).total
        assert run.health == sweep.config.scoring.score(run.accuracy, run.metrics).health


def test_equal_configurations_are_one_candidate(sweep: Sweep) -> None:
    everyone = candidates(sweep, top=99)

    configurations = [json.dumps(candidate.params, sort_keys=True) for candidate in everyone]
    assert len(set(configurations)) == len(configurations)
    assert len(everyone) < len(sweep.leaderboard)
    reused = [trial.number for trial in sweep.leaderboard if trial.ended.reused_from is not None]  # type: ignore[union-attr]
    assert not set(reused) & {candidate.trial for candidate in everyone}


def test_nothing_is_trained_twice(sweep: Sweep) -> None:
    first = confirm(sweep, top=2, seeds=2, executor=Scripted())
    idle, wider = Scripted(), Scripted()

    again = confirm(sweep, top=2, seeds=2, executor=idle)
    more = confirm(Sweep.follow(sweep.path), top=3, seeds=3, executor=wider)

    assert again == first
    assert idle.specs == []
    assert len(wider.specs) == 3 * 3 - 2 * 2
    assert [trial.runs[:2] for trial in more.trials[:2]] == [t.runs for t in first.trials]


def test_no_executor_is_started_when_nothing_is_left(
    sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm(sweep, top=1, seeds=1, executor=Scripted())
    monkeypatch.setattr("hpolab.executors.make", lambda _: pytest.fail("an executor was made"))

    assert confirm(sweep, top=1, seeds=1).trials[0].score is not None


def test_interrupted_confirmation_continues(sweep: Sweep) -> None:
    whole = confirm(
        Sweep.follow(shutil.copytree(sweep.path, sweep.path.with_name("copy"))),
        top=2, seeds=3, executor=Scripted(),
    )  # fmt: skip
    broken, rest = Scripted(stops_at=4), Scripted()

    with pytest.raises(KeyboardInterrupt):
        confirm(sweep, top=2, seeds=3, executor=broken)
    so_far = confirmation_so_far(sweep)
    found = confirm(sweep, top=2, seeds=3, executor=rest)

    assert broken.is_closed
    assert so_far is not None
    assert sum(len(trial.runs) for trial in so_far.trials) == 6 - len(rest.specs) == 2
    assert found.trials == whole.trials


def test_every_run_is_on_disk_before_it_is_told(sweep: Sweep) -> None:
    stored: list[int] = []

    def look(_: ConfirmedRun) -> None:
        content = json.loads((sweep.path / "confirm" / "confirm.json").read_text())
        stored.append(len(content["runs"]))

    confirm(sweep, top=2, seeds=2, executor=Scripted(), on_run=look)

    assert stored == [1, 2, 3, 4]


def test_run_folders_keep_only_the_result(sweep: Sweep) -> None:
    found = confirm(sweep, top=1, seeds=2, executor=Scripted())

    number = found.trials[0].trial
    for run in found.trials[0].runs:
        folder = sweep.path / "confirm" / f"{number:04d}-seed-{run.seed}"
        assert [path.name for path in folder.iterdir()] == ["result.json"]
        facts = json.loads((folder / "result.json").read_text())
        assert (facts["trial"], facts["seed"]) == (number, run.seed)
        known = {name: facts[name] for name in RunResult.model_fields}
        assert RunResult.parse(known).accuracy == run.accuracy
        assert facts["artifacts"] == []


def test_lost_run_is_tried_once_more(sweep: Sweep) -> None:
    executor = Scripted(lost={SEED + 1: 1})

    found = confirm(sweep, top=1, seeds=2, executor=executor)

    assert [spec.attempt for spec in executor.specs if spec.seed == SEED + 1] == [1, 2]
    assert [run.state for run in found.trials[0].runs] == ["completed", "completed"]


def test_run_that_is_lost_twice_has_failed(sweep: Sweep) -> None:
    found = confirm(sweep, top=1, seeds=2, executor=Scripted(lost={SEED + 2: 2}))

    (failed,) = found.failed()
    assert failed.reason == "its worker was lost 2 times: worker w1 was killed"
    assert found.trials[0].score is not None
    assert found.trials[0].score.n == 1


def test_failed_runs_are_reported_and_not_tried_again(sweep: Sweep) -> None:
    again = Scripted()

    found = confirm(sweep, top=2, seeds=2, executor=Scripted(failing=(SEED + 1,)))
    repeated = confirm(sweep, top=2, seeds=2, executor=again)

    logs = sorted(path.parent.name[5:] for path in sweep.path.glob("confirm/*/log.txt"))
    assert logs == [f"seed-{SEED + 1}"] * 2
    assert [run.reason for run in found.failed()] == ["its parameters ask it to fail."] * 2
    assert repeated == found
    assert again.specs == []


def test_two_confirmations_at_once_are_refused(sweep: Sweep) -> None:
    def meanwhile(_: ConfirmedRun) -> None:
        with pytest.raises(FolderLocked, match="being confirmed already"):
            confirm(Sweep.follow(sweep.path), executor=Scripted())
        refused.append(True)

    refused: list[bool] = []
    confirm(sweep, top=1, seeds=1, executor=Scripted(), on_run=meanwhile)

    assert refused == [True]


def test_running_sweep_is_not_confirmed(sweep: Sweep) -> None:
    executor = Scripted()

    with (
        CoordinatorLock(sweep.folder.lock),
        pytest.raises(FolderLocked, match="share its cores"),
    ):
        confirm(sweep, executor=executor)

    assert executor.specs == []


def test_confirming_does_not_look_like_a_running_sweep(sweep: Sweep) -> None:
    seen: list[str] = []

    confirm(sweep, top=1, seeds=1, executor=Scripted(), on_run=lambda _: seen.append(sweep.state))

    assert seen == ["finished"]
    assert not sweep.folder.is_running()


def test_sweep_without_completed_trials_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no completed trial"):
        confirm(Sweep(SweepConfig(name="new"), path=tmp_path / "new"))

    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("wrong", [{"top": 0}, {"seeds": 0}, {"seeds": -1}])
def test_numbers_below_one_are_refused(sweep: Sweep, wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=f"{next(iter(wrong))} >= 1") as refusal:
        confirm(sweep, **wrong)  # type: ignore[arg-type]

    assert refusal.value.field == next(iter(wrong))


def test_changed_data_are_refused(sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sweep, "check", lambda _: "another fingerprint")

    with pytest.raises(DataError, match="has changed since the search"):
        confirm(sweep, executor=Scripted())


@pytest.mark.parametrize("content", ["", "{", '{"format": 2, "runs": []}', '{"runs": [{}]}'])
def test_damaged_confirm_json_is_named(sweep: Sweep, content: str) -> None:
    (sweep.path / "confirm").mkdir()
    (sweep.path / "confirm" / "confirm.json").write_text(content)

    with pytest.raises(StoreError, match=r"confirm\.json.*Remove the file"):
        confirm(sweep, executor=Scripted())


def test_nothing_so_far_is_none(sweep: Sweep) -> None:
    assert confirmation_so_far(sweep) is None


def test_observer_that_fails_ends_the_confirmation_but_loses_nothing(sweep: Sweep) -> None:
    def fail(_: ConfirmedRun) -> None:
        raise ValueError("the screen is gone")

    with pytest.raises(ValueError, match="the screen is gone"):
        confirm(sweep, top=1, seeds=2, executor=Scripted(), on_run=fail)
    rest = Scripted()
    confirm(sweep, top=1, seeds=2, executor=rest)

    assert len(rest.specs) == 1


def test_crashing_worker_processes_cost_one_attempt(tmp_path: Path) -> None:
    """The real process executor: the first attempt at every run kills its process."""
    config = SweepConfig(
        dataset={"name": "digits", "max_samples": 200},
        model=BUILDER,
        space={"learning_rate": [1e-3, 1e-2], "crash": 1},
        sampler="grid",
        executor={"name": "hpolab.testing.synthetic:synthetic_process", "workers": 2},
        budget=2,
        epochs=2,
    )
    sweep = Sweep(config, path=tmp_path / "lab").run()

    found = confirm(sweep, top=2, seeds=2)

    assert found.failed() == []
    assert [trial.score and trial.score.n for trial in found.trials] == [2, 2]
