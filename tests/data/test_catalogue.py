from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hpolab.data import NAMES, catalogue, load
from hpolab.errors import DataError
from hpolab.trial import DatasetSpec


def test_every_known_data_set_is_listed_wherever_its_files_are(directory: Path) -> None:
    infos = {info.name: info for info in catalogue(directory)}

    assert list(infos) == [n for n in NAMES if n not in ("images", "texts", "arrays")]
    bundled = {"digits", "digits_text"}
    assert all(infos[name].is_here for name in bundled)
    assert not any(info.is_here for name, info in infos.items() if name not in bundled)
    assert infos["cifar10"].download_bytes == 170498071
    assert infos["gtsrb"].n_classes == 43
    assert infos["cifar100"].n_classes == 100
    assert infos["reuters"].n_classes == 46


def test_a_file_that_is_here_is_listed_with_its_size_and_examples(directory: Path) -> None:
    path = directory / "cifar10-subset.npz"
    x, y = np.zeros((30, 32, 32, 3), np.uint8), np.zeros((30, 1), np.uint8)
    np.savez(path, x_train=x, y_train=y, x_test=x[:10], y_test=y[:10])

    info = next(info for info in catalogue(directory) if info.name == "cifar10")

    assert (info.is_here, info.where) == (True, path.resolve())
    assert (info.n_train, info.n_test) == (30, 10)
    assert info.n_bytes == path.stat().st_size


def test_a_damaged_file_is_listed_as_a_problem(directory: Path) -> None:
    (directory / "mnist.npz").write_text("no archive")

    info = next(info for info in catalogue(directory) if info.name == "mnist")

    assert not info.is_here
    assert "mnist.npz is not a readable .npz" in info.problem


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="absent is not there"):
        catalogue(tmp_path / "absent")


def test_digits_as_texts_are_the_same_digits_word_by_word() -> None:
    pictures, texts = load(DatasetSpec()), load(DatasetSpec(name="digits_text"))

    assert texts.kind == "text"
    assert len(texts.train) == len(pictures.train)
    assert (np.asarray(texts.train.y) == np.asarray(pictures.train.y)).all()
    first = texts.train.texts.padded(length=64, vocabulary=21)[0] - 4
    expected = np.rint(pictures.train.images[0].reshape(-1) * (16 / 255))
    assert first.tolist() == expected.tolist()
