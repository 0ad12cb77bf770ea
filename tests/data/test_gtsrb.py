from __future__ import annotations

import io
import logging
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hpolab.data import load
from hpolab.errors import DataError
from hpolab.trial import DatasetSpec

CLASSES, TRACKS, FRAMES = 43, 3, 2
HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"


def ppm(label: int, track: int) -> bytes:
    """A picture that shows its class in red and its track in green, of a size of its own."""
    stream = io.BytesIO()
    Image.new("RGB", (20 + track, 40), (label, track, 9)).save(stream, "PPM")
    return stream.getvalue()


def official() -> dict[str, bytes]:
    """The official layout in small: path -> content."""
    files = {}
    for label in range(CLASSES):
        folder = f"GTSRB/Final_Training/Images/{label:05d}"
        table = [HEADER]
        for track in range(TRACKS):
            for frame in range(FRAMES):
                name = f"{track:05d}_{frame:05d}.ppm"
                files[f"{folder}/{name}"] = ppm(label, track)
                table.append(f"{name};20;40;1;1;9;9;{label}")
        files[f"{folder}/GT-{label:05d}.csv"] = "\n".join(table).encode()
    table = [HEADER]
    for i in range(CLASSES):
        files[f"GTSRB/Final_Test/Images/{i:05d}.ppm"] = ppm(i, 7)
        table.append(f"{i:05d}.ppm;20;40;1;1;9;9;{i}")
    files["GT-final_test.csv"] = "\n".join(table).encode()
    # the archive brings this table too, without the classes: it must not be taken for the other
    files["GTSRB/Final_Test/Images/GT-final_test.test.csv"] = b"Filename;Width\n00000.ppm;20"
    return files


def unpack(directory: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(data)


def zip_up(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def lay_out(directory: Path, layout: str) -> None:
    files = official()
    table = files.pop("GT-final_test.csv")
    test = {name: data for name, data in files.items() if "Final_Test" in name}
    train = {name: data for name, data in files.items() if "Final_Training" in name}
    if layout == "folder, labels beside":
        unpack(directory, files | {"GT-final_test.csv": table})
    elif layout == "folder, labels inside":
        unpack(directory, files | {"GTSRB/Final_Test/Images/GT-final_test.csv": table})
    elif layout == "inner folder":
        unpack(directory / "x", files | {"GTSRB/GT-final_test.csv": table})
        shutil.move(directory / "x/GTSRB/Final_Training", directory)
        shutil.move(directory / "x/GTSRB/Final_Test", directory)
        (directory / "Final_Test/Images/GT-final_test.csv").write_bytes(table)
    elif layout == "three archives":
        zip_up(directory / "GTSRB_Final_Training_Images.zip", train)
        zip_up(directory / "GTSRB_Final_Test_Images.zip", test)
        zip_up(directory / "GTSRB_Final_Test_GT.zip", {"GT-final_test.csv": table})
    else:
        zip_up(directory / "GTSRB.zip", files | {"GTSRB/GT-final_test.csv": table})


@pytest.mark.parametrize(
    "layout",
    [
        "folder, labels beside",
        "folder, labels inside",
        "inner folder",
        "three archives",
        "one archive",
    ],
)
def test_the_official_layout_is_read(directory: Path, layout: str) -> None:
    lay_out(directory, layout)

    signs = load(DatasetSpec(name="gtsrb", directory=directory, validation=0.33))

    assert signs.shape == (32, 32, 3)
    assert signs.classes[14] == "stop"
    assert [len(p) for p in (signs.train, signs.validation, signs.test)] == [172, 86, 43]
    for part in (signs.train, signs.validation, signs.test):
        assert (part.images[:, 5, 5, 0] == part.y).all()
    tracks = [
        {(int(image[0, 0, 0]), int(image[0, 0, 1])) for image in part.images}
        for part in (signs.train, signs.validation)
    ]
    assert not tracks[0] & tracks[1]


def test_without_the_test_images_a_share_is_held_out(
    directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    unpack(directory, {k: v for k, v in official().items() if "Final_Training" in k})
    caplog.set_level(logging.WARNING)

    signs = load(DatasetSpec(name="gtsrb", directory=directory))

    assert [len(p) for p in (signs.train, signs.validation, signs.test)] == [86, 86, 86]
    assert "test images are not there" in caplog.text


def test_test_images_without_labels_are_refused(directory: Path) -> None:
    files = official()
    del files["GT-final_test.csv"]
    unpack(directory, files)

    with pytest.raises(DataError, match=r"put GT-final_test\.csv"):
        load(DatasetSpec(name="gtsrb", directory=directory))


def test_an_image_that_is_listed_but_missing_or_broken_is_named(directory: Path) -> None:
    files = official()
    name = "GTSRB/Final_Training/Images/00003/00001_00001.ppm"
    unpack(directory, files | {name: b"P6 20 40"})
    with pytest.raises(DataError, match=r"00003/00001_00001\.ppm cannot be read as an image"):
        load(DatasetSpec(name="gtsrb", directory=directory))

    (directory / name).unlink()
    with pytest.raises(DataError, match=r"lacks Final_Training/Images/00003/00001_00001\.ppm"):
        load(DatasetSpec(name="gtsrb", directory=directory))


def test_a_table_without_classes_and_a_broken_archive_are_named(directory: Path) -> None:
    table = "GTSRB/Final_Training/Images/00003/GT-00003.csv"
    unpack(directory, official() | {table: b"Filename;Width\n00000_00000.ppm;3"})
    with pytest.raises(DataError, match="must have the columns Filename and ClassId"):
        load(DatasetSpec(name="gtsrb", directory=directory))

    shutil.rmtree(directory / "GTSRB")
    (directory / "GTSRB.zip").write_bytes(b"PK no zip")
    with pytest.raises(DataError, match=r"GTSRB\.zip cannot be read"):
        load(DatasetSpec(name="gtsrb", directory=directory))


def compact(directory: Path, **changes: np.ndarray | None) -> None:
    files = [f"{c:05d}/{t:05d}_{f:05d}.ppm" for c in range(43) for t in range(3) for f in range(4)]
    y = np.array([int(file[:5]) for file in files])
    x = np.zeros((len(y), 32, 32, 3), np.uint8)
    x[:, 0, 0, 0] = y
    x[:, 0, 0, 1] = [int(file[6:11]) for file in files]
    arrays = {"x_train": x, "y_train": y, "x_test": x[:43], "y_test": np.arange(43)}
    arrays |= {"train_files": np.array(files), **changes}
    np.savez(directory / "gtsrb.npz", **{k: v for k, v in arrays.items() if v is not None})


def test_the_compact_file_keeps_its_tracks_together(directory: Path) -> None:
    compact(directory)

    signs = load(DatasetSpec(name="gtsrb", directory=directory, validation=0.3))

    seen = [
        {(int(image[0, 0, 0]), int(image[0, 0, 1])) for image in part.images}
        for part in (signs.train, signs.validation)
    ]
    assert not seen[0] & seen[1]
    assert len(seen[0] | seen[1]) == 129
    assert set(signs.validation.y.tolist()) == set(range(43))


def test_a_compact_file_without_names_is_used_with_a_warning(
    directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    compact(directory, train_files=None)
    caplog.set_level(logging.WARNING)

    load(DatasetSpec(name="gtsrb", directory=directory))

    assert "near duplicates" in caplog.text
