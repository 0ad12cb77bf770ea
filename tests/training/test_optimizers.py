from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from hpolab.errors import ConfigError
from hpolab.training.optimizers import Optimizer, TrainingPlan, learning_rates


def weights() -> list[keras.Variable]:
    rng = np.random.default_rng(0)
    return [
        keras.Variable(rng.normal(size=(4, 3)), dtype="float32", name="kernel"),
        keras.Variable(rng.normal(size=3), dtype="float32", name="bias"),
    ]


def gradients(step: int) -> list[Any]:
    rng = np.random.default_rng(step + 1)
    return [tf.constant(rng.normal(size=shape), tf.float32) for shape in ((4, 3), (3,))]


def keras_optimizer(plan: TrainingPlan) -> keras.Optimizer:
    common = {"learning_rate": plan.learning_rate, "weight_decay": plan.weight_decay or None}
    if plan.optimizer == "adam":
        optimizer = keras.optimizers.Adam(**common)
    elif plan.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(**common, momentum=plan.momentum)
    else:
        optimizer = keras.optimizers.RMSprop(**common)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("name", ["adam", "sgd", "rmsprop"])
def test_every_step_is_that_of_keras(name: str, decay: float) -> None:
    plan = TrainingPlan.parse({"optimizer": name, "learning_rate": 0.03, "weight_decay": decay})
    ours, theirs = weights(), weights()
    optimizer, reference = Optimizer(plan, ours), keras_optimizer(plan)
    for step in range(6):
        optimizer.apply(gradients(step), tf.constant(0.03))
        reference.apply(gradients(step), theirs)
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine.numpy(), other.numpy(), rtol=2e-5, atol=1e-6)


def after_one_step(**plan: Any) -> list[np.ndarray]:
    variables = weights()
    zero = [tf.zeros(variable.shape) for variable in variables]
    Optimizer(TrainingPlan.parse(plan), variables).apply(zero, tf.constant(0.5))
    return [variable.numpy() for variable in variables]


def test_weight_decay_shrinks_matrices_by_rate_times_decay_and_leaves_biases_alone() -> None:
    kernel, bias = (variable.numpy() for variable in weights())
    shrunk, same = after_one_step(optimizer="sgd", weight_decay=0.1)
    np.testing.assert_allclose(shrunk, kernel * (1 - 0.5 * 0.1), rtol=1e-6)
    np.testing.assert_array_equal(same, bias)


def test_momentum_carries_on_a_share_of_the_last_step() -> None:
    variable = keras.Variable([0.0])
    optimizer = Optimizer(TrainingPlan(optimizer="sgd", momentum=0.5), [variable])
    optimizer.apply([tf.constant([1.0])], tf.constant(1.0))
    optimizer.apply([tf.constant([0.0])], tf.constant(1.0))
    assert variable.numpy() == pytest.approx([-1.5])


def test_rows_of_an_embedding_that_are_used_twice_count_twice() -> None:
    table = keras.Variable(np.zeros((4, 2)), dtype="float32")
    twice = tf.IndexedSlices(tf.ones((3, 2)), tf.constant([1, 1, 3]), tf.constant([4, 2]))
    Optimizer(TrainingPlan(optimizer="sgd", momentum=0.0), [table]).apply(
        [twice], tf.constant(1.0)
    )
    np.testing.assert_array_equal(table.numpy()[:, 0], [0, -2, 0, -1])


@pytest.mark.parametrize("name", ["adam", "rmsprop", "sgd"])
def test_an_embedding_steps_as_with_keras_once_repeated_words_are_summed(name: str) -> None:
    words = tf.constant([1, 1, 3, 1, 0])
    rows = tf.random.stateless_normal((5, 2), seed=(0, 1))
    sparse = tf.IndexedSlices(rows, words, tf.constant([4, 2]))
    ours, theirs = (keras.Variable(np.zeros((4, 2)), dtype="float32") for _ in range(2))
    optimizer = Optimizer(TrainingPlan(optimizer=name, momentum=0.0), [ours])
    twin = keras.optimizers.get({"class_name": name, "config": {"learning_rate": 0.1}})
    for _ in range(3):
        optimizer.apply([sparse], tf.constant(0.1))
        twin.apply([tf.convert_to_tensor(sparse)], [theirs])
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5)


def test_a_weight_without_a_gradient_stays_as_it_is() -> None:
    kernel, bias = weights()
    before = kernel.numpy()
    Optimizer(TrainingPlan(), [kernel, bias]).apply([None, tf.ones(3)], tf.constant(0.1))
    np.testing.assert_array_equal(kernel.numpy(), before)


def test_a_users_constraint_is_kept_after_every_step() -> None:
    variable = keras.Variable([1.0, 2.0])
    variable.constraint = keras.constraints.NonNeg()
    plan = TrainingPlan(optimizer="sgd", momentum=0.0)
    Optimizer(plan, [variable]).apply([tf.constant([3.0, 0.0])], tf.constant(1.0))
    np.testing.assert_array_equal(variable.numpy(), [0, 2])


def test_a_constant_schedule_is_constant() -> None:
    assert set(learning_rates(TrainingPlan(learning_rate=0.25), 7)) == {0.25}


def test_the_cosine_schedule_is_half_way_down_in_the_middle() -> None:
    rates = learning_rates(TrainingPlan(learning_rate=1.0, schedule="cosine"), 101)
    assert rates[[0, 50, 100]] == pytest.approx([1.0, 0.505, 0.01])


def test_the_exponential_schedule_falls_by_the_same_factor_each_step() -> None:
    rates = learning_rates(TrainingPlan(learning_rate=1.0, schedule="exponential"), 11)
    assert rates[[0, 10]] == pytest.approx([1.0, 0.01])
    assert rates[1:] / rates[:-1] == pytest.approx(np.full(10, 0.01**0.1))


def test_the_plan_is_picked_out_of_the_hyperparameters() -> None:
    plan = TrainingPlan.of({"filters": 8, "optimizer": "sgd", "momentum": 0.7, "batch_size": 64})
    assert (plan.optimizer, plan.momentum, plan.batch_size) == ("sgd", 0.7, 64)


def test_a_value_that_breaks_its_rule_is_named() -> None:
    with pytest.raises(ConfigError, match="learning_rate"):
        TrainingPlan.of({"learning_rate": -1.0})
