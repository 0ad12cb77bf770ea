from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from hpolab.data import check, from_arrays, kind_of, load
from hpolab.errors import DataError
from hpolab.trial import DatasetSpec

Y = np.arange(20) % 2
IMAGES = np.arange(20 * 6, dtype=np.uint8).reshape(20, 2, 3)
TEXTS = [[1, 4 + i, 5, 6] for i in range(20)]


def everything(spec: DatasetSpec) -> dict[bytes, int]:
    data = load(spec)
    parts = (data.train, data.validation, data.test)
    return {np.asarray(x).tobytes(): int(y) for p in parts for x, y in zip(p.x, p.y, strict=True)}


def test_images_come_back_with_their_labels() -> None:
    spec = from_arrays(IMAGES, Y, classes=["even", "odd"])

    assert spec.name == "arrays"
    assert kind_of(spec) == "image"
    assert load(spec).classes == ("even", "odd")
    assert everything(spec) == {x.tobytes(): y for x, y in zip(IMAGES, Y, strict=True)}


@pytest.mark.parametrize(
    "x",
    [
        IMAGES / 255,
        IMAGES.astype(np.float32),
        IMAGES.astype(np.int64)[..., None],
        IMAGES.tolist(),
    ],
)
def test_images_of_other_types_become_bytes(x: object) -> None:
    assert everything(from_arrays(x, Y)) == everything(from_arrays(IMAGES, Y))


def test_texts_come_back_without_padding() -> None:
    padded = np.array([[0, 0, *row] for row in TEXTS])

    for x in (TEXTS, [np.array(row) for row in TEXTS], padded):
        spec = from_arrays(x, Y)
        assert kind_of(spec) == "text"
        assert everything(spec) == {
            np.array(row, np.int32).tobytes(): y for row, y in zip(TEXTS, Y, strict=True)
        }


def test_labels_may_be_names_or_any_numbers() -> None:
    assert load(from_arrays(IMAGES, ["b", "a"] * 10)).classes == ("a", "b")
    assert load(from_arrays(IMAGES, np.array(["b", "a"] * 10, object))).classes == ("a", "b")
    assert load(from_arrays(IMAGES, ["b", "a"] * 10, classes=["b", "a"])).classes == ("b", "a")
    assert load(from_arrays(IMAGES, Y * 7 + 3)).classes == ("3", "10")
    assert load(from_arrays(IMAGES, Y == 1)).classes == ("0", "1")
    assert load(from_arrays(IMAGES, Y[:, None])).classes == ("0", "1")


def test_the_spec_is_json_and_the_file_stays_where_it_is_wanted(tmp_path: Path) -> None:
    spec = from_arrays(IMAGES, Y, path=tmp_path / "deep" / "mine.npz")

    assert DatasetSpec.parse(spec.to_json()) == spec
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["mine.npz"]


def test_the_same_arrays_go_to_the_same_file() -> None:
    assert from_arrays(IMAGES, Y).path == from_arrays(IMAGES.copy(), Y).path
    assert from_arrays(IMAGES, Y).path != from_arrays(IMAGES, Y[::-1]).path


def test_an_npz_made_elsewhere_is_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "own.npz", x=IMAGES, y=Y)
    ragged = np.empty(20, object)
    ragged[:] = TEXTS
    np.savez(tmp_path / "texts.npz", x=ragged, y=Y)

    assert load(DatasetSpec(name="arrays", path=tmp_path / "own.npz")).shape == (2, 3, 1)
    texts = load(DatasetSpec(name="arrays", path=tmp_path / "texts.npz"))
    assert texts.train.texts[0].tolist() in TEXTS


class Malicious:
    def __reduce__(self):
        return os.mkdir, ("pwned",)


def test_an_npz_that_wants_to_run_something_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = np.empty(1, object)
    rows[0] = Malicious()
    np.savez("evil.npz", x=rows, y=np.zeros(1, int))

    with pytest.raises(DataError, match="mkdir"):
        load(DatasetSpec(name="arrays", path=Path("evil.npz")))
    assert not Path("pwned").exists()

    pickle.loads(pickle.dumps(Malicious()))
    assert Path("pwned").exists(), "the trap itself works"


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (IMAGES, Y[:19], "each of the 20 examples needs one label"),
        (TEXTS, Y[:19], "each of the 20 texts needs one label, but y has 19"),
        (IMAGES, np.eye(2)[Y], "argmax"),
        (IMAGES, Y / 2, "whole numbers or names"),
        (IMAGES * -1.0, Y, r"pixels must lie in 0\.\.255"),
        (IMAGES * 9.0, Y, r"pixels must lie in 0\.\.255"),
        (np.full((20, 2, 2), np.nan), Y, r"pixels must lie in 0\.\.255"),
        (np.zeros((20, 5)), Y, r"x\[0\] must be images, or a sequence of word ids"),
        (np.zeros((20, 0, 3), np.uint8), Y, "images must be uint8 of shape"),
        ([*TEXTS[:19], []], Y, r"x\[19\] must be"),
        ([*TEXTS[:19], [0, 0]], Y, r"x\[19\] must be"),
        ([*TEXTS[:19], [-4]], Y, r"x\[19\] must be"),
        ([*TEXTS[:19], ["word"]], Y, r"x\[19\] must be"),
        (7, Y, "texts must be sequences"),
    ],
)
def test_what_is_wrong_with_arrays_is_said(x: object, y: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        from_arrays(x, y)


def test_classes_must_differ_and_cover_the_labels() -> None:
    with pytest.raises(DataError, match="must differ"):
        from_arrays(IMAGES, Y, classes=["a", "a"])
    with pytest.raises(DataError, match="the label 'c' is not one of"):
        from_arrays(IMAGES, ["a", "c"] * 10, classes=["a", "b"])
    with pytest.raises(DataError, match=r"positions 0\.\.1"):
        from_arrays(IMAGES, Y + 1, classes=["a", "b"])


def test_a_file_without_the_arrays_is_refused_early(tmp_path: Path) -> None:
    np.savez(tmp_path / "odd.npz", images=IMAGES)
    with pytest.raises(DataError, match="must hold the arrays x and y; it holds images"):
        check(DatasetSpec(name="arrays", path=tmp_path / "odd.npz"))
    with pytest.raises(DataError, match=r"absent\.npz is not there"):
        check(DatasetSpec(name="arrays", path=tmp_path / "absent.npz"))
