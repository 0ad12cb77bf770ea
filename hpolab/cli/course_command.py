"""``hpolab course``: the lessons, in a folder of one's own."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hpolab.course.lessons import Copied

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(course)


def course(
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIRECTORY]",
            help="Where the notebooks go; hpolab-course when left out.",
            show_default=False,
        ),
    ] = None,
    lists: Annotated[
        bool, typer.Option("--list", help="Only say what the lessons are about.")
    ] = False,
) -> None:
    """Copy the lessons into a folder. What is there already is never changed."""
    from hpolab.cli.console import console
    from hpolab.course.lessons import COURSE, copy_course, lessons

    if lists:
        for lesson in lessons():
            console().print(f"{lesson.title}: {lesson.idea} (about {lesson.minutes} min)")
        return
    place = directory or Path(COURSE)
    for line in (*_said(copy_course(place), place), *_opening(place)):
        console().print(line, soft_wrap=True, highlight=False)


def _said(copied: Copied, place: Path) -> list[str]:
    from hpolab.cli.words import plural

    lines = []
    if copied.written:
        lines.append(f"wrote {plural(len(copied.written), 'lesson')} to {place}")
    if copied.same:
        lines.append(f"{plural(len(copied.same), 'lesson')} in {place} are there already, as new")
    if copied.kept:
        lines.append(f"left yours as they are: {', '.join(copied.kept)}")
        lines.append("To begin one afresh, rename it or name another folder, and ask again.")
    return lines


def _opening(place: Path) -> list[str]:
    if find_spec("jupyterlab") is None:
        install = "pip install 'hpolab[lab]'"
        return [f"They are notebooks for JupyterLab; install it with: {install}", *_start(place)]
    return _start(place)


def _start(place: Path) -> list[str]:
    return [f"Open them with: jupyter lab {place}"]
