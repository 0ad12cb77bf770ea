from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hpolab.data import check, kind_of, load
from hpolab.data.folder import LONGEST_SIDE
from hpolab.errors import ConfigError, DataError
from hpolab.trial import DatasetSpec


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten gray images of each of three classes in different formats."""
    for label, name in enumerate(["cat", "dog", "eel"]):
        (tmp_path / "own" / name).mkdir(parents=True)
        for i in range(10):
            suffix = ("png", "bmp", "PGM", "ppm", "png")[i % 5]
            image = Image.new("L", (12, 9), 100 * label)
            image.save(tmp_path / "own" / name / f"{i}.{suffix}")
    return tmp_path / "own"


def spec(folder: Path, **more: object) -> DatasetSpec:
    return DatasetSpec(name="images", path=folder, **more)


def test_each_folder_is_a_class(folder: Path) -> None:
    data = load(spec(folder))

    assert kind_of(spec(folder)) == data.kind == "image"
    assert data.classes == ("cat", "dog", "eel")
    assert data.shape == (9, 12, 1)
    assert [len(p) for p in (data.train, data.validation, data.test)] == [21, 4, 5]
    for part in (data.train, data.validation, data.test):
        assert (part.images[:, 4, 4, 0] == 100 * part.y).all()


def test_one_coloured_image_makes_all_of_them_rgb(folder: Path) -> None:
    Image.new("RGB", (12, 9), (255, 0, 0)).save(folder / "eel" / "red.jpeg")

    data = load(spec(folder))

    assert data.shape == (9, 12, 3)
    every = np.concatenate([p.images for p in (data.train, data.validation, data.test)])
    red, green = every[:, 4, 4, 0], every[:, 4, 4, 1]
    assert ((red > 240) & (green < 15)).sum() == 1


def test_images_of_different_sizes_get_the_median_size(folder: Path) -> None:
    for i in range(3):
        Image.new("L", (50, 70), 0).save(folder / "cat" / f"large{i}.png")

    assert load(spec(folder)).shape == (9, 12, 1)


def test_large_images_are_scaled_down_in_proportion(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for i in range(4):
            Image.new("RGB", (400, 200), (i, 0, 0)).save(tmp_path / name / f"{i}.png")

    assert load(spec(tmp_path)).shape == (LONGEST_SIDE // 2, LONGEST_SIDE, 3)


def test_sixteen_bit_gray_keeps_its_shades(folder: Path) -> None:
    shades = np.linspace(0, 65535, 108).astype(np.uint16).reshape(9, 12)
    for name in ("cat", "dog", "eel"):
        for path in (folder / name).iterdir():
            path.unlink()
        for i in range(3):
            Image.fromarray(shades).save(folder / name / f"{i}.png")

    image = load(spec(folder)).train.images[0]

    assert (image[..., 0] == shades // 256).all()


def test_other_files_and_hidden_ones_are_left_out(folder: Path) -> None:
    (folder / "cat" / "notes.txt").write_text("no image")
    (folder / "cat" / "._1.png").write_text("no image")
    (folder / ".git").mkdir()

    data = load(spec(folder))

    assert len(data.train) + len(data.validation) + len(data.test) == 30


def test_an_image_added_later_is_seen(folder: Path) -> None:
    before = load(spec(folder)).fingerprint
    Image.new("L", (12, 9), 55).save(folder / "cat" / "new.png")

    assert load(spec(folder)).fingerprint != before


def test_a_broken_image_is_named(folder: Path) -> None:
    path = folder / "dog" / "0.png"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(DataError, match=r"dog/0\.png cannot be read as an image"):
        load(spec(folder))

    path.write_text("hello")
    with pytest.raises(DataError, match=r"dog/0\.png cannot be read as an image"):
        load(spec(folder))


def test_one_class_an_empty_class_and_a_missing_folder_are_refused(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "fox").mkdir()
    with pytest.raises(DataError, match="fox holds no image"):
        check(spec(folder))

    (tmp_path / "one" / "cat").mkdir(parents=True)
    with pytest.raises(DataError, match=r"at least two folders.*only 'cat'"):
        check(spec(tmp_path / "one"))
    with pytest.raises(DataError, match="nowhere is not there"):
        check(spec(tmp_path / "nowhere"))
    with pytest.raises(ConfigError, match="path: 'images' needs the path"):
        check(DatasetSpec(name="images"))


def test_a_class_too_small_to_split_is_named(folder: Path) -> None:
    for i in range(2, 10):
        next((folder / "dog").glob(f"{i}.*")).unlink()

    with pytest.raises(DataError, match="'dog' has 2: at least 3 examples"):
        load(spec(folder))
