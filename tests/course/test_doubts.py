"""The dare on what a result is worth."""

import json

import pytest

from hpolab.course import as_wide_as, rises_to
from hpolab.events import TrialEnded
from hpolab.trial_record import TrialRecord


def trial(accuracy):
    ended = TrialEnded(trial=0, attempt=1, state="completed", epochs=1, accuracy=accuracy)
    return TrialRecord(number=0, params={}, seed=0, state="completed", ended=ended)


@pytest.mark.parametrize(("examples", "is_done"), [(20, True), (200, False)])
def test_few_examples_make_a_wide_interval(tmp_path, examples, is_done):
    (tmp_path / "result.json").write_text(json.dumps({"examples": {"validation": examples}}))
    attempt = as_wide_as(30)(trial(0.8), tmp_path)
    assert attempt.is_done is is_done
    assert f"80.0% of {examples} examples may mean" in attempt.words


@pytest.mark.parametrize("content", ["", "[]", '{"examples": {}}'])
def test_without_a_number_of_examples_there_is_no_interval(tmp_path, content):
    (tmp_path / "result.json").write_text(content)
    assert as_wide_as(0)(trial(0.8), tmp_path) == (False, "its accuracy was not measured.")


@pytest.mark.parametrize(("accuracy", "is_done"), [(0.9, True), (0.89, False), (None, False)])
def test_an_accuracy_is_to_rise(tmp_path, accuracy, is_done):
    assert rises_to(0.9)(trial(accuracy), tmp_path).is_done is is_done
