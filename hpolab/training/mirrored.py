"""Training on several devices: each has a copy of the network and computes a part of every batch.

What comes out is what one device computes, up to the rounding of sums. So the batch keeps its
size and is divided, gradients are added up, batch normalisation is over the whole batch, and
dropout draws for the whole batch on every device, which then takes its own part of the draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from hpolab.errors import TrialFailed
from hpolab.training.fast_layers import accelerate_layers
from hpolab.training.loop import Trainer
from hpolab.training.optimizers import dense

if TYPE_CHECKING:
    from hpolab.training.loop import Examples
    from hpolab.training.optimizers import TrainingPlan
    from hpolab.training.precision import LossScale

__all__ = ["MirroredTrainer", "why_not_divided"]


def why_not_divided(model: keras.Model) -> str:
    """Why dividing a batch would change what a network learns, in words; empty if it would not."""
    for layer in model._flatten_layers(include_self=False):
        if type(layer) is not keras.layers.Dropout and _is_random(layer):
            return f"the layer {layer.name} draws random numbers for a whole batch"
        if type(layer) is keras.layers.Dropout and layer.noise_shape is not None:
            return f"the layer {layer.name} drops the same of every example in a batch"
        if getattr(layer, "activity_regularizer", None) is not None:
            return f"the layer {layer.name} has a penalty on a whole batch's outputs"
    return ""


def _is_random(layer: Any) -> bool:
    rates = [getattr(layer, name, None) for name in ("dropout", "recurrent_dropout")]
    if any(rate is not None for rate in rates):  # a recurrent layer, which always has a generator
        return any(isinstance(rate, float | int) and rate > 0 for rate in rates)
    if isinstance(layer, keras.layers.Wrapper):  # what it wraps is asked by itself
        return False
    return any(isinstance(each, keras.random.SeedGenerator) for each in vars(layer).values())


class MirroredTrainer(Trainer):
    """A trainer that gives every device its part of each batch."""

    def __init__(
        self,
        model: keras.Model,
        train: Examples,
        plan: TrainingPlan,
        *,
        seed: int,
        strategy: tf.distribute.Strategy,
        loss_scale: LossScale | None = None,
    ):
        """See Trainer.

        Args:
            model: Made in the scope of the strategy, and one that can be divided.
            train: The training examples.
            plan: How to train; its batch is the one that is divided, and has an example for each
                device.
            seed: Of the order in which examples are seen.
            strategy: Which devices.
            loss_scale: For float16, made in the scope of the strategy.
        """
        n, extra = divmod(plan.batch_size, strategy.num_replicas_in_sync)
        sizes = [n + (place < extra) for place in range(strategy.num_replicas_in_sync)]
        self._strategy = strategy
        self._parts = [slice(sum(sizes[:i]), sum(sizes[: i + 1])) for i in range(len(sizes))]
        with strategy.scope():  # the optimizer has a copy on every device too
            super().__init__(model, train, plan, seed=seed, loss_scale=loss_scale)

    def _exchange_layers(self) -> None:
        accelerate_layers(self.model)
        for layer in self.model._flatten_layers(include_self=False):
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.call = type(layer).call.__get__(layer)  # as Keras has it
                layer._moments = _WholeBatchMoments(layer)
            elif type(layer) is keras.layers.Dropout and layer.rate > 0:
                layer.call = _DividedDropout(layer, self._parts)

    def _step(self, x: Any, y: Any, rate: Any) -> tuple[Any, Any]:
        divided = (self._divided(x), self._divided(y))
        told = self._strategy.run(self._step_of_a_part, (*divided, rate))
        loss, accuracy = (self._strategy.reduce("SUM", each, axis=None) for each in told)
        return loss, accuracy

    def _step_of_a_part(self, x: Any, y: Any, rate: Any) -> tuple[Any, Any]:
        share = x.shape[0] / self._batch_size
        loss, accuracy, gradients = self._gradients(x, y, share=share)
        there = [i for i, gradient in enumerate(gradients) if gradient is not None]
        context = tf.distribute.get_replica_context()
        summed = context.all_reduce("SUM", [dense(gradients[i]) for i in there])
        for i, gradient in zip(there, summed, strict=True):
            gradients[i] = gradient
        self._update(gradients, rate)
        return loss * share, accuracy * share

    def _answer_batch(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Divided too; the last example fills the parts up, so that they are of one size."""
        n = tf.shape(y)[0]
        size = -(-n // len(self._parts))

        def part(examples: Any) -> Any:
            def of(context: Any) -> Any:
                place = context.replica_id_in_sync_group
                rows = tf.range(place * size, (place + 1) * size)
                return tf.gather(examples, tf.minimum(rows, n - 1))

            return self._strategy.experimental_distribute_values_from_function(of)

        told = self._strategy.run(super()._answer_batch, (part(x), part(y)))
        answers = [self._strategy.experimental_local_results(each) for each in told]
        loss, probabilities = (tf.concat(each, axis=0)[:n] for each in answers)
        return loss, probabilities

    def _divided(self, batch: Any) -> Any:
        """A batch's parts, cut where it lies, so that only a part travels to each device."""

        def of(context: Any) -> Any:
            return batch[self._parts[context.replica_id_in_sync_group]]

        return self._strategy.experimental_distribute_values_from_function(of)


def _place() -> int | None:
    """Which device this is computed on, counted from 0; None outside of a divided step."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return None
    place: int = tf.get_static_value(context.replica_id_in_sync_group)
    return place


class _WholeBatchMoments:
    """Stands in for ``_moments`` of a BatchNormalization: mean and variance over all devices.

    In two rounds, so that the variance is a sum of squares and not a difference of large numbers.
    """

    def __init__(self, layer: keras.layers.BatchNormalization):
        self._layer = layer
        self._keras = layer._moments

    def __call__(self, inputs: Any, mask: Any) -> tuple[Any, Any]:
        if _place() is None:
            alone: tuple[Any, Any] = self._keras(inputs, mask)
            return alone
        if mask is not None:
            raise TrialFailed(
                f"the layer {self._layer.name} normalises masked steps, which several GPUs cannot "
                "do together; train on one, or without a mask."
            )
        axes = self._layer._reduction_axes
        context = tf.distribute.get_replica_context()
        size = tf.cast(tf.reduce_prod([tf.shape(inputs)[axis] for axis in axes]), inputs.dtype)
        total, n = context.all_reduce("SUM", [tf.reduce_sum(inputs, axes), size])
        mean = total / n
        shape = [1 if axis in axes else -1 for axis in range(len(inputs.shape))]
        squares = tf.math.squared_difference(inputs, tf.reshape(mean, shape))
        variance = context.all_reduce("SUM", tf.reduce_sum(squares, axes)) / n
        return mean, variance


class _DividedDropout:
    """Stands in for the ``call`` of a Dropout: a draw for the whole batch, and a part of it."""

    def __init__(self, layer: keras.layers.Dropout, parts: list[slice]):
        self._layer = layer
        self._alone = layer.call
        self._parts = parts

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        place = _place()
        if place is None or not training:
            return self._alone(inputs, training=training)
        part = self._parts[place]
        if inputs.shape[0] != part.stop - part.start:
            raise TrialFailed(
                f"the layer {self._layer.name} drops values of something else than a batch, which "
                "several GPUs cannot do together; train on one."
            )
        ones = tf.ones((self._parts[-1].stop, *inputs.shape[1:]), inputs.dtype)
        return inputs * self._alone(ones, training=True)[part]
