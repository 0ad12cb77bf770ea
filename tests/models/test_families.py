from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from hpolab.errors import ConfigError, TrialFailed
from hpolab.models import FAMILIES, build, check_builder, check_sizes, family_for

UserModule = Callable[[str], str]


def test_each_kind_of_data_has_its_family() -> None:
    assert family_for("image").name == "cnn"
    assert family_for("text").name == "lstm"
    with pytest.raises(ConfigError, match="no network reads 'sound'"):
        family_for("sound")


def test_naming_families_loads_no_keras() -> None:
    code = "import sys, hpolab.models, hpolab.training; assert 'keras' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_names_of_families_resolve(name: str) -> None:
    check_builder(name)


def test_an_unknown_family_is_answered_with_the_nearest_known_one() -> None:
    with pytest.raises(ConfigError, match="no model 'cn'; did you mean 'cnn'"):
        check_builder("cn")


def test_a_module_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="cannot import 'no_such_module'"):
        check_builder("no_such_module:build")


def test_a_module_that_breaks_while_it_is_imported_is_named(user_module: UserModule) -> None:
    name = user_module("1 / 0")
    with pytest.raises(ConfigError, match="division by zero"):
        check_builder(f"{name}:build")


def test_a_function_that_is_not_there_is_answered_with_the_nearest(
    user_module: UserModule,
) -> None:
    name = user_module("def build(params, input_shape, n_classes): ...")
    with pytest.raises(ConfigError, match="has no biuld; did you mean 'build'"):
        check_builder(f"{name}:biuld")


def test_something_that_cannot_be_called_is_no_builder(user_module: UserModule) -> None:
    name = user_module("build = 3")
    with pytest.raises(ConfigError, match="not a function"):
        check_builder(f"{name}:build")


SMALL = """
import keras

def build(params, input_shape, n_classes):
    image = keras.Input(input_shape)
    x = keras.layers.Flatten()(image)
    x = keras.layers.Dense(params["units"], activation="relu")(x)
    return keras.Model(image, keras.layers.Dense({width}, activation="softmax")(x))
"""


def test_a_users_builder_gets_parameters_shape_and_classes(user_module: UserModule) -> None:
    name = user_module(SMALL.format(width="n_classes"))
    model = build(f"{name}:build", {"units": 7}, input_shape=(8, 8, 1), n_classes=3)
    assert model.input_shape == (None, 8, 8, 1)
    assert model.layers[-2].units == 7
    assert model.output_shape == (None, 3)


def test_a_builder_that_raises_fails_the_trial_with_its_reason(user_module: UserModule) -> None:
    name = user_module(SMALL.format(width="n_classes"))
    with pytest.raises(TrialFailed, match="KeyError: 'units'"):
        build(f"{name}:build", {}, input_shape=(8, 8, 1), n_classes=3)


def test_a_model_with_another_output_shape_is_refused(user_module: UserModule) -> None:
    name = user_module(SMALL.format(width="5"))
    with pytest.raises(
        TrialFailed, match=r"\(None, 5\).*must be class probabilities.*\(None, 3\)"
    ):
        build(f"{name}:build", {"units": 7}, input_shape=(8, 8, 1), n_classes=3)


def test_answers_that_are_no_probabilities_are_refused(user_module: UserModule) -> None:
    name = user_module(SMALL.format(width="n_classes").replace("softmax", "sigmoid"))
    with pytest.raises(
        TrialFailed, match="not probabilities that sum to 1; end it with a softmax"
    ):
        build(f"{name}:build", {"units": 7}, input_shape=(8, 8, 1), n_classes=3)


def test_a_model_that_cannot_answer_is_refused(user_module: UserModule) -> None:
    source = SMALL.format(width="n_classes").replace(
        "(image)\n",
        "(keras.layers.Lambda(lambda x: 1 / 0 if hasattr(x, 'numpy') else x)(image))\n",
    )
    with pytest.raises(TrialFailed, match="cannot answer an example: ZeroDivisionError"):
        build(f"{user_module(source)}:build", {"units": 7}, input_shape=(8, 8, 1), n_classes=3)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("def build(p, s, n): return 'model'", "returned str"),
        (
            "import keras\ndef build(p, s, n): return keras.Sequential([keras.layers.Dense(n)])",
            "not a graph from exactly one input",
        ),
        (
            "import keras\n"
            "def build(p, s, n):\n"
            "    x = keras.Input(s)\n"
            "    y = keras.layers.Dense(n)(keras.layers.Flatten()(x))\n"
            "    return keras.Model(x, [y, y])",
            "exactly one input to one output",
        ),
        (
            "import keras\n"
            "class Own(keras.Model):\n"
            "    def call(self, x): return x\n"
            "def build(p, s, n): return Own()",
            "functional or the sequential API",
        ),
    ],
)
def test_what_is_no_model_with_one_input_and_one_output_is_refused(
    user_module: UserModule, source: str, complaint: str
) -> None:
    name = user_module(source)
    with pytest.raises(TrialFailed, match=complaint):
        build(f"{name}:build", {}, input_shape=(8, 8, 1), n_classes=3)


def test_a_space_with_kernels_larger_than_the_images_is_refused_before_training() -> None:
    space = FAMILIES["cnn"].space.edited({"kernel_size": [3, 9]})
    check_sizes("cnn", space, input_shape=(28, 28, 1))
    with pytest.raises(ConfigError, match=r"kernel_size.*a kernel of 9 is larger than.*8x8"):
        check_sizes("cnn", space, input_shape=(8, 8, 1))


def test_a_hyperparameter_that_nobody_knows_is_refused() -> None:
    with pytest.raises(
        ConfigError, match="filtres: no such hyperparameter; did you mean 'filters'"
    ):
        build("cnn", {"filtres": 3}, input_shape=(8, 8, 1), n_classes=3)
