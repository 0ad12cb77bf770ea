"""The race track: algorithms side by side on a function, followed live; and on networks."""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING, Any

import traitlets as t

from hpolab.errors import ConfigError, HpolabError
from hpolab.evolution import ALGORITHMS
from hpolab.race.networks import search_networks
from hpolab.sandbox import check_source, find_problems
from hpolab_widgets.panel import Panel
from hpolab_widgets.racing import OWN, Asked, choices, scenes, shown
from hpolab_widgets.racing.aside import attempted, map_of, newest_race

if TYPE_CHECKING:
    from hpolab.race import Race, RaceConfig
    from hpolab.race.landscape import Landscape
    from hpolab.race.networks import NetworkSearch
    from hpolab_widgets.state import Source

__all__ = ["RaceTrack"]

_LOOK_SECONDS = 0.25
_IDLE_SECONDS = 1.0


class RaceTrack(Panel, front="race", uses=("paths",)):
    """Races run in processes of their own, as sweeps do: a page that is loaded again finds them.

    The panel shows the newest race of its host, and follows it on the kernel's own loop.
    """

    watches = ("page", "version")

    _task: asyncio.Task[None] | None = None

    scenes = t.Dict(help="The map, and the populations that move on it.").tag(sync=True, told=True)

    def __init__(self, source: Source = None, *, race: Race | None = None, **asked: Any) -> None:
        """A track; what is chosen is raced at the press of Start.

        Args:
            source: See Panel.
            race: What is shown at first; None for the host's newest race, or, where something is
                chosen already, for none.
            asked: What is chosen at first: function, dimensions, seeds, budget, algorithms; see
                hpolab_widgets.racing.Asked.

        Raises:
            ConfigError: A choice breaks its rule.
        """
        self._asked = Asked(**asked) if race is None or asked else Asked.of(race.config)
        self._is_given = race is not None or bool(asked)
        self._race = race
        self._map: Landscape | None = None
        self._mapped: RaceConfig | None = None
        self._host: object = None
        self._seen = (-1, "")
        self._own: dict[str, Any] = {"problems": [], "value": None, "is_tried": False}
        self._tried: str | None = None
        self._networks: dict[str, Any] = {}
        super().__init__(source)
        self._draw_map()
        self._go_on()

    @property
    def race(self) -> Race | None:
        """The race that is shown."""
        return self._race

    def draw(self) -> dict[str, Any]:
        """The form, the race, and what became of the networks."""
        self._meet_host()
        race = self._race
        return {
            "asked": self._asked.to_dict(),
            "choices": choices(self._asked),
            "own": self._own if self._asked.function == OWN else None,
            "race": race and shown(race.record, name=race.path.name, state=race.state),
            "networks": self._networks,
        }

    def close(self) -> None:
        """See Panel; a race that runs goes on."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().close()

    def look(self) -> bool:
        """Draw what the race's journal has gained; whether there was anything."""
        race = self._race
        if race is None:
            return False
        told = sum(len(each.points) + len(each.frames) for each in race.record.heats.values())
        now = (
            told + sum(each.ended is not None for each in race.record.heats.values()),
            race.state,
        )
        if now == self._seen:
            return False
        self._seen = now
        self.refresh()
        self._show_scenes()
        return True

    def wish_set(self, name: str, value: Any) -> None:
        """Choose something for the next race.

        Raises:
            ConfigError: There is no such choice, or the value breaks its rule.
        """
        self._asked = self._asked.replace(**{str(name): value})
        if name in ("function", "source", "low", "high", "direction", "dimensions"):
            self._check_own()
            if self._race is None:
                self._draw_map()
        self.refresh()

    def wish_toggle(self, algorithm: str) -> None:
        """Let an algorithm take part in the next race, or no longer."""
        self._asked = self._asked.toggled(algorithm)
        self.refresh()

    def wish_start(self) -> None:
        """Race what is chosen."""
        self._refuse_second()
        if self._asked.function == OWN:
            check_source(self._asked.source)
        self._race = self.lab.host.start_race(self._asked.config())
        self._begin_anew()

    def wish_continue(self) -> None:
        """Race on where the race was stopped, or its process died."""
        self._refuse_second()
        if self._race is None:
            raise ConfigError("there is no race to go on with; start one.")
        with self.lab.host.track():
            self._race.start()
        self._begin_anew()

    def wish_stop(self) -> None:
        """End the race; what was reached stays, and it can be continued."""
        if self._race is not None:
            self._race.stop()

    def wish_cancel(self, contender: str) -> None:
        """Let a contender race no further: its runs that have not ended count for nothing."""
        if self._race is None:
            return
        for each in self._race.record.open:
            if self._race.config.contenders[each.heat.contender].name == contender:
                self._race.cancel(each.heat.number)

    def wish_networks(self, algorithm: str) -> None:
        """Search a practice space of networks with an algorithm, and at random.

        Raises:
            ConfigError: There is no such algorithm, or a search runs already.
        """
        if algorithm not in ALGORITHMS:
            raise ConfigError(f"there is no algorithm {algorithm!r:.40}.")
        words = f"{algorithm} searches networks"
        if any(each.endswith("searches networks") for each in self.busy):
            raise ConfigError("a search runs already; wait some seconds for its end.")
        self.aside(words, lambda: search_networks(algorithm), self._show_networks)

    def _show_networks(self, found: NetworkSearch) -> None:
        self._networks = {
            **found._asdict(),
            "regrets": [each._asdict() for each in found.regrets],
        }
        self.refresh()

    def _refuse_second(self) -> None:
        if self._race is not None and self._race.folder.is_running():
            raise ConfigError("a race runs; stop it, or wait for its end.")

    def _begin_anew(self) -> None:
        self._seen = (-1, "")
        self._draw_map()
        self.look()
        self._go_on()

    def _check_own(self) -> None:
        """Look at the user's function, and try it out aside when a look finds nothing wrong."""
        if self._asked.function != OWN:
            return
        problems = find_problems(self._asked.source)
        self._own = {
            "problems": [each._asdict() for each in problems],
            "value": None,
            "is_tried": False,
        }
        if not problems:
            self._try_out()

    def _try_out(self) -> None:
        """One at a time: a quick hand would start a process with every letter."""
        if self._tried is not None:
            return
        function = self._asked.own_function()
        self._tried = function.source
        self.aside("trying it out", lambda: attempted(function), self._take_attempt)

    def _take_attempt(self, attempt: dict[str, Any]) -> None:
        tried, self._tried = self._tried, None
        if self._asked.function != OWN or self._own["problems"]:
            return
        if tried != self._asked.source:
            self._try_out()
            return
        self._own = attempt
        if self._race is None and not attempt["problems"]:
            self._draw_map()
        self.refresh()

    def _meet_host(self) -> None:
        """With another host, as when the visitor arrives, come other races: show the newest."""
        if self._is_given or self.lab.host is self._host:
            return
        self._host = self.lab.host
        self._race = newest_race(self.lab.host)
        if self._race is not None:
            self._asked = Asked.of(self._race.config)
        if self._listens:
            self._draw_map()
            self._go_on()

    def _draw_map(self) -> None:
        """Draw the map of the race, or of what is chosen as long as there is none."""
        try:
            config = self._race.config if self._race is not None else self._asked.config()
        except ConfigError:
            return  # what is chosen cannot be raced, which Start will say
        if self._race is None and config.fitness is not None and not self._own["is_tried"]:
            return
        if config == self._mapped:
            self._show_scenes()
            return
        self._mapped, self._map = config, None

        def take(drawn: Landscape | None) -> None:
            if config == self._mapped:
                self._map = drawn
                self._show_scenes()

        self.aside("drawing the map", lambda: map_of(config), take)

    def _show_scenes(self) -> None:
        if self._mapped is None:
            return
        race = self._race
        record = None if race is None else race.record
        name = "" if race is None else race.path.name
        told = scenes(self._mapped, record, self._map, name=name)
        self.scenes = self.lab.host.presentable(told)

    def _go_on(self) -> None:
        """Follow on the kernel's loop, where there is one, unless that is going on already."""
        if self._task is not None and not self._task.done():
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._task = loop.create_task(_follow(weakref.ref(self)))


async def _follow(held: weakref.ref[RaceTrack]) -> None:
    """Keep up with the race for as long as the panel is there."""
    while (panel := held()) is not None:
        race = panel.race
        try:
            panel.look()
        except HpolabError as error:
            panel.problem = panel._in_words(error, "could not follow the race")
        seconds = _LOOK_SECONDS if race and race.folder.is_running() else _IDLE_SECONDS
        del panel
        await asyncio.sleep(seconds)
