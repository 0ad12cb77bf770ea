"""The weight sliders, without a browser."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpolab import Sweep, SweepConfig
from hpolab.analysis import Flip, rank
from hpolab.scoring import METRICS, ScoringWeights
from hpolab_widgets import LabState, WeightSliders
from hpolab_widgets.hosting import Host
from hpolab_widgets.weighing.balance import Stretch, flip_words, stability_words, stretches
from hpolab_widgets.weighing.places import places

FIELDS = {
    "budget": 12,
    "epochs": 3,
    "sampler": "random",
    "executor": "hpolab.testing.synthetic:synthetic_inline",
    "pruner": "none",
}


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    return Sweep(SweepConfig(**FIELDS), path=tmp_path_factory.mktemp("sweeps") / "old").run()


@pytest.fixture
def panel(sweep):
    panel = WeightSliders(Sweep.follow(sweep.path))
    yield panel
    panel.close()


MOVES = st.lists(
    st.tuples(st.sampled_from(["accuracy", "health", *METRICS]), st.integers(0, 100)), max_size=8
)


@given(MOVES)
@settings(max_examples=60)
def test_both_tiers_add_up_to_exactly_100_after_any_moves(moves):
    panel = WeightSliders()
    for what, percent in moves:
        if what in METRICS:
            panel.wish("proportion", metric=what, percent=percent)
        else:
            panel.wish("balance", what=what, percent=percent)
        shown = {metric["name"]: metric["percent"] for metric in panel.view["metrics"]}
        shown |= panel.view["tiers"]
        assert shown[what] == percent
    assert sum(panel.view["tiers"].values()) == 100
    assert sum(metric["percent"] for metric in panel.view["metrics"]) == 100
    assert math.fsum(m["absolute"] for m in panel.view["metrics"]) == pytest.approx(
        panel.lab.weights.health
    )


def test_the_worked_values_of_the_design_come_out():
    panel = WeightSliders()
    panel.wish("balance", what="accuracy", percent=80)
    assert [round(100 * m["absolute"], 6) for m in panel.view["metrics"]] == [5, 3, 4, 3, 3, 2]
    panel.wish("defaults")
    panel.wish("proportion", metric="neuron_utilisation", percent=35)
    assert [round(100 * m["absolute"], 6) for m in panel.view["metrics"]] == [
        10.5, 3.9, 5.2, 3.9, 3.9, 2.6,
    ]  # fmt: skip


def test_every_metric_says_in_a_line_what_it_sees(panel):
    assert [metric["name"] for metric in panel.view["metrics"]] == list(METRICS)
    assert all(10 < len(metric["meaning"]) < 90 for metric in panel.view["metrics"])


def test_a_move_re_ranks_every_trial_at_once(panel):
    panel.wish("balance", what="accuracy", percent=5)
    ranking = rank(panel.lab.sweep.table, ScoringWeights(accuracy=0.05))
    result = panel.view["result"]
    assert result["winner"] == ranking.numbers[0]
    now = sorted(result["places"]["trials"], key=lambda trial: trial["now"])
    assert [trial["number"] for trial in now][:10] == ranking.numbers[:10].tolist()
    assert now[0]["score"] == pytest.approx(ranking.totals[0])


def test_sliders_of_one_lab_move_together(sweep):
    lab = LabState(Sweep.follow(sweep.path))
    one, other = WeightSliders(lab), WeightSliders(lab)
    one.wish("balance", what="health", percent=55)
    assert other.view["tiers"] == {"accuracy": 45, "health": 55}
    other.close()
    one.wish("balance", what="health", percent=20)
    assert other.view["tiers"]["health"] == 55
    assert one.view["tiers"]["health"] == 20


def test_simple_mode_locks_the_sliders_and_a_switch_restores_the_defaults(panel):
    panel.wish("balance", what="health", percent=55)
    panel.wish("mode", mode="simple")
    assert panel.view["locked"]
    assert panel.view["tiers"] == {"accuracy": 100, "health": 0}
    panel.wish("balance", what="health", percent=55)
    assert "in simple mode accuracy counts alone" in panel.problem
    assert panel.view["tiers"]["health"] == 0
    panel.wish("mode", mode="health-aware")
    assert panel.lab.weights == ScoringWeights()
    assert not panel.problem


def test_full_accuracy_by_hand_does_not_lock_the_sliders(panel):
    panel.wish("balance", what="accuracy", percent=100)
    assert not panel.view["locked"]
    panel.wish("balance", what="accuracy", percent=60)
    assert panel.view["tiers"] == {"accuracy": 60, "health": 40}


def test_there_is_a_way_back_to_the_weights_of_the_search(panel):
    assert panel.view["sweep"]["is_searched"]
    panel.wish("mode", mode="simple")
    assert not panel.view["sweep"]["is_searched"]
    panel.wish("searched")
    assert panel.view["sweep"]["is_searched"]
    assert not panel.view["locked"]


def test_it_is_said_under_which_weights_the_search_looked(panel):
    panel.wish("balance", what="accuracy", percent=5)
    said = panel.view["sweep"]["sampled_under"]
    assert "70 % accuracy and 30 % health" in said


@pytest.mark.parametrize(
    ("verb", "details", "words"),
    [
        ("balance", {"what": "health", "percent": 101}, "0 <= percent <= 100"),
        ("balance", {"what": "health", "percent": "5"}, "write a number"),
        ("balance", {"what": "health", "percent": float("nan")}, "0 <= percent <= 100"),
        ("balance", {"what": "helth", "percent": 5}, "did you mean"),
        ("balance", {"what": ["health"], "percent": 5}, "what is a text or a number"),
        ("proportion", {"metric": "gradient", "percent": 5}, "no such metric"),
        ("mode", {"mode": "other"}, "no such mode"),
        ("continue", {"trials": 0}, "1 <= trials"),
        ("continue", {"trials": True}, "1 <= trials"),
        ("continue", {"trials": None}, "1 <= trials"),
    ],
)
def test_what_a_browser_says_is_not_believed(panel, verb, details, words):
    before = panel.lab.weights
    panel.wish(verb, **details)
    assert panel.problem
    assert words in panel.problem
    assert panel.lab.weights == before


def test_without_a_sweep_sliders_move_and_nothing_is_ranked():
    panel = WeightSliders()
    assert panel.view["sweep"] is None
    assert panel.view["result"] is None
    panel.wish("balance", what="health", percent=40)
    assert panel.view["tiers"]["health"] == 40
    panel.wish("continue", trials=3)
    assert "no sweep to continue" in panel.problem


def test_a_sweep_without_completed_trials_has_no_ranking(tmp_path):
    panel = WeightSliders(Sweep(SweepConfig(**FIELDS), path=tmp_path / "new"))
    assert panel.view["sweep"]["trials"] == 0
    assert panel.view["result"] is None


def test_continuing_starts_a_search_that_knows_the_trials(sweep, tmp_path):
    lab = LabState(Sweep.follow(sweep.path), host=Host(sweeps_dir=tmp_path))
    panel = WeightSliders(lab)
    panel.wish("balance", what="health", percent=80)
    panel.wish("continue", trials=2)
    assert not panel.problem
    other = lab.sweep.sweep
    assert other.wait(timeout=60) == "finished"
    assert other.path.parent == tmp_path
    lab.sweep.refresh()
    assert [trial.inherited for trial in lab.sweep.trials] == [True] * 12 + [False] * 2
    assert lab.weights == ScoringWeights().with_health(0.8)
    assert "Trials 0 to 11 come from old" in panel.view["sweep"]["sampled_under"]
    lab.close()


def test_the_flips_are_said_as_seen_from_the_slider():
    found = stretches([Flip(0.0, 5), Flip(0.12, 3), Flip(0.386, 14)], winner=3, health=0.3)
    assert found == [Stretch(0, 11, 5), Stretch(12, 38, 3), Stretch(39, 100, 14)]
    assert flip_words(found, 3, health=0.3) == (
        "Above 38 % health, trial 14 wins; below 12 % health, trial 5 wins."
    )
    assert flip_words(found, 14, health=0.9) == "Below 39 % health, trial 3 wins."


def test_a_winner_that_never_changes_is_said_to_be_one():
    found = stretches([Flip(0.0, 5)], winner=5, health=0.3)
    assert flip_words(found, 5, health=0.3).startswith("Trial 5 wins at every balance")


def test_level_trials_are_told_apart_where_the_slider_is():
    found = stretches([Flip(0.0, 13)], winner=7, health=0.0)
    assert found == [Stretch(0, 0, 7), Stretch(1, 100, 13)]
    assert flip_words(found, 7, health=0.0) == "Above 0 % health, trial 13 wins."


def test_how_sturdy_a_winner_is_is_said_with_its_rival():
    assert stability_words(1, {1: 1.0}) == "Sturdy: whatever the weights, trial 1 wins."
    assert "20 % make it the winner; 70 % prefer trial 2" in stability_words(
        1, {1: 0.2, 2: 0.7, 3: 0.1}
    )
    assert stability_words(4, {2: 1.0}).startswith("Fragile")


def test_who_has_left_the_best_and_who_came_in_is_shown(panel):
    table = panel.lab.sweep.table
    order = np.arange(len(table.numbers))
    before = rank(table, ScoringWeights())._replace(numbers=order)
    now = before._replace(numbers=order[::-1])
    shown = places(before, now, rows=3)
    assert shown["rows"] == 3
    assert {trial["number"] for trial in shown["trials"]} == {0, 1, 2, 9, 10, 11}
