"""What a run is trained on and in what it computes, and the network and its trainer made there."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import tensorflow as tf

from hpolab.errors import ConfigError
from hpolab.gpus import memory_limit_mb, shortage, visible_gpus
from hpolab.training.loop import Trainer
from hpolab.training.mirrored import MirroredTrainer, why_not_divided
from hpolab.training.precision import LossScale, choose, computing_in, keep_answers_exact

if TYPE_CHECKING:
    from collections.abc import Callable

    import keras

    from hpolab.training.loop import Examples
    from hpolab.training.optimizers import TrainingPlan
    from hpolab.trial import RunSpec

__all__ = ["Place", "prepare_place"]

DIVIDED_OVER = "GPU"
"""The kind of devices that share a batch; tests take the parts of a CPU."""

THREADS_PER_DEVICE = 2

_log = logging.getLogger(__name__)


class Place(NamedTuple):
    """Where a run is trained.

    Attributes:
        devices: "CPU", or the name of each GPU.
        precision: "float32", "bfloat16" or "float16".
        remarks: Sentences on both that a person should know.
        strategy: What divides every batch; None on one device.
    """

    devices: tuple[str, ...]
    precision: str
    remarks: tuple[str, ...] = ()
    strategy: Any = None

    def built(self, build: Callable[[], keras.Model]) -> tuple[keras.Model, Place]:
        """A network made for this place, and the place: the first device of it, if need be.

        Args:
            build: Makes the network, the same one when it is called again.
        """
        model = self._build(build)
        why = why_not_divided(model) if self.strategy is not None else ""
        if not why:
            return model, self
        remark = f"it was trained on one of {len(self.devices)} GPUs, because {why}"
        alone = self._replace(
            devices=self.devices[:1], strategy=None, remarks=(*self.remarks, remark)
        )
        return alone._build(build), alone

    def trainer(
        self, model: keras.Model, train: Examples, plan: TrainingPlan, *, seed: int
    ) -> Trainer:
        """What trains a network that was built here."""
        with self._scope():
            loss_scale = LossScale() if self.precision == "float16" else None
        if self.strategy is None:
            return Trainer(model, train, plan, seed=seed, loss_scale=loss_scale)
        return MirroredTrainer(
            model, train, plan, seed=seed, strategy=self.strategy, loss_scale=loss_scale
        )

    def told(self) -> dict[str, Any]:
        """What a result says of it."""
        return {name: getattr(self, name) for name in ("devices", "precision", "remarks")}

    def _build(self, build: Callable[[], keras.Model]) -> keras.Model:
        with self._scope(), computing_in(self.precision):
            model = build()
        if self.precision != "float32":
            keep_answers_exact(model)
        return model

    def _scope(self) -> Any:
        return nullcontext() if self.strategy is None else self.strategy.scope()


def prepare_place(spec: RunSpec, *, batch_size: int) -> Place:
    """The devices that a run asks for, and what it computes in there.

    Raises:
        ConfigError: TensorFlow sees fewer GPUs here than asked, or a share is too small.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if spec.gpu_share is not None:
        _limit_memory(gpus, spec.gpu_share)
    if spec.gpus > 1:
        _let_them_work_side_by_side(spec.gpus)
    chosen = _logical_devices()[: spec.gpus] if spec.gpus else []
    if len(chosen) < spec.gpus:
        raise ConfigError(_too_few(spec.gpus, len(chosen)))
    remarks = []
    if 1 < len(chosen) > batch_size:
        remarks.append(f"it was trained on one of {len(chosen)} GPUs: its batch has {batch_size}")
        chosen = chosen[:1]
    used = [tf.config.experimental.get_device_details(gpu) for gpu in gpus[: len(chosen) or 1]]
    capabilities = [told.get("compute_capability") or (0, 0) for told in used]
    precision = choose(spec.precision, capabilities)
    return Place(
        devices=tuple(told.get("device_name", "GPU") for told in used)
        or ("CPU",) * (len(chosen) or 1),
        precision=precision.dtype,
        remarks=(*remarks, *filter(None, [precision.remark])),
        strategy=_strategy(tuple(chosen)) if len(chosen) > 1 else None,
    )


def _let_them_work_side_by_side(devices: int) -> None:
    """Give every device threads of its own: with one for all they would take turns.

    Sums within an operation stay with one thread, in one order.
    """
    threading = tf.config.threading
    wanted = THREADS_PER_DEVICE * devices
    try:
        threading.set_inter_op_parallelism_threads(wanted)
    except RuntimeError:
        if 0 < threading.get_inter_op_parallelism_threads() < wanted:
            _log.warning("TensorFlow is running already, with fewer threads than its GPUs need")


def _logical_devices() -> list[str]:
    """The GPUs by TensorFlow's names, which wakes its runtime."""
    return [device.name for device in tf.config.list_logical_devices(DIVIDED_OVER)]


@cache
def _strategy(devices: tuple[str, ...]) -> Any:
    """What divides batches among devices: one for all runs of a process.

    GPUs that have once met as a group for their sums (NCCL) cannot do so as another one. The
    parts of a CPU add up in one place, without such groups.
    """
    in_one_place = tf.distribute.ReductionToOneDevice() if "CPU" in devices[0] else None
    return tf.distribute.MirroredStrategy(devices, cross_device_ops=in_one_place)


def _limit_memory(gpus: list[Any], share: float) -> None:
    """Take no more than a share of the first GPU: the only one that a worker of ours sees.

    It holds from the first use of a GPU in this process on.
    """
    known = visible_gpus()
    if not gpus or not known:
        raise ConfigError(_too_few(1, min(len(gpus), len(known))))
    limit = tf.config.LogicalDeviceConfiguration(memory_limit=memory_limit_mb(known[0], share))
    try:
        tf.config.set_logical_device_configuration(gpus[0], [limit])
    except RuntimeError:
        _log.warning("TensorFlow is running already; it goes on without another limit of memory")


def _too_few(asked: int, there: int) -> str:
    return (
        f"{shortage(asked, there)} Where nvidia-smi shows more of them, TensorFlow is without its "
        "CUDA libraries: pip install 'tensorflow[and-cuda]'."
    )
