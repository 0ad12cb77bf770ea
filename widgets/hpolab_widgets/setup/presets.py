"""Three lengths of a search, and what choosing one or another data set makes of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from hpolab.budget import Budget
from hpolab.data.known import KNOWN, OWN
from hpolab_widgets.setup.form import Form, put, read, without

if TYPE_CHECKING:
    from hpolab.config import SweepConfig

__all__ = ["PRESETS", "Preset", "preset_of", "with_dataset", "with_preset"]

_TEXTS = {"texts", *(name for name, known in KNOWN.items() if known.kind == "text")}


class Preset(NamedTuple):
    """How long a search is.

    Attributes:
        words: What it is good for.
        trials: How many networks are trained.
        epochs: How often each sees its examples, at most.
        samples: How many examples are used at most; None for all.
    """

    words: str
    trials: int
    epochs: int
    samples: int | None


PRESETS: Mapping[str, Preset] = {
    "quick": Preset("See how it works", 8, 5, 2_000),
    "standard": Preset("A fair first sweep", 20, 10, 10_000),
    "thorough": Preset("When the result counts", 60, 30, None),
}


def with_preset(form: Mapping[str, Any], name: str, examples: int | None) -> Form:
    """The form with a preset's length; ``examples`` is how many there are, where that is known."""
    preset = PRESETS[name]
    form = put(without(form, "budget"), "budget.trials", preset.trials)
    form = put(form, "epochs", preset.epochs)
    is_less = preset.samples is not None and (examples is None or preset.samples < examples)
    return put(form, "dataset.max_samples", preset.samples if is_less else None)


def preset_of(config: SweepConfig, examples: int | None) -> str:
    """Which preset a config is as long as; "" for none."""
    for name, preset in PRESETS.items():
        used = _used(config.dataset.max_samples, examples)
        is_as_long = config.budget == Budget(trials=preset.trials)
        if (
            is_as_long
            and config.epochs == preset.epochs
            and used == _used(preset.samples, examples)
        ):
            return name
    return ""


def with_dataset(form: Mapping[str, Any], name: str, *, preset: str, examples: int | None) -> Form:
    """The form with another data set, as long as before.

    Shares and seed are kept; what spoke of the old data goes, and with the kind of the data the
    model and the edits of its space.
    """
    was = read(form, "dataset.name", "digits")
    for path in ("dataset.path", "dataset.max_samples") if preset else ("dataset.path",):
        form = without(form, path)
    if "arrays" in (was, name) or (was in _TEXTS) != (name in _TEXTS):
        form = without(without(form, "model"), "space")
    form = put(form, "dataset.name", name)
    if name in OWN:
        form = without(form, "dataset.directory")
    return with_preset(form, preset, examples) if preset else dict(form)


def _used(samples: int | None, examples: int | None) -> int | None:
    """How many examples a limit leaves; None for all of an unknown number."""
    if examples is None or samples is None:
        return samples if samples is not None else examples
    return min(samples, examples)
