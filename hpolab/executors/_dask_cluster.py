"""A cluster as its executor sees it: seats that come and go, and a line that may break."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from hpolab.errors import ExecutorError
from hpolab.executors._dask_items import (
    Broken,
    Counted,
    Failed,
    Fetched,
    Heard,
    Item,
    Joined,
    Left,
    Unfit,
)
from hpolab.executors._dask_link import Link
from hpolab.executors._dask_local import LocalDask
from hpolab.executors._dask_roster import Roster, Seat

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.executors._dask_wire import Order, Parcel, Word
    from hpolab.executors.dask_spec import DaskSpec

__all__ = ["Cluster", "Gone"]

_CONNECT_SECONDS = 10.0
_WORKERS_SECONDS = 120.0
_PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Gone:
    """Workers are lost, with whatever ran there; None for all of them."""

    worker: str | None
    why: str


class Cluster:
    """The scheduler, its workers, and what a person should know about them.

    Args:
        spec: Which cluster.
        gpus: That a run takes, or its share of one; 0 when it trains on what there is.
        limit: At most so many runs at once; None for as many as it has room for.
        local_workers: How many to start when the spec names no cluster.

    Raises:
        ExecutorError: No scheduler answers, no cluster can be started, or its workers cannot
            train; says which, why, and what to do.
    """

    def __init__(
        self, spec: DaskSpec, *, gpus: float, limit: int | None, local_workers: int
    ) -> None:
        self._spec = spec
        self._gpus = gpus
        self.local = None if spec.address else LocalDask(local_workers)
        self.news: deque[str] = deque()
        self._roster = Roster(limit=limit, gpus=gpus, is_local=self.local is not None)
        self._inbox: SimpleQueue[Any] = SimpleQueue()  # Items, and what _return brings
        self._link: Link | None = None
        self._alone_since: float | None = None
        self._is_closed = False
        try:
            self._link = self._connect(self._inbox, _CONNECT_SECONDS)
            self._meet_workers(local_workers if self.local else 0)
        except BaseException:
            self.close("")
            raise

    @property
    def slots(self) -> int:
        """How many runs the workers that are there now can train at once."""
        return self._roster.slots if self._link else 0

    @property
    def topic(self) -> str:
        """Where reports go, as long as this connection lasts."""
        return self._link.topic if self._link else ""

    def free_seat(self) -> Seat | None:
        """One on the worker with the most room; None when there is none."""
        return self._roster.free_seat() if self._link else None

    def submit(self, order: Order, seat: Seat) -> None:
        """Pin a run to the worker of its seat."""
        if self._link is not None:
            self._link.submit(order, seat.worker, gpus=self._gpus)

    def say(self, seat: Seat, word: Word) -> None:
        """Tell the supervisor of the run that has a seat something."""
        if self._link is not None:  # else the run is lost anyway
            self._link.say(seat.key, seat.worker, word)

    def forget(self, key: str) -> None:
        """Let go of a task; it ends, or never begins."""
        if self._link is not None:
            self._link.forget(key)

    def fetch(self, seat: Seat, parcel: Parcel, into: Path) -> None:
        """Have the files of the run that has a seat brought to its folder."""
        if self._link is not None:
            self._link.fetch(seat.key, seat.worker, parcel, into)

    def listen(self, timeout: float) -> Heard | Failed | Fetched | Gone | None:
        """What has happened to the runs, if something does in time.

        Raises:
            ExecutorError: The scheduler stayed away, or every worker, for longer than is waited.
        """
        self._mind_loneliness()
        try:
            item = self._inbox.get(timeout=max(0.0, timeout))
        except Empty:
            return None
        match item:
            case Heard() | Failed() | Fetched():
                return item
            case Left():
                return self._part(item.address)
            case Broken():
                return self._break(item.why)
            case Link():
                self._link = item
                self._tell_of_cluster("is back and ")
            case ExecutorError():
                raise item
            case _:
                self._admit(item)
                if isinstance(item, Unfit | Joined) and (troubles := self._roster.troubles()):
                    self._tell(troubles)
        return None

    def close(self, owner: str) -> None:
        """End what this owner has there, and the cluster too if it was started here."""
        self._is_closed = True
        if self._link is not None:  # first: Dask's client complains of a scheduler that vanishes
            self._link.close(owner, [] if self.local else self._roster.workers)
        if self.local is not None:
            self.local.close()

    def _connect(self, inbox: SimpleQueue[Any], seconds: float) -> Link:
        address = self.local.start() if self.local else self._spec.address
        return Link(str(address), inbox, seconds=seconds)

    def _meet_workers(self, wanted: int) -> None:
        """Get to know the cluster before the first run."""
        end = time.monotonic() + _WORKERS_SECONDS
        is_counted = False
        while not is_counted or self.slots < wanted:
            try:
                item = self._inbox.get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                log = self.local.log_tail() if self.local else ""
                raise ExecutorError(
                    f"only {self.slots} of {wanted} Dask workers came up within "
                    f"{_WORKERS_SECONDS:g} seconds. {log}"
                ) from None
            if isinstance(item, Broken):
                raise ExecutorError(f"the Dask scheduler was lost right away: {item.why}.")
            is_counted = is_counted or isinstance(item, Counted)
            self._admit(item)
        if troubles := self._roster.troubles():
            raise ExecutorError(troubles)
        self._tell_of_cluster()

    def _admit(self, item: Item) -> None:
        match item:
            case Joined():
                self._roster.join(item.address, item.facts)
            case Unfit():
                self._roster.refuse(item.address, item.why)
            case Left():
                self._roster.leave(item.address)

    def _part(self, address: str) -> Gone:
        seats = self._roster.leave(address)
        names = ", ".join(seat.name for seat in seats) or address
        self._tell(f"the Dask worker of {names} is gone; {self.slots} runs at once remain")
        return Gone(address, "was lost: its Dask worker is gone (killed, out of memory, or ended)")

    def _break(self, why: str) -> Gone:
        """Everything there is lost; look for the scheduler in the background."""
        lost, self._link = self._link, None
        self._roster.clear()
        self._inbox = SimpleQueue()  # what the old link still has to say is of no use
        patience = self._spec.patience_seconds
        self._tell(
            f"the Dask scheduler cannot be reached ({why}); it is looked for again, for "
            f"{patience:g} seconds"
        )
        threading.Thread(
            target=self._return, args=(lost, self._inbox), name="hpolab-dask", daemon=True
        ).start()
        return Gone(None, f"was lost with the Dask scheduler ({why})")

    def _return(self, lost: Link | None, inbox: SimpleQueue[Any]) -> None:
        """In a thread of its own: connect again, or say that it is in vain."""
        end = time.monotonic() + self._spec.patience_seconds
        if lost is not None:
            lost.close("", [])
        while not self._is_closed:
            try:
                link = self._connect(inbox, _CONNECT_SECONDS)
            except ExecutorError as error:
                if time.monotonic() > end:
                    inbox.put(error)
                    return
                time.sleep(_PAUSE_SECONDS)
                continue
            inbox.put(link)
            if self._is_closed:  # meanwhile, without knowing of this one
                self.close("")
                link.close("", [])
            return

    def _mind_loneliness(self) -> None:
        """A scheduler without a worker that could train is not waited for without end."""
        if self._link is None or self._roster.slots:
            self._alone_since = None
            return
        now, patience = time.monotonic(), self._spec.patience_seconds
        if self._alone_since is None:
            self._alone_since = now
            self._tell(
                f"the Dask cluster has no worker that could take a run; waiting {patience:g} "
                "seconds for one"
            )
        if now - self._alone_since > patience:
            why = self._roster.troubles() or (
                f"no worker has joined the Dask cluster for {patience:g} seconds; start some "
                f"(`dask worker {self._spec.address}`, or your cluster's scale()), or wait longer "
                "by executor.dask.patience_seconds."
            )
            raise ExecutorError(why)

    def _tell_of_cluster(self, how: str = "") -> None:
        link = self._link
        if link is not None:
            where = "on this machine" if self.local else f"at {self._spec.address}"
            page = f"; its dashboard: {link.dashboard}" if link.dashboard else ""
            self._tell(
                f"the Dask cluster {where} {how}has {len(self._roster)} workers for "
                f"{self.slots} runs at once{page}"
            )

    def _tell(self, sentence: str) -> None:
        if sentence not in self.news:
            self.news.append(sentence)
