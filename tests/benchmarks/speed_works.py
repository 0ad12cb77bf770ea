"""The three works that training speed is measured on, and the configurations that are trained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.config import SweepConfig
from hpolab.data import from_arrays
from hpolab.search import PrunerSpec, SamplerSpec, Search
from hpolab.settings import settings
from hpolab.trial import DatasetSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.space import Params

WORKERS = 2


@dataclass(frozen=True)
class Work:
    """One data set with its epochs, and how much faster than the obvious ways it has to be."""

    name: str
    title: str
    epochs: int
    bar: float

    def dataset(self) -> DatasetSpec:
        return {"digits": _digits, "images": _images, "text": _text}[self.name]()

    def sweep(self, *, trials: int, seed: int) -> SweepConfig:
        """A sweep as a user would write it, but every trial trained to its end.

        The others know no pruner and no limits that end a sick trial early, so ours has none.
        """
        return SweepConfig(
            name=f"{self.name}-{seed}",
            dataset=self.dataset(),
            epochs=self.epochs,
            budget=trials,
            sampler="random",
            pruner="none",
            limits="none",
            executor={"name": "process", "workers": WORKERS},
            seed=seed,
        )


WORKS = {
    work.name: work
    for work in (
        Work("digits", "digits, 1,797 of 8x8", epochs=10, bar=6.0),
        Work("images", "10,000 of 28x28", epochs=4, bar=3.0),
        Work("text", "5,000 sequences", epochs=3, bar=1.8),
    )
}


def configurations(config: SweepConfig) -> list[Params]:
    """What that sweep is going to train."""
    search = Search(
        config.search_space(),
        sampler=SamplerSpec.parse("random"),
        pruner=PrunerSpec.parse("none"),
        seed=config.seed,
        epochs=config.epochs,
    )
    return [search.ask(number) for number in range(config.budget.trials or 0)]


def inputs(x: Any, params: Params) -> NDArray[Any]:
    """Examples as one array; texts padded as the configuration says."""
    if hasattr(x, "padded"):
        length, words = int(params["sequence_length"]), int(params["vocabulary"])
        padded: NDArray[Any] = x.padded(length=length, vocabulary=words)
        return padded
    return np.ascontiguousarray(x)


def _digits() -> DatasetSpec:
    return DatasetSpec(name="digits")


def _images() -> DatasetSpec:
    """Fashion-MNIST where its files lie in the data directory; generated pictures otherwise."""
    directory = settings().data_dir
    if directory is not None and list(Path(directory).glob("fashion-mnist/train-images*")):
        return DatasetSpec(name="fashion_mnist", max_samples=10_000)
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, 10_000)
    coarse = rng.random((10, 7, 7))
    shapes = np.kron(coarse, np.ones((1, 4, 4)))[y]
    moved = np.stack([np.roll(s, rng.integers(-3, 4, 2), axis=(0, 1)) for s in shapes])
    x = np.clip(255 * (0.6 * moved + rng.normal(0.2, 0.3, moved.shape)), 0, 255)
    return from_arrays(x.astype(np.uint8), y)


def _text() -> DatasetSpec:
    """5,000 generated texts of 40 to 300 words, as unevenly frequent as in a language."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 5_000)
    texts = []
    for label in y:
        words = 3 + rng.zipf(1.3, rng.integers(40, 301)) % 9_000
        telling = rng.random(len(words)) < 0.08
        side = rng.random(len(words)) < 0.5 + 0.35 * (2 * label - 1)
        words[telling] = 500 + 2 * rng.integers(0, 200, telling.sum()) + side[telling]
        texts.append(words.tolist())
    return from_arrays(texts, y)
