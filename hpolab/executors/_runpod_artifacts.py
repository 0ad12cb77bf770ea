"""What travels beside a job: its data to the worker, and the parcel of what it trained back."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.errors import HpolabError
from hpolab.executors._runpod_client import EndpointError
from hpolab.storage import parcel
from hpolab.storage.s3 import S3Store

if TYPE_CHECKING:
    from hpolab.executors.runpod_spec import RunPodSpec
    from hpolab.executors.runpod_wire import Order, Outcome
    from hpolab.storage.objects import Parcel

__all__ = ["Carrier"]

_AT_ONCE = 4
"""Parcels that are fetched at the same time."""


class Carrier:
    """Fetches parcels and puts them in their trials' places; used by many threads.

    Args:
        spec: Names the bucket.
        say: Takes what a person should know, in sentences.
    """

    def __init__(self, spec: RunPodSpec, say: Callable[[str], None]) -> None:
        self._spec = spec
        self._say = say
        self._few = threading.Semaphore(_AT_ONCE)
        self._sending = threading.Lock()
        self._sent: dict[str, Parcel] = {}

    def prepare(self, order: Order) -> Order:
        """The order with the place of its artifacts, and of data that workers cannot find.

        Raises:
            HpolabError: The data cannot be read or stored.
        """
        from hpolab.data import travel

        bucket, run = order.bucket, order.run
        is_found = travel.is_found_by_name(run.dataset)
        if bucket is None:
            if is_found:
                return order
            raise EndpointError(
                "workers cannot find these data by their name, and no bucket is set that they "
                "could be fetched from; set executor.runpod.bucket."
            )
        sweep = run.folder.parent.parent.name
        order = order.replace(key=f"{bucket.prefix}/{sweep}/{run.trial:04d}-{run.attempt}")
        if is_found:
            return order
        with self._sending:
            if run.fingerprint not in self._sent:
                sent = travel.send(run.dataset, S3Store(bucket), f"{bucket.prefix}/data")
                self._sent[run.fingerprint] = sent
        return order.replace(data=self._sent[run.fingerprint])

    def fetch(self, order: Order, outcome: Outcome) -> Outcome:
        """The outcome with the artifacts that have come, in their place.

        Whatever goes wrong costs the artifacts alone; the result then says so as its reason.
        """
        result = outcome.result
        if not result.artifacts and outcome.parcel is None:
            return outcome
        if outcome.parcel is not None:
            missing = self._place(order, outcome)
        else:
            missing = outcome.note or "no bucket is set for them (executor.runpod.bucket)"
        if not missing:
            return outcome
        missing = f"its artifacts are missing: {missing}"
        if order.bucket is not None:  # else it was said at the start, for all trials
            self._say(f"trial {order.run.trial} keeps its metrics, but {missing}")
        result = result.replace(artifacts=(), reason=result.reason or missing)
        return outcome.replace(result=result)

    def _place(self, order: Order, outcome: Outcome) -> str:
        """Fetch and unpack; in words what went wrong."""
        assert outcome.parcel is not None
        if order.bucket is None or not outcome.parcel.key.startswith(order.key):
            return f"its worker left them where nobody asked it to: {outcome.parcel.key!r}"
        if outcome.parcel.size > parcel.MAX_BYTES:
            return f"{outcome.parcel.size:,} bytes are more than the {parcel.MAX_BYTES:,} allowed"
        try:
            with self._few, tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "parcel.zip"
                S3Store(order.bucket).download(outcome.parcel, file)
                parcel.unpack(file, order.run.folder)
        except (HpolabError, OSError) as error:
            return str(error)
        self._clear(order, outcome.parcel.key)
        there = [name for name in outcome.result.artifacts if (order.run.folder / name).is_file()]
        lacking = sorted(set(outcome.result.artifacts) - set(there))
        return f"its parcel lacks {', '.join(lacking)}" if lacking else ""

    def _clear(self, order: Order, key: str) -> None:
        """Remove what has been fetched, unless it shall stay; one that stays costs a word."""
        if self._spec.keep_objects or order.bucket is None:
            return
        try:
            S3Store(order.bucket).delete(key)
        except HpolabError as error:
            self._say(f"trial {order.run.trial}: {error}")
