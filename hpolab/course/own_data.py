"""What the lesson on own data works on: drawn shapes in folders, ways to spoil them, and texts."""

from __future__ import annotations

import csv
import random
import shutil
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.data.folder import list_images
from hpolab.errors import ConfigError
from hpolab.storage.files import storing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.Image import Image

__all__ = ["SHAPES", "draw_shapes", "mislabelled", "sheet", "thinned", "write_reviews"]

SHAPES = ("circle", "square", "triangle")
"""The classes, as their folders are called."""

_SIDE = 20
_NOISE = 60
_SHEET_COLUMNS = 10
_SHEET_SIDE = 44

_DISHES = ("soup", "bread", "fish", "cake", "salad", "coffee", "rice", "pie")
_GOOD, _BAD = ("good", "fresh", "lovely"), ("cold", "stale", "awful")
_DEGREES = ("", "very ", "so ", "really ")


def draw_shapes(folder: Path | str, *, each: int = 120, seed: int = 0) -> Path:
    """Write a folder of small grey pictures for each of three shapes; the same every time.

    Pictures that are there already under these names are drawn anew, and nothing else is touched.

    Args:
        folder: Made where it is missing.
        each: So many pictures of each shape, at least 3.
        seed: Of place, size, brightness and noise.

    Returns:
        The folder.

    Raises:
        ConfigError: There would be fewer than 3 of each.
        StoreError: The folder cannot be written.
    """
    if each < 3:
        raise ConfigError(f"`each >= 3` must hold, but got {each}.", field="each")
    place, luck = Path(folder), random.Random(seed)
    with storing(place):
        for shape in SHAPES:
            (place / shape).mkdir(parents=True, exist_ok=True)
            for number in range(each):
                _drawn(shape, luck).save(place / shape / f"{number:03}.png")
    return place


def sheet(folder: Path | str, *, each: int = _SHEET_COLUMNS) -> Image:
    """The first pictures of every class, a row for each: the value of a cell shows it.

    Raises:
        DataError: It is no folder of images by class.
    """
    from PIL import Image

    rows = list(list_images(Path(folder)).values())
    whole = Image.new("RGB", (each * _SHEET_SIDE, len(rows) * _SHEET_SIDE), "white")
    inner = (_SHEET_SIDE - 4, _SHEET_SIDE - 4)
    for y, files in enumerate(rows):
        for x, file in enumerate(files[:each]):
            with Image.open(file) as picture:
                shown = picture.convert("RGB").resize(inner, Image.Resampling.NEAREST)
            whole.paste(shown, (x * _SHEET_SIDE + 2, y * _SHEET_SIDE + 2))
    return whole


def mislabelled(folder: Path | str, share: float, *, seed: int = 0) -> Path:
    """Copy a folder, with a share of every class in the next class's folder; the source is kept.

    Args:
        folder: Of images by class.
        share: Of the pictures of each class, in [0, 1].
        seed: Of which pictures go wrong.

    Returns:
        The copy, in the machine's folder for temporary files.

    Raises:
        ConfigError: The share is not in [0, 1].
        DataError: It is no folder of images by class.
        StoreError: The pictures cannot be copied.
    """
    if not 0 <= share <= 1:
        raise ConfigError(f"`0 <= share <= 1` must hold, but got {share}.", field="share")
    images, luck = list_images(Path(folder)), random.Random(seed)
    names = list(images)
    labelled: dict[str, list[Path]] = {name: [] for name in names}
    for at, (name, files) in enumerate(images.items()):
        wrong = set(luck.sample(files, round(share * len(files))))
        for file in files:
            labelled[names[(at + 1) % len(names)] if file in wrong else name].append(file)
    return _copied(labelled)


def thinned(folder: Path | str, *, keep: int) -> Path:
    """Copy a folder, with only the first pictures of its last class; the source is kept.

    Returns:
        The copy, in the machine's folder for temporary files.

    Raises:
        DataError: It is no folder of images by class.
        StoreError: The pictures cannot be copied.
    """
    images = list_images(Path(folder))
    last = list(images)[-1]
    return _copied({**images, last: images[last][: max(0, keep)]})


def write_reviews(path: Path | str, *, seed: int = 0) -> Path:
    """Write a CSV of short reviews with the columns text and label; the same every time.

    Half of them say "not", so that no word alone gives the label away.

    Returns:
        The path.

    Raises:
        StoreError: The file cannot be written.
    """
    place = Path(path)
    rows = [
        (f"the {dish} was {no}{degree}{word}", "blame" if (word in _BAD) != bool(no) else "praise")
        for dish, word, degree, no in product(_DISHES, _GOOD + _BAD, _DEGREES, ("", "not "))
    ]
    random.Random(seed).shuffle(rows)
    with storing(place), place.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return place


def _copied(images: Mapping[str, list[Path]]) -> Path:
    place = Path(tempfile.mkdtemp(prefix="hpolab-pictures-"))
    with storing(place):
        for name, files in images.items():
            (place / name).mkdir()
            for file in files:
                shutil.copyfile(file, place / name / f"{file.parent.name}-{file.name}")
    return place


def _drawn(shape: str, luck: random.Random) -> Image:
    from PIL import Image, ImageDraw

    grain = bytes(level * _NOISE // 256 for level in luck.randbytes(_SIDE * _SIDE))
    picture = Image.frombytes("L", (_SIDE, _SIDE), grain)
    radius = luck.randint(4, 7)
    x, y = (luck.randint(radius + 1, _SIDE - radius - 2) for _ in range(2))
    box = (x - radius, y - radius, x + radius, y + radius)
    ink, draw = luck.randint(140, 255), ImageDraw.Draw(picture)
    if shape == "circle":
        draw.ellipse(box, fill=ink)
    elif shape == "square":
        draw.rectangle(box, fill=ink)
    else:
        draw.polygon([(x, y - radius), (x - radius, y + radius), (x + radius, y + radius)], ink)
    return picture
