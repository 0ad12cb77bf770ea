from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.pictures import maps, mistakes
from hpolab.diagnostics.units import Outputs, Units, outputs, units
from hpolab.diagnostics.weights import Histogram, filters, spread, weights
from hpolab.health.neurons import alive


def hidden(folder: Path, layer: str) -> np.ndarray:
    """What a layer of the saved model gives for the examples of the maps."""
    import keras

    model = keras.models.load_model(folder / "model.keras")
    inner = keras.Model(model.inputs[0], model.get_layer(layer).output)
    return np.asarray(inner(Arrays.read(folder)["map_input"]))


def test_maps_are_the_outputs_of_the_layer(image_trial: Path) -> None:
    facts = maps(Arrays.read(image_trial), "conv1")
    assert facts is not None
    shown = facts.low + facts.maps / 255 * (facts.high - facts.low)
    np.testing.assert_allclose(
        shown, hidden(image_trial, "act1"), atol=(facts.high - facts.low) / 200
    )


def test_a_healthy_network_has_few_flat_channels_and_a_dead_one_only_such(
    image_trial: Path, made: Any
) -> None:
    healthy = maps(Arrays.read(image_trial), "conv1")
    assert healthy is not None
    assert healthy.verdict == ""
    flat = np.zeros((4, 3, 3, 2), np.uint8)
    flat[..., 1] = 7
    facts = maps(
        made(
            {
                "activation_map/conv1": flat,
                "activation_map/conv1/range": [0.0, 1.0],
                "map_input": np.zeros((4, 8, 8, 1), np.uint8),
                "map_true": [0, 1, 0, 1],
                "map_predicted": [0, 0, 0, 0],
                "confusion": np.eye(2, dtype=int),
            },
            {"confusion": ("no", "yes")},
        ),
        "conv1",
    )
    assert facts is not None
    assert facts.flat == (0, 1)
    assert "2 of 2 channels of conv1" in facts.verdict
    assert facts.true == ("no", "yes", "no", "yes")


def test_silent_units_are_those_that_health_counts(image_trial: Path) -> None:
    arrays = Arrays.read(image_trial)
    facts = units(arrays, "dense")
    assert facts is not None
    expected = ~alive(arrays["unit_mean/dense"][-1].astype(float), facts.std[-1])
    np.testing.assert_array_equal(facts.silent[-1], expected)


def test_deviations_of_units_are_those_of_the_layers_outputs(image_trial: Path) -> None:
    import keras

    from hpolab.data import load
    from hpolab.training.telemetry import PROBE_EXAMPLES, stratified_sample
    from hpolab.trial import DatasetSpec

    train = load(DatasetSpec(name="digits", max_samples=400)).train
    chosen = stratified_sample(np.asarray(train.y), PROBE_EXAMPLES, seed=0)
    model = keras.models.load_model(image_trial / "model.keras")
    inner = keras.Model(model.inputs[0], model.get_layer("act_dense").output)
    given = np.asarray(inner(np.asarray(train.images[chosen])))
    facts = units(Arrays.read(image_trial), "dense")
    assert facts is not None
    np.testing.assert_allclose(facts.std[-1], given.std(axis=0), rtol=1e-2, atol=1e-4)


def test_a_layer_is_marked_when_most_of_its_units_are_silent() -> None:
    std = np.ones((2, 10))
    silent = np.zeros((2, 10), bool)
    silent[0] = True
    assert Units("conv1", np.array([1.0, 5.0]), std, silent).verdict == ""
    silent[1, :6] = True
    assert "6 of 10 units of conv1 are silent after epoch 5" in (
        Units("conv1", np.array([1.0, 5.0]), std, silent).verdict
    )
    std[1, 0] = np.nan
    assert "finite" in Units("conv1", np.array([1.0, 5.0]), std, silent).verdict


def test_outputs_are_the_distribution_of_the_layer(image_trial: Path) -> None:
    facts = outputs(Arrays.read(image_trial), "conv1")
    assert facts is not None
    assert facts.shares.sum() == pytest.approx(1)
    assert facts.verdict == ""
    assert facts.edges[0] <= hidden(image_trial, "act1").min()


@pytest.mark.parametrize(
    ("low", "high", "counts", "words"),
    [
        (0.0, 5.0, [60, 10, 10, 20], ""),  # a ReLU as it should be
        (-0.5, 0.5, [0, 0, 100, 0], "the same: zero"),
        (-1.0, 1.0, [40, 5, 5, 50], "90% of the outputs of act are at the ends"),
        (0.0, 1.0, [80, 10, 8, 2], ""),  # a ReLU that happens to end at one
        (-4.0, 4.0, [40, 5, 5, 50], ""),  # not bounded
        (0.0, 1.0, [0, 0, 0, 0], "no finite number"),
    ],
)
def test_a_layer_that_is_stuck_or_saturated_is_marked(
    low: float, high: float, counts: list[int], words: str
) -> None:
    verdict = Outputs("act", np.linspace(low, high, 5), np.array(counts)).verdict
    assert verdict == "" if not words else words in verdict


def test_spread_of_a_histogram_is_near_that_of_its_numbers() -> None:
    values = np.random.default_rng(0).normal(0, 2, 5000)
    counts, edges = np.histogram(values, bins=40)
    assert spread(edges, counts) == pytest.approx(values.std(), rel=0.02)


def histogram(first: list[int], last: list[int]) -> Histogram:
    edges = np.linspace(-10, 10, len(first) + 1)
    return Histogram("kernel", edges, np.array(first), np.array(last))


def test_weights_that_moved_a_little_are_not_marked() -> None:
    assert histogram([0, 5, 5, 0], [1, 4, 4, 1]).fault == ""


def test_biases_that_start_at_zero_are_not_marked_for_it() -> None:
    assert histogram([0, 10, 0, 0], [2, 6, 2, 0]).fault == ""
    assert histogram([0, 10, 0, 0], [0, 10, 0, 0]).fault == ""


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ([0, 5, 5, 0], [0, 5, 5, 0], "has not moved"),
        ([0, 5, 5, 0], [0, 2, 2, 0], "6 of 10 numbers of kernel are no longer finite"),
        ([0] * 19 + [5, 5] + [0] * 19, [5] + [0] * 38 + [5], "times as wide"),
    ],
)
def test_weights_that_stand_still_or_explode_are_marked(
    first: list[int], last: list[int], words: str
) -> None:
    assert words in histogram(first, last).fault


def test_all_weights_of_a_layer_are_read_together(image_trial: Path) -> None:
    facts = weights(Arrays.read(image_trial), "conv1")
    assert facts is not None
    assert [part.name for part in facts.histograms] == ["kernel", "bias"]
    assert weights(Arrays.read(image_trial), "no such layer") is None


def test_filters_without_weights_are_empty(made: Any) -> None:
    kernels = np.random.default_rng(0).normal(size=(3, 3, 2, 5)).astype(np.float16)
    kernels[..., 1] = 0
    kernels[..., 4] = np.nan
    facts = filters(made({"filters/conv1": kernels}), "conv1")
    assert facts is not None
    assert facts.empty == (1, 4)
    assert "2 of 5 filters of conv1" in facts.verdict


def test_mistakes_are_the_users_own_images(image_trial: Path) -> None:
    from hpolab.data import load
    from hpolab.trial import DatasetSpec

    arrays = Arrays.read(image_trial)
    facts = mistakes(arrays)
    assert facts is not None
    validation = load(DatasetSpec(name="digits", max_samples=400)).validation
    assert facts.images is not None
    np.testing.assert_array_equal(facts.images, validation.images[arrays["mistake_index"]])
    assert facts.true == tuple(str(i) for i in validation.y[arrays["mistake_index"]])
    assert facts.n_wrong == len(facts.true)


@pytest.mark.parametrize(
    ("confidence", "is_bad"), [([0.99] * 5 + [0.6] * 3, True), ([0.99] * 4, False)]
)
def test_mistakes_that_were_made_without_doubt_are_marked(
    made: Any, confidence: list[float], is_bad: bool
) -> None:
    n = len(confidence)
    facts = mistakes(
        made(
            {
                "mistake_input": np.zeros((n, 8, 8, 3), np.uint8),
                "mistake_true": [0] * n,
                "mistake_predicted": [1] * n,
                "mistake_confidence": confidence,
                "confusion": [[30, n], [0, 30]],
            },
            {"confusion": ("a", "b")},
        )
    )
    assert facts is not None
    assert bool(facts.verdict) is is_bad
