from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from hpolab.diagnostics.answers import Classes, Confusion, classes, confusion, wilson
from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.sureness import Calibration, calibration
from hpolab.training.loop import Evaluation
from hpolab.training.outcomes import record_outcomes
from hpolab.training.recording import Recording

NAMES = ("ant", "bee", "cat", "dog")


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Arrays, np.ndarray, np.ndarray]:
    """400 made answers of a mediocre network, recorded as a run records them."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 400)
    logits = rng.normal(0, 1.2, (400, 4)) + 1.5 * np.eye(4)[y]
    probabilities = (np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)).astype(np.float32)
    right = probabilities.argmax(axis=1) == y
    recording = Recording()
    x = np.zeros((400, 2, 2, 1), np.uint8)
    record_outcomes(recording, Evaluation(np.zeros(400), probabilities, right), x, y, NAMES)
    folder = tmp_path_factory.mktemp("answers")
    recording.save(folder)
    return Arrays.read(folder), y, probabilities


def test_the_confusion_matrix_is_that_of_scikit_learn(answered: Any) -> None:
    arrays, y, probabilities = answered
    facts = confusion(arrays)
    assert facts is not None
    assert facts.classes == NAMES
    np.testing.assert_array_equal(facts.counts, confusion_matrix(y, probabilities.argmax(axis=1)))


def test_figures_of_classes_are_those_of_scikit_learn(answered: Any) -> None:
    arrays, y, probabilities = answered
    facts = classes(arrays)
    assert facts is not None
    expected = precision_recall_fscore_support(y, probabilities.argmax(axis=1))
    for values, wanted in zip((facts.precision, facts.recall, facts.f1), expected, strict=False):
        np.testing.assert_allclose(values, wanted, rtol=1e-6)
    np.testing.assert_array_equal(facts.examples, expected[3])
    assert facts.accuracy == pytest.approx((probabilities.argmax(axis=1) == y).mean())


def test_calibration_is_that_of_scikit_learn(answered: Any) -> None:
    arrays, y, probabilities = answered
    facts = calibration(arrays)
    assert facts is not None
    right, said = calibration_curve(
        probabilities.argmax(axis=1) == y, probabilities.max(axis=1), n_bins=10
    )
    used = facts.counts > 0
    np.testing.assert_allclose(facts.accuracy[used], right, atol=1e-6)
    np.testing.assert_allclose(facts.confidence[used], said, atol=1e-6)
    shares = facts.counts[used] / 400
    assert facts.ece == pytest.approx((shares * np.abs(right - said)).sum(), abs=1e-6)
    assert facts.wrong.sum() == (probabilities.argmax(axis=1) != y).sum()


def square(counts: list[list[int]]) -> Confusion:
    return Confusion(NAMES[: len(counts)], np.array(counts))


def test_a_network_that_errs_here_and_there_mixes_nothing_up() -> None:
    assert square([[20, 2, 0], [1, 20, 1], [0, 2, 21]]).verdict == ""


def test_a_pair_that_is_mixed_up_is_named_the_worst_first() -> None:
    facts = square([[20, 5, 0], [1, 20, 1], [12, 2, 10]])
    assert facts.mixed_up == ((2, 0), (0, 1))
    assert (
        facts.verdict == "12 of 24 examples of cat are taken for ant; 1 more pairs are mixed up."
    )


def test_one_or_two_unlucky_examples_make_no_pair() -> None:
    assert square([[2, 2], [0, 4]]).verdict == ""


def test_a_class_that_is_never_an_answer_is_named() -> None:
    facts = square([[5, 0, 0], [5, 0, 0], [3, 0, 2]])
    assert facts.never_answered == (1,)
    assert "never an answer: bee" in facts.verdict


def figures(recall: list[float], n: int) -> Classes:
    values = np.array(recall)
    names = tuple(f"class {i}" for i in range(len(recall)))
    return Classes(names, values, values, values, np.full(len(recall), n), float(values.mean()))


def test_a_class_that_is_found_much_less_often_is_weak() -> None:
    facts = figures([0.95] * 9 + [0.4], n=30)
    assert facts.weak == (9,)
    assert "class 9 is found 40%" in facts.verdict


def test_a_class_of_few_examples_is_not_weak_by_bad_luck() -> None:
    assert figures([1.0] * 9 + [0.75], n=4).weak == ()


def test_classes_that_are_never_found_are_weak_in_a_network_that_guesses() -> None:
    assert len(figures([0.0] * 9 + [1.0], n=20).weak) == 9


@given(st.integers(1, 500), st.data())
def test_a_wilson_interval_holds_the_share_and_stays_in_bounds(n: int, data: Any) -> None:
    hits = data.draw(st.integers(0, n))
    low, high = wilson(np.array([float(hits)]), np.array([n]))
    assert 0 <= low[0] <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high[0] <= 1


def bins(confidence: list[float], accuracy: list[float], counts: list[int]) -> Calibration:
    edges = np.linspace(0, 1, len(counts) + 1)
    return Calibration(edges, np.array(counts), np.array(confidence), np.array(accuracy))


def test_a_calibrated_network_is_not_marked() -> None:
    facts = bins([0.2, 0.7], [0.25, 0.68], [20, 60])
    assert facts.ece == pytest.approx((20 * 0.05 + 60 * 0.02) / 80)
    assert facts.verdict == ""
    assert not facts.far_off.any()


def test_a_network_that_is_too_sure_is_told_from_one_that_is_not_sure_enough() -> None:
    assert "surer than it may be" in bins([0.0, 0.95], [0.0, 0.6], [0, 50]).verdict
    assert "less sure" in bins([0.0, 0.6], [0.0, 0.95], [0, 50]).verdict
    assert bins([0.0, 0.95], [0.0, 0.6], [0, 50]).far_off.tolist() == [False, True]


def test_sure_mistakes_are_those_of_the_last_bin() -> None:
    facts = bins([0.05 + i / 10 for i in range(10)], [0.0] * 9 + [0.9], [0] * 9 + [100])
    assert facts.sure_mistakes == 10
    assert "10 of 100 answers are wrong" in facts.sure_verdict
    assert bins([0.95], [0.9], [40]).sure_verdict == ""
