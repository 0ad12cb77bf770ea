"""The networks of the study: how each of them ended, and the file that ships with the package.

200 CNNs on the digits, drawn from a space so wide that many are sick, each trained for 10 epochs
by the engine's own training. The file beside this module has a first line on the whole, then a
line a network.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pydantic import Field

from hpolab.errors import DataError
from hpolab.frozen import Frozen
from hpolab.parameters import Value
from hpolab.rounding import rounded

__all__ = ["SHIFTS", "Look", "Network", "Study", "read_study", "write_study"]

FORMAT = 1
"""Of the file; a reader refuses another one."""

SHIFTS = ("noise", "translation", "rotation")
"""How the test pictures are changed; see tests/benchmarks/study_shifts.py."""

_PATH = Path(__file__).with_name("networks.jsonl")
_DIGITS = 4


class Look(Frozen):
    """What a run showed after an epoch.

    Attributes:
        accuracy: On the validation set, in [0, 1].
        loss: Mean training loss of that epoch in nats; None when it was not a finite number.
        metrics: The health metrics of then, by name, each in [0, 1].
    """

    accuracy: float = Field(ge=0, le=1)
    loss: float | None
    metrics: dict[str, float]


class Network(Frozen):
    """One configuration, and what became of it.

    Attributes:
        params: Its hyperparameters.
        n_parameters: Trainable ones.
        diverged: Whether its training broke off because a number was no longer finite.
        early: After a fifth of the epochs, or after the last one that ended.
        end: After the last epoch that ended.
        test_accuracy: On the test set as it is; None for a run that broke off, as are the next.
        shifted: On the test set changed, by kind of shift.
        again: Validation accuracy with each of some fresh seeds, 0 for a run that broke off;
            empty for networks that were not trained again.
        slower, faster: Validation accuracy with a tenth and ten times of the learning rate; None
            for networks that were not sick.
    """

    params: dict[str, Value]
    n_parameters: int
    diverged: bool
    early: Look
    end: Look
    test_accuracy: float | None = None
    shifted: dict[str, float] | None = None
    again: tuple[float, ...] = ()
    slower: float | None = None
    faster: float | None = None


class Study(Frozen):
    """The whole study.

    Attributes:
        format: Version of the file.
        epochs, early: How many were trained, and after which one the early look was.
        versions: Of what trained.
        networks: In the order in which they were drawn.
    """

    format: int = FORMAT
    epochs: int
    early: int
    versions: dict[str, str]
    networks: tuple[Network, ...] = ()


@cache
def read_study() -> Study:
    """The study that ships with the package.

    Raises:
        DataError: Its file is missing, damaged, or of another version.
    """
    try:
        first, *rest = _PATH.read_text(encoding="utf-8").splitlines()
        data = {**json.loads(first), "networks": [json.loads(line) for line in rest]}
    except (OSError, ValueError) as error:
        raise DataError(
            f"the study {_PATH.name} cannot be read ({error}); install again."
        ) from error
    if data.get("format") != FORMAT:
        raise DataError(f"{_PATH.name} is not of this version; train it: make study")
    return Study.parse(data)


def write_study(networks: Iterable[Network], *, epochs: int, early: int) -> Path:
    """Write the file that ``read_study`` reads; returns its path."""
    versions = {name: version(name) for name in ("hpolab", "keras", "tensorflow")}
    head = Study(epochs=epochs, early=early, versions=versions).to_dict()
    del head["networks"]
    lines = [head, *(rounded(network.to_dict(), digits=_DIGITS) for network in networks)]
    texts = [json.dumps(line, separators=(",", ":")) for line in lines]
    _PATH.write_text("\n".join(texts) + "\n", encoding="utf-8")
    read_study.cache_clear()
    return _PATH
