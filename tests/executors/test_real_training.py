"""The process executor with the work that it is made for."""

from __future__ import annotations

import sys

import pytest

from hpolab.executors.process import ProcessExecutor
from hpolab.testing.recorder import Recorder, order
from hpolab.trial import DatasetSpec, Stop


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_digits_train_the_same_in_every_fresh_worker_and_prune_where_told(tmp_path):
    seen = Recorder(lambda event: STOP if event.trial == 2 else None)
    with ProcessExecutor(workers=1, recycle_after=1) as executor:
        for trial in range(3):
            spec = order(tmp_path, trial, epochs=2, learning_rate=0.003)
            executor.submit(spec.replace(dataset=DatasetSpec(max_samples=400), seed=11))
            seen.follow_to_end(executor, trial + 1)
    first, second, pruned = (seen.result(trial) for trial in range(3))
    assert first.state == "completed", first.reason
    assert _figures(first) == _figures(second)
    assert (tmp_path / "0" / "model.keras").stat().st_size > 1000
    assert (pruned.state, len(pruned.history)) == ("pruned", 1)
    assert _figures(pruned) == _figures(first)[:1]


STOP = Stop(state="pruned", reason="seen enough")


def _figures(result):
    return [record.replace(seconds=0) for record in result.history]
