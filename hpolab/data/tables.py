"""The user's own texts: a CSV file with a column of texts and a column of labels."""

from __future__ import annotations

import csv
import logging
import re
from typing import TYPE_CHECKING

import numpy as np

from hpolab.data.dataset import Raw
from hpolab.data.sequences import FIRST_WORD, START, Sequences, words_in
from hpolab.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["check_table", "class_names", "read_table"]

_log = logging.getLogger(__name__)
_COLUMNS = ("text", "label")


def check_table(path: Path) -> None:
    """Read no more than the header.

    Raises:
        DataError: The file is missing, is no text, or lacks a column.
    """
    if not path.is_file():
        raise DataError(
            f"the file of texts {path} is not there. It must be a CSV file with the columns "
            "text and label."
        )
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            _columns(file.readline(), path)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def read_table(path: Path) -> Raw:
    """Texts as sequences of words; how often the training part shows a word decides its id later.

    The separator is the comma, semicolon or tab that makes the header hold both columns.

    Raises:
        DataError: The file is damaged, lacks a column, or has a row without text or label.
    """
    check_table(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter, text_at, label_at = _columns(file.readline(), path)
            rows = [
                _row(fields, text_at, label_at, f"{path}, row {number}")
                for number, fields in enumerate(csv.reader(file, delimiter=delimiter), start=1)
                if fields
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from error
    if not rows:
        raise DataError(f"{path} holds no row after its header. Add texts.")
    classes = class_names(label for _, label in rows)
    number_of = {name: i for i, name in enumerate(classes)}
    x, words = _sequences([text for text, _ in rows])
    y = np.array([number_of[label] for _, label in rows], np.int32)
    return Raw(x=x, y=y, classes=classes, words=words, provisional=True)


def class_names(labels: Iterable[str]) -> tuple[str, ...]:
    """The different labels in order; numerical order when all are whole numbers."""
    names = set(labels)
    if all(re.fullmatch(r"-?\d+", name) for name in names):
        return tuple(sorted(names, key=lambda name: (int(name), name)))
    return tuple(sorted(names))


def _columns(header: str, path: Path) -> tuple[str, int, int]:
    """The separator, and where the text and the label stand in a row."""
    for delimiter in ",;\t":
        fields = next(csv.reader([header], delimiter=delimiter), [])
        names = [name.strip().lower() for name in fields]
        if all(column in names for column in _COLUMNS):
            return delimiter, names.index("text"), names.index("label")
    raise DataError(
        f"{path} needs the columns text and label, but its first line is {header.strip()[:80]!r}. "
        "Name the columns there."
    )


def _row(fields: list[str], text_at: int, label_at: int, where: str) -> tuple[str, str]:
    if len(fields) <= max(text_at, label_at):
        raise DataError(
            f"{where} has {len(fields)} fields, too few for text and label. A text that holds the "
            "separator must stand in double quotes."
        )
    text, label = fields[text_at].strip(), fields[label_at].strip()
    if not text or not label:
        raise DataError(
            f"{where} has an empty {'label' if text else 'text'}. Fill it in, or remove the row."
        )
    return text, label


def _sequences(texts: list[str]) -> tuple[Sequences, tuple[str, ...]]:
    """Ids in order of first appearance, and the word of each."""
    ids: dict[str, int] = {}
    rows = []
    for text in texts:
        ranks = (ids.setdefault(word, FIRST_WORD + len(ids)) for word in words_in(text))
        rows.append([START, *ranks])
    return Sequences.of(rows), ("",) * FIRST_WORD + tuple(ids)


def _unreadable(path: Path, error: Exception) -> DataError:
    return DataError(f"{path} cannot be read as CSV in UTF-8 ({error}). Save it as that.")
