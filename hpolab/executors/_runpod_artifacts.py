"""What travels beside a job: its data to the worker, and the parcel of what it trained back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpolab.executors.runpod_spec import RunPodSpec
    from hpolab.executors.runpod_wire import Order, Outcome

__all__ = ["Carrier"]


class Carrier:
    """Fetches parcels and puts them in their trials' places; used by many threads.

    Args:
        spec: Names the bucket.
        say: Takes what a person should know, in sentences.
    """

    def __init__(self, spec: RunPodSpec, say: Callable[[str], None]) -> None:
        self._spec = spec
        self._say = say

    def prepare(self, order: Order) -> Order:
        """The order with the place where its artifacts shall go."""
        if order.bucket is None:
            return order
        run = order.run
        sweep = run.folder.parent.parent.name
        key = f"{order.bucket.prefix}/{sweep}/{run.trial:04d}-{run.attempt}"
        return order.replace(key=key)

    def fetch(self, order: Order, outcome: Outcome) -> Outcome:
        """The outcome with the artifacts that have come, in their place.

        Whatever goes wrong costs the artifacts alone; the result then says so as its reason.
        """
        result = outcome.result
        if outcome.parcel is None:
            missing = outcome.note if result.artifacts else ""
        else:
            missing = self._place(order, outcome)
            if not missing:
                return outcome
        if missing:
            missing = f"its artifacts are missing: {missing}"
            self._say(f"trial {order.run.trial} keeps its metrics, but {missing}")
        result = result.replace(artifacts=(), reason=result.reason or missing)
        return outcome.replace(result=result)

    def _place(self, order: Order, outcome: Outcome) -> str:
        """Fetch and unpack; in words what went wrong."""
        return "not yet"
