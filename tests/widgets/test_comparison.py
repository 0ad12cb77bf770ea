import pytest

from hpolab_widgets import Comparison


@pytest.fixture
def two(made):
    made.complete(0, 0.9, health=0.5, params={"learning_rate": 1e-3, "momentum": 0.9})
    made.complete(1, 0.7, health=0.6, params={"learning_rate": 1e-2})
    made.start(2)
    return Comparison(made.path)


def test_it_says_what_to_do_until_two_trials_are_chosen(two):
    assert "no sweep yet" in Comparison().view["hint"]
    assert "No trial is chosen" in two.view["hint"]
    two.lab.compared = (1,)
    assert "Trial 1 is chosen" in two.view["hint"]
    two.wish("with_best")
    assert two.lab.compared == (1, 0)
    assert two.view["hint"] == ""


def test_hyperparameters_that_differ_are_told_from_those_that_do_not(two):
    two.lab.compared = (0, 1)
    different = {row["name"]: row for row in two.view["different"]}
    assert different["learning_rate"]["times"] == pytest.approx(10)
    assert different["momentum"]["values"] == [0.9, None]
    assert [row["name"] for row in two.view["same"]] == ["optimizer"]


def test_a_sentence_says_who_is_ahead_and_by_what_under_the_weights(two):
    two.lab.compared = (1, 0)
    assert two.view["verdict"].startswith(
        "Trial 0 is ahead, 0.780 against 0.670, mostly by accuracy (90.0 % against 70.0 %)."
    )
    assert "Trial 1 has the better neuron utilisation (0.60 against 0.50)." in two.view["verdict"]
    two.lab.weights = two.lab.weights.with_health(1.0)
    assert two.view["verdict"].startswith("Trial 1 is ahead")


def test_a_trial_without_any_measurement_is_said_to_have_none(two):
    two.lab.compared = (0, 2)
    assert "Nothing has been measured of trial 2" in two.view["verdict"]


def test_a_trial_compared_with_its_equal_is_level(made):
    for number in (0, 1):
        made.complete(number, 0.8)
    panel = Comparison(made.path)
    panel.lab.compared = (0, 1)
    assert panel.view["verdict"] == "Both trials score 0.710."
    assert panel.view["different"] == []


def test_sides_can_be_swapped_and_the_choice_undone(two):
    two.lab.compared = (0, 1)
    two.wish("swap")
    assert [side["number"] for side in two.view["trials"]] == [1, 0]
    two.wish("open", trial=1)
    assert two.lab.opened == 1
    two.wish("open", trial=2)
    assert "not compared" in two.problem
    two.wish("clear")
    assert two.lab.compared == ()


def test_a_change_of_the_choice_is_drawn_once(two, monkeypatch):
    drawn = []
    draw = Comparison.draw
    monkeypatch.setattr(Comparison, "draw", lambda panel: drawn.append(panel) or draw(panel))
    two.lab.compared = (0, 1)
    assert drawn == [two]
