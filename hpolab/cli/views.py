"""How a sweep is shown while it runs: a live picture on a terminal, lines everywhere else."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

from hpolab.cli.frame import Heading, frame, progress
from hpolab.cli.words import configuration, fraction, money, varying
from hpolab.errors import HpolabError
from hpolab.events import (
    BudgetExtended,
    ExplorationChanged,
    Noted,
    RunLost,
    SweepPaused,
    SweepResumed,
    TrialEnded,
)
from hpolab.record import SweepRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console, RenderableType

    from hpolab.events import Entry
    from hpolab.record import TrialRecord
    from hpolab.sweep import Sweep

__all__ = ["LiveView", "PlainView", "heading", "is_live"]

_FRAMES_PER_SECOND = 4


def is_live(console: Console) -> bool:
    """Whether a picture can be redrawn in place."""
    return console.is_terminal and not console.is_dumb_terminal


def heading(sweep: Sweep) -> Heading:
    """What the sweep is; a model that cannot be found out now is left out."""
    config = sweep.config
    try:
        model = config.builder()
    except HpolabError:
        model = config.model
    search = config.sampler.name
    if config.pruner.name != "none":
        search += f" + {config.pruner.name}"
    about = (config.dataset.name, model, config.mode, search)
    return Heading(sweep.path.name, " · ".join(word for word in about if word))


class LiveView:
    """Draws a sweep from its journal until it is closed; it never writes to the folder."""

    def __init__(self, sweep: Sweep, console: Console, *, is_ours: bool) -> None:
        """Get ready; nothing is drawn before ``open``.

        Args:
            sweep: What to draw.
            console: Where to.
            is_ours: This process runs the sweep, so that Ctrl-C ends it.
        """
        # An object of its own: pictures are drawn in a thread, and a Sweep belongs to one thread.
        self._sweep = type(sweep)(sweep.config, path=sweep.path)
        self._console = console
        self._is_ours = is_ours
        self._heading = heading(sweep)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Draw as long as the block lasts; leaves nothing behind on the screen."""
        live = Live(
            get_renderable=self.picture,
            console=self._console,
            refresh_per_second=_FRAMES_PER_SECOND,
            transient=True,
        )
        with live:
            yield

    def picture(self) -> RenderableType:
        """The sweep as it is now."""
        try:
            state, record = self._sweep.state, self._sweep.record
        except HpolabError as error:
            return Text(str(error), style="red")
        return frame(
            record,
            self._heading,
            state=state,
            now=datetime.now(UTC),
            width=self._console.width,
            height=self._console.height,
            notice=self._notice(state),
        )

    def _notice(self, state: str) -> str:
        if not self._is_ours:
            return ""
        if state == "running" and _was_interrupted():
            return "Stopping; what runs now will be trained again. Ctrl-C again stops at once."
        return ""


def _was_interrupted() -> bool:
    """Whether Ctrl-C has been pressed: a running sweep gives the signal back at the first."""
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler


class PlainView:
    """One line for each finished trial: for logs, pipes and terminals that cannot redraw."""

    def __init__(self, sweep: Sweep, console: Console, *, past: Iterable[Entry] = ()) -> None:
        """Begin with a line that names the sweep.

        Args:
            sweep: What to show.
            console: Where to.
            past: What has happened already and needs no words.
        """
        self._console = console
        self._record = SweepRecord.of(past)
        about = heading(sweep)
        self._say(f"{about.name}: {about.about}")

    def apply(self, entry: Entry) -> None:
        """Say what is new."""
        best = self._record.ranked()[:1]
        self._record.apply(entry)
        match entry.event:
            case TrialEnded(trial=number):
                trial = self._record.trials[number]
                is_best = trial.state == "completed" and self._record.ranked()[:1] != best
                self._say(self._line(trial, is_best=is_best))
            case RunLost(trial=number, reason=reason):
                self._say(f"trial {number}: {reason}")
            case Noted(message=message):
                self._say(f"note: {message}")
            case SweepPaused():
                self._say("paused")
            case SweepResumed():
                self._say("resumed")
            case BudgetExtended():
                self._say(f"extended: {progress(self._record)[1]} done")
            case ExplorationChanged(share=share):
                self._say(f"exploring: {100 * share:g} % of the trials to come, drawn at random")

    def _line(self, trial: TrialRecord, *, is_best: bool) -> str:
        ended = trial.ended
        if ended is None:
            return f"trial {trial.number} {trial.state}"
        done = progress(self._record)[1]
        line = f"[{done}] trial {trial.number} {trial.state}"
        if ended.state == "completed":
            line += (
                f"  score {fraction(ended.score)}  accuracy {fraction(ended.accuracy)}"
                f"  test {fraction(ended.test_accuracy)}"
                f"  health {fraction(ended.health, digits=2)}"
            )
        if ended.reused_from is not None:
            return f"{line}  same as trial {ended.reused_from}"
        line += f"  {ended.seconds:.1f} s"
        if trial.cost:
            line += f"  cost {money(trial.cost)}"
        if ended.reason:
            return f"{line}  {ended.reason}"
        tells_apart = varying(other.params for other in self._record.trials.values())
        line += f"  {configuration(trial.params, width=60, only=tells_apart)}"
        return f"{line}  (best so far)" if is_best else line

    def _say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True)
