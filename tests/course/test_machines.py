"""Trials as messages, and sweeps that are killed."""

import signal
import subprocess
import sys

import pytest

from hpolab import Sweep, SweepConfig
from hpolab.course import carry_out, kill, message, survives
from hpolab.data import load
from hpolab.errors import ConfigError, SpaceError, StoreError
from hpolab.storage.folder import SweepFolder
from hpolab.storage.lock import holder
from hpolab.trial import RunSpec


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("HPOLAB_SWEEPS_DIR", str(tmp_path / "sweeps"))
    return tmp_path


def asked(**changes):
    fields = {
        "budget": 4,
        "epochs": 3,
        "pruner": "none",
        "sampler": "random",
        "executor": "hpolab.testing.synthetic:synthetic_inline",
    }
    return SweepConfig(**{**fields, **changes})


def test_a_message_says_what_is_changed_and_survives_the_journey():
    order = message(learning_rate=0.02, filters=4, seed=7, epochs=2)
    assert (order.params["learning_rate"], order.params["filters"]) == (0.02, 4)
    assert (order.seed, order.epochs, order.dataset.max_samples) == (7, 2, 600)
    assert order.fingerprint == load(order.dataset).fingerprint
    assert "momentum" not in order.params  # it does not apply to adam
    assert RunSpec.parse(order.to_json()) == order


def test_a_message_with_an_unknown_name_is_refused():
    with pytest.raises(SpaceError, match="learning_rate"):
        message(learning_rates=0.1)


def test_what_is_no_message_cannot_be_carried_out():
    with pytest.raises(ConfigError):
        carry_out("{}", "inline")
    with pytest.raises(ConfigError, match="no such executor"):
        carry_out(message(), "cloud")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_a_message_gives_the_same_here_and_in_a_process_to_the_last_bit(tmp_path):
    text = message(examples=200, epochs=2, seed=3).to_json()
    # in an interpreter of its own: TensorFlow takes its number of threads only before it runs
    code = f"from hpolab.course import carry_out; print(carry_out({text!r}, 'inline').to_json())"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=200
    )
    from hpolab.trial import RunResult

    here, there = RunResult.parse(result.stdout), carry_out(text, "process")
    assert here.state == there.state == "completed"
    losses = [[epoch.train_loss for epoch in each.history] for each in (here, there)]
    assert losses[0] == losses[1]
    assert here.health == there.health


def test_nobody_can_be_killed_where_nobody_runs(tmp_path):
    sweep = Sweep(asked(), path=tmp_path / "one").run()
    with pytest.raises(StoreError, match="nobody runs this sweep"):
        kill(sweep)


def test_whoever_holds_the_lock_is_killed(tmp_path):
    folder = SweepFolder.create(tmp_path / "held", asked().to_dict())
    code = (
        "import sys, time; from pathlib import Path; "
        "from hpolab.storage.lock import CoordinatorLock\n"
        "with CoordinatorLock(Path(sys.argv[1])):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder.lock)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "held\n"
        assert holder(folder.lock) == process.pid
        kill(Sweep.follow(folder.path))
        assert not folder.is_running()  # at once: whoever continues it shall find it free
        assert holder(folder.lock) is None
        assert process.wait(timeout=30) == -signal.SIGKILL
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_sweep_that_was_left_alone_has_not_survived_anything(tmp_path):
    alone = Sweep(asked(), path=tmp_path / "alone").run()
    attempt = survives(alone)(Sweep(asked(), path=tmp_path / "other").run())
    assert not attempt.is_done
    assert "nobody has killed" in attempt.words


def test_a_sweep_that_is_continued_after_a_crash_ends_like_one_that_was_left_alone(tmp_path):
    alone = Sweep(asked(), path=tmp_path / "alone").run()
    victim = Sweep(asked(), path=tmp_path / "victim")
    broken_off(victim, after="epoch_ended")
    attempt = survives(alone)(Sweep.follow(victim.path))
    assert attempt == (False, "nobody has killed and continued it.")
    victim = Sweep.follow(victim.path).run()
    attempt = survives(alone)(victim)
    assert attempt.is_done, attempt.words
    assert "continued once, and 4 of 4 trials" in attempt.words


def test_a_sweep_that_was_asked_for_something_else_is_no_survivor(tmp_path):
    alone = Sweep(asked(), path=tmp_path / "alone").run()
    other = Sweep(asked(seed=1), path=tmp_path / "other")
    broken_off(other, after="epoch_ended")
    attempt = survives(alone)(Sweep.follow(other.path).run())
    assert not attempt.is_done
    assert "0 of 4 trials" in attempt.words


def test_a_sweep_that_was_stopped_kindly_was_not_killed(tmp_path):
    alone = Sweep(asked(), path=tmp_path / "alone").run()
    stopped = Sweep(asked(), path=tmp_path / "stopped").run()
    Sweep.follow(stopped.path).run()  # continued after its end
    assert not survives(alone)(Sweep.follow(stopped.path)).is_done


def broken_off(sweep, *, after):
    """Run the sweep, and leave only what its journal held when it got so far."""
    sweep.run()
    lines = sweep.folder.journal.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [number for number, line in enumerate(lines) if f'"{after}"' in line][4]
    sweep.folder.journal.write_text("".join(lines[: kept + 1]), encoding="utf-8")
