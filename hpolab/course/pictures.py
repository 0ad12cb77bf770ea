"""Pictures for the lesson on own data: drawn shapes in folders, and ways to spoil them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.data.folder import list_images
from hpolab.errors import ConfigError
from hpolab.storage.files import storing

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["SHAPES", "draw_shapes", "mislabel", "sheet", "thin_out"]

SHAPES = ("circle", "square", "triangle")
"""The classes, as their folders are called."""

_SIDE = 20
_NOISE = 60
_SHEET_COLUMNS = 10
_SHEET_SIDE = 44


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


def mislabel(folder: Path | str, share: float, *, seed: int = 0) -> int:
    """Move a share of every class into the next class's folder, as tired people would.

    Returns:
        How many pictures were moved.

    Raises:
        ConfigError: The share is not in [0, 1].
        DataError: It is no folder of images by class.
        StoreError: A picture cannot be moved.
    """
    if not 0 <= share <= 1:
        raise ConfigError(f"`0 <= share <= 1` must hold, but got {share}.", field="share")
    place, luck = Path(folder), random.Random(seed)
    images = list_images(place)
    names = list(images)
    moves = [
        (file, place / names[(at + 1) % len(names)] / f"from-{name}-{file.name}")
        for at, name in enumerate(names)
        for file in luck.sample(images[name], round(share * len(images[name])))
    ]
    with storing(place):
        for old, new in moves:
            old.rename(new)
    return len(moves)


def thin_out(folder: Path | str, shape: str, *, keep: int) -> int:
    """Delete all but the first pictures of one class.

    Returns:
        How many were deleted.

    Raises:
        ConfigError: There is no such class.
        DataError: It is no folder of images by class.
        StoreError: A picture cannot be deleted.
    """
    images = list_images(Path(folder))
    if shape not in images:
        raise ConfigError(f"there is no class {shape!r}; there are: {', '.join(images)}.")
    surplus = images[shape][max(0, keep) :]
    with storing(Path(folder)):
        for file in surplus:
            file.unlink()
    return len(surplus)


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
