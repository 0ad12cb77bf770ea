"""A machine that lets strangers run sweeps: folders of their own, and limits on all of them.

The limits are those of ``AppSettings``. What a visitor leaves open is filled in so that it keeps
them; what a visitor asks beyond them is refused, with the setting and the limit named. A visitor
is a random number of 128 bits that the browser keeps: who knows it sees that visitor's sweeps.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from hpolab.errors import ConfigError
from hpolab.places import without_places
from hpolab.settings import AppSettings, app_settings, settings
from hpolab.storage.files import storing
from hpolab.storage.folder import find_sweeps
from hpolab.tracing import Places, Tracer
from hpolab_widgets.allowance import check_budget, check_config, extended, filled_in
from hpolab_widgets.browsing.packing import rewritten
from hpolab_widgets.hosting import EXAMPLE, Host, HostedSweep, is_example
from hpolab_widgets.ledger import grant, most_granted
from hpolab_widgets.playing.turn import take_turn
from hpolab_widgets.racing.admission import admitted, refuse_full
from hpolab_widgets.visitors import (
    folders,
    is_visitor,
    megabytes,
    running,
    running_in,
    visitors_dir,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hpolab.commands import Command
    from hpolab.config import SweepConfig
    from hpolab.race import RaceConfig
    from hpolab.sweep import Sweep
    from hpolab_widgets.playing.turn import Turn

__all__ = ["PublicHost"]

_NOBODY = "nobody"
_PATIENCE_SECONDS = 30.0
_IDLE_SECONDS = 60.0
_HOLDER = re.compile(r" \(process \d+ on [^)\n]*\)")
"""Which process of which machine works in a folder."""

_TRACEBACK = re.compile(
    r"""
    ^[ \t]*Traceback[ ]\(most[ ]recent[ ]call[ ]last\):[ \t]*\n?
    | ^[ \t]+File[ ]"[^"\n]*",[ ]line[ ]\d+.*\n?(?:^[ \t]+.*\n?)*
    """,
    re.VERBOSE | re.MULTILINE,
)
"""Where in our code something went wrong; what went wrong stands below it, and stays."""


@dataclass(frozen=True, kw_only=True)
class PublicHost(Host):
    """A machine as one visitor of many may use it.

    Attributes:
        sweeps_dir: The visitor's own folder.
        root: The host's sweeps directory, where all visitors' folders are.
        allowed: The limits.
    """

    sweeps_dir: Path = field(init=False)
    own_data: bool = False
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
        if config.follows is not None:
            self._followed(config.follows)

    def offers(self, dataset: str) -> bool:
        """Whether it is among the data sets that are allowed."""
        return dataset in self.allowed.datasets

    def permit(self, sweep: Sweep, wishes: Sequence[Command], *, runs: bool = False) -> None:
        """Refuse wishes beyond the limits; see ``Host.permit``.

        Raises:
            ConfigError: One is beyond a limit, or the sweep is not this visitor's.
        """
        super().permit(sweep, wishes)
        self._refuse_strangers(sweep)
        if not self.visitor:
            raise ConfigError("this page is not ready yet; load it again.")
        with storing(self.sweeps_dir):
            self.sweeps_dir.mkdir(parents=True, exist_ok=True)
        with _alone(self.sweeps_dir / ".lock"):
            budget = extended(most_granted(sweep), wishes)
            check_budget(budget, self.allowed)
            if runs:
                check_config(sweep.config.replace(budget=budget), self.allowed)
                self._check_room()
            grant(sweep, wishes)

    def admit(self, sweep: Sweep) -> Sweep:
        """The sweep in this host's care.

        Raises:
            ConfigError: It is none of this visitor's sweeps.
        """
        if not is_example(sweep.path):
            self._refuse_strangers(sweep)
        return self.in_care(sweep)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One at a time, or two who begin at once would both get the last place.

        Raises:
            ConfigError: Others take too long.
        """
        place = visitors_dir(self.root)
        with storing(place):
            place.mkdir(parents=True, exist_ok=True)
        with _alone(place / ".lock"):
            yield

    def start(self, config: SweepConfig) -> Sweep:
        """Start a sweep in a process of its own, when there is room for one more.

        Raises:
            ConfigError, DataError: What is asked cannot work, or is not allowed here.
            StoreError: A sweep of that name exists, or the folder cannot be written.
        """
        self.check(config)
        asked = filled_in(config, self.allowed)
        if asked.follows is not None:
            asked = asked.replace(follows=self._followed(asked.follows))
        return HostedSweep(asked, path=self._place(asked), host=self).start()

    def allowed_race(self, config: RaceConfig) -> RaceConfig:
        """The race within the limits; see ``admitted``."""
        return admitted(config, self.allowed)

    @contextmanager
    def track(self) -> Iterator[None]:
        """Room for one more race; see ``Host.track``."""
        if not self.visitor:
            raise ConfigError("this page is not ready yet; load it again.")
        with self.turn():
            refuse_full(self.sweeps_dir, folders(self.root), self.allowed)
            self._check_disk()
            yield

    def tracer(self) -> Tracer:
        """What sends examples through networks; it takes one of the places that all share."""
        places = Places(visitors_dir(self.root) / ".lookers", self.allowed.lookers)
        return Tracer(idle_seconds=_IDLE_SECONDS, places=places)

    def turn_to_play(self) -> Turn:
        """Leave to train in the playground for some minutes; one training at a time.

        Raises:
            ConfigError: The visitor trains already, or as many play as are allowed.
            StoreError: The visitor's folder cannot be written.
        """
        if not self.visitor:
            raise ConfigError("this page is not ready yet; load it again.")
        return take_turn(
            self.sweeps_dir,
            visitors_dir(self.root) / ".players",
            places=self.allowed.players,
            seconds=60 * self.allowed.play_minutes,
        )

    def worded(self, text: str) -> str:
        """A message without the host's paths, of which only the end is left, and tracebacks."""
        if "\n" in text or "File" in text:
            text = _TRACEBACK.sub("", text)
        text = _HOLDER.sub("", text)
        if "/" not in text and "\\" not in text:
            return text
        for place in (self.sweeps_dir, EXAMPLE.parent, self.root):
            text = text.replace(f"{place.resolve()}/", "").replace(f"{place}/", "")
        return without_places(text)

    def packed(self, archive: bytes) -> bytes:
        """The archive without logs, and with every text in it as the visitor may read it."""
        return rewritten(archive, self.worded)

    def presentable(self, drawn: Any) -> Any:
        """Plain data for a browser; see ``worded``."""
        if isinstance(drawn, str):
            return self.worded(drawn)
        if isinstance(drawn, dict):
            return {name: self.presentable(value) for name, value in drawn.items()}
        if isinstance(drawn, list | tuple):
            return [self.presentable(value) for value in drawn]
        return drawn

    def _followed(self, asked: Path) -> Path:
        """The folder of the sweep that is followed: one of the visitor's own, or the example.

        Raises:
            ConfigError: It is none of them.
        """
        own = {folder.name: folder.path for folder in find_sweeps(self.sweeps_dir)}
        is_bare = asked.parts == (asked.name,)
        if is_example(asked) or (is_bare and asked.name == EXAMPLE.name not in own):
            return EXAMPLE
        found = own.get(asked.name)
        is_meant = is_bare or asked.resolve().parent == self.sweeps_dir.resolve()
        if found is None or not is_meant or found.is_symlink():
            raise ConfigError("there is no such sweep of yours.", field="follows")
        return found.resolve()

    def _refuse_strangers(self, sweep: Sweep) -> None:
        is_link = sweep.path.is_symlink()
        if is_link or sweep.path.resolve().parent != self.sweeps_dir.resolve():
            raise ConfigError("there is no such sweep of yours.")

    def _check_room(self) -> None:
        """Refuse to run one more sweep where the visitor or the machine has no room for it."""
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
        self._check_disk()

    def _check_disk(self) -> None:
        used = megabytes(self.sweeps_dir)
        if used >= self.allowed.disk_mb:
            raise ConfigError(
                f"your sweeps take {used:.0f} MB of {self.allowed.disk_mb:g}; delete some under "
                "All sweeps.",
                field="disk",
            )
        if megabytes(visitors_dir(self.root)) >= self.allowed.total_disk_mb:
            raise ConfigError(
                "the disk that all visitors share is full; try again another day.", field="disk"
            )


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock for a moment.

    Raises:
        ConfigError: Others hold it for too long.
    """
    try:
        held = FileLock(lock).acquire(timeout=_PATIENCE_SECONDS)
    except Timeout as error:
        raise ConfigError("many begin at this moment; try again in a minute.") from error
    with held:
        yield
