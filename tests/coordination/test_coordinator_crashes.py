"""Coordinators that are killed at random moments, and the sweeps that survive them."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hpolab.config import SweepConfig
from hpolab.events import Event, TrialEnded, TrialStarted
from hpolab.record import SweepRecord
from hpolab.scoring import ScoringWeights
from hpolab.storage.folder import SweepFolder
from hpolab.storage.journal import read_journal

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork to be quick")

MakeConfig = Callable[..., SweepConfig]
Coordinate = Callable[..., SweepRecord]

# Imports once; then a coordinator is a fork away. Tells its pid, and how it ended.
COORDINATORS = """
import os, sys, warnings
from hpolab.config import SweepConfig
from hpolab.coordination.coordinator import Coordinator
from hpolab.executors import make
from hpolab.storage.folder import SweepFolder
warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside idle BLAS threads
while line := sys.stdin.readline():
    folder = SweepFolder.open(line.strip())
    config = SweepConfig.parse(folder.read_config())
    pid = os.fork()
    if pid == 0:
        Coordinator(folder, config, executor=make(config.executor), fingerprint="data").run()
        os._exit(0)
    print(pid, flush=True)
    sys.stdin.readline()  # until then the pid stays its own, ended or not
    print(os.waitpid(pid, 0)[1], flush=True)
"""


def run_and_kill(
    path: Path, coordinators: subprocess.Popen[str], luck: random.Random, *, kills: int
) -> int:
    """Continue a sweep to its end, killing so many coordinators; how many were killed in time."""
    assert coordinators.stdin is not None
    assert coordinators.stdout is not None
    n_killed = 0
    while True:
        coordinators.stdin.write(f"{path}\n")
        coordinators.stdin.flush()
        pid = int(coordinators.stdout.readline())
        if n_killed < kills:
            time.sleep(luck.uniform(0.0, 0.3))
            os.kill(pid, signal.SIGKILL)
        coordinators.stdin.write("now wait for it\n")
        coordinators.stdin.flush()
        status = int(coordinators.stdout.readline())
        if status == 0:
            return n_killed
        assert os.WTERMSIG(status) == signal.SIGKILL
        n_killed += 1


def events(path: Path) -> list[Event]:
    return [entry.event for entry in read_journal(path / "journal.jsonl")]


@pytest.mark.parametrize("seed", range(3))
def test_however_often_the_coordinator_is_killed_the_sweep_comes_out_the_same(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate, seed: int
) -> None:
    config = make_config(
        sampler="tpe", pruner="median", budget=12, seed=seed, space={"sleep": 0.02}
    )
    coordinate(tmp_path / "calm", config)
    SweepFolder.create(tmp_path / "s", config.to_dict())
    command = [sys.executable, "-c", COORDINATORS]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as coordinators:  # type: ignore[call-overload]
        n_killed = run_and_kill(tmp_path / "s", coordinators, random.Random(seed), kills=8)
        coordinators.stdin.close()

    calm, rough = events(tmp_path / "calm"), events(tmp_path / "s")
    assert n_killed > 0
    assert [entry.seq for entry in read_journal(tmp_path / "s" / "journal.jsonl")] == list(
        range(len(rough))
    )
    sampled = [event for event in rough if isinstance(event, TrialStarted)]
    assert [event.trial for event in sampled] == list(range(12))
    assert [e.params for e in sampled] == [e.params for e in calm if isinstance(e, TrialStarted)]
    fates = [(e.trial, e.state, e.score, e.reason) for e in rough if isinstance(e, TrialEnded)]
    assert fates == [
        (e.trial, e.state, e.score, e.reason) for e in calm if isinstance(e, TrialEnded)
    ]
    assert SweepFolder(tmp_path / "s").best_trial() == SweepFolder(tmp_path / "calm").best_trial()
    best, original = tmp_path / "s" / "best", SweepFolder(tmp_path / "s").trials
    number = SweepFolder(tmp_path / "s").best_trial()
    assert (best / "result.json").read_bytes() == (
        original / f"{number:04d}" / "result.json"
    ).read_bytes()
    assert not (tmp_path / "s" / ".best.new").exists()


def test_a_sweep_that_follows_another_survives_kills_at_any_moment(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(sampler="tpe", budget=8, space={"sleep": 0.01})
    coordinate(tmp_path / "old", config)
    config = config.replace(
        follows=tmp_path / "old", budget=14, weights=ScoringWeights(accuracy=0.1)
    )
    calm = coordinate(tmp_path / "calm", config)
    SweepFolder.create(tmp_path / "s", config.to_dict())
    command = [sys.executable, "-c", COORDINATORS]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as coordinators:  # type: ignore[call-overload]
        n_killed = run_and_kill(tmp_path / "s", coordinators, random.Random(5), kills=8)
        coordinators.stdin.close()

    record = SweepRecord.of(read_journal(tmp_path / "s" / "journal.jsonl"))
    assert n_killed > 0
    assert [(t.params, t.score, t.state, t.inherited) for t in record.trials.values()] == [
        (t.params, t.score, t.state, t.inherited) for t in calm.trials.values()
    ]
    assert record.best == calm.best == SweepFolder(tmp_path / "s").best_trial()
