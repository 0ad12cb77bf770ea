"""Where a lab keeps its sweeps, and what whoever uses it may ask for."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hpolab.settings import settings
from hpolab.sweep import Sweep

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.config import SweepConfig

__all__ = ["Host"]


@dataclass(frozen=True, kw_only=True)
class Host:
    """The machine as a user of the lab may use it: one's own, without limits.

    Attributes:
        sweeps_dir: Where sweep folders are made and looked for.
    """

    sweeps_dir: Path = field(default_factory=lambda: settings().sweeps_dir)

    def check(self, config: SweepConfig) -> None:
        """Refuse what this host does not allow.

        Raises:
            ConfigError: A setting is beyond a limit; names the setting.
        """

    def may_change(self, path: Path) -> bool:
        """Whether the sweep at a path is the user's to run and delete, not an example.

        It is when it lies in ``sweeps_dir`` and can be written.
        """
        place = path.resolve()
        if not place.is_relative_to(self.sweeps_dir.resolve()):
            return False
        there = next(each for each in (place, *place.parents) if each.exists())
        return os.access(there, os.W_OK)

    def start(self, config: SweepConfig) -> Sweep:
        """Start a sweep in a process of its own.

        Raises:
            ConfigError, DataError: What is asked cannot work, or is not allowed here.
            StoreError: A sweep of that name exists, or the folder cannot be written.
        """
        self.check(config)
        path = self.sweeps_dir / config.name if config.name else None
        return Sweep(config, path=path).start()
