"""The model card of a winner: what it is, how good, how healthy, and how to use it."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from hpolab.coordination.versions import versions
from hpolab.models.spaces import VOCABULARY
from hpolab.scoring import METRICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.config import SweepConfig
    from hpolab.record import TrialRecord
    from hpolab.trial import EpochRecord, RunResult

__all__ = ["model_card"]


def model_card(
    sweep: str, config: SweepConfig, trial: TrialRecord, result: RunResult, *, n_trials: int
) -> str:
    """Markdown for ``best/README.md``.

    Args:
        sweep: The sweep's name.
        config: What was asked.
        trial: The winner.
        result: Its stored result.
        n_trials: Trials finished so far: among how many it won.
    """
    sections = [
        _what(sweep, config, trial, n_trials),
        _figures(config, trial, result),
        _health(result),
        _history(result),
        _configuration(config, trial),
        _usage(config, trial, result),
        _origin(result),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _what(sweep: str, config: SweepConfig, trial: TrialRecord, n_trials: int) -> str:
    judged = "accuracy alone" if config.mode == "simple" else "accuracy and health"
    return f"""\
# {config.builder()} for {config.dataset.name}: trial {trial.number} of {sweep}

The winner among {n_trials} finished trials of a hyperparameter search, which judged networks
by {judged} on validation data. The test split was used once, for the figure below.
A search flatters its winner: `hpolab confirm` on the sweep's folder measures by how much."""


def _figures(config: SweepConfig, trial: TrialRecord, result: RunResult) -> str:
    weights = config.scoring
    health = trial.ended.health if trial.ended else None
    rows = [
        (f"score ({weights.accuracy:.2f} accuracy + {weights.health:.2f} health)", trial.score),
        ("validation accuracy", result.accuracy),
        ("validation loss (nats)", result.loss),
        ("health", health),
        ("test accuracy", result.test_accuracy),
        ("test loss (nats)", result.test_loss),
    ]
    figures = [(name, f"{value:.4f}") for name, value in rows if value is not None]
    if result.n_parameters is not None:
        figures.append(("trainable parameters", f"{result.n_parameters:,}"))
    return _table(("figure", "value"), figures)


def _health(result: RunResult) -> str:
    metrics = {name: result.health.metrics.get(name) for name in METRICS}
    present = [(name, metric) for name, metric in metrics.items() if metric is not None]
    rows = [(_words(name), f"{metric.value:.2f}", metric.evidence) for name, metric in present]
    advice = [f"- {_words(name)}: {metric.advice}" for name, metric in present if metric.advice]
    absent = [_words(name) for name, metric in metrics.items() if metric is None]
    if not rows:
        return "## Health\n\nNone of the six metrics applies to this network."
    return "\n\n".join(
        [
            "## Health",
            "Every metric lies in 0 to 1; 1 is well. Health finds sick training and wasted "
            "parameters.\nIt does not foretell how the model does on noisy or shifted data.",
            _table(("metric", "value", "seen"), rows),
            *([f"Does not apply: {', '.join(absent)}."] if absent else []),
            *(["What to try:\n\n" + "\n".join(advice)] if advice else []),
        ]
    )


def _history(result: RunResult) -> str:
    if not result.history:
        return ""
    first, last = result.history[0], result.history[-1]
    best = max(result.history, key=lambda record: record.val_accuracy)
    columns = [] if first is last else [("first", first)]
    columns.append(("last", last))
    if best.val_accuracy > last.val_accuracy:
        columns.append(("best validation accuracy", best))
    names = ("train_loss", "val_loss", "train_accuracy", "val_accuracy", "learning_rate")
    heads = [f"{name}: epoch {record.epoch}" for name, record in columns]
    rows = [(_words(name), *(_number(record, name) for _, record in columns)) for name in names]
    return "\n\n".join(
        [
            "## Training",
            f"It took {result.seconds:.1f} seconds. The model is the one after the last epoch; "
            "losses are in nats.",
            _table(("", *heads), rows),
        ]
    )


def _configuration(config: SweepConfig, trial: TrialRecord) -> str:
    rows = [(name, str(value)) for name, value in trial.params.items()]
    rows += [("epochs", str(config.epochs)), ("seed", str(trial.seed))]
    return "## Configuration\n\n" + _table(("hyperparameter", "value"), rows)


def _origin(result: RunResult) -> str:
    rows = [("data fingerprint", f"`{result.fingerprint}`"), *versions().items()]
    return "## Made from\n\n" + _table(("what", "which"), rows)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _number(record: EpochRecord, name: str) -> str:
    value = getattr(record, name)
    return "not finite" if value is None else f"{value:.4g}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; what would break out of a cell is made harmless."""
    lines = [head, ("---",) * len(head), *rows]
    cells = [[" ".join(cell.split()).replace("|", r"\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _usage(config: SweepConfig, trial: TrialRecord, result: RunResult) -> str:
    """How to load it and predict: code that runs as it stands, in the card's own folder."""
    if result.reason:  # a completed trial says so when its files did not come back
        return f"## Use\n\nThe model did not come back: {result.reason}."
    template = _TEXT if _reads_texts(config) else _IMAGE
    data = {"name": config.dataset.name}
    data |= config.dataset.model_dump(mode="json", exclude_defaults=True)
    for field in ("path", "directory"):
        if (place := getattr(config.dataset, field)) is not None:
            data[field] = str(place.expanduser().resolve())  # the card is read elsewhere
    code = Template(template).substitute(
        data=repr(data),
        vocabulary=trial.params.get("vocabulary", VOCABULARY),
        accuracy="" if result.test_accuracy is None else f"  # {result.test_accuracy:.4f}",
    )
    own = config.builder().partition(":")[0] if ":" in config.builder() else ""
    note = f"\n\nImport `{own}` first if it has layers of its own." if own else ""
    return f"## Use\n\nRun this beside `model.keras`.{note}\n\n{code}"


def _reads_texts(config: SweepConfig) -> bool:
    from hpolab.data import kind_of
    from hpolab.models import FAMILIES

    family = FAMILIES.get(config.builder())
    return (family.kind if family else kind_of(config.dataset)) == "text"


_IMAGE = """\
```python
import json
from pathlib import Path

import keras
import numpy as np

model = keras.models.load_model("model.keras")
classes = json.loads(Path("classes.json").read_text(encoding="utf-8"))
images = np.zeros((1, *model.input_shape[1:]), "uint8")  # yours: raw pixels, 0 to 255
probabilities = model.predict(images, verbose=0)  # (images, classes)
print(classes[probabilities[0].argmax()])
```

On the data of the search, where hpolab is installed:

```python
from hpolab.data import load
from hpolab.trial import DatasetSpec

data = load(DatasetSpec.parse($data))
answers = model.predict(data.test.images, verbose=0).argmax(axis=1)
print("test accuracy", (answers == data.test.y).mean())$accuracy
print("the first is taken for", data.classes[answers[0]])
```"""

_TEXT = '''\
A text is a row of word ids: 0 pads in front, 1 starts the text, 2 is any word that is not in
the vocabulary, and the word of rank r in the training texts is r + 3.

```python
import json
import re

import keras
import numpy as np
from hpolab.data import load
from hpolab.trial import DatasetSpec

model = keras.models.load_model("model.keras")
data = load(DatasetSpec.parse($data))
limit = min($vocabulary, data.train.texts.known)  # ids from here on were not learned
length = model.input_shape[1]


def row(ids):
    """The end of a text, padded in front."""
    ids = [i if i < limit else 2 for i in ids[-length:]]
    return [0] * (length - len(ids)) + ids


rows = np.array([row(text.tolist()) for text in data.test.texts])
answers = model.predict(rows, verbose=0).argmax(axis=1)
print("test accuracy", (answers == data.test.y).mean())$accuracy
```

Texts of your own, where the words of the data set are known (`data.vocabulary`):

```python
words = json.loads(data.vocabulary.read_text(encoding="utf-8"))
id_of = {word: i for i, word in enumerate(words) if word}


def ids(text):
    found = re.findall(r"\\w+(?:['\\u2019]\\w+)*", text.lower()) or text.lower().split()
    return [1, *(id_of.get(word, 2) for word in found)]


probabilities = model.predict(np.array([row(ids("a text of your own"))]), verbose=0)
print(data.classes[probabilities[0].argmax()])
```'''
