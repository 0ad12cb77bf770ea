"""RunPod's stand-in keeps jobs as the platform's documentation says it does."""

from __future__ import annotations

import pytest

from hpolab.testing.runpod_queue import Queue


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def queue(clock):
    return Queue(lease_seconds=10, clock=clock)


def submitted(queue, **policy):
    return queue.submit({"input": {"n": 1}, "policy": policy})


def test_jobs_are_taken_in_order_and_told_with_their_times(queue, clock):
    first, second = submitted(queue), submitted(queue)
    assert first.public(clock())["status"] == "IN_QUEUE"
    clock.now += 2
    assert queue.take("pod1") is first
    assert queue.take("pod2") is second
    assert queue.take("pod3") is None
    clock.now += 3
    queue.post(first.id, {"output": {"answer": 42}})
    assert first.public(clock()) == {
        "id": first.id, "status": "COMPLETED", "delayTime": 2000, "executionTime": 3000,
        "workerId": "pod1", "output": {"answer": 42},
    }  # fmt: skip


def test_progress_is_the_output_until_the_end_and_late_words_change_nothing(queue):
    job = submitted(queue)
    queue.take("pod1")
    queue.post(job.id, {"status": "IN_PROGRESS", "output": 1})
    assert (job.status, job.output) == ("IN_PROGRESS", 1)
    queue.post(job.id, {"output": 2})
    queue.post(job.id, {"status": "IN_PROGRESS", "output": 3})
    queue.post(job.id, {"output": 4})
    assert (job.status, job.output) == ("COMPLETED", 2)


def test_an_error_fails_the_job(queue):
    job = submitted(queue)
    queue.take("pod1")
    queue.post(job.id, {"error": "boom"})
    assert (job.status, job.error) == ("FAILED", "boom")


def test_a_job_that_takes_too_long_times_out_and_its_worker_is_told_once(queue, clock):
    job = submitted(queue, executionTimeout=5000)
    queue.take("pod1")
    clock.now += 6
    assert queue.tidy()
    assert job.status == "TIMED_OUT"
    assert queue.to_stop("pod1") == [job.id]
    assert queue.to_stop("pod1") == []


def test_a_job_vanishes_at_the_end_of_its_life(queue, clock):
    job = submitted(queue, ttl=20_000)
    clock.now += 21
    queue.tidy()
    assert job.id not in queue.jobs
    assert queue.take("pod1") is None


def test_a_worker_that_goes_silent_fails_its_job_and_counts_no_more(queue, clock):
    job = submitted(queue)
    queue.take("pod1")
    clock.now += 9
    queue.hear("pod1")
    clock.now += 9
    assert not queue.tidy()
    assert queue.workers()["running"] == 1
    clock.now += 2
    assert queue.tidy()
    assert (job.status, queue.workers()["running"]) == ("FAILED", 0)


def test_cancelling_ends_what_waits_and_what_runs(queue):
    runs, waits = submitted(queue), submitted(queue)
    queue.take("pod1")
    for job in (runs, waits, waits):
        queue.cancel(job)
    assert (runs.status, waits.status) == ("CANCELLED", "CANCELLED")
    assert queue.to_stop("pod1") == [runs.id]
    assert queue.take("pod1") is None


def test_purging_leaves_what_runs(queue):
    runs, waits = submitted(queue), submitted(queue)
    queue.take("pod1")
    assert queue.purge() == 1
    assert (runs.status, waits.status) == ("IN_PROGRESS", "CANCELLED")
    assert queue.counts()["inProgress"] == 1
