"""Training that is steered while it goes on, and what is seen and said of it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from hpolab.errors import ConfigError
from hpolab.health.gradients import log_elasticity
from hpolab.health.neurons import neuron_utilisation
from hpolab.health.recorded import Recorded
from hpolab.playground import DATA, REACH, Plan, Training, examples, sentence


def trained(name="moons", steps=300, *, seed=0, noise=0.05, **plan):
    training = Training(examples(name, noise=noise), Plan(**plan), seed=seed)
    for _ in range(steps):
        training.step()
    return training


@pytest.mark.parametrize("name", DATA)
def test_everything_that_is_offered_is_learnt(name):
    training = trained(name, steps=1200, width=24, learning_rate=0.01)
    look = training.look()
    assert look.validation_accuracy > 0.9
    assert look.loss < look.baseline_loss / 2


@pytest.mark.parametrize("name", [name for name in DATA if name != "digits"])
def test_points_lie_in_the_plane_that_is_shown_half_of_each_class(name):
    shown = examples(name, noise=0.05, seed=3)
    assert np.abs(shown.x).max() < REACH
    assert np.bincount(shown.y).tolist() == np.bincount(shown.validation_y).tolist() == [100, 100]
    assert not np.array_equal(shown.x, shown.validation_x)


def test_digits_are_those_of_sweeps_and_none_is_in_both_parts():
    digits = examples("digits")
    assert digits.x.shape[1] == 64
    assert (digits.x.min(), digits.x.max()) == (0, 1)
    known = {row.tobytes() for row in digits.x}
    assert not any(row.tobytes() in known for row in digits.validation_x)
    counts = np.bincount(digits.y[digits.probed()])
    assert counts.sum() == 256
    assert counts.min() >= 24


def test_the_same_seed_gives_the_same_network():
    one, other = (trained(steps=30, dropout=0.3) for _ in range(2))
    np.testing.assert_array_equal(one.layers[1].kernel, other.layers[1].kernel)
    assert not np.array_equal(one.layers[1].kernel, trained(steps=30, seed=1).layers[1].kernel)


def test_every_example_has_its_turn_before_one_comes_again():
    training = Training(examples("moons"), Plan(batch_size=32))
    seen = np.concatenate([training._next_batch() for _ in range(7)])
    assert sorted(seen.tolist()) == list(range(200))


@pytest.mark.parametrize(
    "change",
    [
        {"learning_rate": 1.0},
        {"activation": "tanh"},
        {"dropout": 0.5},
        {"batch_size": 8},
        {"optimizer": "sgd"},
    ],
)
def test_what_has_no_weights_of_its_own_changes_none(change):
    training = trained(steps=20)
    before = [array.copy() for layer in training.layers for array in layer]
    training.change(training.plan.replace(**change))
    after = [array for layer in training.layers for array in layer]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
    training.step()
    assert not np.array_equal(before[0], training.layers[0].kernel)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("change", [{"depth": 4}, {"depth": 0}, {"width": 40}, {"width": 3}])
def test_sizes_change_while_it_trains_and_it_goes_on_learning(optimizer, change):
    rate = {"sgd": 0.1, "momentum": 0.03, "adam": 0.01}[optimizer]
    training = trained("blobs", steps=50, optimizer=optimizer, learning_rate=rate)
    training.change(training.plan.replace(**change))
    assert training.n_steps == 50
    for _ in range(200):
        training.step()
    assert training.look().validation_accuracy > 0.95


def test_silent_units_are_those_of_the_health_metric():
    look = trained("digits", steps=200, learning_rate=0.1).look()
    shares = [units.mean() for units in look.alive.values()]
    recorded = Recorded(
        baseline_loss=look.baseline_loss,
        chance=0.1,
        n_train=1297,
        n_classes=10,
        n_parameters=1,
        probes=(look.probe,),
    )
    assert 0 < np.mean(shares) < 1
    assert np.mean(shares) == pytest.approx(neuron_utilisation(recorded).value)


def test_gradient_norms_and_elasticities_are_those_of_the_probed_examples():
    training = trained("moons", steps=10)
    look = training.look()
    norm, weight = look.probe.gradient_norms["layer 1/kernel"], training.layers[0].kernel
    assert look.probe.weight_norms["layer 1/kernel"] == pytest.approx(np.sqrt((weight**2).sum()))
    expected = log_elasticity(np.array([norm]), np.array([np.linalg.norm(weight)]), look.loss)
    assert look.exponents["layer 1/kernel"] == pytest.approx(expected[0])
    step = 1e-6 * weight / np.linalg.norm(weight)  # the loss's slope along the kernel itself
    weight += step
    slope = (training.look().loss - look.loss) / 1e-6
    assert abs(slope) <= norm * 1.001


def test_the_surface_says_what_the_network_says_from_top_to_bottom():
    training = trained("blobs")  # class 1 lies above on the right
    surface = training.surface(20)
    assert surface.shape == (20, 20)
    assert surface[2, 17] > 0.9
    assert surface[17, 2] < 0.1


def test_a_network_that_is_well_is_said_to_be():
    assert sentence(trained("blobs", steps=0).look()) == "It has learnt nothing yet."
    said = sentence(trained("moons", steps=200, activation="tanh", learning_rate=0.003).look())
    assert said.endswith("% of the unseen examples are right.")


def test_a_killed_layer_is_said_to_be_silent_with_its_count():
    look = trained("digits", steps=60, learning_rate=3.0).look()
    said = sentence(look)
    assert "all 16 units are silent (always at zero)" in said
    assert "No gradient reaches layer 1." in said
    some = sentence(trained("digits", steps=200, learning_rate=0.03).look())
    assert " of 16 units " in some


def test_a_spiral_that_is_learnt_by_heart_is_said_to_be():
    training = trained("spiral", 2500, noise=0.2, width=64, depth=4, activation="leaky_relu")
    assert "It learns by heart" in sentence(training.look())


def test_numbers_that_are_lost_are_said_to_be_and_warn_nobody():
    training = trained("moons", steps=40, activation="leaky_relu", optimizer="momentum")
    training.change(training.plan.replace(learning_rate=10, depth=6, width=64))
    for _ in range(400):
        training.step()
    look = training.look()
    assert look.is_lost
    assert "stopped being numbers" in sentence(look)


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [({"name": "moon"}, "did you mean 'moons'"), ({"name": "xor", "noise": 3}, "noise <= 0.5")],
)
def test_examples_that_there_are_not_are_refused(arguments, rule):
    with pytest.raises(ConfigError, match=rule):
        examples(**arguments)


@pytest.mark.parametrize(
    "wrong", [{"learning_rate": 0}, {"depth": 7}, {"width": 0}, {"dropout": 1}, {"batch_size": 0}]
)
def test_a_plan_out_of_range_is_refused_by_name(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Plan(**wrong)


def test_the_playground_loads_no_tensorflow():
    code = "import sys, hpolab.playground; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
