"""The worker's side of RunPod: the SDK's own worker loop runs our handler in a real process.

The control plane is a real HTTP server on loopback, the object store rclone's S3 server, behind a
proxy that breaks what a test orders.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import time
import traceback
import urllib.request
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from hpolab.config import SweepConfig
from hpolab.data import from_arrays
from hpolab.errors import DataError, HpolabError, ObjectError
from hpolab.executors import ExecutorSpec
from hpolab.executors.inline import InlineExecutor
from hpolab.executors.runpod_wire import Order, Outcome, Progress
from hpolab.export import export_csv, export_zip
from hpolab.reports import write_report
from hpolab.runpod_handler import Worker
from hpolab.settings import runpod_settings, s3_settings
from hpolab.storage.bucket import Bucket
from hpolab.storage.objects import FolderStore, Parcel, describe
from hpolab.storage.parcel import unpack
from hpolab.storage.s3 import S3Store
from hpolab.sweep import Sweep
from hpolab.testing.fault_proxy import FaultProxy, fault_proxy
from hpolab.testing.processes import descendants, is_alive, wait_until_gone
from hpolab.testing.recorder import Recorder
from hpolab.testing.runpod_platform import KEY, RunPodPlatform
from hpolab.testing.runpod_workers import SdkWorker, sdk_workers
from hpolab.testing.s3_server import rclone, s3_server
from hpolab.testing.synthetic import WORK
from hpolab.training.worker import prepare_process
from hpolab.trial import DatasetSpec, RunResult, RunSpec

pytest.importorskip("runpod")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(rclone() is None, reason="rclone is not installed"),
    pytest.mark.skipif(sys.platform != "linux", reason="workers of RunPod run Linux"),
]

ACCESS_KEY, SECRET_KEY = "AKIAKNOWNFAKE0000001", "known/fake+secret/0123456789abcdefghijkl"
prepare_process(threads=1)  # before any test runs an operation: the last digits depend on it

COMMAND = ["-m", "hpolab.runpod_handler"]
SECONDS = 120.0


class Scene(NamedTuple):
    """A worker at work, and what is around it."""

    platform: RunPodPlatform
    proxy: FaultProxy
    worker: SdkWorker
    pid: int
    place: Path
    log: Path

    @property
    def temporary(self) -> Path:
        return self.place / "tmp"

    @property
    def bucket(self) -> Bucket:
        return Bucket(name="bucket", endpoint=self.proxy.endpoint)

    def order(self, folder: Path, *, params: dict[str, Any] | None = None, **run: Any) -> Order:
        spec = RunSpec(
            **{
                "trial": 7, "model": "cnn", "params": params or {}, "folder": folder,
                "dataset": DatasetSpec(), "epochs": 2, **run,
            }
        )  # fmt: skip
        name = uuid.uuid4().hex
        return Order(
            submission=name, run=spec, work=WORK, bucket=self.bucket, key=f"hpolab/s/7-{name[:8]}"
        )

    def ask(self, operation: str, body: Any = None) -> Any:
        """One request to the public API."""
        request = urllib.request.Request(
            f"{self.platform.url}/{self.platform.endpoint_id}/{operation}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def submit(self, order: Order | dict[str, Any]) -> str:
        given = {"order": order.to_dict()} if isinstance(order, Order) else order
        job: str = self.ask("run", {"input": given})["id"]
        return job

    def wait(self, job: str, until: Callable[[Any], bool]) -> Any:
        end = time.monotonic() + SECONDS
        while not until(said := self.ask(f"status/{job}")):
            assert time.monotonic() < end, said
            time.sleep(0.2)
        return said

    def ended(self, job: str) -> Any:
        return self.wait(job, lambda said: said["status"] not in ("IN_QUEUE", "IN_PROGRESS"))

    def outcome(self, order: Order) -> Outcome:
        said = self.ended(self.submit(order))
        assert said["status"] == "COMPLETED", said
        outcome = Outcome.of_output(said["output"])
        assert outcome is not None, said
        return outcome

    def training(self) -> list[int]:
        """The processes that the worker has started, but for its heartbeat."""
        return [pid for pid in descendants(self.pid) if "_forkserver" in _command_line(pid)]

    def left_behind(self) -> list[Path]:
        return sorted(path for path in (self.temporary / "hpolab-runpod").glob("*/**/*"))


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("runpod")
    for name in ("s3/bucket", "tmp", "cache"):
        (folder / name).mkdir(parents=True)
    with (
        s3_server(folder / "s3", key=ACCESS_KEY, secret=SECRET_KEY) as server,
        fault_proxy(server.endpoint) as proxy,
        RunPodPlatform(lease_seconds=60) as platform,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in server.environment.items():
            patch.setenv(name, value)
        patch.setenv("RUNPOD_API_KEY", KEY)
        s3_settings.cache_clear()
        runpod_settings.cache_clear()
        given = {
            "TMPDIR": str(folder / "tmp"),
            "HPOLAB_CACHE_DIR": str(folder / "cache"),
            "HPOLAB_WARM_SECONDS": "0",  # as in the image
        }
        log = folder / "worker.log"
        before = set(descendants())
        with sdk_workers(platform, COMMAND, environment=given, log=log) as (worker,):
            started = set(descendants()) - before
            pid = min(p for p in started if "runpod_handler" in _command_line(p))
            yield Scene(platform, proxy, worker, pid, folder, log)
    s3_settings.cache_clear()
    runpod_settings.cache_clear()


@pytest.fixture(autouse=True)
def healthy(request: pytest.FixtureRequest) -> None:
    if "scene" in request.fixturenames:
        request.getfixturevalue("scene").proxy.heal()


def fetched(scene: Scene, outcome: Outcome, into: Path) -> Path:
    assert outcome.parcel is not None, outcome.note
    store = S3Store(scene.bucket, attempts=1)
    store.download(outcome.parcel, into.with_suffix(".zip"))
    unpack(into.with_suffix(".zip"), into)
    return into


REAL: dict[str, Any] = {
    "params": {"filters": 6, "dense_units": 16, "learning_rate": 5e-3, "batch_size": 16},
    "dataset": DatasetSpec(max_samples=400),
    "seed": 11,
    "epochs": 3,
}


def test_local_and_remote_agree_to_the_last_bit(scene: Scene, tmp_path: Path) -> None:
    order = scene.order(tmp_path / "local", **REAL).replace(work="hpolab.training.run:train_run")
    job = scene.submit(order)
    seen = Recorder()
    with InlineExecutor() as executor:
        executor.submit(order.run)
        seen.follow_to_end(executor)
    local = seen.result(7)

    said = scene.ended(job)
    remote = Outcome.of_output(said["output"])

    assert remote is not None, said
    assert local.state == "completed", local.reason
    assert timeless(remote.result) == timeless(local)
    folder = fetched(scene, remote, tmp_path / "remote")
    assert {*local.artifacts} <= {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }
    assert RunResult.parse((folder / "result.json").read_text()) == remote.result
    assert (folder / "architecture.json").read_bytes() == (
        tmp_path / "local" / "architecture.json"
    ).read_bytes()
    assert weights(folder) == weights(tmp_path / "local")


def timeless(result: RunResult) -> RunResult:
    history = tuple(record.replace(seconds=0) for record in result.history)
    return result.replace(history=history, seconds=0, train_seconds=0)


def weights(folder: Path) -> dict[str, bytes]:
    import h5py

    with zipfile.ZipFile(folder / "model.keras") as archive:
        (folder / "weights.h5").write_bytes(archive.read("model.weights.h5"))
    found: dict[str, bytes] = {}
    with h5py.File(folder / "weights.h5") as file:
        file.visititems(
            lambda name, item: (
                found.update({name: item[()].tobytes()})
                if isinstance(item, h5py.Dataset)
                else None
            )
        )
    assert found
    return found


def own_images(place: Path) -> DatasetSpec:
    rng = np.random.default_rng(5)
    shades = rng.integers(0, 2, 120)
    images = rng.integers(0, 90, (120, 8, 8)) + 120 * shades[:, None, None]
    return from_arrays(images.astype(np.uint8), shades, path=place / "mine.npz")


def every_text(*places: Path) -> Iterator[tuple[str, bytes]]:
    """The content of every file below, of those in archives too."""
    for path in (path for place in places for path in place.rglob("*") if path.is_file()):
        content = path.read_bytes()
        yield str(path), content
        if zipfile.is_zipfile(path):
            yield from in_archive(str(path), content)


def in_archive(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.namelist():
            inner = archive.read(member)
            yield f"{name}!{member}", inner
            if zipfile.is_zipfile(io.BytesIO(inner)):
                yield from in_archive(f"{name}!{member}", inner)


def test_a_remote_sweep_on_one_s_own_data_works_and_tells_no_secret_anywhere(
    scene: Scene, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is written or said is searched for the keys, which are real ones to the servers."""
    caplog.set_level("INFO")
    endpoint = scene.platform.spec(bucket=scene.bucket, keep_objects=True)
    config = SweepConfig(
        dataset=own_images(tmp_path), epochs=1, budget=2, sampler="random",
        space={"batch_size": 16, "n_blocks": 1, "filters": {"low": 4, "high": 8}},
        executor=ExecutorSpec(name="runpod", workers=1, fallback=False, runpod=endpoint),
    )  # fmt: skip
    sweep = Sweep(config, path=tmp_path / "sweeps" / "far").run()

    trials = sweep.record.finished()
    assert [trial.state for trial in trials] == ["completed", "completed"], trials
    for trial in trials:
        folder = sweep.folder.trial(trial.number)
        assert (folder / "model.keras").is_file()
        assert (folder / "log.txt").is_file()
    bucket = scene.place / "s3" / "bucket" / "hpolab"
    assert len(list((bucket / "far").iterdir())) == 2
    assert len(list((bucket / "data").iterdir())) == 1
    assert len(list((scene.place / "cache").glob("sent-*"))) == 1

    write_report(sweep, tmp_path / "report.html")
    export_zip(sweep, tmp_path / "sweep.zip")
    export_csv(sweep, tmp_path / "sweep.csv")
    said = [caplog.text, *map(repr, (s3_settings(), runpod_settings(), config, endpoint))]
    said += [str(s3_settings()), s3_settings().model_dump_json(), repr(S3Store(scene.bucket))]
    said += list(errors_of(scene, tmp_path, config, monkeypatch))
    texts = dict(every_text(tmp_path, scene.place))
    texts |= {f"said {number}": text.encode() for number, text in enumerate(said)}

    assert len(texts) > 30
    for secret in (ACCESS_KEY, SECRET_KEY, KEY):
        assert [name for name, text in texts.items() if secret.encode() in text] == []


def test_the_search_for_secrets_finds_them_in_archives_within_archives(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.txt", f"signed by {SECRET_KEY}")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/model.keras", inner.getvalue())

    found = [name for name, text in every_text(tmp_path) if SECRET_KEY.encode() in text]

    assert found == [f"{tmp_path}/outer.zip!a/model.keras!log.txt"]


def errors_of(
    scene: Scene, tmp_path: Path, config: SweepConfig, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """What is said, causes and all, when a key is refused."""
    parcel = Parcel(key="hpolab/x.zip", sha256="0" * 64, size=1)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY + "x")
    s3_settings.cache_clear()
    with pytest.raises(ObjectError, match="refuses us") as refused:
        S3Store(scene.bucket).download(parcel, tmp_path / "x.zip")
    yield "".join(traceback.format_exception(refused.value))
    monkeypatch.setenv("RUNPOD_API_KEY", KEY + "x")
    runpod_settings.cache_clear()
    with pytest.raises(HpolabError) as unauthorised:
        Sweep(config, path=tmp_path / "sweeps" / "refused").run()
    yield "".join(traceback.format_exception(unauthorised.value))
    monkeypatch.undo()
    s3_settings.cache_clear()
    runpod_settings.cache_clear()


def test_the_trial_s_folder_comes_as_one_object_and_nothing_stays(
    scene: Scene, tmp_path: Path
) -> None:
    order = scene.order(tmp_path, params={"print": "a builder speaks"})

    outcome = scene.outcome(order)

    assert (outcome.submission, outcome.worker, outcome.note) == (order.submission, "pod1", "")
    assert outcome.parcel is not None
    assert outcome.parcel.key == f"{order.key}.zip"
    folder = fetched(scene, outcome, tmp_path / "trials" / "0007")
    assert {path.name for path in folder.iterdir()} == {
        "model.keras", "architecture.json", "diagnostics", "log.txt", "result.json",
    }  # fmt: skip
    assert "a builder speaks" in (folder / "log.txt").read_text()
    assert scene.left_behind() == []
    assert not (order.run.folder / "model.keras").exists()


def test_epochs_are_told_in_order_while_it_trains_and_never_after_its_end(
    scene: Scene, tmp_path: Path
) -> None:
    job = scene.submit(scene.order(tmp_path, params={"sleep": 0.5}, epochs=6))
    seen: list[Progress] = []

    def look(said: Any) -> bool:
        if progress := Progress.of_output(said.get("output")):
            seen.append(progress)
        return said["status"] not in ("IN_QUEUE", "IN_PROGRESS")

    outcome = Outcome.of_output(scene.wait(job, look)["output"])

    assert outcome is not None
    assert [record.epoch for record in outcome.result.history] == [1, 2, 3, 4, 5, 6]
    sequences = [progress.sequence for progress in seen]
    assert sequences == sorted(sequences)
    assert 2 <= len(set(sequences)) <= 6
    for progress in seen:
        assert progress.epochs == outcome.result.history[: len(progress.epochs)]
    assert Outcome.of_output(scene.ask(f"status/{job}")["output"]) == outcome


def test_the_training_process_stays_warm_between_jobs(scene: Scene, tmp_path: Path) -> None:
    scene.outcome(scene.order(tmp_path))
    before = set(scene.training())

    scene.outcome(scene.order(tmp_path))

    assert before
    assert set(scene.training()) == before


def test_cancelling_kills_the_training_at_once_and_the_next_job_is_done(
    scene: Scene, tmp_path: Path
) -> None:
    scene.outcome(scene.order(tmp_path))
    job = scene.submit(scene.order(tmp_path, params={"hang": True}))
    scene.wait(job, lambda said: said["status"] == "IN_PROGRESS" and bool(scene.left_behind()))
    trained = scene.training()

    assert scene.ask(f"cancel/{job}", {})["status"] == "CANCELLED"

    ended = time.monotonic() + SECONDS
    while all(is_alive(pid) for pid in trained):  # the one that hangs is among them
        assert time.monotonic() < ended
        time.sleep(0.05)
    assert scene.outcome(scene.order(tmp_path)).result.state == "completed"
    assert scene.left_behind() == []
    assert scene.ask(f"status/{job}")["status"] == "CANCELLED"


def test_run_that_fails_by_its_own_fault_has_an_outcome(scene: Scene, tmp_path: Path) -> None:
    outcome = scene.outcome(scene.order(tmp_path, params={"error": True}))

    assert outcome.result.state == "failed"
    assert outcome.result.reason == "ValueError: its parameters ask for an error"
    folder = fetched(scene, outcome, tmp_path / "0007")
    assert "Traceback" in (folder / "log.txt").read_text()


def test_training_process_that_dies_fails_the_job_so_that_it_is_tried_again(
    scene: Scene, tmp_path: Path
) -> None:
    said = scene.ended(scene.submit(scene.order(tmp_path, params={"crash": True})))

    assert said["status"] == "FAILED"
    assert "killed by signal 9" in said["error"]
    assert scene.outcome(scene.order(tmp_path)).result.state == "completed"
    assert scene.left_behind() == []


NONSENSE: list[tuple[dict[str, Any], str]] = [
    ({"prompt": "a cat"}, "its input has no `order`"),
    ({"order": {"submission": "x"}}, "order.run: Field required"),
    ({"order": {"submission": "x", "later": 1}}, "order.later: no such setting"),
]


@pytest.mark.parametrize(("given", "why"), NONSENSE)
def test_job_that_makes_no_sense_fails_with_a_sentence(
    scene: Scene, given: dict[str, Any], why: str
) -> None:
    said = scene.ended(scene.submit(given))

    assert said["status"] == "FAILED"
    assert said["error"].startswith("this worker cannot do the job: ")
    assert why in said["error"]


@pytest.mark.parametrize(
    ("faults", "note"),
    [
        (["503", "reset", "500"], ""),
        (["403"], r"cannot be stored: the bucket bucket at http"),
    ],
)
def test_upload_s_faults_are_overcome_or_cost_the_artifacts_alone(
    scene: Scene, tmp_path: Path, faults: list[Any], note: str
) -> None:
    scene.proxy.fail("PUT", *faults)

    outcome = scene.outcome(scene.order(tmp_path))

    assert outcome.result.state == "completed"
    assert (outcome.parcel is None) == bool(note)
    assert note in outcome.note
    assert scene.left_behind() == []


def test_without_a_bucket_there_is_no_parcel_and_nothing_to_complain(
    scene: Scene, tmp_path: Path
) -> None:
    outcome = scene.outcome(scene.order(tmp_path).replace(bucket=None, key=""))

    assert (outcome.parcel, outcome.note) == (None, "")
    assert outcome.result.state == "completed"


def test_worker_that_is_killed_leaves_no_process_and_its_successor_tidies_up(
    scene: Scene, tmp_path: Path
) -> None:
    """Killed alone, its heartbeat and its children left to themselves: as by the memory killer."""
    job = scene.submit(scene.order(tmp_path, params={"hang": True}))
    scene.wait(job, lambda said: said["status"] == "IN_PROGRESS" and bool(scene.left_behind()))
    training = scene.training()
    assert training

    os.kill(scene.pid, 9)

    assert wait_until_gone(training, seconds=SECONDS) == []
    assert not is_alive(scene.pid)
    assert scene.left_behind() != []
    scene.worker.kill()  # its heartbeat
    with sdk_workers(scene.platform, COMMAND, environment={"TMPDIR": str(scene.temporary)}):
        end = time.monotonic() + SECONDS
        while scene.left_behind():
            assert time.monotonic() < end
            time.sleep(0.05)


def handled(worker: Worker, order: Order) -> dict[str, Any]:
    """What the handler answers in this process, without a platform to tell progress to."""
    try:
        return asyncio.run(worker.handle({"id": "here", "input": {"order": order.to_dict()}}))
    finally:
        worker.close()


@pytest.fixture
def keyless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Order]:
    """An order whose artifacts shall go to a bucket, for a worker without keys."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hpolab.executors._runpod_relay._LAST_MESSAGE_SECONDS", 0.1)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    s3_settings.cache_clear()
    spec = RunSpec(
        trial=7, model="cnn", params={}, dataset=DatasetSpec(), epochs=2, folder=tmp_path / "x"
    )
    bucket = Bucket(name="volume", endpoint="https://nowhere.invalid")
    yield Order(submission="abc", run=spec, work=WORK, bucket=bucket, key="hpolab/s/7")
    s3_settings.cache_clear()


def test_worker_without_keys_leaves_the_parcel_on_its_network_volume(
    keyless: Order, tmp_path: Path
) -> None:
    (tmp_path / "volume").mkdir()
    worker = Worker("pod9", place=tmp_path / "place", volume=tmp_path / "volume")

    outcome = Outcome.of_output(handled(worker, keyless))

    assert outcome is not None
    assert outcome.parcel is not None
    file = tmp_path / "volume" / "hpolab" / "s" / "7.zip"
    assert describe(file, outcome.parcel.key) == outcome.parcel
    unpack(file, tmp_path / "0007")
    assert (tmp_path / "0007" / "model.keras").is_file()
    assert list((tmp_path / "place").iterdir()) == []


def test_worker_with_neither_keys_nor_a_volume_says_so_before_it_trains(
    keyless: Order, tmp_path: Path
) -> None:
    worker = Worker("pod9", place=tmp_path / "place", volume=tmp_path / "none")

    answer = handled(worker, keyless)

    assert "neither the keys of one (AWS_ACCESS_KEY_ID" in answer["error"]
    assert not (tmp_path / "place").exists()


def test_data_that_are_not_what_was_sent_fail_the_job(keyless: Order, tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "volume")
    (tmp_path / "file").write_bytes(b"not data")
    sent = store.upload(tmp_path / "file", "hpolab/data/x.zip")
    worker = Worker("pod9", place=tmp_path / "place", volume=tmp_path / "volume")

    with pytest.raises(DataError, match="cannot be unpacked"):
        handled(worker, keyless.replace(data=sent))

    assert list((tmp_path / "place").iterdir()) == []
