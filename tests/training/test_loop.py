from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from hpolab.data import load
from hpolab.errors import ConfigError
from hpolab.models.cnn import cnn
from hpolab.training.loop import Examples, Trainer, cross_entropy
from hpolab.training.optimizers import TrainingPlan
from hpolab.trial import DatasetSpec


@pytest.fixture(scope="module")
def digits() -> tuple[Examples, Examples]:
    data = load(DatasetSpec(name="digits", max_samples=600))
    return (
        Examples.of(data.train.images, data.train.y),
        Examples.of(data.validation.images, data.validation.y),
    )


def small(**changes: Any) -> keras.Model:
    usual = {"n_blocks": 1, "filters": 6, "dense_units": 16, "dropout": 0.0}
    return cnn((8, 8, 1), 10, **{**usual, **changes})


def dense_model(x: Any, *, layer: Callable[[Any], Any]) -> keras.Model:
    pixels = keras.Input(x.shape[1:])
    flat = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(pixels))
    return keras.Model(pixels, keras.layers.Activation("softmax")(layer(flat)))


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_the_first_steps_are_those_of_a_loop_written_by_hand(
    digits: tuple[Examples, Examples], optimizer: str
) -> None:
    train, _ = digits
    rate, batch, n_steps = 0.01, 32, 6
    keras.utils.set_random_seed(0)
    ours = small(batch_norm=True)
    theirs = keras.models.clone_model(ours)
    theirs.set_weights(ours.get_weights())
    plan = TrainingPlan.parse({"optimizer": optimizer, "batch_size": batch})
    trainer = Trainer(ours, train, plan, seed=0)
    order = trainer.next_order()[:n_steps]
    steps = trainer.run(order, np.full(n_steps, rate, np.float32))

    reference: keras.Optimizer = (
        keras.optimizers.Adam(rate)
        if optimizer == "adam"
        else keras.optimizers.SGD(rate, momentum=plan.momentum)
    )
    losses = []
    for rows in order:
        x, y = tf.gather(train.x, rows), tf.gather(train.y, rows)
        with tf.GradientTape() as tape:
            probabilities = theirs(x, training=True)
            picked = tf.gather(probabilities, y, batch_dims=1)
            loss = -tf.reduce_mean(tf.math.log(picked))
        reference.apply(
            tape.gradient(loss, theirs.trainable_variables), theirs.trainable_variables
        )
        losses.append(float(loss))
    np.testing.assert_allclose(steps.loss, losses, rtol=1e-4)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=2e-3, atol=2e-4)


def test_what_comes_out_is_distributed_as_with_keras_fit(
    digits: tuple[Examples, Examples],
) -> None:
    train, validation = digits
    epochs, batch, rate = 6, 16, 1e-2
    accuracies: dict[str, list[float]] = {"ours": [], "fit": []}
    for seed in range(3):
        keras.utils.set_random_seed(seed)
        model = small(dropout=0.2)
        twin = keras.models.clone_model(model)
        twin.set_weights(model.get_weights())
        trainer = Trainer(model, train, TrainingPlan(batch_size=batch), seed=seed)
        for _ in range(epochs):
            order = trainer.next_order()
            trainer.run(order, np.full(len(order), rate, np.float32))
        accuracies["ours"].append(trainer.evaluate(validation).right.mean())
        twin.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
        twin.fit(train.x, train.y, batch_size=batch, epochs=epochs, verbose=0)
        answers = twin.predict(validation.x, verbose=0).argmax(axis=1)
        accuracies["fit"].append(np.mean(answers == validation.y.numpy()))
    assert np.mean(accuracies["fit"]) > 0.8
    assert np.mean(accuracies["ours"]) == pytest.approx(np.mean(accuracies["fit"]), abs=0.05)


def test_every_epoch_has_an_order_of_its_own_and_no_example_twice(
    digits: tuple[Examples, Examples],
) -> None:
    train, _ = digits
    trainer = Trainer(small(), train, TrainingPlan(batch_size=32), seed=0)
    first, second = trainer.next_order(), trainer.next_order()
    assert first.shape == (train.n // 32, 32)
    assert len(np.unique(first)) == first.size
    assert not np.array_equal(first, second)


def test_the_learning_rate_of_each_step_is_the_one_handed_in(
    digits: tuple[Examples, Examples],
) -> None:
    train, _ = digits
    model = small()
    trainer = Trainer(model, train, TrainingPlan(optimizer="sgd", batch_size=32), seed=0)
    before = model.get_weights()
    trainer.run(trainer.next_order()[:3], np.zeros(3, np.float32))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_batch_norm_learns_its_statistics(digits: tuple[Examples, Examples]) -> None:
    train, _ = digits
    model = small(batch_norm=True)
    trainer = Trainer(model, train, TrainingPlan(batch_size=32), seed=0)
    before = model.get_layer("norm1").moving_mean.numpy()
    trainer.run(trainer.next_order(), np.full(trainer.steps_per_epoch, 1e-3, np.float32))
    assert not np.allclose(before, model.get_layer("norm1").moving_mean.numpy())


def test_dropout_is_on_while_training_and_off_while_evaluating(
    digits: tuple[Examples, Examples],
) -> None:
    train, _ = digits
    model = small(dropout=0.9)
    trainer = Trainer(model, train, TrainingPlan(batch_size=32), seed=0)
    order = np.tile(np.arange(32, dtype=np.int32), (3, 1))
    losses = trainer.run(order, np.zeros(3, np.float32)).loss
    assert len(set(losses.tolist())) == 3
    first, second = trainer.evaluate(train).loss, trainer.evaluate(train).loss
    np.testing.assert_array_equal(first, second)


def test_an_evaluation_is_that_of_the_model_example_by_example(
    digits: tuple[Examples, Examples],
) -> None:
    train, validation = digits
    model = small()
    answers = Trainer(model, train, TrainingPlan(), seed=0).evaluate(validation)
    probabilities = model(validation.x).numpy()
    y = validation.y.numpy()
    np.testing.assert_allclose(answers.probabilities, probabilities, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(answers.loss, -np.log(probabilities[np.arange(len(y)), y]), 1e-4)
    np.testing.assert_array_equal(answers.right, probabilities.argmax(axis=1) == y)


def test_a_sure_and_wrong_answer_costs_all_its_nats(digits: tuple[Examples, Examples]) -> None:
    train, validation = digits
    layer = keras.layers.Dense(10, bias_initializer=keras.initializers.Constant(0.0))
    model = dense_model(train.x, layer=layer)
    bias = np.zeros(10)
    bias[3] = 100
    layer.set_weights([np.zeros(layer.kernel.shape), bias])
    answers = Trainer(model, train, TrainingPlan(), seed=0).evaluate(validation)
    wrong = validation.y.numpy() != 3
    np.testing.assert_allclose(answers.loss[wrong], 100, rtol=1e-5)


def test_an_answer_that_is_no_number_is_never_right(digits: tuple[Examples, Examples]) -> None:
    train, validation = digits
    layer = keras.layers.Dense(10)
    model = dense_model(train.x, layer=layer)
    layer.set_weights([np.full(layer.kernel.shape, np.nan), np.zeros(10)])
    answers = Trainer(model, train, TrainingPlan(), seed=0).evaluate(validation)
    assert not answers.right.any()


def test_a_users_penalty_is_trained_on_but_not_recorded(digits: tuple[Examples, Examples]) -> None:
    train, _ = digits
    layer = keras.layers.Dense(10, kernel_regularizer=keras.regularizers.L2(10.0))
    model = dense_model(train.x, layer=layer)
    plan = TrainingPlan(optimizer="sgd", momentum=0.0, batch_size=32)
    trainer = Trainer(model, train, plan, seed=0)
    order = trainer.next_order()[:20]
    before = np.linalg.norm(layer.kernel.numpy())
    steps = trainer.run(order, np.full(20, 0.01, np.float32))
    assert steps.loss[0] < 4  # the penalty alone is above 100
    assert np.linalg.norm(layer.kernel.numpy()) < 0.2 * before


def test_a_batch_larger_than_the_training_set_is_refused(
    digits: tuple[Examples, Examples],
) -> None:
    train, _ = digits
    with pytest.raises(ConfigError, match=r"batch_size.*got 4096 > "):
        Trainer(small(), train, TrainingPlan(batch_size=4096), seed=0)


def test_cross_entropy_outside_a_graph_is_the_same_number() -> None:
    probabilities = tf.constant([[0.5, 0.25, 0.25]])
    assert cross_entropy(tf.constant([1]), probabilities).numpy() == pytest.approx([np.log(4)])
