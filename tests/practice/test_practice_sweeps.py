"""Sweeps on practice spaces: the executor, what it refuses, and the regret of a search."""

from __future__ import annotations

from contextlib import closing

import pytest

from hpolab import Sweep
from hpolab.confirmation.confirm import confirm
from hpolab.errors import ConfigError
from hpolab.executors import make
from hpolab.practice import SPACES, Standings, practice_config, practice_space, read_table
from hpolab.preflight import check_config
from hpolab.search.options import SAMPLERS
from hpolab.storage.cores import Cores
from hpolab.testing.recorder import Recorder
from hpolab.trial import DatasetSpec, RunSpec, Stop


@pytest.fixture
def executor():
    with make(practice_config("cnn").executor) as executor:
        yield executor


def ordered(folder, **changes):
    """The order of the first configuration of the CNNs."""
    space = practice_space("cnn")
    fields = {
        "trial": 0,
        "model": "cnn",
        "params": next(iter(space.configurations())),
        "dataset": DatasetSpec(),
        "epochs": space.epochs,
        "folder": folder / "0",
    }
    return RunSpec(**{**fields, **changes})


def looked_up(executor, spec, judge=lambda _: None):
    """What becomes of an order."""
    seen = Recorder(judge)
    executor.submit(spec)
    seen.follow_to_end(executor)
    return seen


def test_a_run_tells_the_tabulated_story(executor, tmp_path):
    spec = ordered(tmp_path, seed=1)
    seen = looked_up(executor, spec)
    assert seen.kinds() == ["run_started", *["epoch_ended"] * 8, "run_ended"]
    told = read_table("cnn").result(spec.params, seed=1)
    assert seen.result() == told.replace(examples=seen.result().examples)
    assert seen.result().examples == {"train": 1297, "validation": 230, "test": 270}


def test_seeds_beyond_the_table_begin_again(executor, tmp_path):
    results = [looked_up(executor, ordered(tmp_path, seed=n)).result() for n in (0, 1, 3)]
    assert results[0] == results[2] != results[1]


def test_fewer_epochs_are_the_beginning_of_all(executor, tmp_path):
    whole = looked_up(executor, ordered(tmp_path)).result()
    part = looked_up(executor, ordered(tmp_path, epochs=3)).result()
    assert part.state == "completed"
    assert part.history == whole.history[:3]
    assert part.accuracy == whole.history[2].val_accuracy
    assert part.health.values() == whole.history[2].health
    assert part.test_accuracy is None


def test_a_pruned_run_knows_only_what_it_has_seen(executor, tmp_path):
    stop = Stop(state="pruned", reason="others are better")
    seen = looked_up(executor, ordered(tmp_path), lambda e: stop if e.epoch.epoch == 2 else None)
    result = seen.result()
    assert (result.state, result.reason, len(result.history)) == ("pruned", stop.reason, 2)
    assert result.accuracy == result.history[1].val_accuracy
    assert result.health.partial


@pytest.mark.parametrize("changes", [{"epochs": 9}, {"dataset": DatasetSpec(name="mnist")}])
def test_what_no_table_has_fails_and_says_so(executor, tmp_path, changes):
    result = looked_up(executor, ordered(tmp_path, **changes)).result()
    assert result.state == "failed"
    assert "no practice table" in result.reason


@pytest.mark.parametrize("sampler", [name for name in SAMPLERS if name != "gp"])
@pytest.mark.parametrize("name", SPACES)
def test_every_sampler_searches_every_space_unchanged(tmp_path, name, sampler):
    options = {"points": 3} if sampler == "grid" else {}
    config = practice_config(
        name, sampler={"name": sampler, **options}, pruner="hyperband", budget=12
    )
    sweep = Sweep(config, path=tmp_path / "sweep").run()
    assert sweep.state == "finished"
    states = {trial.state for trial in sweep.record.trials.values()}
    assert states <= {"completed", "pruned"}
    assert sweep.best is not None
    assert len(sweep.record.trials) == 12


def test_looking_up_does_not_wait_for_those_who_train(tmp_path, monkeypatch):
    monkeypatch.setenv("HPOLAB_MAX_TRAINING", "1")
    monkeypatch.setenv("HPOLAB_CACHE_DIR", str(tmp_path / "cache"))
    with closing(Cores("someone who trains")) as theirs:
        assert theirs.reserve()
        sweep = Sweep(practice_config("lstm", budget=3), path=tmp_path / "sweep").run()
        assert sweep.state == "finished"


def test_equal_seeds_give_equal_sweeps(tmp_path):
    scores = [
        [
            trial.score
            for trial in Sweep(practice_config("lstm", budget=15, seed=4), path=tmp_path / name)
            .run()
            .record.trials.values()
        ]
        for name in ("a", "b")
    ]
    assert scores[0] == scores[1]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"epochs": 9}, "epochs", "8 epochs"),
        ({"dataset": "digits_text", "model": "cnn"}, "dataset", "cnn on digits"),
        ({"dataset": {"validation": 0.3}}, "dataset", "default split"),
        ({"space": {}}, "space.n_blocks", "has no 3"),
        ({"executor": {"name": "practice", "workers": 2}}, "executor.workers", "one trial"),
    ],
)
def test_what_no_table_can_answer_is_refused_before_anything_starts(changes, field, words):
    with pytest.raises(ConfigError, match=words) as caught:
        check_config(practice_config("cnn", **changes))
    assert caught.value.field == field


def test_a_winner_is_confirmed_with_no_more_seeds_than_are_fresh(tmp_path):
    sweep = Sweep(practice_config("cnn", budget=5, seed=2), path=tmp_path / "sweep").run()
    confirmed = confirm(sweep, top=1, seeds=2)
    assert [run.state for run in confirmed.trials[0].runs] == ["completed"] * 2
    with pytest.raises(ConfigError, match="ask for 2 at most") as caught:
        confirm(sweep, top=1, seeds=3)
    assert caught.value.field == "seeds"


def test_a_part_of_a_space_can_be_searched_too():
    space = dict(practice_space("cnn").edits)
    part = {**space, "optimizer": "adam", "filters": [4, 16], "dropout": {"low": 0, "high": 0.1}}
    check_config(practice_config("cnn", space=part))


def test_a_condition_that_the_tables_lack_is_refused():
    space = dict(practice_space("cnn").edits)
    space["dropout"] = {"low": 0.0, "high": 0.4, "only_if": {"n_blocks": 2}}
    with pytest.raises(ConfigError, match="no other conditions") as caught:
        check_config(practice_config("cnn", space=space))
    assert caught.value.field == "space.dropout.only_if"


def test_the_best_known_has_no_regret_and_all_others_have_some():
    config = practice_config("lstm")
    standings = Standings.of(read_table("lstm"), config.scoring)
    assert standings.regret(standings.best_params) == 0
    regrets = [standings.regret(params) for params in practice_space("lstm").configurations()]
    assert min(regrets) == 0
    assert len(set(regrets)) > len(regrets) / 2


def test_on_the_seed_that_it_sees_the_regret_of_a_search_only_falls(tmp_path):
    config = practice_config("cnn", budget=30, seed=1, pruner="none", limits="none")
    sweep = Sweep(config, path=tmp_path / "sweep").run()
    standings = Standings.of(read_table("cnn"), config.scoring, seeds=[1])
    curve = standings.curve(sweep.record)
    assert curve == sorted(curve, reverse=True)
    assert sweep.best is not None
    assert curve[-1] == pytest.approx(standings.best - sweep.best.score)


def test_standings_depend_on_the_weights():
    table = read_table("cnn")
    simple = Standings.of(table, practice_config("cnn", mode="simple").scoring)
    healthy = Standings.of(table, practice_config("cnn", weights={"accuracy": 0.1}).scoring)
    assert simple.best_params != healthy.best_params


def test_a_curve_judges_the_winner_so_far_by_its_mean(tmp_path):
    config = practice_config("cnn", budget=20, sampler="random", pruner="none", limits="none")
    sweep = Sweep(config, path=tmp_path / "sweep").run()
    standings = Standings.of(read_table("cnn"), config.scoring)
    curve = standings.curve(sweep.record)
    assert len(curve) == 20
    assert sweep.best is not None
    assert curve[-1] == standings.regret(sweep.best.params)
    assert curve[0] == standings.regret(sweep.record.trials[0].params)
