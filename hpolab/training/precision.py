"""Computing in 16 bits where a GPU gains from it: in which, and what stays in 32.

Weights stay float32 and are computed with in 16 bits (Micikevicius et al. 2018, Mixed Precision
Training): tensor cores are several times as fast at that. CPUs as ours are not, they are slower.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import keras
import tensorflow as tf

from hpolab.gpus import GAINS_FROM
from hpolab.training.optimizers import dense

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hpolab.trial import Precision

__all__ = ["Chosen", "LossScale", "choose", "computing_in", "keep_answers_exact"]


class Chosen(NamedTuple):
    """What a run computes in.

    Attributes:
        dtype: "float32", "bfloat16" or "float16".
        remark: What should be told about that; empty when it is as one would expect.
    """

    dtype: str
    remark: str = ""


def choose(asked: Precision, capabilities: Sequence[tuple[int, int]]) -> Chosen:
    """What to compute in.

    Args:
        asked: "auto" takes the best that all the GPUs gain from, and float32 where there is none.
        capabilities: Compute capability of each GPU that is used; none for a CPU.
    """
    slowest = min(capabilities, default=(0, 0))
    if asked == "auto":
        fitting = (dtype for dtype, least in GAINS_FROM.items() if slowest >= least)
        return Chosen(next(fitting, "float32"))
    if asked == "float32" or slowest >= GAINS_FROM[asked]:
        return Chosen(asked)
    where = "a CPU" if not capabilities else f"a GPU of compute capability {_dotted(slowest)}"
    least = _dotted(GAINS_FROM[asked])
    return Chosen(
        asked,
        f"it was trained in {asked} as asked, on {where} that does not gain from it (GPUs of "
        f"compute capability {least} do); float32, or auto, would have been faster",
    )


def _dotted(capability: tuple[int, int]) -> str:
    return "{}.{}".format(*capability)


@contextmanager
def computing_in(dtype: str) -> Iterator[None]:
    """Layers made meanwhile compute in this type, and keep their weights in float32."""
    if dtype == "float32":
        yield
        return
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(f"mixed_{dtype}")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def keep_answers_exact(model: keras.Model) -> None:
    """Have the last layer, which gives probabilities, computed in float32 whatever the others do.

    In 16 bits a probability below 6e-8 is zero, and the sum of many is not one.
    """
    last = model.outputs[0]._keras_history.operation
    if last.compute_dtype != "float32" and not isinstance(last, keras.Model):
        last.dtype_policy = "float32"


class LossScale:
    """Keeps small gradients from vanishing in float16: the loss is made larger, then they smaller.

    The factor is halved, and the step left out, when a gradient is not finite; it is doubled
    after 2,000 good steps (Micikevicius et al. 2018, section 3.2, with Keras' own numbers).
    """

    FIRST = 2.0**15
    GOOD_STEPS = 2000

    def __init__(self) -> None:
        """Begin with the first factor."""
        self.factor = tf.Variable(self.FIRST, trainable=False)
        self._good = tf.Variable(0, trainable=False)

    def apply(self, optimizer: Any, gradients: list[Any], rate: Any) -> None:
        """Take one step along gradients of a loss times the factor, if they are finite."""
        factor = self.factor.read_value()
        true = [None if gradient is None else dense(gradient) / factor for gradient in gradients]
        finite = [tf.reduce_all(tf.math.is_finite(each)) for each in true if each is not None]

        def step() -> Any:
            optimizer.apply(true, rate)
            good = self._good.read_value() + 1
            is_time = good >= self.GOOD_STEPS
            self._good.assign(tf.where(is_time, 0, good))
            self.factor.assign(tf.where(is_time, factor * 2, factor))
            return tf.constant(value=True)

        def skip() -> Any:
            self._good.assign(0)
            self.factor.assign(tf.maximum(factor / 2, 1.0))
            return tf.constant(value=False)

        tf.cond(tf.reduce_all(finite), step, skip)
