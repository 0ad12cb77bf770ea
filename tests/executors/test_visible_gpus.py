"""Which GPUs a worker sees: its own, and the same ones when it is replaced."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import pytest

from hpolab.executors.process import ProcessExecutor
from hpolab.testing.recorder import Recorder, order

SEEING = """
import os
from hpolab.trial import RunResult

def train_run(spec, report):
    return RunResult(state="cancelled", reason=os.environ.get("CUDA_VISIBLE_DEVICES", "all"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_a_worker_sees_its_own_gpus_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Literal["fork", "spawn"]
) -> None:
    (tmp_path / "seeing.py").write_text(SEEING)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    seen = Recorder()
    with ProcessExecutor(
        workers=2, gpus=["0,1", "2,3"], work="seeing:train_run", recycle_after=1, start=start
    ) as executor:
        for pair in ((0, 1), (2, 3)):  # the second pair meets fresh workers
            for trial in pair:
                executor.submit(order(tmp_path, trial))
            seen.follow_to_end(executor, pair[1] + 1)
    for pair in ((0, 1), (2, 3)):
        assert {seen.result(trial).reason for trial in pair} == {"0,1", "2,3"}
