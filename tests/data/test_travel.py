"""Data that go to another machine, which is here another cache folder."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hpolab.data import from_arrays, load
from hpolab.data.travel import is_found_by_name, pack, receive, send, unpack
from hpolab.errors import DataError, ObjectError
from hpolab.settings import settings
from hpolab.storage.objects import FolderStore, Parcel, describe
from hpolab.trial import DatasetSpec

RNG = np.random.default_rng(3)
IMAGES = RNG.integers(0, 255, (60, 6, 6), dtype=np.uint8), RNG.integers(0, 3, 60)
TEXTS = [list(RNG.integers(4, 30, RNG.integers(2, 9))) for _ in range(60)], IMAGES[1]


class CountingStore(FolderStore):
    """A volume that counts what is sent."""

    uploads = 0

    def upload(self, file: Path, key: str) -> Parcel:
        self.uploads += 1
        return super().upload(file, key)


@pytest.fixture
def store(tmp_path: Path) -> CountingStore:
    return CountingStore(tmp_path / "volume")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    move_to("here", tmp_path, monkeypatch)
    yield
    settings.cache_clear()


def move_to(machine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPOLAB_CACHE_DIR", str(tmp_path / machine))
    settings.cache_clear()


@pytest.mark.parametrize(("x", "y"), [IMAGES, TEXTS], ids=["images", "texts"])
def test_data_arrive_as_they_left(
    x: object, y: np.ndarray, store: CountingStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = from_arrays(x, y, classes=["a", "b", "c"]).replace(seed=4)
    sent = load(spec)
    parcel = send(spec, store, "hpolab/data")
    assert spec.path is not None
    spec.path.unlink()
    move_to("there", tmp_path, monkeypatch)

    path = receive(parcel, sent.fingerprint, store)
    found = load(spec.replace(path=path, max_samples=20))  # it is split already

    assert path.is_relative_to(tmp_path / "there")
    assert (found.fingerprint, found.classes, found.kind) == (
        sent.fingerprint, sent.classes, sent.kind,
    )  # fmt: skip
    assert found.train.y.tolist() == sent.train.y.tolist()


def test_data_are_sent_and_fetched_once(
    store: CountingStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = from_arrays(*IMAGES)
    fingerprint = load(spec).fingerprint

    first, second = send(spec, store, "hpolab/data"), send(spec, store, "hpolab/data")
    other = send(spec.replace(seed=1), store, "hpolab/data")

    assert first == second
    assert store.uploads == 2
    assert other.key != first.key
    assert first.key == f"hpolab/data/{fingerprint}.zip"
    move_to("there", tmp_path, monkeypatch)
    path = receive(first, fingerprint, store)
    store.delete(first.key)
    assert receive(first, fingerprint, store) == path
    with pytest.raises(DataError, match="instead of"):
        receive(other, fingerprint, store)
    store.delete(other.key)
    with pytest.raises(ObjectError, match="is not on the volume"):
        receive(other, fingerprint, store)


def test_words_of_texts_travel_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "texts.csv"
    rows = [f"{'good' if i % 2 else 'bad'} film {i % 7},{i % 2}" for i in range(60)]
    table.write_text("text,label\n" + "\n".join(rows) + "\n")
    spec = DatasetSpec(name="texts", path=table)
    fingerprint = pack(spec, tmp_path / "data.zip")
    sent = load(spec)
    move_to("there", tmp_path, monkeypatch)

    unpack(tmp_path / "data.zip", fingerprint, tmp_path / "there" / "x.entry")

    found = load(spec.replace(path=tmp_path / "there" / "x.entry"))
    first = sent.train.texts.tokens[:4]
    assert found.words(first) == sent.words(first)
    assert "film" in found.words(first)


def altered_arrays(file: Path) -> None:
    """Another label, and every size and checksum of the archive right."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    labels = members["entry/train-y.npy"]
    members["entry/train-y.npy"] = labels[:-4] + bytes([labels[-4] ^ 1]) + labels[-3:]
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def pickled_arrays(file: Path) -> None:
    """An array of objects, which only a pickle can hold."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    size = len(members["entry/train-y.npy"])
    harmful = file.parent / "harmful.npy"
    np.save(harmful, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    members["entry/train-y.npy"] = harmful.read_bytes()[:size].ljust(size, b".")
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def no_archive(file: Path) -> None:
    file.write_bytes(b"<html>not found</html>")


@pytest.mark.parametrize(
    ("damage", "match"),
    [
        (altered_arrays, "have the fingerprint [0-9a-f]{16} instead of"),
        (pickled_arrays, "have the fingerprint of none instead of"),
        (no_archive, "cannot be unpacked"),
    ],
)
def test_what_is_not_the_data_is_not_used(
    damage: Callable[[Path], None], match: str, store: CountingStore, tmp_path: Path
) -> None:
    spec = from_arrays(*IMAGES)
    fingerprint = pack(spec, tmp_path / "data.zip")
    damage(tmp_path / "data.zip")
    parcel = store.upload(tmp_path / "data.zip", "hpolab/data/x.zip")

    with pytest.raises(DataError, match=match):
        receive(parcel, fingerprint, store)

    assert list((tmp_path / "here").glob("*.entry")) == []


def test_equal_data_give_an_equal_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack(from_arrays(*IMAGES), tmp_path / "a.zip")
    move_to("there", tmp_path, monkeypatch)
    pack(from_arrays(*IMAGES), tmp_path / "b.zip")

    assert describe(tmp_path / "a.zip", "k") == describe(tmp_path / "b.zip", "k")


def test_arrays_that_have_gone_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.entry are gone or damaged; send them again"):
        load(DatasetSpec(name="images", path=tmp_path / "gone.entry"))


def test_known_data_are_found_by_name_unless_they_are_the_user_s_own_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    for folder in (tmp_path / "keras" / "datasets", tmp_path / "mine"):
        folder.mkdir(parents=True)
        (folder / "mnist.npz").touch()

    assert is_found_by_name(DatasetSpec(name="digits"))
    assert is_found_by_name(DatasetSpec(name="mnist"))
    assert is_found_by_name(DatasetSpec(name="imdb"))  # any machine downloads it
    assert not is_found_by_name(DatasetSpec(name="mnist", directory=tmp_path / "mine"))
    assert not is_found_by_name(DatasetSpec(name="arrays", path=tmp_path / "x.npz"))
    monkeypatch.setenv("HPOLAB_DATA_DIR", str(tmp_path / "mine"))
    settings.cache_clear()
    assert not is_found_by_name(DatasetSpec(name="mnist"))
