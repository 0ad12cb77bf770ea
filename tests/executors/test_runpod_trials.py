"""What a trial leaves in a bucket comes to its folder, or the trial says that it did not."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from hpolab.events import RunLost
from hpolab.executors.runpod import RunPodExecutor
from hpolab.executors.runpod_wire import Order, Outcome
from hpolab.settings import runpod_settings, s3_settings
from hpolab.storage import parcel
from hpolab.storage.bucket import Bucket
from hpolab.storage.s3 import S3Store
from hpolab.testing.fault_proxy import FaultProxy, fault_proxy
from hpolab.testing.recorder import Recorder, order
from hpolab.testing.runpod_platform import KEY, RunPodPlatform
from hpolab.testing.runpod_workers import sdk_workers, simulate_workers
from hpolab.testing.s3_server import rclone, s3_server
from hpolab.testing.synthetic import WORK, train_run

if TYPE_CHECKING:
    from hpolab.storage.objects import Parcel

pytestmark = pytest.mark.skipif(rclone() is None, reason="rclone is not installed")

SLEEPER = Path(__file__).parents[1] / "benchmarks" / "remote_sleeper.py"


class Scene(NamedTuple):
    platform: RunPodPlatform
    proxy: FaultProxy
    folder: Path

    @property
    def bucket(self):
        return Bucket(name="bucket", endpoint=self.proxy.endpoint)

    @property
    def objects(self):
        return [path for path in (self.folder / "bucket").rglob("*") if path.is_file()]

    def executor(self, **changes):
        spec = self.platform.spec(bucket=self.bucket, **changes)
        return RunPodExecutor(spec, slots=1, work=WORK)


def upload(order: Order, folder: Path, file: Path) -> tuple[Outcome, Parcel]:
    """What a worker does: train, pack, send; trials of some parameters send what they must not."""
    result = train_run(order.run.replace(folder=folder), lambda _: None)
    parcel.pack(folder, file)
    sent = S3Store(order.bucket).upload(file, f"{order.key}.zip")
    if order.run.params.get("elsewhere"):
        sent = sent.replace(key="someone/elses.zip")
    return Outcome(submission=order.submission, worker="pod", result=result, parcel=sent)


async def work(given, tell):
    order = Order.parse(given["order"])
    with tempfile.TemporaryDirectory() as place:
        folder, file = Path(place) / "trial", Path(place) / "trial.zip"
        outcome = await asyncio.to_thread(upload, order, folder, file)
    return outcome.to_output()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("s3")
    (folder / "bucket").mkdir()
    with (
        s3_server(folder) as server,
        fault_proxy(server.endpoint) as proxy,
        RunPodPlatform() as platform,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("RUNPOD_API_KEY", KEY)
        for name, value in server.environment.items():
            patch.setenv(name, value)
        s3_settings.cache_clear()
        runpod_settings.cache_clear()
        simulate_workers(platform, work)
        yield Scene(platform, proxy, folder)
    s3_settings.cache_clear()
    runpod_settings.cache_clear()


@pytest.fixture
def scene(shared):
    shared.proxy.heal()
    for path in shared.objects:
        path.unlink()
    return shared


def run_one(scene, folder, *, changes=None, **params):
    """The result of one trial, and the news that came with it."""
    seen = Recorder()
    with scene.executor(**changes or {}) as executor:
        executor.submit(order(folder, **params))
        seen.follow_to_end(executor)
        assert executor.news().startswith("training on RunPod's endpoint endpoint1: workers: ")
        return seen.result(), executor.news()


def test_they_come_and_leave_nothing_behind(scene, tmp_path):
    result, news = run_one(scene, tmp_path)
    assert result.artifacts == ("model.keras", "architecture.json", "diagnostics/arrays.npz")
    assert all((tmp_path / "0" / name).is_file() for name in result.artifacts)
    assert (news, scene.objects) == ("", [])


def test_objects_stay_when_they_are_wanted(scene, tmp_path):
    run_one(scene, tmp_path, changes={"keep_objects": True})
    (kept,) = scene.objects
    assert kept.name.startswith("0000-1-")


def test_an_object_that_is_refused_for_a_moment_is_asked_for_again(scene, tmp_path):
    scene.proxy.fail("GET", "503", "truncated")
    result, news = run_one(scene, tmp_path)
    assert "model.keras" in result.artifacts
    assert news == ""


def test_what_does_not_come_costs_the_artifacts_alone(scene, tmp_path):
    scene.proxy.fail("GET", *["403"] * 20)
    result, news = run_one(scene, tmp_path)
    whole = train_run(order(tmp_path / "local"), lambda _: None)
    assert result.state == "completed"
    assert result.artifacts == ()
    assert result.reason.startswith("its artifacts are missing: ")
    assert news == f"trial 0 keeps its metrics, but {result.reason}"
    same = {"reason": "", "artifacts": whole.artifacts}
    assert result.replace(**same) == whole
    assert not (tmp_path / "0" / "model.keras").exists()


def test_a_key_that_nobody_gave_is_not_fetched(scene, tmp_path):
    result, _ = run_one(scene, tmp_path, elsewhere=True)
    assert "where nobody asked it to" in result.reason
    assert not any(path.endswith("elses.zip") for _, path in scene.proxy.seen)


def test_a_winner_without_its_model_has_a_card_that_says_so(
    scene, tmp_path, make_config, coordinate
):
    scene.proxy.fail("GET", *["403"] * 100)
    record = coordinate(tmp_path / "sweep", make_config(budget=1), executor=scene.executor())
    card = (tmp_path / "sweep" / "best" / "README.md").read_text()
    assert record.best == 0
    assert "The model did not come back: its artifacts are missing" in card
    assert "load_model" not in card
    assert "keeps its metrics" in record.notes[-1]


def test_a_worker_that_is_killed_loses_its_run_and_another_one_takes_it(tmp_path, monkeypatch):
    pytest.importorskip("runpod")
    monkeypatch.setenv("RUNPOD_API_KEY", KEY)
    runpod_settings.cache_clear()
    seen = Recorder()
    with (
        RunPodPlatform(lease_seconds=4) as platform,
        sdk_workers(platform, [str(SLEEPER), "2.0"], count=2) as workers,
        RunPodExecutor(platform.spec(), slots=1, work=WORK) as executor,
    ):
        executor.submit(order(tmp_path))
        seen.follow(executor, until=lambda: bool(seen.events))
        next(worker for worker in workers if worker.name == seen.events[0].worker).kill()
        seen.follow_to_end(executor)
        lost = seen.events[-1]
        assert isinstance(lost, RunLost)
        assert "the worker went away" in lost.reason
        executor.submit(order(tmp_path, attempt=2))
        seen.follow_to_end(executor, 2)
    assert seen.result().state == "completed"
    runpod_settings.cache_clear()
