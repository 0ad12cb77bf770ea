"""Kinds of networks by name: what is searched for them, and how one is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hpolab.errors import ConfigError, HpolabError, TrialFailed, did_you_mean
from hpolab.extremes import largest_values
from hpolab.models import spaces
from hpolab.named import find_function
from hpolab.space import SearchSpace, Value

if TYPE_CHECKING:
    import keras

__all__ = ["FAMILIES", "Builder", "Family", "build", "check_builder", "check_sizes", "family_for"]

Builder = Callable[[Mapping[str, Value], tuple[int, ...], int], "keras.Model"]
"""``builder(params, input_shape, n_classes)`` -> an uncompiled model that gives probabilities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A kind of network that the lab knows.

    Attributes:
        name: What a config calls it.
        kind: The data it reads.
        space: What is searched unless the user edits it.
        builder: Where its builder is, as "module:function"; importing that module loads Keras.
    """

    name: str
    kind: Literal["image", "text"]
    space: SearchSpace
    builder: str


FAMILIES: dict[str, Family] = {
    "cnn": Family(name="cnn", kind="image", space=spaces.CNN, builder="hpolab.models.cnn:build"),
    "lstm": Family(
        name="lstm", kind="text", space=spaces.LSTM, builder="hpolab.models.lstm:build"
    ),
}


def family_for(kind: str) -> Family:
    """The family that reads this kind of data, "image" or "text".

    Raises:
        ConfigError: No family reads it.
    """
    for family in FAMILIES.values():
        if family.kind == kind:
            return family
    kinds = [family.kind for family in FAMILIES.values()]
    raise ConfigError(f"no network reads {kind!r} data; {did_you_mean(kind, kinds)}")


def check_builder(name: str) -> None:
    """Refuse the name of a model that cannot be resolved, before anything starts.

    Raises:
        ConfigError: It is neither a family nor the "module:function" of something callable.
    """
    if name not in FAMILIES:
        _resolve(name)


def check_sizes(model: str, space: SearchSpace, *, input_shape: tuple[int, ...]) -> None:
    """Refuse a search space with kernels that are larger than the images.

    Args:
        model: Name of the model; only the "cnn" family has a rule here.
        space: The space that will be searched.
        input_shape: (height, width, channels) of the images.

    Raises:
        ConfigError: Names the parameter and the largest size that works.
    """
    if model != "cnn" or "kernel_size" not in space:
        return
    for option in largest_values(space["kernel_size"]):
        if isinstance(option, str):
            raise ConfigError(
                f"a kernel has a size in pixels, but got {option!r:.80}; write numbers.",
                field="kernel_size",
            )
        check_kernel(int(option), input_shape)


def check_kernel(kernel_size: int, input_shape: tuple[int, ...]) -> None:
    """Refuse a kernel that is larger than the image of shape (height, width, channels).

    Raises:
        ConfigError: Names the largest size that works.
    """
    side = min(input_shape[:2])
    if kernel_size > side:
        height, width = input_shape[:2]
        raise ConfigError(
            f"`kernel_size <= image side` must hold, but a kernel of {kernel_size} is larger than "
            f"images of {height}x{width}; choose {side} or less.",
            field="kernel_size",
        )


def build(
    model: str, params: Mapping[str, Value], *, input_shape: tuple[int, ...], n_classes: int
) -> keras.Model:
    """Build the network that a trial trains. Imports Keras.

    Args:
        model: "cnn", "lstm", or a user's builder as "module:function".
        params: The trial's hyperparameters; how to train it is among them.
        input_shape: Of one example: (height, width, channels) of raw pixels 0..255, or
            (length,) of token ids.
        n_classes: Width of the output.

    Returns:
        An uncompiled model whose output is class probabilities, shape (batch, n_classes).

    Raises:
        ConfigError: The name does not resolve, or a hyperparameter breaks a rule.
        TrialFailed: A user's builder raised, or what it returned is not such a model.
    """
    family = FAMILIES.get(model)
    builder = _resolve(family.builder if family else model)
    try:
        built = builder(dict(params), input_shape, n_classes)
    except HpolabError:
        raise
    except Exception as error:
        raise TrialFailed(f"{model} raised {type(error).__name__}: {error}") from error
    _check_model(built, model, n_classes)
    if family is None:
        _check_answers(built, model, input_shape)
    return built


def _resolve(name: str) -> Builder:
    """The function that "module:function" names."""
    if ":" not in name:
        hint = did_you_mean(name, FAMILIES)
        raise ConfigError(f'no model {name!r}; {hint} Or name a builder as "module:function".')
    return find_function(name)


def _check_model(built: object, name: str, n_classes: int) -> None:
    """Refuse what is not a model with one input and one output of (batch, n_classes)."""
    import keras

    if not isinstance(built, keras.Model):
        raise TrialFailed(f"{name} returned {type(built).__name__}; it must return a keras.Model.")
    if any(len(getattr(built, side, None) or ()) != 1 for side in ("inputs", "outputs")):
        raise TrialFailed(
            f"{name} returned a model that is not a graph from exactly one input to one output; "
            "start from keras.Input, with the functional or the sequential API."
        )
    shape = tuple(built.outputs[0].shape)
    if shape != (None, n_classes):
        raise TrialFailed(
            f"{name} returned a model with output shape {shape}; it must be class probabilities "
            f"of shape (None, {n_classes})."
        )


def _check_answers(built: keras.Model, name: str, input_shape: tuple[int, ...]) -> None:
    """Refuse a user's model that cannot answer, or whose answers are no probabilities."""
    import numpy as np

    try:
        answers = np.asarray(built(np.zeros((2, *input_shape), built.inputs[0].dtype)))
    except Exception as error:
        told = f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
        raise TrialFailed(f"the model of {name} cannot answer an example: {told}") from error
    if (answers < 0).any() or not np.allclose(answers.sum(axis=1), 1, atol=1e-3):
        raise TrialFailed(
            f"{name} returned a model whose answers are not probabilities that sum to 1; end it "
            "with a softmax."
        )
