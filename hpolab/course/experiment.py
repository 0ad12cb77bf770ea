"""A few chosen configurations, trained side by side: the only sweep that the lessons need."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from hpolab.config import SweepConfig
from hpolab.errors import ConfigError, did_you_mean
from hpolab.health.limits import Limits
from hpolab.search.configurations import grid
from hpolab.storage.names import fresh_name
from hpolab.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Any

    from hpolab.record import TrialRecord
    from hpolab.space import Params, Value

__all__ = [
    "MOST",
    "PLAIN",
    "PLAIN_LSTM",
    "Outcome",
    "best",
    "ended",
    "experiment",
    "find",
    "outcomes",
]

PLAIN: Mapping[str, Value] = {
    "n_blocks": 2,
    "filters": 8,
    "kernel_size": 3,
    "pooling": "max",
    "head": "flatten",
    "dense_units": 32,
    "activation": "relu",
    "dropout": 0.0,
    "batch_norm": False,
    "optimizer": "adam",
    "momentum": 0.9,
    "learning_rate": 3e-3,
    "schedule": "constant",
    "weight_decay": 1e-5,
    "batch_size": 32,
}
"""The network that an experiment changes: small, and nothing in it that hides an effect."""

PLAIN_LSTM: Mapping[str, Value] = {
    "vocabulary": 21,  # 17 inks and the reserved ids
    "sequence_length": 64,
    "embedding_width": 16,
    "lstm_units": 16,
    "n_layers": 1,
    "bidirectional": False,
    "dropout": 0.0,
    "optimizer": "adam",
    "momentum": 0.9,
    "learning_rate": 1e-2,
    "schedule": "constant",
    "weight_decay": 1e-5,
    "batch_size": 32,
}
"""The same for an LSTM that reads the digits as texts, pixel by pixel."""

_PLAIN = {"cnn": PLAIN, "lstm": PLAIN_LSTM}
_DATASETS = {"cnn": "digits", "lstm": "digits_text"}

MOST = 12
"""Configurations of one experiment: more than that nobody compares at a glance."""

_GLANCE_SECONDS = 0.2
_PANELS_SECONDS = 0.6


def experiment(
    *,
    model: str = "cnn",
    epochs: int = 10,
    examples: int | None = None,
    validation: float = 0.15,
    mislabelled: float = 0.0,
    pictures: Path | None = None,
    seed: int = 0,
    **settings: Value | list[Value],
) -> Sweep:
    """Train the plain network with some settings changed; a list is tried value by value.

    Several lists are tried in every combination. Nothing is pruned and no limit holds, because a
    lesson wants to see how it ends. Returns at once: the sweep runs in a process of its own.

    Args:
        model: "cnn", which looks at the digits, or "lstm", which reads them as texts.
        epochs: How long each network is trained.
        examples: How many of the digits are used; None for all 1,797.
        validation: Share of them that is held back as unseen, in (0, 0.5].
        mislabelled: Share of all digits, unseen ones too, that get a wrong label, in [0, 1);
            for "cnn" only.
        pictures: A folder of images by class, used instead of the digits; for "cnn" only.
        seed: Of every training: initial weights, order of examples, dropout.
        settings: Hyperparameters by name; see PLAIN and PLAIN_LSTM for the others.

    Raises:
        ConfigError: A name is unknown, there are more than MOST configurations, or a share or
            the model is impossible.
        DataError: The pictures cannot be used.
    """
    if model not in _PLAIN:
        raise ConfigError(f"the lessons train no {model!r}; {did_you_mean(model, _PLAIN)}")
    plain = _PLAIN[model]
    # what the cell names comes first, in its order: so are its networks told apart
    changed: dict[str, Any] = {**settings, **{n: plain[n] for n in plain if n not in settings}}
    config = SweepConfig(
        name=fresh_name("lesson"),
        dataset={
            **_data(model, pictures, mislabelled),
            "max_samples": examples,
            "validation": validation,
        },
        model=model,
        space=changed,
        epochs=epochs,
        sampler="grid",
        pruner="none",
        limits=Limits.none(),
        record="all",
        seed=seed,
    )
    count = len(grid(config.search_space(), points=None))
    if count > MOST:
        raise ConfigError(
            f"an experiment has at most {MOST} configurations, but these lists make {count}; "
            "leave some values out."
        )
    return Sweep(config.replace(budget={"trials": count})).start()


def _data(model: str, pictures: Path | None, mislabelled: float) -> dict[str, Any]:
    """Which data set, as a config names it."""
    if pictures is not None:
        if model != "cnn" or mislabelled:
            raise ConfigError(
                'own pictures are for "cnn", with the labels that their folders give.'
            )
        return {"name": "images", "path": pictures}
    if not mislabelled:
        return {"name": _DATASETS[model]}
    if model != "cnn":
        raise ConfigError("only the pictures come with wrong labels; leave mislabelled out.")
    from hpolab.course.wrong_labels import mislabelled_digits

    return {"name": "arrays", "path": mislabelled_digits(mislabelled).path}


async def ended(sweep: Sweep) -> None:
    """Wait until nobody works on the sweep, while panels go on drawing."""
    while sweep.folder.is_running():
        await asyncio.sleep(_GLANCE_SECONDS)
    await asyncio.sleep(_PANELS_SECONDS)  # they look a few times a second


class Outcome(NamedTuple):
    """What became of one configuration of an experiment.

    Attributes:
        varied: The settings that differ between its configurations; of an only one, those that
            are not the plain network's.
        trial: Who trains them; None while it is not known.
    """

    varied: Params
    trial: TrialRecord | None


def outcomes(config: SweepConfig, trials: Iterable[TrialRecord]) -> tuple[Outcome, ...]:
    """The configurations in the order in which they were given, whatever order they train in."""
    edits = config.space
    varied = [name for name, edit in edits.items() if isinstance(edit, list) and len(edit) > 1]
    known = list(trials)
    plain = _PLAIN.get(config.builder(), PLAIN)
    told = varied or [name for name, edit in edits.items() if edit != plain.get(name)]

    def place(params: Params) -> list[int]:
        return [edits[name].index(params[name]) for name in varied if name in params]

    return tuple(
        Outcome(
            {name: params[name] for name in told if name in params},
            next((trial for trial in known if trial.params == params), None),
        )
        for params in sorted(grid(config.search_space(), points=None), key=place)
    )


def best(sweep: Sweep) -> TrialRecord:
    """The trial with the highest validation accuracy.

    Raises:
        ConfigError: None has completed.
    """
    completed = [trial for trial in sweep.record.trials.values() if trial.state == "completed"]
    if not completed:
        raise ConfigError("no network has been trained to its end; run the experiment first.")
    return max(completed, key=_accuracy)


def find(sweep: Sweep, **settings: Value) -> TrialRecord:
    """The trial with these settings.

    Raises:
        ConfigError: There is none.
    """
    for trial in sweep.record.trials.values():
        if settings.items() <= trial.params.items():
            return trial
    raise ConfigError(f"no network was trained with {settings}; the experiment has to list it.")


def _accuracy(trial: TrialRecord) -> float:
    known = trial.ended.accuracy if trial.ended else None
    return -1.0 if known is None else known
