"""The playground: a tiny network that trains before one's eyes and answers to every control."""

from __future__ import annotations

import asyncio
import time
import weakref
from typing import TYPE_CHECKING, Any

import traitlets as t

from hpolab.errors import ConfigError, did_you_mean
from hpolab.playground import ACTIVATIONS, DATA, OPTIMIZERS, Plan, Training, examples
from hpolab.playground.cores import on_one_core
from hpolab_widgets.panel import Panel
from hpolab_widgets.playing import Past, Turn, frame, scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from hpolab.playground import Examples
    from hpolab_widgets.state import Source

__all__ = ["Playground"]

SPEEDS = (1, 2, 5, 20, 80)
"""Steps from one update to the next."""
TICK_SECONDS = 1 / 30
SLICE_SECONDS = 0.012
"""How long it trains before it lets the kernel do other things."""
PATIENCE_SECONDS = 2.0
"""How long it trains without a page that says it has drawn something."""
IN_FLIGHT = 2
"""Updates on their way to the page; a third is left out instead of queued."""


class Playground(Panel, front="playground"):
    """Trains on the kernel's own loop, in slices of some milliseconds, while a page looks on.

    The page says of every update that it has drawn it. Without that, be it hidden, scrolled away,
    slow or gone, no further one is sent, and after two seconds nothing is trained either, until a
    page looks again.
    """

    watches = ("page",)
    clock: Callable[[], float] = staticmethod(time.monotonic)

    playing = t.Bool(False, help="Whether it trains while somebody looks.").tag(
        sync=True, told=True
    )
    scene = t.Dict(help="What stays as long as the examples do.").tag(sync=True, told=True)

    def __init__(
        self,
        source: Source = None,
        *,
        data: str = "moons",
        noise: float = 0.05,
        seed: int = 0,
        speed: int = 2,
        **plan: Any,
    ) -> None:
        """A network that has learnt nothing yet; it waits for Play.

        Args:
            source: See Panel.
            data: One of hpolab.playground.DATA.
            noise: Of points in the plane, 0 to 0.5.
            seed: Of points and first weights; Reset goes on to the next.
            speed: Steps from one update to the next, one of SPEEDS.
            plan: Hyperparameters; see hpolab.playground.Plan.

        Raises:
            ConfigError: A value breaks its rule.
        """
        self._noise, self._seed, self._data_seed = noise, seed, seed
        self._speed = _one_of(speed, SPEEDS, "speed")
        self._task: asyncio.Task[None] | None = None
        self._turn = Turn()
        self._until = self._seen_at = 0.0
        self._sent = self._seen = 0
        self._note = ""
        self._place(examples(data, noise=noise, seed=seed), Plan(**plan))
        super().__init__(source, scene=scene(self.training.examples))

    def draw(self) -> dict[str, Any]:
        """The controls and where they stand; what moves goes in frames."""
        return {
            "playing": self.playing,
            "note": self._note,
            "data": self.training.examples.name,
            "noise": round(100 * self._noise),
            "speed": self._speed,
            "plan": self.training.plan.to_dict(),
            "choices": {
                "data": DATA,
                "optimizer": OPTIMIZERS,
                "activation": ACTIVATIONS,
                "speed": SPEEDS,
            },
        }

    def close(self) -> None:
        """See Panel; what trains stops."""
        if self._listens:
            self._halt()
        super().close()

    def wish(self, verb: str, /, **details: Any) -> None:
        """See Panel; that a page has drawn something is no wish, and clears no refusal."""
        if verb == "seen":
            self._on_seen(details.get("frame"))
        else:
            super().wish(verb, **details)

    def wish_play(self) -> None:
        """Train until told otherwise."""
        if self.playing:
            return
        self._turn = self.lab.host.turn_to_play()
        self._note = ""
        self._until = self.clock() + self._turn.seconds
        self._seen_at = self.clock()
        self.playing = True
        self._go_on()

    def wish_pause(self) -> None:
        """Train no further for now."""
        self._halt()

    def wish_step(self) -> None:
        """Learn from one batch."""
        self.training.step()
        self._show()

    def wish_reset(self) -> None:
        """Begin anew with other first weights, under the same plan."""
        self._seed += 1
        self._place(self.training.examples, self.training.plan)
        self._note = ""
        self._show(is_whole=True)
        self.refresh()

    def wish_set(self, name: str, value: Any) -> None:
        """Turn a control; the network goes on with it at its next step.

        Raises:
            ConfigError: There is no such control, or the value breaks its rule.
        """
        if name == "noise":
            self._noise = _percent(value)
            self._learn_from(self._points(self.training.examples.name))
        elif name == "speed":
            self._speed = _one_of(value, SPEEDS, "speed")
        else:
            self.training.change(self.training.plan.replace(**{str(name): value}))
            self._show()
        self.refresh()

    def wish_data(self, name: str) -> None:
        """Learn from something else, which takes a new network.

        Raises:
            ConfigError: There is nothing of that name.
        """
        if _one_of(name, DATA, "data") == "digits":  # scikit-learn may have to be loaded
            self.aside("reading the digits", lambda: examples(name), self._learn_from)
        else:
            self._learn_from(self._points(name))

    def wish_look(self) -> None:
        """Tell a page that has come, or come back, all there is."""
        self._seen_at = self.clock()
        self._show(is_whole=True)
        self._go_on()

    def beat(self) -> float | None:
        """Train for a slice of time, and show what came of it.

        Returns:
            Seconds until the next one; None when there shall be none.
        """
        began = self.clock()
        if not self.playing or began - self._seen_at > PATIENCE_SECONDS:
            return None
        if began >= self._until:
            self._halt(
                f"{self._turn.seconds / 60:g} minutes have passed, which is the limit here; "
                "press Play to go on."
            )
            return None
        with on_one_core():
            for _ in range(self._speed):
                self.training.step()
                if self.clock() - began > SLICE_SECONDS:
                    break
        if self._sent - self._seen < IN_FLIGHT:
            self._show()
        spent = self.clock() - began
        return max(TICK_SECONDS - spent, spent)  # others have at least as much time as this

    def _show(self, *, is_whole: bool = False) -> None:
        """Send what can be seen now; with the curves from their beginning when it is whole."""
        with on_one_core():
            look = self.training.look()
            told, buffers = frame(self.training, look)
        point = self._past.add(look)
        self._sent += 1
        told |= {"frame": self._sent, "point": point}
        if is_whole:
            told["past"] = self._past.points()
        self.send(told, buffers)
        if look.is_lost and self.playing:
            self._halt()

    def _on_seen(self, number: Any) -> None:
        if isinstance(number, int) and self._seen < number <= self._sent:
            self._seen = number
            self._seen_at = self.clock()
            self._go_on()

    def _place(self, shown: Examples, plan: Plan) -> None:
        """Put up a new network."""
        self.training = Training(shown, plan, seed=self._seed)
        self._past = Past()

    def _learn_from(self, shown: Examples) -> None:
        self._place(shown, self.training.plan)
        self.scene = scene(shown)
        self._show(is_whole=True)
        self.refresh()

    def _points(self, name: str) -> Examples:
        return examples(name, noise=self._noise, seed=self._data_seed)

    def _go_on(self) -> None:
        """Train on the kernel's loop, where there is one, unless that is going on already."""
        if not self.playing or (self._task is not None and not self._task.done()):
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._task = loop.create_task(_pulse(weakref.ref(self)))

    def _halt(self, note: str = "") -> None:
        """Stop training, and give the place back."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._turn.end()
        self._note = note
        self.playing = False
        self.refresh()

    def _fail(self, error: Exception) -> None:
        self._halt()
        self.problem = self._in_words(error, "could not train")


async def _pulse(held: weakref.ref[Playground]) -> None:
    """Train for as long as there is somebody to train for; a panel is not kept alive by it."""
    while (panel := held()) is not None:
        try:
            wait = panel.beat()
        except Exception as error:
            panel._fail(error)
            return
        del panel
        if wait is None:
            return
        await asyncio.sleep(wait)


def _one_of(value: Any, known: tuple[Any, ...], field: str) -> Any:
    """The value, when it is among those.

    Raises:
        ConfigError: It is not.
    """
    if value not in known:
        hint = did_you_mean(str(value), map(str, known))
        raise ConfigError(f"no such choice; {hint}", field=field)
    return value


def _percent(value: Any) -> float:
    """A share, from whole per cent.

    Raises:
        ConfigError: It is no number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"write a number, but got {value!r:.20}.", field="noise")
    return value / 100
