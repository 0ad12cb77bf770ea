from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hpolab.commands import Command
from hpolab.config import SweepConfig
from hpolab.events import (
    BestChanged,
    Entry,
    EpochEnded,
    Event,
    RunStarted,
    TrialEnded,
    TrialStarted,
)
from hpolab.record import SweepRecord
from hpolab.search import configuration_key
from hpolab.storage.folder import SweepFolder
from hpolab.storage.journal import read_journal
from hpolab.testing.scripted import ScriptedExecutor, failed, once, trained

MakeConfig = Callable[..., SweepConfig]
Coordinate = Callable[..., SweepRecord]


def events(path: Path) -> list[Event]:
    return [entry.event for entry in read_journal(path / "journal.jsonl")]


def kinds(path: Path) -> list[str]:
    return [event.kind for event in events(path)]


def told(path: Path) -> list[dict[str, Any]]:
    """The journal without its times and the sweep's name."""
    return [event.to_dict() for event in events(path)]


# The story


def test_a_sweep_runs_to_its_budget_and_its_journal_tells_it_in_order(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(budget=2, epochs=2)

    record = coordinate(tmp_path / "s", config)

    run = ["trial_started", "run_started", "epoch_ended", "epoch_ended", "trial_ended"]
    expected = ["sweep_started", *run, "best_changed", *run, "best_changed", "sweep_ended"]
    if record.best == 0:
        del expected[-2]
    assert kinds(tmp_path / "s") == expected
    entries = list(read_journal(tmp_path / "s" / "journal.jsonl"))
    assert [entry.seq for entry in entries] == list(range(len(entries)))
    assert (record.state, record.reason) == ("finished", "all 2 trials are done")
    assert SweepRecord.of(entries) == record


def test_an_epoch_is_written_with_its_score_under_the_sweeps_weights(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(weights={"accuracy": 0.25}, budget=1)

    coordinate(tmp_path / "s", config)

    epochs = [event for event in events(tmp_path / "s") if isinstance(event, EpochEnded)]
    assert [event.score for event in epochs] == [
        config.weights.score(event.epoch.val_accuracy, event.epoch.health).total
        for event in epochs
    ]


def test_the_leaderboard_has_completed_trials_only_best_first(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    record = coordinate(tmp_path / "s", make_config(space={"fail": [True, False]}, budget=8))

    states = {trial.state for trial in record.trials.values()}
    scores = [trial.score for trial in record.ranked()]
    assert states == {"completed", "failed"}
    assert len(scores) == sum(trial.state == "completed" for trial in record.trials.values())
    assert scores == sorted(scores, key=lambda score: -(score or 0))


def test_best_is_a_copy_of_the_winner_with_its_card(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    record = coordinate(tmp_path / "s", make_config())

    winner = record.ranked()[0]
    best, original = tmp_path / "s" / "best", tmp_path / "s" / "trials" / f"{winner.number:04d}"
    copied = [path.relative_to(original) for path in original.rglob("*") if path.is_file()]
    assert {Path("model.keras"), Path("diagnostics/arrays.npz")} <= set(copied)
    for path in copied:
        assert (best / path).read_bytes() == (original / path).read_bytes()
    facts = json.loads((best / "best.json").read_text())
    assert (facts["trial"], facts["score"]) == (winner.number, winner.score)
    assert f"trial {winner.number} of s" in (best / "README.md").read_text()
    assert record.best == winner.number


@pytest.mark.parametrize("mode", ["all", "best", "none"])
def test_diagnostics_are_kept_for_all_trials_for_the_best_or_for_none(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate, mode: str
) -> None:
    record = coordinate(tmp_path / "s", make_config(record=mode))

    kept = {path.parent.name for path in (tmp_path / "s" / "trials").glob("*/diagnostics")}
    expected = {
        "all": {f"{number:04d}" for number in record.trials},
        "best": {f"{record.best:04d}"},
        "none": set(),
    }
    assert kept == expected[mode]
    assert (tmp_path / "s" / "best" / "diagnostics" / "arrays.npz").exists() == (mode != "none")


def test_equal_journals_come_of_equal_configs_on_one_worker(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(sampler="tpe", pruner="median", budget=14)

    coordinate(tmp_path / "a" / "s", config)
    coordinate(tmp_path / "b" / "s", config)

    assert told(tmp_path / "a" / "s") == told(tmp_path / "b" / "s")
    assert "pruned" in {e.state for e in events(tmp_path / "a" / "s") if isinstance(e, TrialEnded)}


def test_an_observer_that_raises_is_dropped_and_the_sweep_goes_on(
    tmp_path: Path,
    make_config: MakeConfig,
    coordinate: Coordinate,
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[Entry] = []

    def observe(entry: Entry) -> None:
        seen.append(entry)
        raise RuntimeError("a panel is broken")

    with caplog.at_level(logging.ERROR, logger="hpolab"):
        record = coordinate(tmp_path / "s", make_config(), on_entry=observe)

    assert record.state == "finished"
    assert len(seen) == 1
    assert "a panel is broken" in caplog.text


# Equal configurations


def test_equal_configurations_share_one_training(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    space = {"learning_rate": [1e-4, 1e-3, 1e-2, 1e-1], "width": [1, 2, 3, 4]}
    config = make_config(space=space, budget=12)

    record = coordinate(tmp_path / "s", config)

    runs = [event.trial for event in events(tmp_path / "s") if isinstance(event, RunStarted)]
    trained_keys = [configuration_key(record.trials[number].params) for number in runs]
    reused = [
        t.ended for t in record.trials.values() if t.ended and t.ended.reused_from is not None
    ]
    assert len(set(trained_keys)) == len(trained_keys)
    assert len(runs) + len(reused) == 12
    assert reused
    for ended in reused:
        first = record.trials[ended.reused_from or 0]
        assert first.params == record.trials[ended.trial].params
        assert first.ended is not None
        assert (ended.score, ended.metrics) == (first.ended.score, first.ended.metrics)
        stored = SweepFolder(tmp_path / "s").read_result(ended.trial)
        assert stored["reused_from"] == first.number
    assert record.best in runs


def test_a_configuration_that_is_being_trained_is_waited_for_not_trained_again(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    executor = ScriptedExecutor(trained, slots=3)
    space = {"learning_rate": [1e-3, 1e-2, 1e-1]}

    record = coordinate(tmp_path / "s", make_config(space=space, budget=9), executor=executor)

    params = [configuration_key(spec.params) for spec in executor.submitted]
    assert len(params) == len(set(params))
    story = events(tmp_path / "s")
    twin = next(t for t in record.trials.values() if t.ended and t.ended.reused_from is not None)
    assert twin.ended is not None
    ends = [event.trial for event in story if isinstance(event, TrialEnded)]
    starts = [i for i, e in enumerate(story) if isinstance(e, TrialStarted)]
    first_end = next(i for i, e in enumerate(story) if isinstance(e, TrialEnded))
    assert sum(start < first_end for start in starts) > len(set(params)) - 1
    assert ends.index(twin.ended.reused_from or 0) < ends.index(twin.number)


def test_a_twin_is_trained_itself_when_the_first_one_failed(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    executor = ScriptedExecutor(lambda run: (trained if run.trial else failed)(run), slots=2)
    space = {"learning_rate": [1e-4, 1e-3, 1e-2, 1e-1]}
    config = make_config(space=space, budget=4, seed=4)  # draws the same rate three times

    record = coordinate(tmp_path / "s", config, executor=executor)

    first = record.trials[0]
    equal = [t for t in record.trials.values() if t.params == first.params and t.number > 0]
    assert first.state == "failed"
    assert [spec.trial for spec in executor.submitted if spec.params == first.params] == [
        0,
        equal[0].number,
    ]
    assert all(t.state == "completed" for t in equal)


def test_cancelling_a_waiting_twin_leaves_the_first_one_in_charge_of_its_configuration(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    folder = SweepFolder(tmp_path / "s")
    executor = ScriptedExecutor(trained, slots=2)
    started: dict[str, int] = {}

    def cancel_the_first_twin(entry: Entry) -> None:
        if isinstance(entry.event, TrialStarted):
            key = configuration_key(entry.event.params)
            if key in started and not any(spec.trial == 99 for spec in executor.submitted):
                folder.send(Command(verb="cancel", trial=entry.event.trial))
            started.setdefault(key, entry.event.trial)

    config = make_config(space={"learning_rate": [1e-3, 1e-2, 1e-1]}, budget=8)
    record = coordinate(tmp_path / "s", config, executor=executor, on_entry=cancel_the_first_twin)

    assert "cancelled" in {trial.state for trial in record.trials.values()}
    params = [configuration_key(spec.params) for spec in executor.submitted]
    assert len(params) == len(set(params))


def test_a_configuration_is_trained_again_when_its_stored_result_is_lost(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    space = {"learning_rate": [1e-3, 1e-2, 1e-1]}
    config = make_config(space=space, budget=9)
    result = tmp_path / "s" / "trials" / "0000" / "result.json"

    def end_of_first(event: Event) -> bool:
        return isinstance(event, BestChanged)

    record = coordinate(tmp_path / "s", config, on_entry=once(end_of_first, result.unlink))

    again = [t for t in record.trials.values() if t.params == record.trials[0].params]
    assert len([t for t in again if t.ended and t.ended.reused_from is None]) == 2
    assert any("the result of trial 0 is lost" in note for note in record.notes)


def test_a_small_space_ends_the_sweep_when_all_of_it_has_been_tried(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    record = coordinate(
        tmp_path / "s", make_config(space={"learning_rate": [1e-3, 1e-2]}, sampler="grid")
    )

    assert record.reason == "every configuration of the space has been tried"
    assert len(record.trials) == 2


def test_the_card_says_in_the_end_among_how_many_trials_the_winner_won(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    record = coordinate(tmp_path / "sweep", make_config(budget=6))
    card = (tmp_path / "sweep" / "best" / "README.md").read_text()
    assert record.best != 5  # else it says so from the start
    assert "among 6 finished trials" in card
