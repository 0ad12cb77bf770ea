"""What a sweep is told of an endpoint's faults: RunPod on loopback, with stand-ins for workers."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from hpolab.errors import ExecutorError
from hpolab.events import RunBilled, RunEnded, RunLost, RunStarted
from hpolab.executors import ExecutorSpec, make
from hpolab.executors._runpod_client import EndpointError
from hpolab.executors.runpod import RunPodExecutor
from hpolab.executors.runpod_spec import RunPodSpec
from hpolab.settings import runpod_settings
from hpolab.testing.recorder import Recorder, order
from hpolab.testing.runpod_platform import KEY, RunPodPlatform
from hpolab.testing.runpod_workers import simulate_workers, train
from hpolab.testing.synthetic import WORK
from hpolab.trial import DatasetSpec, Stop

CANCELLED = Stop(state="cancelled", reason="by a person")


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("RUNPOD_API_KEY", KEY)
    runpod_settings.cache_clear()
    yield
    runpod_settings.cache_clear()


@pytest.fixture(scope="module")
def shared():
    with RunPodPlatform() as platform:
        simulate_workers(platform, train, count=2)
        yield platform


@pytest.fixture
def platform(shared):
    """With two workers and an empty history."""
    shared.on_loop(shared.queue.clear)
    shared.n_requests.clear()
    return shared


@pytest.fixture
def lonely():
    """An endpoint that has had a worker, which takes no job."""
    with RunPodPlatform(lease_seconds=60) as platform:
        platform.on_loop(lambda: platform.queue.hear("pod1"))
        yield platform


def executor_of(platform, *, slots=2, **changes):
    return RunPodExecutor(platform.spec(**changes), slots=slots, work=WORK)


def run_one(platform, tmp_path, *, params=None, **changes):
    """What is told of one run."""
    seen = Recorder()
    with executor_of(platform, **changes) as executor:
        executor.submit(order(tmp_path, **params or {}))
        seen.follow_to_end(executor)
    return seen


def loss(seen):
    assert isinstance(seen.events[-1], RunLost), seen.events
    return seen.events[-1].reason


class TestFaultsThatAreRiddenOut:
    @pytest.mark.parametrize("operation", ["run", "status", "health"])
    def test_bursts_of_429_and_5xx(self, platform, tmp_path, operation):
        platform.refuse(operation, 429, 503, 502)
        assert run_one(platform, tmp_path).result().state == "completed"
        assert platform.n_requests[operation] >= 4

    def test_an_answer_that_gets_lost_begins_a_second_job_whose_like_is_not_told(
        self, platform, tmp_path
    ):
        platform.refuse("run", 0)
        seen = run_one(platform, tmp_path)
        assert seen.kinds() == ["run_started", *["epoch_ended"] * 3, "run_ended"]
        jobs = [job.input["order"] for job in platform.queue.jobs.values()]
        assert len({job["submission"] for job in jobs}) == 2
        assert jobs[0]["run"] == jobs[1]["run"]

    def test_a_result_that_is_delivered_twice_counts_once(self, platform, tmp_path):
        platform.fate("reopened")
        seen = run_one(platform, tmp_path)
        assert seen.kinds() == ["run_started", *["epoch_ended"] * 3, "run_ended"]

    def test_a_result_of_another_submission_is_not_ours(self, lonely, tmp_path):
        async def mistaken(given, tell):
            given["order"]["submission"] = "somebody else's"
            return await train(given, tell)

        simulate_workers(lonely, mistaken)
        assert "without a result of ours" in loss(run_one(lonely, tmp_path))

    def test_more_epochs_than_polls_are_all_told(self, platform, tmp_path):
        seen = Recorder()
        with executor_of(platform) as executor:
            executor.submit(order(tmp_path, epochs=250))
            seen.follow_to_end(executor)
        assert seen.n_epochs() == len(seen.result().history) == 250

    def test_a_slow_platform(self, platform, tmp_path):
        platform.delay_seconds = 0.2
        try:
            assert run_one(platform, tmp_path).result().state == "completed"
        finally:
            platform.delay_seconds = 0.0


def test_without_a_bucket_metrics_alone_come_back_and_that_is_said(platform, tmp_path):
    seen = Recorder()
    with executor_of(platform) as executor:
        executor.submit(order(tmp_path))
        seen.follow_to_end(executor)
        news = [executor.news() for _ in range(3)]
    assert "training on RunPod's endpoint endpoint1: workers: " in news[0]
    assert "metrics alone come back" in news[1]
    assert news[2] == ""
    assert seen.result().state == "completed"
    assert seen.result().artifacts == ()
    assert "no bucket is set" in seen.result().reason


class TestRunsThatAreLost:
    @pytest.mark.parametrize(
        ("fate", "said"),
        [
            ("failed", "its job failed on the platform: the worker exited"),
            ("timed_out", "longer than the 3600 seconds of executor.runpod.timeout_seconds"),
            ("lost", "does not know its job"),
            ("empty", "completed without a result of ours"),
        ],
    )
    def test_each_with_its_reason_and_the_next_attempt_succeeds(
        self, platform, tmp_path, fate, said
    ):
        platform.fate(fate)
        seen = Recorder()
        with executor_of(platform) as executor:
            executor.submit(order(tmp_path))
            seen.follow_to_end(executor)
            assert said in loss(seen)
            executor.submit(order(tmp_path, attempt=2))
            seen.follow_to_end(executor, 2)
        assert seen.result().state == "completed"

    def test_a_handler_that_raises_is_named(self, lonely, tmp_path):
        async def broken(given, tell):
            raise ZeroDivisionError("in the handler")

        simulate_workers(lonely, broken)
        assert "ZeroDivisionError: in the handler" in loss(run_one(lonely, tmp_path))

    def test_one_that_somebody_cancels_in_the_console(self, platform, tmp_path):
        seen = Recorder()
        with executor_of(platform) as executor:
            executor.submit(order(tmp_path, epochs=1000, sleep=0.05))
            seen.follow(executor, until=lambda: seen.n_epochs() > 0)
            platform.on_loop(
                lambda: [platform.queue.cancel(job) for job in platform.queue.jobs.values()]
            )
            seen.follow_to_end(executor)
        assert "cancelled on the platform" in loss(seen)


class TestEndpointsOfNoUse:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"url": "http://127.0.0.1:9/v2"}, "cannot be reached: nobody listens"),
            ({"endpoint": "another"}, "no endpoint .*another"),
        ],
    )
    def test_they_are_refused_before_anything_starts(self, platform, changes, said):
        with pytest.raises(EndpointError, match=said):
            executor_of(platform, **{"patience_seconds": 0, **changes})

    def test_one_that_refuses_the_key_is_told_without_the_key(self, platform, monkeypatch):
        monkeypatch.setenv("RUNPOD_API_KEY", "rpa_WRONG")
        runpod_settings.cache_clear()
        with pytest.raises(EndpointError, match="refuses the key") as caught:
            executor_of(platform)
        assert "rpa_WRONG" not in f"{caught.value!r} {caught.value.__cause__!r}"

    def test_a_key_must_be_there(self, platform, monkeypatch):
        monkeypatch.delenv("RUNPOD_API_KEY")
        runpod_settings.cache_clear()
        with pytest.raises(EndpointError, match="set RUNPOD_API_KEY"):
            executor_of(platform)

    def test_one_without_workers_is_refused(self):
        with RunPodPlatform() as empty, pytest.raises(EndpointError, match="has no worker"):
            executor_of(empty)

    def test_one_that_goes_down_is_given_up_after_the_retries(self, platform, tmp_path):
        seen = Recorder()
        with executor_of(platform, patience_seconds=0.5) as executor:
            executor.submit(order(tmp_path, epochs=1000, sleep=0.05))
            seen.follow(executor, until=lambda: seen.n_epochs() > 0)
            platform.is_down = True
            try:
                with pytest.raises(EndpointError, match="cannot be reached"):
                    seen.follow_to_end(executor)
            finally:
                platform.is_down = False

    def test_one_whose_workers_are_gone_is_given_up(self, lonely, tmp_path):
        seen = Recorder()
        with executor_of(lonely, queue_seconds=0.3) as executor:
            executor.submit(order(tmp_path))
            lonely.on_loop(lonely.queue.clear_workers)
            with pytest.raises(EndpointError, match="has no worker; raise its number"):
                seen.follow_to_end(executor)

    def test_a_job_may_wait_as_long_as_there_are_workers(self, lonely, tmp_path):
        seen = Recorder()
        with executor_of(lonely, queue_seconds=0.1) as executor:
            executor.submit(order(tmp_path))
            seen.follow(executor, until=lambda: lonely.n_requests.get("health", 0) >= 3)
            simulate_workers(lonely, train)
            seen.follow_to_end(executor)
        assert seen.result().state == "completed"


class TestMoney:
    def test_what_a_run_costs_is_told_before_its_end(self, platform, tmp_path):
        seen = run_one(platform, tmp_path, params={"sleep": 0.2}, price_per_second=0.5)
        *_, billed, ended = seen.events
        assert isinstance(ended, RunEnded)
        assert isinstance(billed, RunBilled)
        assert billed.seconds >= 0.6
        assert billed.cost == pytest.approx(billed.seconds * 0.5)
        (job,) = platform.queue.jobs.values()
        assert billed.seconds == pytest.approx(job.ended - job.taken, abs=0.001)

    def test_a_run_says_what_its_seconds_cost(self, platform, tmp_path):
        seen = run_one(platform, tmp_path, price_per_second=0.5)
        assert isinstance(seen.events[0], RunStarted)
        assert seen.events[0].price_per_second == 0.5

    def test_runs_that_are_lost_or_stopped_are_billed_too(self, platform, tmp_path):
        platform.fate("empty")
        seen = Recorder(lambda event: CANCELLED if event.trial == 1 else None)
        with executor_of(platform, price_per_second=0.5) as executor:
            for trial in (0, 1):
                executor.submit(order(tmp_path, trial, epochs=5, sleep=0.1))
                seen.follow_to_end(executor, trial + 1)
        assert seen.kinds(0)[-2:] == ["run_billed", "run_lost"]
        assert seen.kinds(1)[-2:] == ["run_billed", "run_ended"]


class TestJobs:
    def test_limits_travel_as_the_platform_wants_them(self, platform, tmp_path):
        run_one(platform, tmp_path, timeout_seconds=60, ttl_seconds=120)
        (job,) = platform.queue.jobs.values()
        assert (job.execution_timeout, job.ttl) == (60, 120)

    def test_no_place_of_this_machine_travels(self, platform, tmp_path):
        data = DatasetSpec(directory=tmp_path)
        with executor_of(platform) as executor:
            seen = Recorder()
            executor.submit(order(tmp_path).replace(dataset=data))
            seen.follow_to_end(executor)
        (job,) = platform.queue.jobs.values()
        assert str(tmp_path) not in json.dumps(job.input)

    def test_a_closed_executor_leaves_no_job_behind(self, platform, tmp_path):
        seen = Recorder()
        executor = executor_of(platform)
        for trial in (0, 1):
            executor.submit(order(tmp_path, trial, epochs=1000, sleep=0.05))
        seen.follow(executor, until=lambda: len({event.trial for event in seen.events}) == 2)
        executor.close()
        assert {job.status for job in platform.queue.jobs.values()} == {"CANCELLED"}

    def test_many_jobs_in_flight_ask_seldom(self, lonely, tmp_path):
        with executor_of(lonely, slots=64) as executor:
            for trial in range(64):
                executor.submit(order(tmp_path, trial))
            began = time.monotonic()
            while len(lonely.queue.jobs) < 64 and time.monotonic() < began + 30:
                executor.poll(Recorder(), 0.1)
            before, began = lonely.n_requests.get("status", 0), time.monotonic()
            executor.poll(Recorder(), 2.0)
            asked = lonely.n_requests["status"] - before
        assert len(lonely.queue.jobs) == 64
        assert asked <= 60 * (time.monotonic() - began)


def test_the_sdks_own_client_drives_the_same_platform(platform, tmp_path):
    pytest.importorskip("runpod")
    script = f"""
import runpod
runpod.endpoint_url_base = {platform.url!r}
endpoint = runpod.Endpoint({platform.endpoint_id!r}, api_key={KEY!r})
job = endpoint.run({{"order": {order_for_sdk(tmp_path)!r}}})
print(job.output(timeout=20)["outcome"]["result"]["state"], job.status())
slow = endpoint.run({{"order": {order_for_sdk(tmp_path, epochs=1000, sleep=0.1)!r}}})
print(slow.cancel()["status"], endpoint.health()["jobs"]["completed"])
"""
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
    )
    assert told.stdout.split() == ["completed", "COMPLETED", "CANCELLED", "1"]


def order_for_sdk(folder, **params):
    from hpolab.executors.runpod_wire import Order

    epochs = params.pop("epochs", 2)
    run = order(folder, epochs=epochs, **params)
    return Order(submission="by the SDK", run=run, work=WORK).to_dict()


class TestSpec:
    def test_a_name_is_enough_where_the_machine_has_a_usual_endpoint(self, monkeypatch):
        monkeypatch.setenv("RUNPOD_ENDPOINT_ID", "abc123")
        runpod_settings.cache_clear()
        spec = ExecutorSpec.parse("runpod")
        assert spec.runpod == RunPodSpec(endpoint="abc123")
        assert (spec.slots, spec.takes_cores) == (3, False)
        assert ExecutorSpec.parse(spec.to_json()) == spec

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"name": "runpod"}, "name the endpoint"),
            ({"name": "process", "runpod": {"endpoint": "a"}}, "settings of the executor runpod"),
            ({"name": "runpod", "runpod": {"endpoint": "a"}, "workers": 65}, "at most 64 jobs"),
            ({"name": "runpod", "runpod": {"endpoint": "a/b"}}, "runpod.endpoint"),
            (
                {"name": "runpod", "runpod": {"endpoint": "a", "url": "https://k:x@host"}},
                "runpod.url",
            ),
        ],
    )
    def test_what_cannot_work_is_refused(self, data, said, monkeypatch):
        monkeypatch.delenv("RUNPOD_ENDPOINT_ID", raising=False)
        with pytest.raises(ValueError, match=said):
            ExecutorSpec.parse(data)

    def test_without_fallback_an_endpoint_of_no_use_is_an_error(self):
        there = {"endpoint": "a", "url": "http://127.0.0.1:9/v2", "patience_seconds": 0}
        spec = ExecutorSpec(name="runpod", runpod=RunPodSpec.parse(there), fallback=False)
        with pytest.raises(ExecutorError, match="cannot be reached"):
            make(spec)
