"""A sweep whose executor elsewhere is of no use, at once or later, comes home with everything."""

from __future__ import annotations

import pytest

from hpolab.errors import ExecutorError
from hpolab.events import EpochEnded, Noted, RunLost, TrialEnded
from hpolab.executors.fallback import FallbackExecutor
from hpolab.executors.inline import InlineExecutor
from hpolab.executors.runpod import RunPodExecutor
from hpolab.settings import runpod_settings
from hpolab.storage.journal import Journal
from hpolab.testing.recorder import Recorder, order
from hpolab.testing.runpod_platform import KEY, RunPodPlatform
from hpolab.testing.runpod_workers import simulate_workers, train
from hpolab.testing.scripted import ScriptedExecutor
from hpolab.testing.synthetic import WORK


@pytest.fixture
def platform(monkeypatch):
    monkeypatch.setenv("RUNPOD_API_KEY", KEY)
    runpod_settings.cache_clear()
    with RunPodPlatform() as platform:
        simulate_workers(platform, train, count=3)
        yield platform
    runpod_settings.cache_clear()


def home():
    return InlineExecutor(work=WORK)


def refuse():
    raise ExecutorError("nobody answers there.")


class Failing(ScriptedExecutor):
    """Tells so many events, and then that it is of no use."""

    def __init__(self, after, *, slots=2):
        super().__init__(slots=slots)
        self.left = after

    def poll(self, handle, timeout):
        if self.left == 0:
            raise ExecutorError("the machines are gone.")
        self.left -= 1
        super().poll(handle, timeout)


def events_of(path):
    journal = Journal(path / "journal.jsonl")
    entries = journal.entries
    journal.close()
    return [entry.event for entry in entries]


def of_kind(events, kind):
    return [event for event in events if isinstance(event, kind)]


def test_from_the_start_it_is_said_before_the_first_trial(tmp_path, make_config, coordinate):
    record = coordinate(tmp_path / "sweep", make_config(), executor=FallbackExecutor(refuse, home))
    assert len(record.ranked()) == 6
    assert record.notes == ["nobody answers there; all trials train on this machine instead"]
    kinds = [event.kind for event in events_of(tmp_path / "sweep")]
    assert kinds.index("noted") < kinds.index("trial_started")


@pytest.mark.parametrize("after", range(12))
def test_whenever_it_fails_every_trial_ends_once(tmp_path, make_config, coordinate, after):
    first = Failing(after)
    record = coordinate(
        tmp_path / "sweep", make_config(), executor=FallbackExecutor(lambda: first, home)
    )
    events = events_of(tmp_path / "sweep")
    assert sorted(event.trial for event in of_kind(events, TrialEnded)) == list(range(6))
    assert [trial.state for trial in record.trials.values()] == ["completed"] * 6
    assert first.is_closed
    assert [note.message for note in of_kind(events, Noted)] == [
        "the machines are gone; the other trials train on this machine instead"
    ]


def test_a_run_that_is_lost_with_its_executor_is_not_to_blame(tmp_path, make_config, coordinate):
    executor = FallbackExecutor(lambda: Failing(3), home)
    record = coordinate(tmp_path / "sweep", make_config(), executor=executor)
    losses = of_kind(events_of(tmp_path / "sweep"), RunLost)
    assert {loss.trial for loss in losses} == {0, 1}
    assert not any(loss.is_suspect for loss in losses)
    assert [trial.losses for trial in record.trials.values()] == [0] * 6


def test_a_refusal_to_take_a_run_brings_home_too(tmp_path):
    class Deaf(ScriptedExecutor):
        def submit(self, spec):  # noqa: ARG002
            raise ExecutorError("no scheduler.")

    seen = Recorder()
    with FallbackExecutor(Deaf, home) as executor:
        executor.submit(order(tmp_path))
        seen.follow_to_end(executor)
        assert isinstance(seen.events[-1], RunLost)
        executor.submit(order(tmp_path, attempt=2))
        seen.follow_to_end(executor, 2)
        assert executor.is_local
    assert seen.result().state == "completed"


def test_when_home_fails_too_that_is_an_error(tmp_path):
    with FallbackExecutor(refuse, lambda: Failing(0)) as executor:
        executor.submit(order(tmp_path))
        with pytest.raises(ExecutorError, match="machines are gone"):
            executor.poll(Recorder(), 0)


def test_an_endpoint_that_goes_down_in_mid_sweep_loses_nothing_that_was_finished(
    tmp_path, make_config, coordinate, platform
):
    def watch(entry):
        if isinstance(entry.event, EpochEnded) and entry.event.trial == 4:
            platform.is_down = True

    config = make_config(budget=8, space={"sleep": {"value": 0.1}})
    spec = platform.spec(patience_seconds=0.5, price_per_second=0.01)
    executor = FallbackExecutor(lambda: RunPodExecutor(spec, slots=3, work=WORK), home)
    record = coordinate(tmp_path / "sweep", config, executor=executor, on_entry=watch)
    events = events_of(tmp_path / "sweep")
    assert sorted(event.trial for event in of_kind(events, TrialEnded)) == list(range(8))
    assert [trial.state for trial in record.trials.values()] == ["completed"] * 8
    assert record.notes[0].startswith("training on RunPod's endpoint endpoint1: workers: ")
    assert "metrics alone come back" in record.notes[1]
    assert "cannot be reached" in record.notes[2]
    assert record.cost() > 0
    at_home = [trial for trial in record.trials.values() if trial.worker == "w1"]
    assert at_home
    assert all(trial.price_per_second == 0 for trial in record.trials.values())
