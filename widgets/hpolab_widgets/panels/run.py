"""Run control: where a sweep stands, who trains what, and the buttons that steer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from hpolab.commands import Command
from hpolab.errors import ConfigError
from hpolab_widgets.panel import Panel
from hpolab_widgets.running import Pending, actions, log_tails, pending, run_view
from hpolab_widgets.state import ENDED

if TYPE_CHECKING:
    from hpolab_widgets.state import SweepState

__all__ = ["RunControl"]

_MOST = {"trials": 10_000, "minutes": 30 * 24 * 60, "epochs": 10_000_000}


class RunControl(Panel, front="run"):
    """A sweep's state and progress, its workers and failures; start, pause, stop and extend it."""

    watches = ("version", "seconds")

    log_open = t.Bool(False, help="Whether the ends of the logs are shown.").tag(sync=True)

    _pending: tuple[Pending, ...] = ()

    def draw(self) -> dict[str, Any]:
        """Everything that the strip says now."""
        sweep = self.lab.sweep
        if sweep is None:
            return {}
        may_change = self.lab.host.may_change(sweep.sweep.path)
        self._pending = tuple(
            wish for wish in self._pending if wish.sweep is sweep and not wish.is_over()
        )
        return {
            **run_view(sweep, may_change=may_change),
            "pending": [{"key": wish.key, "words": wish.words} for wish in self._pending],
            "log": self._logs(sweep) if self.log_open else [],
        }

    def wish_start(self) -> None:
        """Start the sweep, or continue it where it stopped."""
        sweep = self._steered("start", "continue")
        self.lab.host.check(sweep.config)
        self._begin(sweep)

    def wish_pause(self) -> None:
        """Let running trials finish their epoch, then wait."""
        self._command(Command(verb="pause"))

    def wish_resume(self) -> None:
        """End the pause."""
        self._command(Command(verb="resume"))

    def wish_stop(self) -> None:
        """End the sweep within seconds."""
        self._command(Command(verb="stop"))

    def wish_cancel(self, trial: Any) -> None:
        """End one trial that runs now."""
        command = Command.parse({"verb": "cancel", "trial": trial})
        running = self._steered("stop").record.trials.get(command.trial or 0)
        if running is None or running.state != "running":
            raise ConfigError(f"trial {command.trial} is not running; there is nothing to cancel.")
        self._command(command)

    def wish_extend(self, amount: Any, unit: Any) -> None:
        """Add trials, minutes or epochs to the budget; one that has ended goes on."""
        sweep = self._steered("extend")
        command = _extension(amount, unit)
        budget = sweep.record.budget
        if budget.without_limit(command):
            raise ConfigError(f"this sweep has no limit of {unit} to add to.")
        self.lab.host.check(sweep.config.replace(budget=budget.extended(command)))
        if sweep.state in ENDED:
            self._begin(sweep, command)
        else:
            self._command(command)

    def wish_explore(self, share: Any) -> None:
        """Have a share of the trials to come drawn at random."""
        self._command(Command.parse({"verb": "explore", "share": share}))

    def wish_open(self, trial: Any) -> None:
        """Look at one trial closely."""
        if self.lab.sweep is not None and trial in self.lab.sweep.record.trials:
            self.lab.opened = int(trial)

    def _logs(self, sweep: SweepState) -> list[dict[str, Any]]:
        """The ends of the logs, each worded as a whole, since a traceback has several lines."""
        return [
            {**log, "lines": self.lab.host.worded("\n".join(log["lines"])).splitlines()}
            for log in log_tails(sweep)
        ]

    def _command(self, command: Command) -> None:
        verb = "stop" if command.verb == "cancel" else command.verb  # both need a run to end
        sweep = self._steered(verb)
        waits = pending(command, sweep)
        self.lab.host.permit(sweep.sweep, (command,))
        sweep.sweep.folder.send(command)
        self._pending = (
            *(wish for wish in self._pending if wish.key != waits.key),
            waits,
        )
        self.refresh()

    def _begin(self, sweep: SweepState, *wishes: Command) -> None:
        """Start a coordinator, which takes a second or two."""
        ours = self.lab.host.in_care(sweep.sweep)  # one of its own: they belong to one thread
        self.aside("Starting …", lambda: ours.start(wishes=wishes), lambda _: sweep.refresh())

    def _steered(self, *verbs: str) -> SweepState:
        """The sweep, brought up to date.

        Raises:
            ConfigError: There is none, it is an example, or none of these fits its state.
        """
        sweep = self.lab.sweep
        if sweep is None:
            raise ConfigError("there is no sweep to steer; open one, or set one up.")
        if not self.lab.host.may_change(sweep.sweep.path):
            raise ConfigError("this is an example, which stays as it is; start one of your own.")
        sweep.refresh()
        if self.busy:
            raise ConfigError("it is being started; wait a moment.")
        if not set(verbs) & set(actions(sweep)):
            raise ConfigError(f"it is {sweep.state} now; {verbs[-1]} does not apply.")
        return sweep


def _extension(amount: Any, unit: Any) -> Command:
    if unit not in _MOST:
        raise ConfigError("say whether to add trials, minutes or epochs.")
    is_number = isinstance(amount, int | float) and not isinstance(amount, bool)
    if not is_number or not 0 < amount <= _MOST[unit]:
        raise ConfigError(f"add a number of {unit} between 1 and {_MOST[unit]:,}.")
    added = {"seconds": 60 * amount} if unit == "minutes" else {unit: amount}
    return Command.parse({"verb": "extend", **added})
