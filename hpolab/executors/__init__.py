"""Where trials train: one protocol, an engine a file, one contract suite for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from hpolab.errors import ConfigError, did_you_mean
from hpolab.executors.dask_spec import DaskSpec
from hpolab.executors.executor import HOLD, Executor, Handler, Hold, Verdict
from hpolab.executors.runpod_spec import RunPodSpec
from hpolab.frozen import Frozen
from hpolab.gpus import hand_out, visible_gpus
from hpolab.settings import runpod_settings, settings

__all__ = [
    "HOLD",
    "DaskSpec",
    "Executor",
    "ExecutorSpec",
    "Handler",
    "Hold",
    "RunPodSpec",
    "Verdict",
    "check_executor",
    "make",
]


class ExecutorSpec(Frozen):
    """Which executor, and how large; a plain name will do.

    Attributes:
        name: "process", "inline", "practice" (which looks results up, see hpolab.practice),
            "dask", "runpod", or a factory "module:function" that makes an Executor of this.
        workers: How many trials train at once; None for the machine's setting, or for as many as
            a cluster with an address has room for.
        recycle_after: Runs after which a worker process is replaced by a fresh one.
        memory_limit_mb: Resident memory above which it is replaced earlier; None for no limit.
        silence_limit_seconds: A worker without a sign of life for so long (stopped, or stuck in
            compiled code) is replaced, and its trial tried again; None for no limit.
        epoch_limit_seconds: So is one whose trial takes longer than this to its next epoch, or
            from the last one to its end; None for no limit.
        gpus_per_worker: How many GPUs share every batch of a trial; what is learned does not
            change. Each worker process then sees its own GPUs alone. None, or 0, for what there
            is: one GPU, that all workers share, or the CPU.
        gpu_share: Fraction of one GPU that a worker gets, in (0, 1]: 0.25 puts four workers on
            each. None for no limit.
        fallback: Train on this machine instead when other machines cannot be used, or no longer.
        dask: Which Dask cluster; None for one of processes on this machine.
        runpod: Which endpoint of RunPod, for the executor of that name; None for the machine's
            usual one (RUNPOD_ENDPOINT_ID).
    """

    name: str = "process"
    workers: int | None = Field(default=None, ge=1)
    recycle_after: int = Field(default=25, ge=1)
    memory_limit_mb: int | None = Field(default=None, ge=1)
    silence_limit_seconds: float | None = Field(default=600.0, gt=0)
    epoch_limit_seconds: float | None = Field(default=None, gt=0)
    gpus_per_worker: int | None = Field(default=None, ge=0)
    gpu_share: float | None = Field(default=None, gt=0, le=1)
    fallback: bool = True
    dask: DaskSpec | None = None
    runpod: RunPodSpec | None = None

    @classmethod
    def parse(cls, data: Mapping[str, Any] | str | bytes, *, at: str = "") -> Self:
        """Like every record's, and from the plain name of an executor.

        Raises:
            ConfigError: A field breaks its rule; names the field.
        """
        if isinstance(data, str) and not data.lstrip().startswith("{"):
            data = {"name": data}
        return super().parse(data, at=at)

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, data: Any) -> Any:
        if isinstance(data, str):
            data = {"name": data}
        is_open = isinstance(data, Mapping) and data.get("name") == "runpod"
        if is_open and data.get("runpod") is None and (usual := runpod_settings().endpoint_id):
            data = {**data, "runpod": {"endpoint": usual}}
        return data

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in _FACTORIES and ":" not in name:
            known = did_you_mean(name, _FACTORIES)
            raise ConfigError(f'no such executor; {known} Or your own, as "module:function".')
        return name

    @model_validator(mode="after")
    def _inline_is_one(self) -> Self:
        if self.name in _ONE_AT_A_TIME and self.workers not in (None, 1):
            raise ConfigError(
                f"{self.name} trains one trial at a time; leave it out, or use process.",
                field="workers",
            )
        return self

    @model_validator(mode="after")
    def _options_of_the_other(self) -> Self:
        for engine in ("dask", "runpod"):
            if getattr(self, engine) is None or self.name == engine:
                continue
            if self.name in _FACTORIES:
                raise ConfigError(
                    f"these are settings of the executor {engine}, but this one is {self.name}; "
                    f"say name: {engine}, or leave them out.",
                    field=engine,
                )
        if self.name == "runpod" and self.runpod is None:
            raise ConfigError(
                "name the endpoint whose workers train: executor.runpod.endpoint, or "
                "RUNPOD_ENDPOINT_ID in the environment.",
                field="runpod",
            )
        if self.runpod is not None and (self.workers or 1) > _MOST_JOBS:
            raise ConfigError(f"at most {_MOST_JOBS} jobs are in flight at once.", field="workers")
        return self

    @model_validator(mode="after")
    def _share_of_one(self) -> Self:
        if self.gpu_share is not None and (self.gpus_per_worker or 1) > 1:
            raise ConfigError(
                f"it is a share of one GPU, but each worker is to have {self.gpus_per_worker}; "
                "leave one of both out.",
                field="gpu_share",
            )
        return self

    @property
    def gpus(self) -> int:
        """GPUs that a trial asks for; 0 when it trains on what there is."""
        return self.gpus_per_worker or int(self.gpu_share is not None)

    @property
    def slots(self) -> int:
        """How many trials train at once; fewer where there are not GPUs enough for so many."""
        if self.runpod is not None:
            return self.workers or _JOBS
        return 1 if self.name in _ONE_AT_A_TIME else self.workers or settings().workers

    @property
    def takes_cores(self) -> bool:
        """Whether its runs count among those that share the machine's cores.

        Those on a cluster with an address do not, wherever its workers are: it has a scheduler
        that shares out its own.
        """
        is_elsewhere = self.runpod or (self.dask and self.dask.address)
        return self.name != "practice" and not is_elsewhere


def check_executor(spec: ExecutorSpec) -> None:
    """Refuse an executor that cannot be made, before anything starts.

    Raises:
        ConfigError: There is no such factory, what it needs is not installed, or this machine
            has too few GPUs.
        ExecutorError: Nobody can say which GPUs it has.
    """
    try:
        _factory(spec.name)
    except ConfigError as error:
        raise error.below("name") from error
    if spec.name == "dask" and find_spec("distributed") is None:
        raise ConfigError("dask is not installed here: pip install 'hpolab[dask]'.", field="name")
    if spec.name in ("process", "inline"):
        _gpus_of_workers(spec)


def make(spec: ExecutorSpec) -> Executor:
    """The executor that the spec names, started.

    Raises:
        ConfigError: There is no such factory, or this machine has too few GPUs.
        ExecutorError: Nobody can say which GPUs it has.
    """
    factory = _factory(spec.name)
    if spec.name not in _ELSEWHERE or not spec.fallback:
        return factory(spec)
    from hpolab.executors.fallback import FallbackExecutor

    # at home it trains on what there is
    elsewhere = dict.fromkeys(("workers", "dask", "runpod", "gpus_per_worker", "gpu_share"))
    home = spec.replace(name="process", **elsewhere)
    return FallbackExecutor(
        lambda: factory(spec), lambda: _process(home), takes_cores=spec.takes_cores
    )


def _factory(name: str) -> Callable[[ExecutorSpec], Executor]:
    if name in _FACTORIES:
        return _FACTORIES[name]
    from hpolab.named import find_function

    factory: Callable[[ExecutorSpec], Executor] = find_function(name)
    return factory


def _gpus_of_workers(spec: ExecutorSpec) -> list[str]:
    """What CUDA shall show to each worker; empty when GPUs are not asked for."""
    if not spec.gpus:
        return []
    return hand_out(
        visible_gpus(),
        workers=1 if spec.name in _ONE_AT_A_TIME else spec.workers,
        at_most=spec.slots,
        per_worker=spec.gpus,
        share=spec.gpu_share,
    )


def _process(spec: ExecutorSpec) -> Executor:
    from hpolab.executors.process import ProcessExecutor

    megabytes = spec.memory_limit_mb
    gpus = _gpus_of_workers(spec)
    return ProcessExecutor(
        workers=len(gpus) or spec.slots,
        gpus=gpus,
        recycle_after=spec.recycle_after,
        memory_limit_bytes=megabytes and megabytes * 2**20,
        silence_limit_seconds=spec.silence_limit_seconds,
        epoch_limit_seconds=spec.epoch_limit_seconds,
    )


def _inline(spec: ExecutorSpec) -> Executor:  # noqa: ARG001
    from hpolab.executors.inline import InlineExecutor

    return InlineExecutor()


def _practice(spec: ExecutorSpec) -> Executor:  # noqa: ARG001
    from hpolab.executors.inline import InlineExecutor

    return InlineExecutor(work="hpolab.practice.lookup:train_run")


def _runpod(spec: ExecutorSpec) -> Executor:
    from hpolab.executors.runpod import RunPodExecutor

    assert spec.runpod is not None
    return RunPodExecutor(spec.runpod, slots=spec.slots)


def _dask(spec: ExecutorSpec) -> Executor:
    from hpolab.executors.dask import DaskExecutor

    return DaskExecutor(spec)


_ONE_AT_A_TIME = ("inline", "practice")

_FACTORIES: dict[str, Callable[[ExecutorSpec], Executor]] = {
    "dask": _dask,
    "inline": _inline,
    "practice": _practice,
    "process": _process,
    "runpod": _runpod,
}

_ELSEWHERE = ("dask", "runpod")
"""Executors that may have to come home."""

_JOBS = 3
"""Jobs of an endpoint at once when a config does not say: as many workers as it has by itself."""

_MOST_JOBS = 64
