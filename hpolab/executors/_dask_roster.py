"""Who of a Dask cluster can train, and the seats that its workers offer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpolab.executors._dask_versions import differences, versions

if TYPE_CHECKING:
    from hpolab.executors._dask_wire import Facts

__all__ = ["Roster", "Seat"]


@dataclass
class Seat:
    """Room for one run on a Dask worker.

    Attributes:
        name: What people call it.
        worker: The worker's address.
        key: Of the task that has the seat; empty when it is free.
    """

    name: str
    worker: str
    key: str = ""


class Roster:
    """The workers of a cluster.

    Args:
        limit: At most so many runs at once; None for as many as there are seats.
        gpus: That a run takes of the "GPU" resource of its worker, or its share of one; 0 when
            runs are counted by threads alone.
        is_local: Whether all of it is on this machine, so that no seat needs to say where it is.
    """

    def __init__(self, *, limit: int | None, gpus: float, is_local: bool) -> None:
        self._limit = limit
        self._gpus = gpus
        self._is_local = is_local
        self._facts: dict[str, Facts] = {}
        self._seats: list[Seat] = []
        self._unfit: dict[str, str] = {}

    def __len__(self) -> int:
        """How many workers there are, whether they can train or not."""
        return len(self._facts) + len(self._unfit)

    @property
    def workers(self) -> list[str]:
        """The addresses of those that can train."""
        return sorted({seat.worker for seat in self._seats})

    @property
    def slots(self) -> int:
        """How many runs may train at once."""
        return min(self._limit or len(self._seats), len(self._seats))

    def join(self, address: str, facts: Facts) -> None:
        """Offer the seats of a worker, if it has what a run needs."""
        self._facts[address] = facts
        if differences(versions(), {address: facts.versions}):
            return
        count = facts.threads
        if self._gpus:
            # all runs of a Dask worker see its first GPUs: one at a time, or as many as share one
            usable = min(facts.gpus, max(self._gpus, 1))
            count = min(count, int(usable / self._gpus + 1e-9))
        taken = {seat.name for seat in self._seats}
        place = "" if self._is_local else f"@{facts.host}"
        names = (name for n in range(1, 10**6) if (name := f"w{n}{place}") not in taken)
        self._seats += [Seat(name, address) for name, _ in zip(names, range(count), strict=False)]

    def refuse(self, address: str, why: str) -> None:
        """Note a worker that cannot say what it has."""
        self._unfit[address] = why

    def leave(self, address: str) -> list[Seat]:
        """A worker is gone; the seats it had."""
        self._facts.pop(address, None)
        self._unfit.pop(address, None)
        gone = [seat for seat in self._seats if seat.worker == address]
        self._seats = [seat for seat in self._seats if seat.worker != address]
        return gone

    def clear(self) -> None:
        """Nobody is there any more."""
        self._facts.clear()
        self._unfit.clear()
        self._seats.clear()

    def free_seat(self) -> Seat | None:
        """One on the worker with the most room; None when all that may be taken are."""
        free = [seat for seat in self._seats if not seat.key]
        if len(self._seats) - len(free) >= self.slots:
            return None
        room = {seat.worker: 0 for seat in free}
        for seat in free:
            room[seat.worker] += 1
        return max(free, key=lambda seat: room[seat.worker])

    def troubles(self) -> str:
        """Which workers cannot train, why, and what to do; empty when all can."""
        found = []
        names = {address: f"{facts.host} ({address})" for address, facts in self._facts.items()}
        theirs = {names[address]: facts.versions for address, facts in self._facts.items()}
        if different := differences(versions(), theirs):
            found.append(
                f"the cluster runs on other software: {different}. Install the same versions "
                "there, such as with the same constraints file or image."
            )
        for address, why in self._unfit.items():
            found.append(
                f"the Dask worker {address} cannot run hpolab ({why}); install it there: "
                "pip install 'hpolab[dask]'."
            )
        if self._gpus and self._facts and not self._seats and not found:
            found.append(
                f"none of the {len(self._facts)} Dask workers has {self._gpus:g} of the resource "
                f'GPU; start each with `dask worker --resources "GPU={math.ceil(self._gpus)}"`, '
                "or leave gpus_per_worker and gpu_share out."
            )
        return " ".join(found)
