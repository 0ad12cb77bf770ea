"""Panels with figures: each is drawn once, when it is asked for, and what fails stays its own."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json

import numpy as np
import plotly.graph_objects as go
import pytest

from hpolab.errors import ConfigError, StoreError
from hpolab.palette import DARK, LIGHT
from hpolab.plots import Plot
from hpolab_widgets.charts import ChartPanel
from hpolab_widgets.hosting import Host
from hpolab_widgets.state import LabState


def plot(name):
    figure = go.Figure(go.Scatter(y=np.arange(5.0)), layout={"height": 240})
    return Plot(name, name.title(), "how to read it", "what a bad one looks like", "", figure)


class Charts(ChartPanel):
    """Figures "a", "b" and "c"; a test says which of them cannot be drawn."""

    names = ("a", "b", "c")

    def __init__(self, *arguments):
        self.drawings, self.sent, self.failures, self.version = [], [], {}, 1
        super().__init__(*arguments)

    def draw(self):
        return {}

    def stamp(self, name):
        if name not in self.names:
            raise ConfigError(f"there is no figure {name!r}.")
        return str(self.version)

    def pen(self, name):
        def draw():
            self.drawings.append(name)
            if name in self.failures:
                raise self.failures[name]
            return plot(name)

        return draw

    def send(self, content, buffers=None):
        self.sent.append((content, list(buffers or ())))

    def plots_sent(self):
        return [content["plot"] for content, _ in self.sent]


@pytest.fixture
def charts():
    panel = Charts()
    yield panel
    panel.close()


def test_a_figure_comes_with_its_words_and_its_stamp(charts):
    charts.wish("plot", name="a")
    [(content, [figure])] = charts.sent
    assert (content["plot"], content["stamp"], content["problem"]) == ("a", "1", "")
    assert content["words"] == {
        "title": "A",
        "reading": "how to read it",
        "warning": "what a bad one looks like",
        "verdict": "",
        "height": 240,
    }
    assert json.loads(figure)["data"][0]["type"] == "scatter"


def test_a_figure_is_drawn_once_for_a_stamp_and_sent_whenever_it_is_wished(charts):
    for _ in range(3):
        charts.wish("plot", name="a")
    assert (charts.drawings, charts.plots_sent()) == (["a"], ["a"] * 3)
    charts.version = 2
    charts.wish("plot", name="a")
    assert charts.drawings == ["a", "a"]
    assert charts.sent[-1][0]["stamp"] == "2"


def test_what_is_only_wanted_is_drawn_but_not_sent_before_it_is_wished(charts):
    charts.want("b", "c")
    assert (charts.drawings, charts.sent) == (["b", "c"], [])
    charts.wish("plot", name="c")
    assert (charts.drawings, charts.plots_sent()) == (["b", "c"], ["c"])


def test_what_somebody_waits_for_is_drawn_first(monkeypatch):
    monkeypatch.setattr("hpolab_widgets.charts._MOMENT_SECONDS", 0.0)

    async def main():
        panel = Charts()
        panel.want("a", "b")  # the first of them is under way from now on
        panel.wish("plot", name="c")
        while panel.busy:
            await asyncio.sleep(0.01)
        panel.close()
        return panel.drawings

    assert asyncio.run(main()) == ["a", "c", "b"]


@pytest.mark.parametrize(
    ("failure", "words"),
    [(StoreError("the recording is damaged."), "damaged"), (KeyError("x"), "went wrong inside")],
)
def test_a_figure_that_cannot_be_drawn_says_why_and_leaves_the_others_alone(
    charts, failure, words
):
    charts.failures["a"] = failure
    charts.wish("plot", name="a")
    charts.wish("plot", name="b")
    (first, nothing), (second, [figure]) = charts.sent
    assert words in first["problem"]
    assert nothing == []
    assert (second["plot"], second["problem"]) == ("b", "")
    assert figure
    assert charts.problem == ""


@pytest.mark.parametrize("name", ["d", "", None, 3, "a" * 5000])
def test_a_figure_that_is_not_there_is_refused(charts, name):
    charts.wish("plot", name=name)
    assert "there is no figure" in charts.problem
    assert charts.sent == []


def test_the_library_is_sent_packed_with_the_dark_twin_of_each_colour(charts):
    charts.wish("library")
    [(content, [packed])] = charts.sent
    script = gzip.decompress(packed)
    assert b"plotly.js v" in script[:200]
    assert len(packed) < len(script) / 3
    twins = content["twins"]
    assert twins[LIGHT["text"]] == DARK["text"]
    assert twins[LIGHT["surface"]] == DARK["surface"]
    assert set(LIGHT.values()) <= set(twins)


def test_a_figure_is_handed_out_as_a_page_of_its_own(charts):
    charts.wish("keep", name="a")
    assert "not drawn yet" in charts.problem
    charts.wish("plot", name="a")
    charts.wish("keep", name="a")
    content, [page] = charts.sent[-1]
    assert (content["download"], content["type"]) == ("a.html", "text/html")
    assert b"plotly.js v" in page
    assert b"how to read it" in page
    assert b'src="http' not in page


def test_a_visitor_reads_no_path_of_the_host_in_a_figure():
    class Wary(Host):
        def worded(self, text):
            return text.replace("/secret/", "")

    class Telling(Charts):
        def pen(self, name):
            numbers = np.arange(300.0)
            figure = go.Figure(go.Scatter(y=numbers, text=["/secret/place"]))
            return lambda: plot(name)._replace(figure=figure, verdict="/secret/verdict")

    panel = Telling(LabState(host=Wary()))
    panel.wish("plot", name="a")
    [(content, [figure])] = panel.sent
    trace = json.loads(figure)["data"][0]
    assert trace["text"] == ["place"]
    assert content["words"]["verdict"] == "verdict"
    packed = np.frombuffer(base64.b64decode(trace["y"]["bdata"]), trace["y"]["dtype"])
    np.testing.assert_array_equal(packed, np.arange(300.0))
