from __future__ import annotations

import gzip
import io
import logging
import pickle
import struct
import tarfile
from pathlib import Path

import numpy as np
import pytest

from hpolab.data import load
from hpolab.errors import ConfigError, DataError
from hpolab.settings import settings
from hpolab.trial import DatasetSpec

rng = np.random.default_rng(0)


def some_images(n: int, *shape: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.integers(0, 256, (n, *shape), dtype=np.uint8), np.arange(n) % 10


def save_split(path: Path, *shape: int, n: int = 60, column: bool = False) -> np.ndarray:
    (x_train, y_train), (x_test, y_test) = some_images(n, *shape), some_images(20, *shape)
    if column:
        y_train, y_test = y_train[:, None], y_test[:, None]
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    return x_train


def as_sets(images: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in images}


def test_digits_need_no_file_and_fill_the_range_of_bytes() -> None:
    digits = load(DatasetSpec())

    assert (digits.kind, digits.shape, len(digits.classes)) == ("image", (8, 8, 1), 10)
    assert digits.train.x.dtype == np.uint8
    assert digits.train.y.dtype == np.int32
    assert digits.train.images.max() == 255
    assert len(digits.train) + len(digits.validation) + len(digits.test) == 1797
    with pytest.raises(TypeError, match="images, not texts"):
        digits.test.texts  # noqa: B018


def test_mnist_is_read_from_the_named_directory(directory: Path) -> None:
    x_train = save_split(directory / "mnist.npz", 28, 28)

    mnist = load(DatasetSpec(name="mnist", directory=directory))

    assert mnist.shape == (28, 28, 1)
    assert len(mnist.test) == 20
    used = as_sets(mnist.train.images) | as_sets(mnist.validation.images)
    assert used == as_sets(x_train[..., None])


def test_labels_stay_with_their_images(directory: Path) -> None:
    y = np.arange(60) % 10
    x = np.broadcast_to(y[:, None, None], (60, 28, 28)).astype(np.uint8)
    np.savez(directory / "mnist.npz", x_train=x, y_train=y, x_test=x, y_test=y)

    mnist = load(DatasetSpec(name="mnist", directory=directory))

    for part in (mnist.train, mnist.validation, mnist.test):
        assert (part.images[:, 0, 0, 0] == part.y).all()


def test_the_machines_directory_and_keras_cache_are_searched_in_turn(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "keras" / "datasets"
    cache.mkdir(parents=True)
    save_split(cache / "mnist.npz", 28, 28, n=30)
    assert len(load(DatasetSpec(name="mnist", validation=0.5)).train) == 15

    save_split(directory / "mnist.npz", 28, 28, n=40)
    monkeypatch.setenv("HPOLAB_DATA_DIR", str(directory))
    settings.cache_clear()
    assert len(load(DatasetSpec(name="mnist", validation=0.5)).train) == 20

    named = tmp_path / "named"
    named.mkdir()
    save_split(named / "mnist.npz", 28, 28, n=80)
    assert len(load(DatasetSpec(name="mnist", validation=0.5, directory=named)).train) == 40


def test_a_file_that_is_not_the_published_one_is_used_with_one_warning(
    directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save_split(directory / "mnist.npz", 28, 28)
    caplog.set_level(logging.WARNING)

    for seed in (0, 1):
        load(DatasetSpec(name="mnist", directory=directory, seed=seed))

    assert [r.message for r in caplog.records if "checksum differs" in r.message] == [
        f"{directory.resolve()}/mnist.npz is not the published file of mnist (its checksum "
        "differs); it is used as it is"
    ]


def write_idx(path: Path, array: np.ndarray) -> None:
    header = struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(
        f">{array.ndim}i", *array.shape
    )
    with gzip.open(path, "wb") as file:
        file.write(header + array.astype(np.uint8).tobytes())


def write_fashion(directory: Path) -> Path:
    folder = directory / "fashion-mnist"
    folder.mkdir()
    for part, n in (("train", 50), ("t10k", 10)):
        x, y = some_images(n, 28, 28)
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", x)
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", y)
    return folder


def test_fashion_mnist_is_read_from_its_four_files(directory: Path) -> None:
    write_fashion(directory)

    fashion = load(DatasetSpec(name="fashion_mnist", directory=directory))

    assert fashion.shape == (28, 28, 1)
    assert fashion.classes[9] == "Ankle boot"
    assert (len(fashion.train), len(fashion.validation), len(fashion.test)) == (40, 10, 10)


def test_a_cut_off_idx_file_is_named(directory: Path) -> None:
    path = write_fashion(directory) / "train-images-idx3-ubyte.gz"
    write_idx(path, np.zeros((49, 28, 28)))
    with pytest.raises(DataError, match=r"each of the \d+ examples needs one label"):
        load(DatasetSpec(name="fashion_mnist", directory=directory))

    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz cannot be unpacked"):
        load(DatasetSpec(name="fashion_mnist", directory=directory))


def cifar_batches(number: int) -> dict[str, bytes]:
    label, names = (
        ("labels", [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"])
        if number == 10
        else ("fine_labels", ["train", "test"])
    )
    batches = {}
    for name in names:
        n = 20 if number == 10 else 300
        x = np.zeros((n, 3, 32, 32), np.uint8)
        x[:, 2] = 255  # blue pictures: the order of channels is seen
        labels = [i % number for i in range(n)]
        batch = {b"data": x.reshape(n, -1), label.encode(): labels, b"batch_label": b"one"}
        batches[name] = pickle.dumps(batch, protocol=2)
    return batches


@pytest.mark.parametrize("number", [10, 100])
@pytest.mark.parametrize("place", ["tar", "keras tar", "keras folder", "folder"])
def test_cifar_is_read_wherever_it_was_unpacked(directory: Path, number: int, place: str) -> None:
    inner = "cifar-10-batches-py" if number == 10 else "cifar-100-python"
    if "tar" in place:
        name = f"cifar-{number}-python.tar.gz" if place == "tar" else f"{inner}-target_archive"
        with tarfile.open(directory / name, "w:gz") as archive:
            for member, data in cifar_batches(number).items():
                info = tarfile.TarInfo(f"{inner}/{member}")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    else:
        folder = directory / (inner if place == "folder" else f"{inner}-target/{inner}")
        folder.mkdir(parents=True)
        for member, data in cifar_batches(number).items():
            (folder / member).write_bytes(data)

    cifar = load(DatasetSpec(name=f"cifar{number}", directory=directory))

    assert cifar.shape == (32, 32, 3)
    assert len(cifar.classes) == number
    assert cifar.train.images[0, 0, 0].tolist() == [0, 0, 255]
    assert len(cifar.train) + len(cifar.validation) == (100 if number == 10 else 300)


def test_a_cifar_batch_that_wants_to_run_something_is_refused(directory: Path) -> None:
    folder = directory / "cifar-100-python"
    folder.mkdir()
    for name in ("train", "test"):
        (folder / name).write_bytes(b"cos\nsystem\n(S'true'\ntR.")

    with pytest.raises(DataError, match=r"os\.system"):
        load(DatasetSpec(name="cifar100", directory=directory))


def test_a_subset_counts_where_the_full_set_is_absent(directory: Path) -> None:
    save_split(directory / "cifar10-subset.npz", 32, 32, 3, column=True)
    assert len(load(DatasetSpec(name="cifar10", directory=directory)).test) == 20

    save_split(directory / "cifar10.npz", 32, 32, 3, n=90)
    cifar = load(DatasetSpec(name="cifar10", directory=directory))
    assert len(cifar.train) + len(cifar.validation) == 90


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y_train": np.arange(59) % 10}, "each of the 60 examples needs one label"),
        ({"y_train": np.arange(60)}, r"labels must lie in 0\.\.9"),
        ({"y_train": np.ones(60) / 3}, "labels must be integers"),
        ({"x_train": np.zeros((60, 784), np.uint8)}, "images must be uint8 of shape"),
        ({"x_train": np.zeros((60, 28, 28))}, "images must be uint8 of shape"),
        ({"x_train": None}, "lacks x_train; it holds x_test, y_test, y_train"),
    ],
)
def test_a_wrong_file_is_explained(directory: Path, change: dict, message: str) -> None:
    x, y = some_images(60, 28, 28)
    arrays = {"x_train": x, "y_train": y, "x_test": x, "y_test": y} | change
    np.savez(directory / "mnist.npz", **{k: v for k, v in arrays.items() if v is not None})

    with pytest.raises(DataError, match=message):
        load(DatasetSpec(name="mnist", directory=directory))


def test_a_file_that_is_no_archive_is_named(directory: Path) -> None:
    (directory / "mnist.npz").write_text("<html>not found</html>")

    with pytest.raises(DataError, match=r"mnist\.npz is not a readable \.npz"):
        load(DatasetSpec(name="mnist", directory=directory))


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(DataError, match="did you mean 'fashion_mnist'"):
        load(DatasetSpec(name="fashion-mnist"))


def test_a_known_data_set_takes_no_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="path: 'digits' is a known data set"):
        load(DatasetSpec(path=tmp_path))


def test_digits_work_whatever_the_data_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPOLAB_DATA_DIR", "/nowhere/at/all")
    settings.cache_clear()

    assert load(DatasetSpec()).name == "digits"


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"the data directory .*absent is not there"):
        load(DatasetSpec(name="mnist", directory=tmp_path / "absent"))
