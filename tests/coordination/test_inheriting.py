"""Sweeps that follow another one: its trials, scored anew, are where they begin."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hpolab import Sweep
from hpolab.config import SweepConfig
from hpolab.errors import ConfigError, DataError
from hpolab.events import Event, SweepFollows, TrialInherited
from hpolab.record import SweepRecord
from hpolab.scoring import ScoringWeights
from hpolab.storage.folder import SweepFolder
from hpolab.storage.journal import read_journal
from hpolab.testing.scripted import ScriptedExecutor, trained

MakeConfig = Callable[..., SweepConfig]
Coordinate = Callable[..., SweepRecord]

HEALTH = ScoringWeights(accuracy=0.2).with_proportion("accuracy_consistency", 0.5)


@pytest.fixture
def old(tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate) -> SweepRecord:
    """An ended sweep of six trials in the folder "old"."""
    return coordinate(tmp_path / "old", make_config(sampler="tpe"))


def following(make_config: MakeConfig, path: Path, **changes: object) -> SweepConfig:
    fields = {"sampler": "tpe", "budget": 9, "weights": HEALTH, "follows": path}
    return make_config(**(fields | changes))


def events(path: Path) -> list[Event]:
    return [entry.event for entry in read_journal(path / "journal.jsonl")]


def test_the_old_trials_are_known_under_the_new_weights_and_none_is_trained_again(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate, old: SweepRecord
) -> None:
    executor = ScriptedExecutor(trained)

    record = coordinate(
        tmp_path / "new", following(make_config, tmp_path / "old"), executor=executor
    )

    assert [spec.trial for spec in executor.submitted] == [6, 7, 8]
    assert record.epochs_trained == 9
    for number, trial in old.trials.items():
        ours = record.trials[number]
        assert ours.inherited
        assert (ours.params, ours.epochs, ours.state) == (trial.params, trial.epochs, trial.state)
        assert ours.ended
        assert trial.ended
        exact = HEALTH.score(trial.ended.accuracy or 0.0, trial.ended.metrics)
        assert (ours.ended.score, ours.ended.health) == (exact.total, exact.health)
    assert record.best == record.ranked()[0].number == SweepFolder(tmp_path / "new").best_trial()


def test_the_journal_says_where_the_trials_come_from_and_how_they_were_weighted(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate, old: SweepRecord
) -> None:
    record = coordinate(tmp_path / "new", following(make_config, tmp_path / "old"))

    told = [event for event in events(tmp_path / "new") if isinstance(event, SweepFollows)]
    assert told == [record.follows]
    assert told[0].sweep == "old"
    assert told[0].weights == ScoringWeights()
    assert told[0].trials == len(old.trials)


def test_the_sampler_goes_on_where_it_was_instead_of_from_the_beginning(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    longer = coordinate(tmp_path / "longer", make_config(budget=9))
    coordinate(tmp_path / "old", make_config(budget=6))

    record = coordinate(
        tmp_path / "new", following(make_config, tmp_path / "old", sampler="random")
    )

    assert [t.params for t in record.trials.values()] == [t.params for t in longer.trials.values()]


def test_a_follower_needs_nothing_of_the_followed_folder_once_it_has_begun(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate, old: SweepRecord
) -> None:
    config = following(make_config, tmp_path / "old")
    coordinate(tmp_path / "new", config)
    best = SweepFolder(tmp_path / "new").best_trial()
    shutil.rmtree(tmp_path / "old")
    shutil.rmtree(tmp_path / "new" / "best")

    record = coordinate(tmp_path / "new", config)

    assert len(record.trials) == 9
    assert SweepFolder(tmp_path / "new").best_trial() == best
    assert SweepFolder(tmp_path / "new").best_is_whole()


def test_an_exhausted_space_stays_exhausted_and_nothing_is_trained_twice(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    space = {"learning_rate": [1e-3, 1e-2]}
    old = coordinate(tmp_path / "old", make_config(space=space, budget=2, seed=1))
    assert len({t.params["learning_rate"] for t in old.trials.values()}) == 2
    executor = ScriptedExecutor(trained)

    config = following(
        make_config, tmp_path / "old", space=space, budget=6, seed=1, sampler="random"
    )
    record = coordinate(tmp_path / "new", config, executor=executor)

    assert executor.submitted == []
    assert record.reason == "every configuration of the space has been tried"


def test_what_the_old_sweep_left_open_is_trained(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate, old: SweepRecord
) -> None:
    journal = tmp_path / "old" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    opened = max(i for i, line in enumerate(lines) if b'"trial_started"' in line)
    journal.write_bytes(b"".join(lines[: opened + 1]))
    executor = ScriptedExecutor(trained)

    record = coordinate(
        tmp_path / "new", following(make_config, tmp_path / "old"), executor=executor
    )

    assert [spec.trial for spec in executor.submitted] == [5, 6, 7, 8]
    assert not record.trials[5].inherited


def test_an_equal_configuration_shares_what_was_completed_but_not_what_was_pruned(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    space = {"learning_rate": [1e-3, 1e-2], "a": {"low": 0, "high": 1}, "silent": [0.0, 1.0]}
    limits = {"dead_units": 0.5}
    fields = {"space": space, "sampler": "random", "epochs": 5, "limits": limits}
    old = coordinate(tmp_path / "old", make_config(**fields, budget=6))
    assert {trial.state for trial in old.trials.values()} == {"completed", "pruned"}
    executor = ScriptedExecutor(trained)

    record = coordinate(
        tmp_path / "new",
        following(make_config, tmp_path / "old", **fields, budget=30),
        executor=executor,
    )

    completed = [t.params for t in old.trials.values() if t.state == "completed"]
    trained_now = [spec.params for spec in executor.submitted]
    assert not [params for params in trained_now if params in completed]
    assert [t for t in old.trials.values() if t.state == "pruned" and t.params in trained_now]
    twins = [t for t in record.trials.values() if t.number >= 6 and t.params in completed]
    assert twins
    assert all(t.ended and t.ended.reused_from is not None for t in twins)


@pytest.mark.parametrize("kept", range(1, 9))
def test_wherever_a_kill_falls_while_trials_are_taken_over_the_outcome_is_the_same(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate, old: SweepRecord, kept: int
) -> None:
    config = following(make_config, tmp_path / "old")
    calm = coordinate(tmp_path / "calm", config)
    coordinate(tmp_path / "new", config)
    folder = SweepFolder(tmp_path / "new")
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(lines[:kept]))
    for trial in range(max(0, kept - 3), 9):  # what was linked after the last line may be there
        if trial % 2:
            shutil.rmtree(folder.trial(trial), ignore_errors=True)

    record = coordinate(tmp_path / "new", config)

    told = [event for event in events(folder.path) if isinstance(event, TrialInherited)]
    assert [event.trial for event in told] == list(range(6))
    assert [(t.params, t.score, t.state) for t in record.trials.values()] == [
        (t.params, t.score, t.state) for t in calm.trials.values()
    ]
    assert record.best == calm.best
    assert record.epochs_trained == calm.epochs_trained


def test_a_follower_can_be_followed(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate, old: SweepRecord
) -> None:
    coordinate(tmp_path / "second", following(make_config, tmp_path / "old"))
    third = following(make_config, tmp_path / "second", budget=10, weights=ScoringWeights())

    record = coordinate(tmp_path / "third", third)

    assert len(record.trials) == 10
    for number, trial in old.trials.items():
        assert record.trials[number].score == pytest.approx(trial.score)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"seed": 3}, "seed: .* asked for something else"),
        ({"epochs": 5}, "epochs: .* asked for something else"),
        ({"sampler": "random"}, "sampler: .* asked for something else"),
        ({"precision": "bfloat16"}, "precision: .* asked for something else"),
        ({"budget": 6}, "budget.trials: .*for 10 more, set it to 16"),
    ],
)
def test_what_cannot_stand_beside_the_old_trials_is_refused(
    tmp_path: Path, make_config: MakeConfig, old: SweepRecord, changes: object, rule: str
) -> None:
    from hpolab.coordination.inheriting import followed

    config = following(make_config, tmp_path / "old", **changes)  # type: ignore[arg-type]

    with pytest.raises(ConfigError, match=rule):
        followed(config, fingerprint="data")


def test_other_data_and_missing_folders_are_refused(
    tmp_path: Path, make_config: MakeConfig, old: SweepRecord
) -> None:
    from hpolab.coordination.inheriting import followed

    with pytest.raises(DataError, match="data that have changed"):
        followed(following(make_config, tmp_path / "old"), fingerprint="other")
    with pytest.raises(ConfigError, match=r"follows: .*not a sweep folder"):
        followed(following(make_config, tmp_path / "gone"), fingerprint="data")


def test_a_running_sweep_is_not_followed(
    tmp_path: Path, make_config: MakeConfig, old: SweepRecord
) -> None:
    from hpolab.coordination.inheriting import followed
    from hpolab.storage.lock import CoordinatorLock

    with (
        CoordinatorLock(tmp_path / "old" / ".lock"),
        pytest.raises(ConfigError, match="still running"),
    ):
        followed(following(make_config, tmp_path / "old"), fingerprint="data")


def test_continuing_with_other_weights_takes_one_line_of_python(tmp_path: Path) -> None:
    executor = "hpolab.testing.synthetic:synthetic_inline"
    config = SweepConfig(budget=3, epochs=2, executor=executor, pruner="none")
    sweep = Sweep(config, path=tmp_path / "old").run()

    other = sweep.continue_with(HEALTH, trials=2, path=tmp_path / "new").run()

    assert other.config.weights == HEALTH
    assert other.record.reason == "all 5 trials are done"
    assert [t.inherited for t in other.record.trials.values()] == [True] * 3 + [False] * 2
    assert Sweep.follow(other.path).run().state == "finished"
    assert len(Sweep.follow(sweep.path).record.trials) == 3


def test_accuracy_alone_continues_in_simple_mode(tmp_path: Path) -> None:
    other = Sweep(SweepConfig(), path=tmp_path / "old-20260101-000000").continue_with(
        ScoringWeights.simple(), trials=2
    )

    assert other.config.mode == "simple"
    assert other.config.name.startswith("old-2")
    assert "000000-" not in other.config.name
