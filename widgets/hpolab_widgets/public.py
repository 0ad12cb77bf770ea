"""A machine that lets strangers run sweeps: folders of their own, and limits on all of them.

The limits are those of ``AppSettings``. What a visitor leaves open is filled in so that it keeps
them; what a visitor asks beyond them is refused, with the setting and the limit named. A visitor
is a random number of 128 bits that the browser keeps: who knows it sees that visitor's sweeps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from filelock import FileLock

from hpolab.errors import ConfigError
from hpolab.settings import AppSettings, app_settings, settings
from hpolab.storage.files import storing
from hpolab_widgets.allowance import check_budget, check_config, extended, filled_in
from hpolab_widgets.hosting import Host, HostedSweep, is_example
from hpolab_widgets.visitors import is_visitor, megabytes, running, running_in, visitors_dir

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hpolab.commands import Command
    from hpolab.config import SweepConfig
    from hpolab.sweep import Sweep

__all__ = ["PublicHost"]

_PATH = re.compile(r"(?<![\w:/])(?:[A-Za-z]:)?(?:[/\\][\w.+~ -]*[\w.+~-])+")
_NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True)
class PublicHost(Host):
    """A machine as one visitor of many may use it.

    Attributes:
        sweeps_dir: The visitor's own folder.
        root: The host's sweeps directory, where all visitors' folders are.
        allowed: The limits.
    """

    sweeps_dir: Path = field(init=False)
    root: Path = field(default_factory=lambda: settings().sweeps_dir)
    visitor: str = ""
    allowed: AppSettings = field(default_factory=app_settings)

    def __post_init__(self) -> None:
        """Place the visitor's folder."""
        place = visitors_dir(self.root) / (self.visitor or _NOBODY)
        object.__setattr__(self, "sweeps_dir", place)

    def welcome(self, visitor: str) -> PublicHost:
        """The host as this visitor meets it.

        Raises:
            ConfigError: That is no visitor's number.
        """
        if not is_visitor(visitor):
            raise ConfigError(
                "a visitor is 32 hexadecimal digits; clear what this browser stores of this page, "
                "and load it again.",
                field="visitor",
            )
        return replace(self, visitor=visitor)

    def check(self, config: SweepConfig) -> None:
        """Refuse what is beyond the limits.

        Raises:
            ConfigError: Names the setting and the limit.
        """
        check_config(config, self.allowed)

    def permit(self, sweep: Sweep, wishes: Sequence[Command], *, runs: bool = False) -> None:
        """Refuse wishes beyond the limits; see ``Host.permit``.

        Raises:
            ConfigError: One is beyond a limit, or the sweep is not this visitor's.
        """
        super().permit(sweep, wishes)
        self._refuse_strangers(sweep)
        record = sweep.record
        budget = sweep.config.budget if record.state == "new" else record.budget
        check_budget(extended(budget, wishes), self.allowed)
        if runs:
            self._check_room()

    def admit(self, sweep: Sweep) -> Sweep:
        """The sweep in this host's care.

        Raises:
            ConfigError: It is none of this visitor's sweeps.
        """
        if not is_example(sweep.path):
            self._refuse_strangers(sweep)
        return HostedSweep.at(sweep.path, self)

    def start(self, config: SweepConfig) -> Sweep:
        """Start a sweep in a process of its own, when there is room for one more.

        Raises:
            ConfigError, DataError: What is asked cannot work, or is not allowed here.
            StoreError: A sweep of that name exists, or the folder cannot be written.
        """
        self.check(config)
        asked = filled_in(config, self.allowed)
        with storing(self.sweeps_dir):
            self.sweeps_dir.mkdir(parents=True, exist_ok=True)
        # one at a time, or two who ask at once would both get the last place
        with FileLock(visitors_dir(self.root) / ".lock", timeout=60):
            return HostedSweep(asked, path=self._place(asked), host=self).start()

    def worded(self, text: str) -> str:
        """A message without the host's paths: only what they end in is left."""
        return _PATH.sub(lambda found: re.split(r"[/\\]", found.group())[-1], text)

    def _refuse_strangers(self, sweep: Sweep) -> None:
        if sweep.path.resolve().parent != self.sweeps_dir.resolve():
            raise ConfigError("there is no such sweep of yours.")

    def _check_room(self) -> None:
        """Refuse to run one more sweep where the visitor or the machine has no room for it."""
        if not self.visitor:
            raise ConfigError("this page is not ready yet; load it again.")
        if running_in(self.sweeps_dir) >= self.allowed.sweeps_per_visitor:
            raise ConfigError(
                f"you have {self.allowed.sweeps_per_visitor} running, which is the limit here; "
                "stop it, or wait for its end.",
                field="sweeps",
            )
        if running(self.root) >= self.allowed.sweeps:
            raise ConfigError(
                f"all {self.allowed.sweeps} places are taken; try again in some minutes.",
                field="sweeps",
            )
        used = megabytes(self.sweeps_dir)
        if used >= self.allowed.disk_mb:
            raise ConfigError(
                f"your sweeps take {used:.0f} MB of {self.allowed.disk_mb:g}; delete some under "
                "All sweeps.",
                field="disk",
            )
