"""The figures of the study of health."""

from __future__ import annotations

import numpy as np
import pytest

from hpolab.errors import ConfigError
from hpolab.plots import draw_networks, draw_numbers, networks_title
from hpolab.plots.style import as_json
from hpolab.study import finding, read_study
from hpolab.study.columns import GOOD, columns_of
from hpolab.study.findings import QUESTIONS


def marks(name: str) -> dict[str, int]:
    return {
        trace.name.rpartition(" (")[0]: len(trace.x) for trace in draw_networks(name).figure.data
    }


def test_every_finding_has_its_networks_and_its_numbers() -> None:
    for name in QUESTIONS:
        for plot in (draw_networks(name), draw_numbers(name)):
            assert as_json(plot.figure)["data"]
            assert plot.reading
            assert plot.figure.layout.height > 0


def test_every_network_is_a_mark() -> None:
    columns = columns_of(read_study())
    sick = int(columns.is_sick.sum())

    for name in ("sick", "early"):
        assert marks(name) == {"ended well": len(columns.is_sick) - sick, "ended sick": sick}
    good = int((columns.end.accuracy >= GOOD).sum())
    assert marks("price") == {"health": good, "parameter efficiency": good}
    assert marks("shift")["good"] == good


def test_numbers_are_drawn_with_their_intervals_from_the_first_downwards() -> None:
    measures = [measure for measure in finding("early").measures if measure.chance == 0.5]
    [trace] = draw_numbers("early").figure.data

    assert [*trace.y][::-1] == [measure.name.replace(", ", ",<br>") for measure in measures]
    low = np.asarray(trace.x) - np.asarray(trace.error_x.arrayminus)
    assert low[::-1] == pytest.approx([measure.low for measure in measures], abs=0.002)


def test_a_question_that_was_not_asked_has_no_figure() -> None:
    for draw in (draw_networks, draw_numbers, networks_title):
        with pytest.raises(ConfigError, match="ailment"):
            draw("ailments")
