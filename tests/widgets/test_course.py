"""The panels of the lessons, without a browser."""

import pytest

from hpolab import Sweep, SweepConfig
from hpolab.course import falls_to, find, finding, smallest_wins
from hpolab.course.dares import Attempt
from hpolab.course.experiment import PLAIN
from hpolab.errors import ConfigError
from hpolab.scoring import ScoringWeights
from hpolab.settings import settings
from hpolab_widgets.course import (
    Challenge,
    Check,
    Contest,
    Figures,
    Outcomes,
    Predict,
    Scale,
    StudyFinding,
    SweepChallenge,
    check,
    example_lab,
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The folder of an experiment whose training is made up."""
    config = SweepConfig(
        space={**PLAIN, "learning_rate": [0.01, 0.001]},
        epochs=2,
        budget=2,
        sampler="grid",
        pruner="none",
        executor="hpolab.testing.synthetic:synthetic_inline",
    )
    return Sweep(config, path=tmp_path_factory.mktemp("sweeps") / "lesson").run().path


def said(panel):
    return panel.view["verdict"]["words"]


def test_a_prediction_tells_nothing_to_who_has_not_answered():
    guess = Predict("Which?", choices=["adam", "sgd"]).reveal("adam", why="Its steps are long.")

    assert said(guess) == "The answer is here. Say yours first."
    assert "Its steps are long." not in str(guess.view)


def test_a_prediction_keeps_the_answer_until_the_experiment_has_shown_it():
    guess = Predict("Which?", choices=["adam", "sgd"])
    guess.wish("answer", answer="sgd")

    assert said(guess) == "You said sgd. Now run the experiment."
    guess.reveal("adam", why="Its steps are long.")
    assert said(guess) == "You said sgd; it was adam."
    assert guess.view["verdict"]["why"] == "Its steps are long."


def test_a_prediction_can_be_changed_only_before_it_is_told():
    guess = Predict("Which?", choices=["adam", "sgd"])
    guess.wish("answer", answer="sgd")
    guess.wish("answer", answer="adam")
    guess.reveal("adam")
    guess.wish("answer", answer="sgd")

    assert said(guess) == "You said adam, and it was adam."
    assert "answered" in guess.problem


def test_a_number_that_is_near_counts_as_right():
    guess = Predict("How many?", scale=Scale(0, 100, 1, " %"))
    guess.wish("answer", answer=60)
    guess.reveal(64)

    assert said(guess) == "You said 60 %, and it was 64 %."
    assert guess.view["verdict"]["tone"] == "good"


@pytest.mark.parametrize("answer", ["rmsprop", 3, None, True])
def test_an_answer_that_is_no_choice_is_refused(answer):
    guess = Predict("Which?", choices=["adam", "sgd"])
    guess.wish("answer", answer=answer)

    assert guess.problem
    assert guess.view["given"] is None


@pytest.mark.parametrize("answer", [-1, 101, float("nan"), "50", True])
def test_a_number_outside_the_scale_is_refused(answer):
    guess = Predict("How many?", scale=Scale(0, 100))
    guess.wish("answer", answer=answer)

    assert guess.problem
    assert guess.view["given"] is None


def test_a_question_needs_something_to_answer_with():
    with pytest.raises(ConfigError, match="either choices or a scale"):
        Predict("Which?")


def test_a_check_whose_right_answer_cannot_be_given_is_refused():
    with pytest.raises(ConfigError, match="not among the choices"):
        Check("Which?", right="sgd", choices={"adam": "Because."})


def test_a_wrong_number_is_not_told_the_right_one():
    question = Check("How many?", right=80, scale=Scale(0, 200), why="8 x 10 = 80.")
    question.wish("answer", answer=79)

    assert question.view["verdict"]["tone"] == "bad"
    assert "80" not in str(question.view["verdict"])
    question.wish("answer", answer=80)
    assert question.view["verdict"] == {
        "tone": "good",
        "words": "Right: 80.",
        "why": "8 x 10 = 80.",
    }


def test_a_check_that_is_not_there_is_named_with_the_nearest_one():
    with pytest.raises(ConfigError, match="why dead"):
        check("why deaf")


def test_a_challenge_says_when_it_is_done_and_when_not(path):
    assert said(Challenge(path, "Break it.", falls_to(1.0))).startswith("Done: ")
    assert said(Challenge(path, "Break it.", falls_to(0.0))).startswith("Not yet: ")


def test_a_challenge_waits_for_an_experiment():
    assert said(Challenge(None, "Break it.", falls_to(0.5))) == "Run an experiment to begin."


@pytest.mark.parametrize(("is_done", "tone"), [(True, "good"), (False, "warn")])
def test_a_challenge_on_a_whole_sweep_judges_it_when_it_has_ended(path, is_done, tone):
    def judge(sweep):
        return Attempt(is_done, f"{len(sweep.record.trials)} trials.")

    panel = SweepChallenge(path, "Try two.", judge)
    assert panel.view["verdict"]["tone"] == tone
    assert said(panel).endswith(": 2 trials.")
    assert (panel.view["kind"], panel.view["question"]) == ("dare", "Try two.")


def test_a_challenge_on_a_whole_sweep_waits_for_one_and_for_its_end(made):
    def judge(sweep):
        raise AssertionError("it was judged too early")

    assert said(SweepChallenge(None, "Try.", judge)) == "Run a sweep to begin."
    made.start(0)
    assert said(SweepChallenge(made.path, "Try.", judge)).startswith("It runs")


def test_outcomes_show_every_network_with_its_metric_and_what_was_seen(path):
    rows = Outcomes(path, metric="neuron_utilisation").view["rows"]

    assert [row["varied"] for row in rows] == [{"learning_rate": 0.01}, {"learning_rate": 0.001}]
    assert all(len(row["values"]) == 2 for row in rows)
    assert all(row["evidence"] for row in rows)
    assert all(0 <= row["value"] <= 1 for row in rows)


def test_outcomes_tell_training_from_unseen(path):
    view = Outcomes(path, gap=True).view
    trials = Sweep.follow(path).record.trials.values()
    last = {each.params["learning_rate"]: each.epochs[-1] for each in trials}

    assert view["gap"]
    for row in view["rows"]:
        epoch = last[row["varied"]["learning_rate"]]
        assert (row["trained"], row["accuracy"]) == (epoch.train_accuracy, epoch.val_accuracy)


def test_outcomes_without_an_experiment_are_empty():
    assert Outcomes().view["rows"] == []


def test_outcomes_of_no_such_metric_are_refused():
    with pytest.raises(ConfigError, match="gradient_health"):
        Outcomes(metric="gradients_health")


def test_a_loss_beyond_the_picture_is_cut_off_at_its_edge(path):
    view = Outcomes(path, curve="loss").view

    assert 0 < view["high"] <= 3
    drawn = [value for row in view["rows"] for value in (*row["values"], *row["also"])]
    assert drawn
    assert max(drawn) <= view["high"]


def test_figures_are_those_of_the_network_that_is_named(path):
    panel = Figures(path, "health", learning_rate=0.001)
    number = find(Sweep.follow(path), learning_rate=0.001).number

    assert [figure["name"] for figure in panel.view["figures"]] == ["health"]
    assert panel.stamp("health") == f"{number:04d}"
    assert panel.pen("health")().title == "Health"


def test_figures_wait_for_their_network():
    panel = Figures(None, "health", learning_rate=0.001)

    assert panel.view["figures"] == []
    assert "is trained" in panel.view["hint"]
    with pytest.raises(ConfigError, match="no figure"):
        panel.stamp("health")


def test_a_figure_that_is_not_there_is_named_with_the_nearest_one(path):
    assert "health" in Figures(path, "helth", learning_rate=0.001).problem


def test_figures_of_a_network_that_the_experiment_does_not_list_are_refused(path):
    assert "has to list it" in Figures(path, "health", learning_rate=0.5).problem


def test_a_contest_follows_the_weights_of_its_lab():
    lab = example_lab()
    contest = Contest(lab, "Let the smallest win.", smallest_wins())

    assert said(contest).startswith("Not yet: trial 16 is first, with 6,274 weights")
    lab.weights = ScoringWeights(accuracy=0.5, proportions={"parameter_efficiency": 1.0})
    assert said(contest).startswith("Done: trial 2 is first, with 868 weights")
    lab.weights = ScoringWeights()
    assert said(contest).startswith("Not yet: ")


def test_a_contest_without_networks_waits():
    contest = Contest(None, "Let the smallest win.", smallest_wins())

    assert said(contest) == "There is no network to rank yet."


def test_what_is_searched_on_from_the_example_lies_among_the_sweeps_of_the_user():
    onward = example_lab().sweep.sweep.continue_with(ScoringWeights(accuracy=0.5), trials=1)

    assert onward.path.parent == settings().sweeps_dir
    assert onward.config.budget.trials == 25


def test_a_finding_is_shown_with_its_answer_and_both_figures(monkeypatch):
    sent = {}

    def send(self, content, buffers=None):
        sent[content["plot"]] = content["words"]["title"], bool(buffers[0])

    monkeypatch.setattr(StudyFinding, "send", send)
    panel = StudyFinding("early")
    for figure in panel.view["figures"]:
        panel.wish("plot", name=figure["name"])
        assert sent[figure["name"]] == (figure["title"], True)
    assert panel.view["answer"] == finding("early").answer
    assert panel.problem == ""
    panel.wish("plot", name="curves")
    assert "no chart" in panel.problem


def test_a_finding_that_is_not_there_is_named_with_the_nearest_one():
    with pytest.raises(ConfigError, match="price"):
        StudyFinding("prices")
