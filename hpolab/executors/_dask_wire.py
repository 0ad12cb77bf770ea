"""What crosses between a coordinator and the supervisors on a Dask cluster, all of it as JSON.

To a supervisor go one Order, and then Words; from it come Reports. Facts are what a Dask worker
tells of itself before it is given anything.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from hpolab.events import EpochEnded, RunEnded, RunLost, RunStarted
from hpolab.executors import ExecutorSpec
from hpolab.frozen import Frozen
from hpolab.trial import RunSpec, Stop

__all__ = ["Facts", "Order", "Parcel", "Report", "Word"]


class Order(Frozen):
    """A run for one supervisor.

    Attributes:
        key: Of the Dask task, one for each submission.
        owner: The executor that orders; its supervisors' warm processes are for it alone.
        topic: Where Reports go, a topic of Dask's events.
        pool: What the supervisor trains with: an executor of its own, of one worker.
        probe: A file in the run's folder; a worker that does not see it has the run's files
            fetched. None when all share the file system.
        run: What to train.
    """

    key: str
    owner: str
    topic: str
    pool: ExecutorSpec
    probe: Path | None
    run: RunSpec


class Word(Frozen):
    """What a supervisor is told about its run.

    Attributes:
        kind: "answer" is the verdict on an epoch, "cancel" ends the run, by force after the
            grace, and "drop" ends it at once without a further report.
        epoch: The one that an answer is about.
        stop: The end that is wished; an answer without one lets the run go on.
        grace_seconds: How long a cancelled run has to end by itself.
    """

    kind: Literal["answer", "cancel", "drop"]
    epoch: int = 0
    stop: Stop | None = None
    grace_seconds: float = Field(default=0.0, ge=0)


class Parcel(Frozen):
    """The files of a run whose worker does not see the sweep's folder, as one ZIP.

    Attributes:
        n_bytes: Its size.
        sha256: Its checksum, in hexadecimal digits.
    """

    n_bytes: int = Field(ge=0)
    sha256: str


class Report(Frozen):
    """What a supervisor tells; the first, with nothing in it, says that it has the run.

    Attributes:
        key: Of its task.
        execution: Made up anew by every execution of the task, of which Dask may start a second.
        event: What happened to the run.
        parcel: What its worker keeps until it was fetched; None when the files are in place.
        error: Why nothing can be trained there; empty when it can.
    """

    key: str
    execution: str
    event: (
        Annotated[RunStarted | EpochEnded | RunEnded | RunLost, Field(discriminator="kind")] | None
    ) = None
    parcel: Parcel | None = None
    error: str = ""


class Facts(Frozen):
    """What a Dask worker is, and has.

    Attributes:
        host: The name of its machine.
        threads: How many tasks it carries out at once.
        gpus: The amount of its resource "GPU".
        versions: By name, of Python and of the packages that must agree.
    """

    host: str
    threads: int = Field(ge=1)
    gpus: float = 0.0
    versions: dict[str, str]
