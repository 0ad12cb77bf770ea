"""The real files, where this machine has them: HPOLAB_DATA_DIR, or beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hpolab.data import load
from hpolab.data.locate import find
from hpolab.trial import DatasetSpec

BESIDE = Path(__file__).parents[3] / "shared" / "datasets"
REAL = Path(os.environ.get("HPOLAB_DATA_DIR", BESIDE))


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10", "cifar100", "gtsrb"])
def test_real_images_are_split_with_every_class_in_every_part(name: str) -> None:
    data = load(spec(name))

    assert data.train.images.max() == 255
    for part in (data.train, data.validation, data.test):
        assert set(part.y.tolist()) == set(range(len(data.classes)))


def test_a_real_film_review_reads_as_english() -> None:
    imdb = load(spec("imdb"))

    words = {word for ids in list(imdb.train.texts)[:20] for word in imdb.words(ids)}
    assert {"the", "and", "movie", "of"} <= words
    assert imdb.train.texts.lengths.max() > 500


def test_real_news_wires_have_46_topics_in_every_part() -> None:
    reuters = load(spec("reuters").replace(max_samples=None))

    for part in (reuters.train, reuters.validation, reuters.test):
        assert set(part.y.tolist()) == set(range(46))


def spec(name: str) -> DatasetSpec:
    if not REAL.is_dir() or find(name, REAL) is None:
        pytest.skip(f"no files of {name} in {REAL}")
    return DatasetSpec(name=name, directory=REAL, max_samples=600)
