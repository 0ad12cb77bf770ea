from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hpolab.diagnostics.gradients import Gradients, gradients, updates
from hpolab.diagnostics.layers import layer_health

MATRICES = ("conv1/kernel", "lstm1/lstm_cell/kernel", "dense/kernel")


def recorded(made: Any, gradient: Any, update: Any = ((1e-3,) * 3,) * 2) -> Any:
    weights = [[2.0, 3.0, 4.0]] * 2
    return made(
        {
            "probe_epoch": [1, 3],
            "train_loss": [2.0, 1.5, 1.0],
            "confusion": np.eye(10, dtype=int),
            "gradient_norm": gradient,
            "weight_norm": weights,
            "update_ratio": update,
        },
        dict.fromkeys(("gradient_norm", "weight_norm", "update_ratio"), MATRICES),
    )


def test_elasticity_is_gradient_times_weights_by_the_loss_of_the_epoch(made: Any) -> None:
    facts = gradients(recorded(made, [[0.5, 0.5, 0.5], [0.1, 0.2, 0.3]]))
    assert facts is not None
    assert facts.epoch.tolist() == [1, 3]
    assert 10 ** facts.exponents[1] == pytest.approx([0.1 * 2, 0.2 * 3, 0.3 * 4], rel=1e-5)
    assert facts.matrices == ("conv1/kernel", "lstm1/kernel", "dense/kernel")
    assert facts.spread == pytest.approx(1 / 3, rel=1e-5)
    assert facts.verdict == ""


def test_a_gradient_that_vanishes_is_named(made: Any) -> None:
    facts = gradients(recorded(made, [[1e-6, 0.5, 0.5], [1e-7, 0.2, 0.3]]))
    assert facts is not None
    assert facts.starved == (0,)
    assert "Next to no gradient reaches conv1/kernel" in facts.verdict


def test_no_gradient_at_all_is_said_so(made: Any) -> None:
    facts = gradients(recorded(made, [[0.0, 0.5, 0.5], [0.0, 0.2, 0.0]]))
    assert facts is not None
    assert facts.verdict == "No gradient reaches conv1/kernel and 1 more at the last look."


def test_a_gradient_that_explodes_or_is_lost_is_named(made: Any) -> None:
    facts = gradients(recorded(made, [[1e4, 0.5, 0.5], [1e5, np.nan, 0.3]]))
    assert facts is not None
    assert facts.flooded == (0, 1)
    assert "The gradient of conv1/kernel explodes and 1 more" in facts.verdict


def test_gradients_may_vanish_where_nothing_is_left_to_learn(made: Any) -> None:
    arrays = made(
        {
            "probe_epoch": [1, 2],
            "train_loss": [1e-5, 1e-6],
            "confusion": np.eye(10, dtype=int),
            "gradient_norm": [[1e-9], [1e-9]],
            "weight_norm": [[1.0], [1.0]],
        },
        {"gradient_norm": ("dense/kernel",)},
    )
    facts = gradients(arrays)
    assert facts is not None
    assert facts.verdict == ""


def test_gradients_are_those_of_a_tape(image_trial: Any) -> None:
    """The recorded norms at the last look, against a tape over the saved model."""
    import keras
    import tensorflow as tf

    from hpolab.data import load
    from hpolab.diagnostics.arrays import Arrays
    from hpolab.training.telemetry import PROBE_EXAMPLES, stratified_sample
    from hpolab.trial import DatasetSpec

    train = load(DatasetSpec(name="digits", max_samples=400)).train
    chosen = stratified_sample(np.asarray(train.y), PROBE_EXAMPLES, seed=0)
    model = keras.models.load_model(image_trial / "model.keras")
    facts = gradients(Arrays.read(image_trial))
    assert facts is not None
    with tf.GradientTape() as tape:
        answers = model(np.asarray(train.images[chosen]), training=False)
        truth = tf.one_hot(train.y[chosen], 10)
        loss = tf.reduce_mean(-tf.reduce_sum(truth * tf.math.log(answers), axis=1))
    kernels = [model.get_layer(name.split("/")[0]).kernel for name in facts.matrices]
    expected = [float(tf.norm(gradient)) for gradient in tape.gradient(loss, kernels)]
    np.testing.assert_allclose(facts.norms[-1], expected, rtol=2e-3)


def test_typical_updates_are_not_judged_by_the_end_of_a_schedule(made: Any) -> None:
    facts = updates(recorded(made, [[1.0] * 3] * 2, [[4e-3] * 3, [1e-7] * 3]))
    assert facts is not None
    assert facts.typical == pytest.approx([2e-3] * 3, rel=1e-3)
    assert facts.verdict == ""


@pytest.mark.parametrize(
    ("ratio", "words"), [(1e-6, "hardly at all"), (0.5, "too far"), (np.nan, "finite")]
)
def test_steps_that_are_too_small_or_too_large_are_named(
    made: Any, ratio: float, words: str
) -> None:
    facts = updates(recorded(made, [[1.0] * 3] * 2, [[1e-3, ratio, 1e-3]] * 2))
    assert facts is not None
    assert "lstm1/kernel" in facts.verdict
    assert words in facts.verdict


def test_a_network_that_was_never_looked_at_has_no_gradients(made: Any) -> None:
    arrays = made({"train_loss": [1.0]})
    assert gradients(arrays) is None
    assert updates(arrays) is None


def test_layers_have_the_health_of_the_last_look(made: Any) -> None:
    arrays = made(
        {
            "probe_epoch": [1, 2],
            "unit_mean/conv1": [[9.0, 9.0], [3.0, 0.0]],
            "unit_std/conv1": [[9.0, 9.0], [4.0, 0.0]],
            "gradient_norm": [[9.0, 9.0, 9.0], [3.0, 4.0, 1.0]],
            "weight_norm": [[1.0] * 3, [1.0, 2.0, 5.0]],
            "update_ratio": [[1.0] * 3, [0.1, 0.2, 0.3]],
        },
        {
            "gradient_norm": (
                "lstm1/lstm_cell/kernel",
                "lstm1/lstm_cell/recurrent_kernel",
                "out/kernel",
            )
        },
    )
    health = layer_health(arrays)
    assert list(health) == ["conv1", "lstm1", "out"]
    assert health["conv1"].silent == 0.5
    assert health["conv1"].activation == pytest.approx(np.sqrt(25 / 2))
    assert health["conv1"].gradient is None
    assert health["lstm1"].gradient == pytest.approx(5.0)
    assert health["lstm1"].update == pytest.approx(np.hypot(0.1, 0.4) / np.hypot(1, 2))
    assert health["lstm1"].silent is None


def test_layers_whose_numbers_were_lost_have_none(made: Any) -> None:
    arrays = made(
        {"gradient_norm": [[np.nan]], "weight_norm": [[1.0]], "update_ratio": np.zeros((0, 1))},
        {"gradient_norm": ("out/kernel",)},
    )
    health = layer_health(arrays)["out"]
    assert (health.gradient, health.update) == (None, None)


def test_half_of_the_looks_have_to_find_it() -> None:
    norms = np.ones((4, 1))
    exponents = np.array([[-5.0], [0.0], [0.0], [0.0]])
    facts = Gradients(np.arange(4.0), ("a/kernel",), norms, exponents)
    assert facts.verdict == ""
