"""The sweep folder: where everything is, and how things get in."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab.commands import Command
from hpolab.errors import ConfigError, StoreError
from hpolab.storage.files import (
    read_whole_lines,
    remove_leftovers,
    storing,
    write_json,
    write_text,
)
from hpolab.storage.lock import is_held
from hpolab.storage.plain_yaml import read_yaml, to_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CommandTail", "SweepFolder", "find_sweeps"]


_CARD = "README.md"
"""The winner's model card, in ``best/``."""

_LOG = "log.txt"
"""What a run's worker said: of use beside the trial, no part of the winner."""


@dataclass(frozen=True)
class SweepFolder:
    """Names the parts of one sweep's folder.

    Attributes:
        path: The folder, which bears the sweep's name.
    """

    path: Path

    @classmethod
    def create(cls, path: Path, config: Mapping[str, Any]) -> SweepFolder:
        """Make the folder and write down what was asked.

        Raises:
            StoreError: It exists already, or cannot be made.
        """
        if path.exists() and any(path.iterdir()):
            raise StoreError(f"{path} is not empty; give the sweep another name.")
        folder = cls(path)
        with storing(path):
            path.mkdir(parents=True, exist_ok=True)
            write_text(folder.config, to_yaml(config))
            folder.trials.mkdir(exist_ok=True)
        return folder

    @classmethod
    def open(cls, path: Path | str) -> SweepFolder:
        """An existing sweep folder.

        Raises:
            StoreError: There is no sweep at that path.
        """
        folder = cls(Path(path))
        if not folder.config.is_file():
            raise StoreError(
                f"{path} is not a sweep folder (it has no config.yaml); `hpolab runs` lists those "
                "there are."
            )
        return folder

    @property
    def name(self) -> str:
        """The sweep's name."""
        return self.path.name

    @property
    def config(self) -> Path:
        """What was asked."""
        return self.path / "config.yaml"

    @property
    def journal(self) -> Path:
        """What happened."""
        return self.path / "journal.jsonl"

    @property
    def commands(self) -> Path:
        """What is wished."""
        return self.path / "commands.jsonl"

    @property
    def lock(self) -> Path:
        """Held by the coordinator."""
        return self.path / ".lock"

    @property
    def log(self) -> Path:
        """What a coordinator in a process of its own says."""
        return self.path / "coordinator.log"

    @property
    def trials(self) -> Path:
        """One folder a trial."""
        return self.path / "trials"

    @property
    def best(self) -> Path:
        """The winner, copied."""
        return self.path / "best"

    def trial(self, number: int) -> Path:
        """The folder of one trial."""
        return self.trials / f"{number:04d}"

    def read_config(self) -> dict[str, Any]:
        """The plain data of ``config.yaml``.

        Raises:
            ConfigError: The file is not YAML, or not a mapping.
        """
        return read_yaml(self.config)

    def is_running(self) -> bool:
        """Whether a live coordinator works here."""
        return is_held(self.lock)

    def send(self, command: Command) -> None:
        """Append a wish; the coordinator reads it within a second.

        Raises:
            StoreError: The file cannot be written.
        """
        line = command.to_json().encode() + b"\n"
        with storing(self.commands), self.commands.open("a+b", buffering=0) as file:
            if file.tell() > 0:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # another writer died in the middle of its line
                    line = b"\n" + line
            file.write(line)

    def commands_size(self) -> int:
        """Where the next wish will begin, in bytes."""
        return _size(self.commands)

    def write_result(self, number: int, result: Mapping[str, Any]) -> None:
        """Write ``result.json`` of a trial, on disk before this returns."""
        with storing(self.trial(number)):
            self.trial(number).mkdir(parents=True, exist_ok=True)
        remove_leftovers(self.trial(number) / "result.json")
        write_json(self.trial(number) / "result.json", dict(result))

    def read_result(self, number: int) -> dict[str, Any]:
        """The plain data of a trial's ``result.json``.

        Raises:
            StoreError: The trial has none, or it is damaged.
        """
        path = self.trial(number) / "result.json"
        try:
            data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot read {path}: {error}") from error
        return data

    def has_results(self) -> bool:
        """Whether any trial has stored its result here."""
        return next(self.trials.glob("*/result.json"), None) is not None

    def install_best(self, number: int, *, card: str, facts: Mapping[str, Any]) -> None:
        """Copy a trial into ``best/``, which is never half a copy, though missing for an instant.

        Args:
            number: The winning trial.
            card: Text of the model card, ``README.md``.
            facts: Content of ``best.json``, which names the trial.
        """
        self.tidy_best()
        new, old = self._best_parts()
        with storing(self.best):
            shutil.copytree(self.trial(number), new, ignore=shutil.ignore_patterns(_LOG))
            write_text(new / _CARD, card)
            write_json(new / "best.json", dict(facts))
            if self.best.exists():
                self.best.rename(old)
            new.rename(self.best)
            _remove(old)

    def tidy_best(self) -> None:
        """Remove what a crash in the middle of ``install_best`` has left behind."""
        with storing(self.best):
            for leftover in self._best_parts():
                _remove(leftover)
        remove_leftovers(self.best / _CARD)

    def _best_parts(self) -> tuple[Path, Path]:
        """The next ``best/`` while it is being copied, and the last one while it is replaced."""
        return self.path / ".best.new", self.path / ".best.old"

    def write_card(self, card: str) -> None:
        """Replace the text of the winner's card."""
        write_text(self.best / _CARD, card)

    def best_trial(self) -> int | None:
        """The trial that ``best/`` holds, None when it holds none or is damaged."""
        try:
            facts = json.loads((self.best / "best.json").read_text(encoding="utf-8"))
            return int(facts["trial"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def best_is_whole(self) -> bool:
        """Whether ``best/`` has all that its trial has, as far as names and sizes tell.

        What is larger in ``best/`` than in the trial's folder is whole: the damage is over there.
        """
        number = self.best_trial()
        if number is None or not (self.best / _CARD).is_file():
            return False
        files = [path for path in self.trial(number).rglob("*") if path.is_file()]
        originals = [path for path in files if path.name != _LOG]
        copies = [self.best / path.relative_to(self.trial(number)) for path in originals]
        return all(
            copy.is_file() and copy.stat().st_size >= path.stat().st_size
            for path, copy in zip(originals, copies, strict=True)
        )

    def discard(self, number: int, *names: str) -> None:
        """Remove some of a trial's files or folders, those that are there."""
        for name in names:
            path = self.trial(number) / name
            with storing(path):
                _remove(path)


def _size(path: Path) -> int:
    """In bytes; 0 when there is no such file."""
    return path.stat().st_size if path.exists() else 0


def _remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


class CommandTail:
    """Gives the wishes appended since the last look."""

    def __init__(self, path: Path, *, offset: int = 0) -> None:
        """Start reading.

        Args:
            path: The file; it may not exist yet.
            offset: Where to begin, in bytes; what lies before was for an earlier coordinator.
        """
        self._path = path
        self._offset = offset

    def new(self) -> tuple[list[Command], list[str]]:
        """New commands, and a sentence for each line that is none."""
        if self._offset and _size(self._path) < self._offset:
            self._offset = 0  # somebody has removed the file; what is there now is new
        content = read_whole_lines(self._path, self._offset)
        self._offset += len(content)
        commands, refused = [], []
        for line in filter(None, content.splitlines()):
            try:
                commands.append(Command.parse(line))
            except ConfigError as error:
                refused.append(f"not a command: {line[:80]!r} ({error})")
        return commands, refused


def find_sweeps(directory: Path) -> list[SweepFolder]:
    """All sweep folders directly under a directory, the newest last.

    Hidden ones are in the making or being deleted, and left out.
    """
    if not directory.is_dir():
        return []
    found = []
    for path in directory.iterdir():
        folder = SweepFolder(path)
        with contextlib.suppress(OSError):  # it may vanish while we look
            if not path.name.startswith(".") and folder.config.is_file():
                found.append((folder.config.stat().st_mtime, path.name, folder))
    return [folder for _, _, folder in sorted(found)]
