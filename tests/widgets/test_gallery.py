import pytest

from hpolab.scoring import METRICS
from hpolab_widgets import Gallery, LabState


def numbers(gallery):
    return [card["number"] for card in gallery.view["cards"]]


@pytest.fixture
def three(made):
    """Trial 0 is accurate and sick, trial 1 is well and less accurate, trial 2 was pruned."""
    made.complete(0, 0.9, health=0.2)
    made.complete(1, 0.8, health=0.9, params={"learning_rate": 0.01, "optimizer": "sgd"})
    made.start(2, epochs=1, accuracy=0.3)
    made.end(2, 0.3, state="pruned", reason="its score is low")
    return Gallery(made.path)


def test_without_a_sweep_it_says_where_trials_would_appear():
    assert "trials appear here" in Gallery().view["empty"]


def test_trials_are_ranked_under_the_weights_of_the_lab_and_not_those_of_the_search(three):
    three.lab.weights = three.lab.weights.with_accuracy(1.0)
    assert numbers(three) == [0, 1, 2]
    three.lab.weights = three.lab.weights.with_health(1.0)
    assert numbers(three) == [1, 0, 2]
    assert three.view["best"] == 1
    assert three.view["cards"][0]["score"] == pytest.approx(0.9)


def test_a_card_says_why_a_trial_was_stopped(three):
    card = three.view["cards"][-1]
    assert (card["state"], card["reason"], card["rank"]) == ("pruned", "its score is low", None)


def test_a_reused_trial_names_its_source_and_shows_the_curve_it_shares(made):
    made.complete(0, 0.7)
    made.start(1)
    made.end(1, 0.7, reused_from=0)
    card = Gallery(made.path, sort="newest").view["cards"][0]
    assert card["reused_from"] == 0
    assert card["curve"] == [0.7, 0.7, 0.7]


def test_a_running_trial_comes_first_and_shows_its_score_so_far(three, made):
    made.start(3, epochs=2, accuracy=0.6)
    three.lab.sweep.refresh()
    first = three.view["cards"][0]
    assert (first["number"], first["state"], first["epochs"]) == (3, "running", 2)
    assert first["score"] == pytest.approx(0.7 * 0.6 + 0.3 * 0.5)
    made.end(3, 0.6)
    three.lab.sweep.refresh()
    assert numbers(three) == [1, 0, 3, 2]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", [2, 1, 0]),
        ("oldest", [0, 1, 2]),
        ("accuracy", [0, 1, 2]),
        ("health", [1, 2, 0]),
        ("parameters", [0, 1, 2]),
        ("duration", [0, 1, 2]),
    ],
)
def test_trials_can_be_ordered_otherwise(three, order, expected):
    three.sort = order
    assert numbers(three) == expected


@pytest.mark.parametrize(
    ("name", "relation", "value", "expected"),
    [
        ("accuracy", "at least", "80 %", [0, 1]),
        ("accuracy", "at most", "0.8", [1, 2]),
        ("accuracy", "is", "0.9", [0]),
        ("neuron_utilisation", "at least", ".9", [1]),
        ("param.optimizer", "is", "sgd", [1]),
        ("param.learning_rate", "is", "1e-3", [0, 2]),
        ("param.learning_rate", "at least", "", [0, 1, 2]),
        ("epochs", "at most", "1", [2]),
    ],
)
def test_trials_can_be_asked_for_by_what_they_are(three, name, relation, value, expected):
    three.filters = [{"name": name, "relation": relation, "value": value}]
    assert sorted(numbers(three)) == expected
    assert three.view["errors"] == [""]


def test_several_filters_hold_at_once(three):
    three.filters = [
        {"name": "accuracy", "relation": "at least", "value": "0.5"},
        {"name": "health", "relation": "at least", "value": "0.5"},
    ]
    assert numbers(three) == [1]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"name": "accuracy", "relation": "is", "value": "high"}, "is a number"),
        ({"name": "accuracy", "relation": "is", "value": "90"}, "write 90%"),
        ({"name": "epochs", "relation": "is", "value": "5 %"}, "without %"),
        ({"name": "acuracy", "relation": "is", "value": "1"}, "did you mean 'accuracy'"),
        ({"name": "accuracy", "relation": "about", "value": "1"}, "no such relation"),
        ({"name": "param.optimizer", "relation": "is", "value": "adm"}, "one of adam, sgd"),
        ({"name": "param.optimizer", "relation": "at most", "value": "sgd"}, "no order"),
        ({"name": "accuracy", "relation": "is", "value": "1e999"}, "is a number"),
    ],
)
def test_a_filter_that_makes_no_sense_is_explained_and_hides_nothing(three, asked, error):
    three.filters = [asked]
    assert error in three.view["errors"][0]
    assert len(numbers(three)) == 3


def test_states_can_be_chosen_and_are_counted_all_the_same(three):
    three.states = ["pruned"]
    assert numbers(three) == [2]
    assert three.view["counts"]["completed"] == 2
    three.wish("clear")
    assert len(numbers(three)) == 3


def test_pages_follow_each_other_and_the_last_one_is_the_end(three):
    three.page_size = 2
    assert numbers(three) == [1, 0]
    three.page = 9
    assert (numbers(three), three.view["page"], three.view["pages"]) == ([2], 1, 2)


def test_new_trials_wait_while_somebody_points_at_the_newest(three, made):
    three.sort, three.held = "newest", True
    made.complete(3, 0.5)
    three.lab.sweep.refresh()
    assert numbers(three) == [2, 1, 0]
    assert three.view["newer"] == 1
    three.wish("catch_up")
    assert numbers(three) == [3, 2, 1, 0]
    three.held = False
    made.complete(4, 0.5)
    three.lab.sweep.refresh()
    assert numbers(three)[0] == 4


def test_a_third_choice_takes_the_place_of_the_first(three):
    for trial in (0, 1, 2):
        three.wish("compare", trial=trial)
    assert three.lab.compared == (1, 2)
    three.wish("compare", trial=1)
    assert three.lab.compared == (2,)


@pytest.mark.parametrize("trial", [3, -1, "0", None, True, 1.5])
def test_a_trial_that_does_not_exist_cannot_be_opened(three, trial):
    three.wish("open", trial=trial)
    assert three.lab.opened is None
    assert "no trial" in three.problem


def test_hyperparameters_that_accuracy_depends_on_come_first_and_constant_ones_not_at_all(made):
    for number in range(32):
        params = {"dropout": (number % 8) / 10, "optimizer": ["adam", "sgd"][number // 16]}
        made.complete(number, 0.3 + 0.5 * (number // 16) + 0.001 * number, params=params)
    names = [param["name"] for param in Gallery(made.path).view["cards"][0]["params"]]
    assert names == ["optimizer", "dropout"]


def test_another_sweep_brings_its_own_trials_and_hyperparameters(three, tmp_path):
    other = type(three)(LabState())
    other.lab.show(three.lab.sweep.sweep)
    assert len(numbers(other)) == 3
    other.lab.show(None)
    assert "empty" in other.view


def test_metrics_that_do_not_apply_are_left_out(made):
    made.complete(0, 0.7, metrics={METRICS[0]: 0.4})
    card = Gallery(made.path).view["cards"][0]
    assert card["metrics"] == {METRICS[0]: 0.4}
    assert card["health"] == pytest.approx(0.4)


def test_what_a_dead_coordinator_left_running_waits_for_a_continuation(left):
    left.start(0, epochs=2)
    gallery = Gallery(left.path)
    assert [card["state"] for card in gallery.view["cards"]] == ["waiting"]
    assert gallery.view["cards"][0]["epochs"] == 2
    assert gallery.view["counts"]["running"] == 0


def test_a_reason_names_no_place_of_the_machine(made):
    made.start(0)
    made.end(0, state="failed", reason="no layer conv9 in /home/ada/model.py")
    assert Gallery(made.path).view["cards"][0]["reason"] == "no layer conv9 in …/model.py"
