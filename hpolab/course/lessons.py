"""The lessons of the course: what they are called, where they lie, and how a person gets them.

The notebooks are the one home of their titles and ideas: a title is the first heading, an idea is
in the metadata, ``{"hpolab": {"idea": "..."}}``.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from hpolab.errors import ConfigError, StoreError
from hpolab.storage.files import storing

__all__ = ["COURSE", "Copied", "Lesson", "copy_course", "lessons", "lessons_folder"]

COURSE = "hpolab-course"
"""The folder into which the course is copied when nobody says another."""

_WORDS_A_MINUTE = 130.0
_CELL_MINUTES = 0.4
_QUESTION_MINUTES = 0.5
_DARE_MINUTES = 3.0
_STEP_MINUTES = 5


class Lesson(NamedTuple):
    """One lesson.

    Attributes:
        file: Name of its notebook, which begins with its number.
        title: With its number, such as "1. What a hyperparameter is".
        idea: The one that it is about, in a few words.
        minutes: About how long it takes to read, to answer and to break, in steps of five.
    """

    file: str
    title: str
    idea: str
    minutes: int


class Copied(NamedTuple):
    """What copying the course did with each notebook.

    Attributes:
        written: Was not there.
        same: Was there, as it ships.
        kept: Was there and is another: a learner has worked in it, and it was left alone.
    """

    written: tuple[str, ...]
    same: tuple[str, ...]
    kept: tuple[str, ...]


def lessons_folder() -> Path:
    """Where the notebooks are: inside the package in a wheel, in the checkout otherwise."""
    shipped = Path(__file__).parent / "lessons"
    return shipped if shipped.is_dir() else Path(__file__).parents[2] / "notebooks" / "course"


@lru_cache
def lessons(folder: Path | None = None) -> tuple[Lesson, ...]:
    """Every lesson in its order.

    Args:
        folder: Where the notebooks are; None for those that ship.

    Raises:
        StoreError: There is none, or one cannot be read.
    """
    place = folder or lessons_folder()
    found = tuple(_lesson(path) for path in sorted(place.glob("*.ipynb")))
    if not found:
        raise StoreError(f"the lessons are not in {place}; install hpolab again.")
    return found


def copy_course(to: Path) -> Copied:
    """Copy the notebooks into a folder of the learner's; what is there already is never changed.

    Args:
        to: The folder; made where it is missing.

    Raises:
        ConfigError: There is a file of that name.
        StoreError: The lessons are missing, or the folder cannot be written.
    """
    if to.exists() and not to.is_dir():
        raise ConfigError(f"{to} is a file; name a folder for the course.", field="directory")
    fates: dict[str, list[str]] = {"written": [], "same": [], "kept": []}
    with storing(to):
        to.mkdir(parents=True, exist_ok=True)
        for lesson in lessons():
            source, place = lessons_folder() / lesson.file, to / lesson.file
            content = source.read_bytes()
            if not place.exists():
                place.write_bytes(content)
                fates["written"].append(lesson.file)
            else:
                fates["same" if place.read_bytes() == content else "kept"].append(lesson.file)
    return Copied(**{fate: tuple(files) for fate, files in fates.items()})


def _lesson(path: Path) -> Lesson:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
        idea = notebook["metadata"].get("hpolab", {}).get("idea", "")
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise StoreError(f"the lesson {path} cannot be read ({error!r}).") from error
    texts = [source for kind, source in cells if kind == "markdown"]
    code = [source for kind, source in cells if kind == "code"]
    heading = re.search(r"^# (.+)$", "\n".join(texts), re.MULTILINE)
    title = heading.group(1).strip() if heading else path.stem
    return Lesson(path.name, title, str(idea), _minutes(texts, code))


def _minutes(texts: list[str], code: list[str]) -> int:
    """An estimate: reading, running cells, answering, and changing something on purpose."""
    said = "\n".join(code)
    spent = (
        sum(len(text.split()) for text in texts) / _WORDS_A_MINUTE
        + _CELL_MINUTES * len(code)
        + _QUESTION_MINUTES * len(re.findall(r"\b(?:Predict|check)\(", said))
        + _DARE_MINUTES * len(re.findall(r"Challenge\(", said))
    )
    return max(_STEP_MINUTES, _STEP_MINUTES * round(spent / _STEP_MINUTES))
