"""What a RunPod worker runs, ``python -m hpolab.runpod_handler``: a job comes, its outcome goes.

The handler is a coroutine and training is a child process, so that the SDK's heartbeat and its ear
for cancellations stay free and a cancelled run ends at once.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab.data import travel
from hpolab.errors import ConfigError, HpolabError
from hpolab.executors._runpod_relay import relay
from hpolab.executors._runpod_training import Trainer
from hpolab.executors.runpod_wire import Order, Outcome
from hpolab.settings import s3_settings
from hpolab.storage import parcel
from hpolab.storage.files import write_json
from hpolab.storage.objects import FolderStore
from hpolab.storage.s3 import S3Store

if TYPE_CHECKING:
    from hpolab.storage.objects import ObjectStore, Parcel
    from hpolab.trial import RunResult, RunSpec

__all__ = ["VOLUME", "Worker", "main"]

VOLUME = Path("/runpod-volume")
"""Where RunPod mounts the network volume that an endpoint may have; S3 shows it as a bucket."""

_PLACE = Path(tempfile.gettempdir()) / "hpolab-runpod"


class Worker:
    """Does one job at a time, and leaves nothing of it on the disk but the data it was sent.

    Args:
        name: What the platform calls it.
        place: Where runs write while they train; what dead processes left there is removed.
        volume: The network volume, used by a worker that was given no keys for the bucket.
    """

    def __init__(self, name: str, *, place: Path = _PLACE, volume: Path = VOLUME) -> None:
        self._name = name
        self._place = place
        self._volume = volume
        self._trainer = Trainer()
        _remove_orphans(place)

    def warm_up(self, concurrency: int) -> int:
        """Let the training process start while there is no job yet; changes no concurrency.

        The SDK asks this before each job. By then its heartbeat has been forked off, which would
        else keep our ends of the pipes open, and so the training alive, when this process dies.
        """
        self._trainer.warm_up()
        return concurrency

    async def handle(self, job: dict[str, Any]) -> dict[str, Any]:
        """The job's outcome, or ``{"error": sentence}`` for a job that makes no sense here.

        A run that fails by its own fault has an outcome as well.

        Raises:
            HpolabError: This worker could not do it, but another one or a later try may.
        """
        try:
            order = _order(job.get("input"))
            store = self._store(order)
        except ConfigError as error:
            return {"error": f"this worker cannot do the job: {error}"}
        with self._folder() as folder:
            spec = order.run.replace(folder=folder / f"{order.run.trial:04d}")
            spec = await _with_data(spec, order, store)
            async with relay(job, submission=order.submission, worker=self._name) as tell:
                result = await self._trainer.train(spec, order.work, tell)
            outcome = Outcome(submission=order.submission, worker=self._name, result=result)
            if store is not None:
                outcome = await _send(outcome, spec.folder, store, f"{order.key}.zip")
        return outcome.to_output()

    def close(self) -> None:
        """End the training process."""
        self._trainer.close()

    def _store(self, order: Order) -> ObjectStore | None:
        """Where the artifacts go, and where the data come from; None for nowhere.

        Raises:
            ConfigError: They have to go somewhere, and this worker has neither keys nor a volume.
        """
        if order.bucket is None:
            return None
        if s3_settings().access_key_id is not None:
            return S3Store(order.bucket)
        if self._volume.is_dir():
            return FolderStore(self._volume)
        raise ConfigError(
            "its artifacts shall go to a bucket, but the endpoint has neither the keys of one "
            "(AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to be set as its environment "
            "variables) nor a network volume."
        )

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        """A folder for one job, named after this process."""
        self._place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=self._place, prefix=f"{os.getpid()}-", ignore_cleanup_errors=True
        ) as folder:
            yield Path(folder)


def main() -> None:
    """Take jobs until the platform stops this worker.

    Raises:
        ConfigError: The SDK is not installed.
    """
    try:
        import runpod
    except ImportError as error:
        raise ConfigError(
            "a worker needs RunPod's SDK; install it with pip install 'hpolab[runpod]'."
        ) from error
    worker = Worker(os.environ.get("RUNPOD_POD_ID", "local"))
    try:
        runpod.serverless.start({"handler": worker.handle, "concurrency_modifier": worker.warm_up})
    finally:
        worker.close()


def _order(given: Any) -> Order:
    """What a job's input asks for.

    Raises:
        ConfigError: It is no order, or one that cannot be carried out.
    """
    order = given.get("order") if isinstance(given, dict) else None
    if not isinstance(order, dict):
        raise ConfigError("its input has no `order`; hpolab's coordinator sends one.")
    parsed = Order.parse(order, at="order")
    if parsed.bucket is None and parsed.data is not None:
        raise ConfigError("its data are in a bucket, but it names none.", field="order.bucket")
    if parsed.bucket is not None and not parsed.key:
        raise ConfigError("its artifacts need a name in the bucket.", field="order.key")
    return parsed


async def _with_data(spec: RunSpec, order: Order, store: ObjectStore | None) -> RunSpec:
    """The run with data that this machine has: those it was sent, or those it knows by name."""
    dataset = spec.dataset.replace(directory=None)
    if order.data is not None and store is not None:
        path = await asyncio.to_thread(travel.receive, order.data, spec.fingerprint, store)
        dataset = dataset.replace(path=path)
    return spec.replace(dataset=dataset)


async def _send(outcome: Outcome, folder: Path, store: ObjectStore, key: str) -> Outcome:
    """Leave the trial's folder in the store; metrics are worth telling without it too."""
    try:
        sent = await asyncio.to_thread(_pack_and_upload, outcome.result, folder, store, key)
    except (HpolabError, OSError) as error:
        return outcome.replace(note=str(error))
    return outcome.replace(parcel=sent)


def _pack_and_upload(result: RunResult, folder: Path, store: ObjectStore, key: str) -> Parcel:
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "result.json", result.to_dict())
    file = folder.with_suffix(".zip")
    parcel.pack(folder, file)
    return store.upload(file, key)


def _remove_orphans(place: Path) -> None:
    """Remove what processes that were killed have left; none of ours can be there yet."""
    if not place.is_dir():
        return
    for folder in place.iterdir():
        owner = folder.name.partition("-")[0]
        if owner == str(os.getpid()) or not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
