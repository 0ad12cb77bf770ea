"""Before take-off: everything that can be known to fail is refused before a worker starts."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab import search
from hpolab.data import Sequences, load
from hpolab.errors import ConfigError
from hpolab.executors import check_executor
from hpolab.extremes import largest_values
from hpolab.models import FAMILIES, check_builder, check_sizes
from hpolab.practice.sweeps import check_practice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hpolab.config import SweepConfig
    from hpolab.space import SearchSpace

__all__ = ["check_batch", "check_config"]


def check_config(config: SweepConfig) -> str:
    """Refuse what cannot work: names, ranges, data, builder, sizes.

    Returns:
        The fingerprint of the data.

    Raises:
        ConfigError: A setting breaks a rule; names the setting.
        DataError: The data cannot be read, or cannot be used as asked.
    """
    with _naming("dataset"):
        builder = config.builder()
    _let_python_find_modules_here()
    with _naming("model"):
        check_builder(builder)
    with _naming("executor"):
        check_executor(config.executor)
    check_practice(config)
    space = config.search_space()
    search.check(config.sampler, space, pruner=config.pruner, epochs=config.epochs)
    with _naming("dataset"):
        data = load(config.dataset)
    family = FAMILIES.get(builder)
    if family is not None and family.kind != data.kind:
        raise ConfigError(
            f"{builder} reads {family.kind} data, but {data.name} is {data.kind}; leave model "
            "empty to have it chosen.",
            field="model",
        )
    if not isinstance(data.train.x, Sequences):
        with _naming("space"):
            check_sizes(builder, space, input_shape=data.train.x.shape[1:])
    check_batch(space, n_train=len(data.train))
    return data.fingerprint


@contextmanager
def _naming(section: str) -> Iterator[None]:
    """Name the field of an error from the top of the config."""
    try:
        yield
    except ConfigError as error:
        raise error.below(section) from error


def check_batch(space: SearchSpace, *, n_train: int) -> None:
    """Refuse batches that are larger than the training set: an epoch would have no step.

    Raises:
        ConfigError: The largest batch size of the space is above ``n_train``.
    """
    if "batch_size" not in space:
        return
    options = largest_values(space["batch_size"])
    largest = max((size for size in options if isinstance(size, int)), default=0)
    if largest > n_train:
        raise ConfigError(
            f"`batch_size <= training examples` must hold, but got {largest} > {n_train}; allow "
            "smaller batches only, or use more data.",
            field="space.batch_size",
        )


def _let_python_find_modules_here() -> None:
    """A builder's "module:function" means a file in the working directory, as with ``python -m``.

    The ``hpolab`` command starts with its own folder first on the path instead.
    """
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)
