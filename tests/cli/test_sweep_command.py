"""``hpolab sweep``: in this process where that is enough, as a real process where it matters."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hpolab import Sweep, SweepConfig
from hpolab.cli.sweeping import demo_config
from hpolab.testing.processes import descendants, wait_until_gone

Run = Callable[..., Any]
Write = Callable[..., Path]

COMMAND = [sys.executable, "-m", "hpolab.cli"]
PROCESS = "hpolab.testing.synthetic:synthetic_process"
SLOW = {
    "model": "json:dumps",
    "space": {"learning_rate": {"low": 1e-4, "high": 1.0, "log": True}, "sleep": 0.25},
    "executor": {"name": PROCESS, "workers": 2},
    "epochs": 40,
}


FAILING = {"fail": True, "dropout": {"low": 0.0, "high": 0.5}}


def until(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def has_epochs(sweeps: Path, name: str = "alpha") -> Callable[[], bool]:
    journal = sweeps / name / "journal.jsonl"
    return lambda: journal.exists() and b"epoch_ended" in journal.read_bytes()


def test_a_config_is_run_to_its_winner(hpolab: Run, sweeps: Path, config_file: Write) -> None:
    result = hpolab("sweep", config_file())
    sweep = Sweep.follow(sweeps / "alpha")
    assert result.exit_code == 0
    assert sweep.state == "finished"
    assert sweep.best is not None
    lines = result.stdout.splitlines()
    assert lines[0].startswith("alpha: digits · cnn · health-aware")
    assert sum(line.startswith("[") for line in lines) == 8
    assert f"Trial {sweep.best.number} won with a score of" in result.stdout
    assert "sweeps/alpha/best/README.md" in result.stdout


def test_options_alone_make_a_sweep(hpolab: Run, sweeps: Path, config_file: Write) -> None:
    options = ("--name", "beta", "--trials", "2", "--epochs", "1", "--seed", "3")
    result = hpolab("sweep", config_file(), *options)
    assert result.exit_code == 0
    config = Sweep.follow(sweeps / "beta").config
    assert (config.budget.trials, config.epochs, config.seed) == (2, 1, 3)


def test_quiet_says_only_how_it_ended(hpolab: Run, config_file: Write) -> None:
    result = hpolab("sweep", config_file(), "--quiet")
    assert result.stdout.startswith("Trial ")
    assert "[1 of 8" not in result.stdout


def test_a_finished_sweep_is_continued_by_so_many_trials(
    hpolab: Run, sweeps: Path, config_file: Write
) -> None:
    hpolab("sweep", config_file())
    result = hpolab("sweep", "alpha", "--trials", "2")
    assert result.exit_code == 0
    assert len(Sweep.follow(sweeps / "alpha").record.finished()) == 10
    assert sum(line.startswith("[") for line in result.stdout.splitlines()) == 2


def test_a_finished_sweep_is_not_run_again(hpolab: Run, sweeps: Path, config_file: Write) -> None:
    hpolab("sweep", config_file())
    journal = (sweeps / "alpha" / "journal.jsonl").read_bytes()
    for what in (config_file(), "alpha", sweeps / "alpha"):
        result = hpolab("sweep", what)
        assert result.exit_code == 2
        assert "has finished: all 8 trials are done" in result.stderr
    assert (sweeps / "alpha" / "journal.jsonl").read_bytes() == journal


def test_a_begun_sweep_keeps_what_was_asked(hpolab: Run, finished: Path) -> None:
    result = hpolab("sweep", "alpha", "--epochs", "9")
    assert result.exit_code == 2
    assert "--epochs cannot change a sweep that has begun" in result.stderr


def test_a_sweep_whose_trials_all_fail_exits_one(hpolab: Run, config_file: Write) -> None:
    path = config_file(model="json:dumps", space=FAILING, max_failures=2)
    result = hpolab("sweep", path)
    assert result.exit_code == 1
    assert "The sweep failed: 2 trials failed in a row" in result.stdout
    assert "there is no winner" in result.stdout


def test_a_sweep_without_a_completed_trial_exits_one(hpolab: Run, config_file: Write) -> None:
    path = config_file(model="json:dumps", space={"fail": True}, budget=1)
    assert hpolab("sweep", path).exit_code == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epochs": 0}, "hpolab: epochs: "),
        ({"dataset": "minst"}, "did you mean 'mnist'?"),
        ({"sampler": "tpee"}, "did you mean 'tpe'?"),
        ({"epoch": 3}, "hpolab: epoch: no such setting; did you mean 'epochs'?"),
    ],
)
def test_a_wrong_config_is_one_line_and_exit_two(
    hpolab: Run, sweeps: Path, config_file: Write, changes: dict[str, Any], said: str
) -> None:
    result = hpolab("sweep", config_file(**changes))
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not sweeps.exists()


def test_a_missing_config_gets_the_nearest_file(hpolab: Run, config_file: Write) -> None:
    path = config_file()
    result = hpolab("sweep", path.with_name("sweeep.yaml"))
    assert result.exit_code == 2
    assert f"did you mean {path}?" in result.stderr


def test_demo_is_health_aware_with_two_workers_and_median_pruning() -> None:
    config = demo_config()
    assert isinstance(config, SweepConfig)
    assert (config.mode, config.pruner.name, config.executor.slots) == (
        "health-aware",
        "median",
        2,
    )
    assert config.dataset.name == "digits"
    assert (config.budget.trials or 0) >= 8


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from hpolab.cli import main\n"
        "sys.argv = ['hpolab', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'optuna', 'tensorflow', 'keras', 'sklearn', 'scipy', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "sweep" in done.stdout
    assert done.stderr == "[]\n"


def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(sweeps: Path, config_file: Write) -> None:
    slow = {**SLOW, "epochs": 4, "budget": 40}
    process = subprocess.Popen([*COMMAND, "sweep", str(config_file(**slow))], stdout=-1, text=True)
    until(lambda: sum(trial.state == "completed" for trial in _record(sweeps)) >= 1)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "continue it with: hpolab sweep alpha" in said
    sweep = Sweep.follow(sweeps / "alpha")
    assert sweep.state == "stopped"


def _record(sweeps: Path) -> list[Any]:
    if not (sweeps / "alpha" / "config.yaml").is_file():
        return []
    return list(Sweep.follow(sweeps / "alpha").record.trials.values())


def test_ctrl_c_twice_ends_at_once_with_130(sweeps: Path, config_file: Write) -> None:
    hang = {**SLOW, "space": {"learning_rate": [0.01, 0.1], "sleep": 30}}
    process = subprocess.Popen(
        [*COMMAND, "sweep", str(config_file(**hang))], stderr=-1, stdout=-1, text=True
    )
    journal = sweeps / "alpha" / "journal.jsonl"
    until(lambda: journal.exists() and b"run_started" in journal.read_bytes())
    workers = descendants(process.pid) if sys.platform == "linux" else []
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=20)
    assert process.returncode == 130
    assert wait_until_gone(workers, seconds=5) == []
    assert complaint == "hpolab: ended at once; continue with: hpolab sweep alpha\n"


def test_a_detached_sweep_obeys_the_commands_of_others(
    sweeps: Path, config_file: Write, hpolab: Run
) -> None:
    result = hpolab("sweep", config_file(**SLOW), "--detach")
    assert result.exit_code == 0
    assert "hpolab watch alpha" in result.stdout
    sweep = Sweep.follow(sweeps / "alpha")
    until(has_epochs(sweeps))
    assert hpolab("pause", "alpha").exit_code == 0
    until(lambda: sweep.state == "paused")
    assert hpolab("extend", "alpha", "--trials", "5").exit_code == 0
    until(lambda: sweep.record.budget.trials == 13)
    assert hpolab("resume", "alpha").exit_code == 0
    until(lambda: sweep.state == "running")
    assert hpolab("cancel", "alpha", "0").exit_code == 0
    until(lambda: sweep.record.trials[0].state == "cancelled")
    second = hpolab("sweep", "alpha")
    assert second.exit_code == 1
    assert "already has a coordinator" in second.stderr
    assert hpolab("stop", "alpha").exit_code == 0
    watched = hpolab("watch", "alpha")
    assert "trial 0 cancelled" in watched.stdout
    assert sweep.state == "stopped"


def test_a_terminal_gets_the_live_view_and_then_the_verdict(
    sweeps: Path, config_file: Write
) -> None:
    slow = {**SLOW, "epochs": 3, "budget": 4}
    leader, follower = pty.openpty()
    os.set_blocking(leader, True)
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    process = subprocess.Popen(
        [*COMMAND, "sweep", str(config_file(**slow))],
        stdin=follower, stdout=follower, stderr=follower, env=environment,
    )  # fmt: skip
    os.close(follower)
    seen = b""
    while process.poll() is None or select.select([leader], [], [], 0)[0]:
        if select.select([leader], [], [], 0.2)[0]:
            try:
                seen += os.read(leader, 65536)
            except OSError:  # the other side is closed
                break
    os.close(leader)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())
    assert process.wait() == 0, text
    assert re.search(r"w\d+  trial \d  epoch 2/3  score \.\d{3}", text)
    assert re.search(r"about \d:\d\d left", text)
    assert re.search(r"Trial \d won with a score of", text)
    assert "Traceback" not in text


def test_a_finished_sweep_is_continued_under_other_weights(
    hpolab: Run, sweeps: Path, config_file: Write
) -> None:
    assert hpolab("sweep", config_file()).exit_code == 0
    options = ("--accuracy", "0.4", "--share", "gradient_health=0.5", "--trials", "2")
    result = hpolab("reweigh", "alpha", *options, "--name", "beta")
    assert result.exit_code == 0
    beta = Sweep.follow(sweeps / "beta")
    assert "begins with the 8 trials of alpha" in result.stdout
    assert sum(line.startswith("[") for line in result.stdout.splitlines()) == 2
    assert (len(beta.record.trials), beta.state) == (10, "finished")
    assert beta.config.weights.accuracy == 0.4
    assert beta.config.weights.proportions["gradient_health"] == 0.5
    assert hpolab("sweep", "beta", "--trials", "1").exit_code == 0


def test_reweighing_wants_to_know_what_shall_count(
    hpolab: Run, sweeps: Path, config_file: Write
) -> None:
    assert hpolab("sweep", config_file()).exit_code == 0
    assert hpolab("reweigh", "alpha").exit_code == 2
    for share in ("gradient=0.5", "gradient_health", "gradient_health=2"):
        assert hpolab("reweigh", "alpha", "--share", share).exit_code == 2
    assert [path.name for path in sweeps.iterdir()] == ["alpha"]
