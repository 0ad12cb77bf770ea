import pytest

from hpolab import Sweep, SweepConfig
from hpolab.scoring import METRICS, ScoringWeights
from hpolab_widgets import TrialView
from hpolab_widgets.logs import last_lines
from hpolab_widgets.trials.standing import parts_of


@pytest.fixture
def sent(monkeypatch):
    """What panels have handed to the browser: file name and content."""
    files = {}

    def send(self, content, buffers=None):
        files[content["download"]] = buffers[0]

    monkeypatch.setattr(TrialView, "send", send)
    return files


@pytest.fixture
def view(made):
    made.complete(0, 0.6)
    made.complete(1, 0.9, params={"learning_rate": 0.5})
    made.start(2, epochs=2, accuracy=0.4)
    panel = TrialView(made.path)
    panel.lab.opened = 0
    return panel


def test_it_says_what_to_do_while_no_trial_is_open(made):
    assert "Start a sweep" in TrialView().view["hint"]
    assert "Open one of the cards" in TrialView(made.path).view["hint"]


@pytest.mark.parametrize("accuracy", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("applies", [METRICS, METRICS[2:], METRICS[:1], ()])
def test_the_parts_of_a_score_add_up_to_it(accuracy, applies):
    weights = ScoringWeights(accuracy=accuracy)
    metrics = {name: 0.1 * place for place, name in enumerate(applies, start=1)}
    parts = parts_of(weights, 0.8, metrics)
    total = weights.score(0.8, metrics).total
    assert sum(part.weight for part in parts) == pytest.approx(1)
    assert sum(part.weight * part.value for part in parts) == pytest.approx(total)


def test_a_running_trial_is_shown_as_far_as_it_has_come(view, made):
    view.lab.opened = 2
    assert (view.view["state"], view.view["epochs_done"]) == ("running", 2)
    assert view.view["figures"]["accuracy"] == pytest.approx(0.4)
    assert [row["value"] for row in view.view["health"]] == [0.5] * 6
    made.end(2, 0.95)
    view.lab.sweep.refresh()
    assert (view.view["state"], view.view["rank"]) == ("completed", 1)


def test_neighbours_follow_the_rank_under_the_weights_of_the_lab(view):
    assert (view.view["previous"], view.view["next"]) == (1, None)
    view.wish("go", trial=1)
    assert (view.lab.opened, view.view["previous"], view.view["next"]) == (1, 2, 0)
    view.wish("go", trial="1")
    assert "no trial '1'" in view.problem


def test_hyperparameters_that_are_not_the_best_trials_are_marked(view):
    params = {param["name"]: param for param in view.view["params"]}
    assert params["learning_rate"]["changed"]
    assert params["learning_rate"]["best"] == 0.5
    assert not params["optimizer"]["changed"]


def test_it_can_be_put_beside_the_best_and_closed(view):
    view.wish("compare")
    assert view.lab.compared == (0, 1)
    view.wish("close")
    assert view.lab.opened is None
    view.wish("compare")
    assert "no trial is open" in view.problem


def test_evidence_is_read_from_the_result_and_files_can_be_downloaded(tmp_path, sent):
    config = SweepConfig(
        budget=2, epochs=2, executor="hpolab.testing.synthetic:synthetic_inline", pruner="none"
    )
    sweep = Sweep(config, path=tmp_path / "sweep").run()
    panel = TrialView(sweep)
    panel.lab.opened = 0
    assert panel.view["examined"]
    assert panel.view["health"][0]["evidence"].startswith("synthetic")
    for what in ("model", "result", "configuration"):
        panel.wish("download", what=what)
    assert sent["trial-0000-model.keras"] == b"synthetic: not a model"
    assert b'"params"' in sent["trial-0000-result.json"]
    path = tmp_path / "again.yaml"
    path.write_bytes(sent["trial-0000.yaml"])
    again = SweepConfig.load(path)
    again.search_space().check(sweep.record.trials[0].params)
    fixed = {name: again.space[name] for name in sweep.record.trials[0].params}
    assert fixed == sweep.record.trials[0].params


@pytest.mark.parametrize("what", ["../config.yaml", "model", None, 3])
def test_nothing_else_can_be_downloaded(view, sent, what):
    view.wish("download", what=what)
    assert "to download" in view.problem
    assert sent == {}


def test_a_damaged_result_leaves_the_values_of_the_journal(view, made):
    made.folder.trial(0).mkdir()
    (made.folder.trial(0) / "result.json").write_text("{")
    view.refresh()
    assert not view.view["examined"]
    assert view.view["health"][0]["value"] == 0.5


def test_the_log_is_read_only_while_its_tab_is_open(view, made):
    made.folder.trial(0).mkdir()
    (made.folder.trial(0) / "log.txt").write_text("hello\n")
    assert "log" not in view.view
    view.wish("turn", to="log")
    assert view.view["log"] == "hello"
    assert view.view["course"]["worker"] == "worker 1"
    assert "figures" not in view.view


def test_tabs_that_other_panels_fill_are_empty_here(view):
    view.wish("turn", to="network")
    assert view.lab.tab == "network"
    assert view.view["number"] == 0
    assert "figures" not in view.view
    view.wish("turn", to="netwrk")
    assert view.problem.startswith("no such tab: 'netwrk'; did you mean 'network'?")
    assert view.lab.tab == "network"


def test_a_log_shows_its_end_without_the_folders_of_the_machine(tmp_path):
    path = tmp_path / "log.txt"
    assert last_lines(path) == []
    path.write_text("first\n" * 500 + "epoch 1\repoch 2\n" + 'File "/home/ada/lab/model.py", 3\n')
    assert last_lines(path, lines=2) == ["epoch 2", 'File "…/model.py", 3']
    path.write_text("see https://example.org/a/b and 1/2/3")
    assert last_lines(path) == ["see https://example.org/a/b and 1/2/3"]
