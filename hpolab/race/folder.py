"""The folder of a race: where everything is, as in the folder of a sweep."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab.errors import StoreError
from hpolab.settings import settings
from hpolab.storage.files import storing, write_text
from hpolab.storage.folder import SweepFolder
from hpolab.storage.lock import is_held
from hpolab.storage.plain_yaml import read_yaml, to_yaml

if TYPE_CHECKING:
    from hpolab.commands import Command

__all__ = ["RaceFolder", "find_races", "races_dir", "racing_in"]


@dataclass(frozen=True)
class RaceFolder:
    """Names the parts of one race's folder.

    Attributes:
        path: The folder, which bears the race's name.
    """

    path: Path

    @classmethod
    def create(cls, path: Path, config: Mapping[str, Any]) -> RaceFolder:
        """Make the folder and write down what was asked.

        Raises:
            StoreError: It exists already, or cannot be made.
        """
        if path.exists() and any(path.iterdir()):
            raise StoreError(f"{path} is not empty; give the race another name.")
        folder = cls(path)
        with storing(path):
            path.mkdir(parents=True, exist_ok=True)
            write_text(folder.config, to_yaml(config))
        return folder

    @classmethod
    def open(cls, path: Path | str) -> RaceFolder:
        """An existing race folder.

        Raises:
            StoreError: There is no race at that path.
        """
        folder = cls(Path(path))
        if not folder.config.is_file():
            raise StoreError(
                f"{path} is not a race folder (it has no config.yaml); start a race with "
                "`hpolab race`."
            )
        return folder

    @property
    def config(self) -> Path:
        """What was asked."""
        return self.path / "config.yaml"

    @property
    def journal(self) -> Path:
        """What happened."""
        return self.path / "journal.jsonl"

    @property
    def lock(self) -> Path:
        """Held by the coordinator."""
        return self.path / ".lock"

    @property
    def log(self) -> Path:
        """What a coordinator in a process of its own says."""
        return self.path / "coordinator.log"

    @property
    def commands(self) -> Path:
        """What is wished."""
        return SweepFolder(self.path).commands

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
        """Append a wish; see ``SweepFolder.send``, which writes the same file."""
        SweepFolder(self.path).send(command)

    def commands_size(self) -> int:
        """Where the next wish will begin, in bytes."""
        return SweepFolder(self.path).commands_size()


def races_dir(within: Path | None = None) -> Path:
    """Where races lie: beside the sweeps of a directory, in a folder of their own.

    Args:
        within: The directory of the sweeps; None for the machine's.
    """
    return (within or settings().sweeps_dir) / "races"


def find_races(directory: Path) -> list[RaceFolder]:
    """All race folders directly under a directory, the newest last."""
    if not directory.is_dir():
        return []
    found = []
    for path in directory.iterdir():
        folder = RaceFolder(path)
        with contextlib.suppress(OSError):  # it may vanish while we look
            if not path.name.startswith(".") and folder.config.is_file():
                found.append((folder.config.stat().st_mtime, path.name, folder))
    return [folder for _, _, folder in sorted(found, key=lambda each: each[:2])]


def racing_in(directory: Path) -> int:
    """How many races directly under a directory have a live coordinator."""
    return sum(race.is_running() for race in find_races(directory))
