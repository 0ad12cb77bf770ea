from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna
import pytest
from optuna.trial import TrialState as State

from hpolab.errors import SpaceError, StoreError
from hpolab.search import ExportedTrial, PrunerSpec, SamplerSpec, Search, export_optuna

if TYPE_CHECKING:
    from hpolab.space import SearchSpace

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def trials(space: SearchSpace) -> list[ExportedTrial]:
    search = Search(
        space,
        sampler=SamplerSpec.parse("random"),
        pruner=PrunerSpec.parse("none"),
        seed=0,
        epochs=3,
    )
    fates: list[dict[str, Any]] = [
        {
            "state": "completed",
            "score": 0.8,
            "scores": {1: 0.5, 2: 0.8},
            "attrs": {"accuracy": 0.9, "health": 0.6, "reason": "", "n_parameters": None},
        },
        {"state": "pruned", "scores": {1: 0.2}, "attrs": {"reason": "it does not pay"}},
        {"state": "failed", "attrs": {"reason": "the loss is not a number"}},
        {"state": "cancelled", "scores": {1: 0.3}},
        {"state": "running", "scores": {1: 0.4}},
    ]
    return [
        ExportedTrial(
            number=number,
            params=search.ask(number),
            started=START,
            ended=None if fate["state"] == "running" else START + timedelta(seconds=number + 1),
            **fate,
        )
        for number, fate in enumerate(fates)
    ]


def load(path: Path, name: str = "hpolab") -> list[optuna.trial.FrozenTrial]:
    storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    try:
        study = optuna.load_study(study_name=name, storage=storage)
        assert study.direction == optuna.study.StudyDirection.MAXIMIZE
        return study.trials
    finally:
        storage.remove_session()
        storage.engine.dispose()


def test_optuna_reads_back_what_was_exported(
    space: SearchSpace, trials: list[ExportedTrial], tmp_path: Path
) -> None:
    path = tmp_path / "50% of it?.db"
    export_optuna(space, reversed(trials), path, name="digits")
    copied = tmp_path / "plain.db"
    copied.write_bytes(path.read_bytes())
    read = load(copied, "digits")
    assert [t.state for t in read] == [
        State.COMPLETE,
        State.PRUNED,
        State.FAIL,
        State.FAIL,
        State.RUNNING,
    ]
    assert [t.value for t in read] == [0.8, 0.2, None, None, None]
    assert read[0].intermediate_values == {1: 0.5, 2: 0.8}
    assert read[0].user_attrs == {
        "trial": 0,
        "state": "completed",
        "accuracy": 0.9,
        "health": 0.6,
        "reason": "",
    }
    assert read[1].user_attrs["reason"] == "it does not pay"
    assert read[3].user_attrs["state"] == "cancelled"
    assert read[0].datetime_start == START.astimezone().replace(tzinfo=None)
    assert read[1].duration == timedelta(seconds=2)
    for told, seen in zip(trials, read, strict=True):
        assert seen.params == {**told.params, "flag": repr(told.params["flag"])}
        assert set(seen.distributions) == set(told.params)
    assert read[0].distributions["rate"] == optuna.distributions.FloatDistribution(
        1e-4, 1e-1, log=True
    )


def test_an_export_replaces_the_earlier_one_whole(
    space: SearchSpace, trials: list[ExportedTrial], tmp_path: Path
) -> None:
    path = tmp_path / "study.db"
    export_optuna(space, trials, path)
    export_optuna(space, trials[:2], path)
    assert len(load(path)) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["study.db"]


def test_an_export_that_fails_leaves_the_earlier_file_alone(
    space: SearchSpace, trials: list[ExportedTrial], tmp_path: Path
) -> None:
    path = tmp_path / "study.db"
    path.write_text("precious")
    with pytest.raises(SpaceError):
        export_optuna(space, [trials[0].replace(params={"units": 8})], path)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(
    space: SearchSpace, trials: list[ExportedTrial], tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        export_optuna(space, trials, tmp_path / "missing" / "study.db")
