from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from hpolab.gpus import Gpu
from hpolab.models.cnn import cnn
from hpolab.training import devices
from hpolab.training.optimizers import Optimizer, TrainingPlan
from hpolab.training.precision import LossScale, choose, computing_in, keep_answers_exact
from hpolab.training.run import train_run

if TYPE_CHECKING:
    from hpolab.trial import Precision, RunSpec

VOLTA, AMPERE, PASCAL = (7, 0), (8, 6), (6, 1)


@pytest.mark.parametrize(
    ("capabilities", "dtype"),
    [
        ([], "float32"),
        ([PASCAL], "float32"),
        ([VOLTA], "float16"),
        ([AMPERE, AMPERE], "bfloat16"),
        ([AMPERE, VOLTA], "float16"),
        ([(0, 0)], "float32"),
    ],
)
def test_auto_is_the_best_that_every_gpu_gains_from(
    capabilities: list[tuple[int, int]], dtype: str
) -> None:
    assert choose("auto", capabilities) == (dtype, "")


def test_a_wish_is_obeyed_and_one_that_does_not_pay_is_told() -> None:
    assert choose("bfloat16", [AMPERE]) == ("bfloat16", "")
    assert choose("float32", []) == ("float32", "")
    on_volta = choose("bfloat16", [VOLTA])
    assert on_volta.dtype == "bfloat16"
    assert "compute capability 7.0 that does not gain" in on_volta.remark
    assert "on a CPU" in choose("float16", []).remark


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_a_run_in_16_bits_is_watched_and_recorded_as_any_other(
    run_spec: Callable[..., RunSpec],
    completed: tuple[RunSpec, Any],
    tmp_path: Path,
    precision: Precision,
) -> None:
    result = train_run(run_spec(tmp_path, precision=precision), lambda _: None)
    assert (result.state, result.precision) == ("completed", precision), result.reason
    assert result.devices == ("CPU",)
    assert precision in result.remarks[0]
    _, exact = completed
    assert (exact.precision, exact.remarks) == ("float32", ())
    assert result.health.values().keys() == exact.health.values().keys()
    assert result.artifacts == exact.artifacts
    recorded = np.load(tmp_path / "diagnostics/arrays.npz")
    norms = recorded["gradient_norm"]
    assert np.isfinite(norms).all()
    assert (norms > 0).all()
    model = keras.models.load_model(tmp_path / "model.keras")
    assert all(weight.dtype == "float32" for weight in model.trainable_variables)
    answers = model(np.zeros((2, 8, 8, 1), np.uint8))
    assert answers.dtype == tf.float32
    np.testing.assert_allclose(np.sum(answers, axis=1), 1, atol=1e-5)


def test_only_layers_made_meanwhile_compute_in_16_bits() -> None:
    with computing_in("bfloat16"):
        model = cnn((8, 8, 1), 3)
    keep_answers_exact(model)
    kinds = [layer.compute_dtype for layer in model.layers[1:]]
    assert kinds == ["bfloat16"] * (len(kinds) - 1) + ["float32"]
    assert cnn((8, 8, 1), 3).layers[1].compute_dtype == "float32"


def test_a_step_that_overflows_is_left_out_and_the_factor_halved() -> None:
    weight = keras.Variable([1.0, 2.0])
    optimizer = Optimizer(TrainingPlan(optimizer="sgd", momentum=0.0), [weight])
    scale = LossScale()
    step = tf.function(lambda gradient: scale.apply(optimizer, [gradient], tf.constant(0.5)))
    step(tf.constant([np.inf, 0.0]))
    np.testing.assert_array_equal(weight.numpy(), [1.0, 2.0])
    assert scale.factor.numpy() == LossScale.FIRST / 2
    step(tf.constant([2.0, -4.0]) * scale.factor)
    np.testing.assert_allclose(weight.numpy(), [0.0, 4.0])
    assert scale.factor.numpy() == LossScale.FIRST / 2


def test_a_gradient_below_the_least_float16_survives() -> None:
    x, weight = tf.constant(1e-5, tf.float16), tf.Variable(1.0)
    scale = LossScale()
    for factor, expected in ((1.0, 0.0), (scale.factor, 1e-8)):
        with tf.GradientTape() as tape:
            # as in a layer: computed in float16, summed up in float32
            y = tf.cast(x * tf.cast(weight, tf.float16), tf.float32)
            loss = y * 1e-3 * factor
        gradient = tape.gradient(loss, weight) / factor
        assert float(gradient) == pytest.approx(expected, rel=0.1)


def test_the_factor_is_doubled_after_enough_good_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LossScale, "GOOD_STEPS", 3)
    weight = keras.Variable([1.0])
    optimizer = Optimizer(TrainingPlan(optimizer="sgd"), [weight])
    scale = LossScale()
    step = tf.function(lambda: scale.apply(optimizer, [tf.constant([1.0])], tf.constant(0.0)))
    factors = []
    for _ in range(6):
        step()
        factors.append(float(scale.factor.numpy()) / LossScale.FIRST)
    assert factors == [1, 1, 2, 2, 2, 4]


def test_a_share_becomes_a_limit_of_memory_before_tensorflow_wakes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = []

    def remember(gpu: object, configuration: list[Any]) -> None:
        limits.append((gpu, configuration[0].memory_limit))

    monkeypatch.setattr(tf.config, "set_logical_device_configuration", remember)
    monkeypatch.setattr(devices, "visible_gpus", lambda: [Gpu("GPU-1", "A100", 40_000, (8, 0))])
    devices._limit_memory(["the first", "another"], 0.25)
    assert limits == [("the first", 10_000 - 600)]
