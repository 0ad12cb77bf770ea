from __future__ import annotations

import numpy as np
import pytest

from hpolab.errors import TrialFailed
from hpolab.scoring import METRICS
from hpolab.testing.recorder import order
from hpolab.testing.synthetic import peak_accuracy, train_run
from hpolab.trial import Stop


def go_on(record):
    return None


def test_accuracy_grows_with_epochs_and_is_highest_at_one_learning_rate(tmp_path):
    result = train_run(order(tmp_path, epochs=8), go_on)
    curve = [record.val_accuracy for record in result.history]
    assert curve == sorted(curve)
    assert 0.5 < result.accuracy < 1
    rates = [1e-4, 1e-3, 1e-2, 1e-1]
    peaks = [peak_accuracy(order(tmp_path, learning_rate=rate)) for rate in rates]
    assert max(peaks) == peaks[2]
    assert peaks[0] < peaks[1]
    assert all(0 < peak < 1 for peak in peaks)


def test_the_seed_decides_the_rest(tmp_path):
    spec = order(tmp_path)
    assert train_run(spec, go_on) == train_run(spec, go_on)
    assert train_run(spec, go_on).accuracy != train_run(spec.replace(seed=1), go_on).accuracy


def test_a_completed_run_has_what_a_real_one_has(tmp_path):
    result = train_run(order(tmp_path, epochs=3), go_on)
    assert set(result.health.values()) == set(METRICS)
    assert result.test_accuracy is not None
    arrays = np.load(tmp_path / "0" / "diagnostics" / "arrays.npz")
    assert arrays["val_accuracy"].tolist() == [record.val_accuracy for record in result.history]


def test_arrays_are_left_out_when_nothing_is_to_be_recorded(tmp_path):
    result = train_run(order(tmp_path).replace(record=False), go_on)
    assert result.artifacts == ("model.keras", "architecture.json")
    assert not (tmp_path / "0" / "diagnostics").exists()


def test_a_stopped_run_is_partial(tmp_path):
    stop = Stop(state="pruned", reason="slow")
    result = train_run(order(tmp_path, epochs=9), lambda _: stop)
    assert (result.state, result.reason, len(result.history)) == ("pruned", "slow", 1)
    assert result.health.partial
    assert result.test_accuracy is None


def test_a_loss_that_is_no_number_fails_the_run(tmp_path):
    result = train_run(order(tmp_path, epochs=9, nan=True), go_on)
    assert (result.state, len(result.history)) == ("failed", 2)
    assert "NaN in epoch 2" in result.reason
    assert result.history[-1].train_loss is None


def test_it_fails_when_asked_to(tmp_path):
    with pytest.raises(TrialFailed):
        train_run(order(tmp_path, fail=True), go_on)
