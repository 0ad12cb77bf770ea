from __future__ import annotations

import threading
import time

import pytest

from hpolab.errors import ExecutorError
from hpolab.executors.executor import HOLD
from hpolab.executors.inline import InlineExecutor
from hpolab.testing.recorder import Recorder, order
from hpolab.testing.synthetic import WORK


def test_runs_train_in_this_process_and_one_thread(tmp_path, monkeypatch):
    (tmp_path / "where.py").write_text(
        "import threading\nfrom hpolab.testing import synthetic\nthreads = []\n"
        "def train_run(spec, report):\n"
        "    threads.append(threading.current_thread().name)\n"
        "    return synthetic.train_run(spec, report)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    seen = Recorder()
    with InlineExecutor(work="where:train_run") as executor:
        for trial in (0, 1):
            executor.submit(order(tmp_path, trial))
            seen.follow_to_end(executor, trial + 1)
    import where

    assert where.threads == ["hpolab-w1"] * 2


def test_work_that_cannot_be_imported_stops_with_its_name(tmp_path):
    with InlineExecutor(work="no_such_module:train_run") as executor:
        executor.submit(order(tmp_path))
        with pytest.raises(ExecutorError, match="no_such_module"):
            Recorder().follow_to_end(executor)


def test_work_that_breaks_while_it_is_imported_stops_with_the_cause(tmp_path, monkeypatch):
    (tmp_path / "half_written.py").write_text("train_run = undefined\n")
    monkeypatch.syspath_prepend(tmp_path)
    with InlineExecutor(work="half_written:train_run") as executor:
        executor.submit(order(tmp_path))
        with pytest.raises(ExecutorError, match="undefined"):
            Recorder().follow_to_end(executor)


@pytest.mark.parametrize("held", [False, True])
def test_closing_ends_the_run_after_its_epoch(tmp_path, held):
    before = threading.active_count()
    seen = Recorder(lambda _: HOLD if held else None)
    executor = InlineExecutor(work=WORK)
    executor.submit(order(tmp_path, epochs=1000, sleep=0.2))
    seen.follow(executor, until=lambda: seen.n_epochs() == 1)
    began = time.monotonic()
    executor.close()
    assert time.monotonic() - began < 5
    assert threading.active_count() == before
