"""Where a lab keeps its sweeps, and what whoever uses it may ask for."""

from __future__ import annotations

import logging
import os
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from hpolab.errors import ConfigError, HpolabError
from hpolab.race import Race
from hpolab.race.folder import races_dir
from hpolab.settings import settings
from hpolab.storage.folder import find_sweeps
from hpolab.storage.names import fresh_name
from hpolab.sweep import Sweep
from hpolab.tracing import Tracer
from hpolab_widgets.playing.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from hpolab.commands import Command
    from hpolab.config import SweepConfig
    from hpolab.race import RaceConfig

__all__ = ["EXAMPLE", "Host", "HostedSweep", "is_example"]

log = logging.getLogger(__name__)

EXAMPLE = Path(__file__).parent / "example" / "digits-example"
"""A finished sweep that ships with the lab; it is read where it lies, and never written to."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """The machine as a user of the lab may use it: one's own, without limits.

    Attributes:
        sweeps_dir: Where sweep folders are made and looked for.
        own_data: Whether a user may name files of the machine as data.
    """

    sweeps_dir: Path = field(default_factory=lambda: settings().sweeps_dir)
    own_data: bool = True

    def welcome(self, visitor: str) -> Host:  # noqa: ARG002 - who it is matters where many come
        """The host as a certain visitor meets it: on one's own machine, the same for all."""
        return self

    def check(self, config: SweepConfig) -> None:
        """Refuse what this host does not allow.

        Raises:
            ConfigError: A setting is beyond a limit; names the setting and the limit.
        """

    def offers(self, dataset: str) -> bool:  # noqa: ARG002 - on one's own machine, every one
        """Whether the data set of this name may be chosen here."""
        return True

    def permit(self, sweep: Sweep, wishes: Sequence[Command], *, runs: bool = False) -> None:  # noqa: ARG002
        """Refuse wishes of an existing sweep that this host does not allow.

        Args:
            sweep: Which one.
            wishes: What is wished.
            runs: Whether the sweep shall be run again.

        Raises:
            ConfigError: One is beyond a limit, or the sweep is the example.
        """
        if is_example(sweep.path):
            raise ConfigError(
                "this is the example that comes with the lab, and it stays as it is; start a "
                "sweep of your own under New sweep."
            )

    def admit(self, sweep: Sweep) -> Sweep:
        """The sweep as it may be shown here; what nobody may change is in the host's care.

        Raises:
            ConfigError: It is none of this visitor's sweeps.
        """
        return self.in_care(sweep) if is_example(sweep.path) else sweep

    def in_care(self, sweep: Sweep) -> HostedSweep:
        """The same sweep, read anew, of which nothing is wished without this host's permission.

        Whatever starts, continues or steers a sweep for a person goes through one of these.
        """
        return HostedSweep(sweep.config, path=sweep.path, host=self)

    def turn(self) -> AbstractContextManager[object]:
        """Held while a sweep begins, so that each sees what the one before has taken."""
        return nullcontext()

    def may_change(self, path: Path) -> bool:
        """Whether the sweep at a path is the user's to run on, to steer and to delete.

        It is when it lies in ``sweeps_dir``, is not linked from there, and can be written.
        """
        place = path.resolve()
        if is_example(place) or place.parent != self.sweeps_dir.resolve():
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
        return Sweep(config, path=self._place(config)).start()

    @property
    def races_dir(self) -> Path:
        """Where races are made and looked for."""
        return races_dir(self.sweeps_dir)

    def allowed_race(self, config: RaceConfig) -> RaceConfig:
        """The race as it may be run here: on one's own machine, as it is asked.

        Raises:
            ConfigError: It is beyond a limit.
        """
        return config

    def track(self) -> AbstractContextManager[object]:
        """Held while a race begins, or goes on; on one's own machine there is always room.

        Raises:
            ConfigError: There is no room for one more.
        """
        return nullcontext()

    def start_race(self, config: RaceConfig) -> Race:
        """Start a race in a process of its own.

        Raises:
            ConfigError: What is asked is not allowed here, or there is no room.
            StoreError: The folder cannot be written.
        """
        asked = self.allowed_race(config)
        with self.track():
            name = fresh_name(config.function or "own", within=self.races_dir)
            return Race(asked, path=self.races_dir / name).start()

    def tracer(self) -> Tracer:
        """What sends examples through networks."""
        return Tracer()

    def turn_to_play(self) -> Turn:
        """Leave to train in the playground: on one's own machine, without an end.

        Raises:
            ConfigError: The host does not allow it now.
        """
        return Turn()

    def newest(self) -> Sweep | None:
        """The sweep that was made last, None while there is none that can be read."""
        for folder in reversed(find_sweeps(self.sweeps_dir)):
            try:
                return self.admit(Sweep.follow(folder.path))
            except HpolabError:
                log.warning("cannot open the sweep %s", folder.name, exc_info=True)
        return None

    def worded(self, text: str) -> str:
        """A message as the user may read it: on one's own machine, as it is."""
        return text

    def packed(self, archive: bytes) -> bytes:
        """The archive of a sweep as the user may have it."""
        return archive

    def presentable(self, drawn: Any) -> Any:
        """Plain data for a browser, with every text in it as the user may read it."""
        return drawn

    def _place(self, config: SweepConfig) -> Path:
        """The folder of a sweep; one without a name is named after its data and the time."""
        fresh = config.name or fresh_name(config.dataset.name, within=self.sweeps_dir)
        return self.sweeps_dir / fresh


class HostedSweep(Sweep):
    """A sweep in a host's care, who is asked before anything is wished of it."""

    def __init__(
        self,
        config: SweepConfig | None = None,
        *,
        path: Path | str | None = None,
        host: Host | None = None,
    ) -> None:
        """A sweep; see Sweep.

        Args:
            config: What is asked.
            path: Its folder.
            host: Whose permission is needed; None for one's own machine.
        """
        super().__init__(config, path=path)
        self.host = host or Host()

    def start(self, *, wishes: tuple[Command, ...] = ()) -> Self:
        """Run the sweep, or the rest of it, in a process of its own.

        Raises:
            ConfigError: The host does not allow it; also whatever ``Sweep.start`` raises.
        """
        with self.host.turn():
            self.host.permit(self, wishes, runs=True)
            return super().start(wishes=wishes)

    def _send(self, command: Command) -> None:
        self.host.permit(self, (command,))
        super()._send(command)


def is_example(path: Path) -> bool:
    """Whether this is the folder of the sweep that ships with the lab."""
    return path.resolve() == EXAMPLE.resolve()
