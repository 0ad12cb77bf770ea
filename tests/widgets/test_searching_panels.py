"""The panels of the lessons about searching, without a browser."""

from __future__ import annotations

import itertools
import json

import pytest

from hpolab import Sweep
from hpolab.course import best, practise
from hpolab.errors import ConfigError
from hpolab.practice import practice_config, read_table
from hpolab.practice.contest import beaten
from hpolab.search.configurations import starting_point
from hpolab_widgets.course import Bargain, Cuts, Duel, Reasons, Savings

ODD = [None, True, -1, 10**400, 1.5, float("nan"), "", "\0", "x" * 10_000, [], {}, {"a": 1}]


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A practice sweep of tpe, long enough for it to have learnt."""
    config = practice_config("lstm", budget=24, pruner="none", mode="simple")
    return Sweep(config, path=tmp_path_factory.mktemp("sweeps") / "tpe").run()


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """The same sixty networks without pruning and with it; a slow starter is the best of them."""
    folder = tmp_path_factory.mktemp("pair")
    return tuple(
        Sweep(
            practice_config(
                "lstm", budget=60, sampler="random", pruner=name, mode="simple", seed=4
            ),
            path=folder / name,
        ).run()
        for name in ("none", "median")
    )


def duel(**changes):
    return Duel(**{"space": "lstm", "rounds": 3, "seeds": 4, "startup": 2, **changes})


def play(panel, *options):
    panel.wish("pick", options=json.dumps(options))


def test_reasons_show_the_last_trial_and_then_the_one_that_is_asked_for(swept):
    panel = Reasons(swept, name="learning_rate")
    assert panel.view["trial"] == 23
    assert panel.view["density"]["words"].startswith("Tries learning rate ")
    panel.wish("look", trial=4)
    assert panel.view["density"] is None
    assert panel.view["words"].startswith("Drawn at random: the first 10 are")
    panel.wish("look", trial=20, name="bidirectional")
    density = panel.view["density"]
    assert [tick["label"] for tick in density["ticks"]] == ["no", "yes"]
    panel.close()


def test_the_picture_of_a_density_spans_the_axis_and_has_area_one(swept):
    panel = Reasons(swept)
    assert "momentum" not in panel.view["names"]  # adam has none
    for name in panel.view["names"]:
        panel.wish("look", name=name)
        density = panel.view["density"]
        for half in ("good", "other"):
            points = density[half]
            area = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in itertools.pairwise(points))
            assert area == pytest.approx(1, abs=0.02), name
        assert all(0 <= tick["at"] <= 1 for tick in density["ticks"])
        assert 2 <= len(density["ticks"]) <= 8
    panel.close()


def test_reasons_follow_a_sweep_that_goes_on(made):
    panel = Reasons(made.path)
    assert panel.view["hint"] == "Nothing has been tried yet."
    whole = starting_point(panel.lab.sweep.config.search_space())
    for number in (0, 1):
        made.start(number, **whole)
        panel.lab.sweep.refresh()
        assert panel.problem == ""
        assert panel.view["trials"] == number + 1
    panel.close()


def test_reasons_need_a_sweep():
    assert Reasons().view["hint"] == "No sweep yet. Give it one: Reasons(sweep)."


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_wish_changes_nothing(swept, pair, odd):
    for panel, verb, detail in (
        (Reasons(swept), "look", "trial"),
        (Reasons(swept), "look", "name"),
        (Cuts(pair[1]), "look", "chosen"),
        (duel(seeds=1), "pick", "options"),
    ):
        before = panel.view
        panel.wish(verb, **{detail: odd})
        assert "inside hpolab" not in panel.problem
        assert panel.view == before
        panel.close()


def test_a_duel_tells_what_the_others_did_only_after_the_pick():
    panel = duel()
    assert panel.view["lines"] == []
    assert panel.view["rows"] == []
    play(panel, 2, 1, 2, 2, 0)
    assert [len(line["middle"]) for line in panel.view["lines"]] == [1, 1, 1]
    row = panel.view["rows"][0]
    table = read_table("lstm")
    values = [known[at] for known, at in zip(table.space.values.values(), (2, 1, 2, 2, 0))]  # noqa: B905
    pick = dict(zip(table.space.values, values, strict=True))
    assert row["yours"] == table.result(pick, seed=0).accuracy
    assert row["is_random"]


def test_a_duel_refuses_what_was_tried_and_counts_no_round_for_it():
    panel = duel()
    play(panel, 2, 1, 2, 2, 0)
    play(panel, 2, 1, 2, 2, 0)
    assert panel.problem.startswith("you tried this in round 1: ")
    assert panel.view["played"] == 1


@pytest.mark.parametrize(
    "options", [(0, 0), (0, 0, 0, 0, 9), (0, 0, 0, 0, True), (0, 0, 0, 0, "a")]
)
def test_a_pick_outside_the_space_is_refused(options):
    panel = duel(seeds=1)
    play(panel, *options)
    assert panel.problem
    assert panel.view["played"] == 0


def test_a_duel_ends_with_how_many_searches_are_beaten_and_can_be_begun_again():
    panel = duel()
    for learning_rate in (0, 1, 2):
        assert panel.view["verdict"] is None
        play(panel, 2, 1, 2, learning_rate, 0)
    verdict = panel.view["verdict"]
    won, _ = beaten(panel.view["best"], panel._rivals["tpe"])
    assert f"that beats {won} of 4 tpe searches" in verdict["words"]
    assert verdict["tone"] == ("good" if won > 2 else "warn")
    assert verdict["why"].startswith("Luck: 4 random searches")
    play(panel, 0, 0, 0, 0, 0)
    assert "all rounds are played" in panel.problem
    panel.wish("again")
    assert panel.view["played"] == 0


def test_a_duel_without_a_round_is_refused():
    with pytest.raises(ConfigError, match="one round"):
        duel(rounds=0)


def test_cuts_show_the_slow_starter_first_and_what_it_would_have_come_to(pair):
    full, pruned = pair
    view = Cuts(pruned).view
    assert view["cut"]["end"] == best(full).ended.accuracy > view["best"]
    assert view["cut"]["reason"].startswith("its score 0.535 at epoch 2 is below")
    assert len(view["cut"]["curve"]) + len(view["cut"]["rest"]) == 10
    assert len(view["pruned"]) + len(view["completed"]) == 60
    assert view["trained"] == sum(map(len, [*view["pruned"], *view["completed"]]))


def test_cuts_of_a_sweep_without_pruning_are_none(pair):
    panel = Cuts(pair[0])
    assert panel.view["cut"] is None
    assert panel.view["saved"] == 0
    assert Cuts().view["hint"]


def test_another_pruned_trial_can_be_looked_at(pair):
    panel = Cuts(pair[1])
    first = panel.view["cut"]["number"]
    panel.wish("look", chosen=1)
    assert panel.view["cut"]["number"] != first
    panel.close()


def test_savings_rise_to_the_best_and_end_at_the_epochs_trained(pair):
    none, median = Savings(none=pair[0], median=pair[1]).view["lines"]
    assert none["epochs"] == 600 > median["epochs"]
    assert none["points"][-1] == (600, none["best"])
    assert none["best"] > median["best"]
    heights = [height for _, height in median["points"]]
    assert heights == sorted(heights)


def test_savings_of_nothing_or_of_too_many_are_refused(pair):
    with pytest.raises(ConfigError, match="1 to 4 sweeps"):
        Savings()


def test_a_bargain_needs_both_the_epochs_and_the_best(pair):
    full, pruned = pair

    def words(tried, save):
        return Bargain(full, tried, save=save).view["verdict"]["words"]

    assert words(pruned, 0.5).startswith("Not yet: 63 % of the epochs are saved")
    assert words(full, 0.5).startswith("Not yet: 0 % of the epochs are saved")
    assert words(full, 0.0).startswith("Done: ")


def test_practised_searches_differ_in_their_pruner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("HPOLAB_SWEEPS_DIR", str(tmp_path))
    none, median = (practise("cnn", trials=12, pruner=name) for name in ("none", "median"))
    params = [[t.params for t in s.record.trials.values()] for s in (none, median)]
    assert params[0] == params[1]
    assert none.path != median.path
