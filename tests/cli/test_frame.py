from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from hpolab import Sweep
from hpolab.cli.frame import Heading, frame, progress
from hpolab.cli.views import LiveView, heading
from hpolab.record import SweepRecord

HEADING = Heading("mixed", "digits · json:dumps · health-aware · tpe + median")


def draw(record: SweepRecord, *, width: int, height: int, state: str = "running") -> list[str]:
    out = Console(file=StringIO(), width=width, height=height, force_terminal=False)
    picture = frame(
        record, HEADING, state=state, now=datetime.now(UTC), width=width, height=height
    )
    out.print(picture)
    assert isinstance(out.file, StringIO)
    return out.file.getvalue().splitlines()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 30), (60, 16)])
def test_every_moment_of_a_sweep_fits_the_terminal(
    finished: Path, width: int, height: int
) -> None:
    record = SweepRecord()
    for entry in Sweep.follow(finished / "mixed").entries():
        record.apply(entry)
        lines = draw(record, width=width, height=height)
        assert len(lines) < height
        assert max(len(line) for line in lines) <= width


def test_a_running_trial_shows_worker_epoch_and_score(finished: Path) -> None:
    record = SweepRecord()
    for entry in Sweep.follow(finished / "alpha").entries():
        record.apply(entry)
        if entry.event.kind == "epoch_ended" and entry.event.epoch.epoch == 2:
            break
    text = "\n".join(draw(record, width=80, height=24))
    score = f"{record.trials[0].score:.3f}".removeprefix("0")
    assert f"trial 0  epoch 2/5  score {score}" in text
    assert "0 of 8 trials" in text


def test_failures_are_counted_and_their_reason_is_shown(finished: Path) -> None:
    record = Sweep.follow(finished / "mixed").record
    failed = [trial for trial in record.finished() if trial.state == "failed"]
    assert failed
    text = "\n".join(draw(record, width=80, height=24))
    assert f"{len(failed)} failed" in text
    assert f"trial {failed[-1].number} failed: the loss became NaN" in text


def test_what_was_paid_is_shown(finished: Path) -> None:
    record = Sweep.follow(finished / "alpha").record
    assert "cost" not in "\n".join(draw(record, width=100, height=24))
    record.trials[0] = replace(record.trials[0], cost=1.5)
    assert "cost 1.50" in "\n".join(draw(record, width=100, height=24))
    record.budget = record.budget.replace(trials=None, epochs=None, money=6)
    assert progress(record)[0] == 0.25


def test_a_paused_sweep_says_so(finished: Path) -> None:
    lines = draw(Sweep.follow(finished / "alpha").record, width=80, height=24, state="paused")
    assert lines[0].endswith("paused")


def test_progress_is_the_share_of_the_tightest_limit(finished: Path) -> None:
    record = Sweep.follow(finished / "alpha").record
    assert progress(record) == (1.0, "8 of 8 trials")
    record.budget = record.budget.replace(trials=16, epochs=None)
    assert progress(record)[0] == 0.5


def test_the_live_view_says_why_it_cannot_read_a_journal(sweeps: Path, template: Path) -> None:
    sweep = Sweep.follow(template / "alpha")
    view = LiveView(sweep, Console(file=StringIO()), is_ours=False)
    assert heading(sweep).name == "alpha"
    damaged = sweeps / "damaged"
    damaged.mkdir(parents=True)
    for name in ("config.yaml", "journal.jsonl"):
        (damaged / name).write_bytes((template / "alpha" / name).read_bytes())
    (damaged / "journal.jsonl").write_bytes(b"nonsense\n")
    view = LiveView(Sweep.follow(damaged), Console(file=StringIO()), is_ours=False)
    assert "journal.jsonl" in str(view.picture())
