"""Charts of a sweep: options, brushing, and the way from a point to its trial."""

from __future__ import annotations

import json

import pytest

from hpolab import plots
from hpolab.errors import ConfigError
from hpolab_widgets import Analysis, Gallery, Lab, LabState
from hpolab_widgets.hosting import EXAMPLE


@pytest.fixture
def sent(monkeypatch):
    """What was handed to the browser: by the figure's name, its stamp and its JSON."""
    figures = {}

    def send(self, content, buffers=None):
        figures[content["plot"]] = (content["stamp"], json.loads(buffers[0]))

    monkeypatch.setattr(Analysis, "send", send)
    return figures


@pytest.fixture
def three(made):
    made.complete(0, 0.6, params={"learning_rate": 1e-3})
    made.complete(1, 0.9, params={"learning_rate": 1e-2})
    made.complete(2, 0.7, params={"learning_rate": 1e-1})
    return made


def entry(panel, name):
    [found] = [
        figure
        for group in panel.view["groups"]
        for figure in group["figures"]
        if figure["name"] == name
    ]
    return found


def cards(gallery):
    return [card["number"] for card in gallery.view["cards"]]


def test_without_a_sweep_it_says_what_to_do():
    assert "Start one" in Analysis().view["hint"]


def test_every_chart_of_a_sweep_is_there_and_can_be_drawn(three, sent):
    panel = Analysis(three.path)
    for chart in plots.sweep_plots():
        panel.wish("plot", name=chart.name)
        assert sent[chart.name][0] == entry(panel, chart.name)["stamp"]
        assert sent[chart.name][1]["layout"]


@pytest.mark.parametrize("trials", [0, 1, 2])
def test_a_sweep_that_has_hardly_begun_has_charts_too(made, sent, trials):
    for number in range(trials):
        made.start(number, epochs=1)
    panel = Analysis(made.path)
    for chart in plots.sweep_plots():
        panel.wish("plot", name=chart.name)
    assert len(sent) == len(plots.sweep_plots())


def test_a_chart_is_to_be_drawn_again_when_trials_or_weights_are_new(three):
    panel = Analysis(three.path)
    before = entry(panel, "history")["stamp"]
    three.complete(3, 0.8)
    panel.lab.sweep.refresh()
    after = entry(panel, "history")["stamp"]
    panel.lab.weights = panel.lab.weights.with_accuracy(0.1)
    assert len({before, after, entry(panel, "history")["stamp"]}) == 3


def test_what_a_chart_is_about_is_chosen_among_what_there_is(three, sent):
    panel = Analysis(three.path)
    panel.wish("plot", name="pareto")
    panel.wish("choose", plot="pareto", option="against", value="parameters")
    [option] = entry(panel, "pareto")["options"]
    assert option["value"] == "parameters"
    panel.wish("plot", name="pareto")
    assert "parameters" in json.dumps(sent["pareto"][1]["layout"])
    for wrong in ({"value": "beauty"}, {"option": "nothing"}, {"plot": None}):
        panel.wish(
            "choose", **({"plot": "pareto", "option": "against", "value": "health"} | wrong)
        )
        assert "cannot be chosen" in panel.problem
    assert entry(panel, "pareto")["options"] == [option]


def test_a_brushed_range_leaves_only_its_trials_in_the_gallery(three):
    lab = LabState.of(three.path)
    panel, gallery = Analysis(lab), Gallery(lab)
    panel.wish("brush", ranges='{"accuracy": [0.65, 1]}')
    assert lab.brushed == (1, 2)
    assert sorted(cards(gallery)) == [1, 2]
    assert (panel.view["brushed"], gallery.view["brushed"]) == (2, 2)
    panel.wish("brush", ranges='{"accuracy": [[0.5, 0.65], [0.85, 0.95]]}')
    assert lab.brushed == (0, 1)


@pytest.mark.parametrize("clear", ["unbrush", "brush", "gallery", "show all"])
def test_all_trials_come_back_when_the_choice_is_cleared(three, clear):
    lab = LabState.of(three.path)
    panel, gallery = Analysis(lab), Gallery(lab)
    panel.wish("brush", ranges='{"accuracy": [0.65, 1]}')
    {
        "unbrush": lambda: panel.wish("unbrush"),
        "brush": lambda: panel.wish("brush", ranges="{}"),
        "gallery": lambda: gallery.wish("unbrush"),
        "show all": lambda: gallery.wish("clear"),
    }[clear]()
    assert (lab.brushed, len(cards(gallery))) == (None, 3)
    assert panel.view["ranges"] == {}


def test_new_trials_inside_the_ranges_join_when_the_chart_is_drawn_again(three, sent):
    panel = Analysis(three.path)
    panel.wish("brush", ranges='{"accuracy": [0.65, 1]}')
    three.complete(3, 0.8)
    panel.lab.sweep.refresh()
    panel.wish("plot", name="parallel")
    assert panel.lab.brushed == (1, 2, 3)


@pytest.mark.parametrize(
    "ranges",
    [
        "",
        "[",
        "[]",
        "3",
        '{"accuracy": 1}',
        '{"accuracy": []}',
        '{"accuracy": [1]}',
        '{"accuracy": ["0", "1"]}',
        '{"accuracy": [0, NaN]}',
        '{"accuracy": [true, false]}',
        '{"accuracy": [[0, 1], 2]}',
        "[" * 19_000,
        "x" * 30_000,
        None,
        7,
    ],
)
def test_what_is_no_range_is_refused(three, ranges):
    panel = Analysis(three.path)
    panel.wish("brush", ranges=ranges)
    assert "no ranges" in panel.problem
    assert panel.lab.brushed is None


def test_a_point_opens_its_trial_on_the_page_of_the_sweep(three):
    panel = Analysis(three.path)
    panel.lab.page = "analysis"
    panel.wish("open", trial=2)
    assert (panel.lab.opened, panel.lab.page) == (2, "sweep")
    for wrong in (3, -1, True, "2", None):
        panel.wish("open", trial=wrong)
        assert "there is no trial" in panel.problem
    assert panel.lab.opened == 2


def test_the_gallery_of_the_page_opens_trials_on_the_page_of_the_sweep(three):
    lab = LabState.of(three.path)
    lab.page = "analysis"
    Gallery(lab).wish("open", trial=1)
    assert (lab.opened, lab.page) == (1, "sweep")


def test_another_sweep_forgets_what_was_chosen(three, finished):
    lab = LabState.of(three.path)
    panel = Analysis(lab)
    panel.wish("brush", ranges='{"accuracy": [0.65, 1]}')
    lab.show(LabState.of(EXAMPLE).sweep.sweep)
    assert (panel.view["sweep"], panel.view["ranges"], lab.brushed) == ("digits-example", {}, None)


def test_it_is_a_page_of_the_lab_with_a_gallery_below(three):
    lab = Lab(three.path)
    lab.state.page = "analysis"
    charts, gallery = lab._boxes["analysis"].children
    assert isinstance(charts, Analysis)
    assert isinstance(gallery, Gallery)
    assert lab._boxes["sweep"].layout.display == "none"
    lab.close()


def test_only_the_charts_that_are_asked_for_are_shown_as_they_are_asked_for(three, sent):
    panel = Analysis(three.path, charts={"pareto": {"against": "parameters"}})

    assert [[f["name"] for f in group["figures"]] for group in panel.view["groups"]] == [
        ["pareto"]
    ]
    assert not panel.view["is_whole"]
    panel.wish("plot", name="pareto")
    assert "parameters" in sent["pareto"][1]["layout"]["xaxis"]["title"]["text"]
    panel.wish("choose", plot="pareto", option="against", value="health")
    panel.wish("plot", name="pareto")
    assert "health" in sent["pareto"][1]["layout"]["xaxis"]["title"]["text"]


def test_a_chart_that_is_not_there_is_named_with_the_nearest_one(three):
    with pytest.raises(ConfigError, match="pareto"):
        Analysis(three.path, charts={"paretto": {}})
