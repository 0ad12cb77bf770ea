"""One trial, looked at closely."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from hpolab.errors import ConfigError, StoreError, did_you_mean
from hpolab.places import without_places
from hpolab_widgets.logs import last_lines
from hpolab_widgets.panel import Panel
from hpolab_widgets.trials import report
from hpolab_widgets.trials.arranging import arrange
from hpolab_widgets.trials.curves import curves
from hpolab_widgets.trials.standing import Standing

if TYPE_CHECKING:
    from hpolab.health.report import HealthReport
    from hpolab.record import TrialRecord
    from hpolab_widgets.state import SweepState

__all__ = ["TrialView"]

_KINDS = {"model": "application/zip", "result": "application/json"}


class TrialView(Panel, front="trial"):
    """The trial ``lab.opened``: its score, curves, health, configuration, log and files.

    Tabs other than "overview" and "log" are empty here: other panels show them below, while
    ``lab.tab`` says so.
    """

    watches = ("version", "weights", "opened", "compared", "tab")

    tabs: ClassVar[Mapping[str, str]] = {
        "overview": "Overview",
        "network": "Network",
        "diagnostics": "Diagnostics",
        "log": "Log",
    }

    _read: tuple[object, HealthReport | None] | None = None

    def draw(self) -> dict[str, Any]:
        """The trial under the lab's weights, or what to do to see one."""
        sweep = self.lab.sweep
        standing = self._standing()
        trial = standing.trial(self.lab.opened)
        if sweep is None or trial is None:
            what = "Start a sweep, then open" if sweep is None else "Open"
            return {"hint": f"{what} one of the cards in the gallery to look at a trial closely."}
        view = {"hint": "", "tabs": dict(self.tabs), "tab": self.lab.tab}
        view |= self._heading(trial, standing, sweep)
        if self.lab.tab == "overview":
            view |= self._overview(trial, standing, sweep)
        elif self.lab.tab == "log":
            log = sweep.sweep.folder.trial(trial.number) / "log.txt"
            view |= {"course": report.course(trial), "log": "\n".join(last_lines(log))}
        return view

    def wish_go(self, trial: Any) -> None:
        """Look at another trial."""
        if isinstance(trial, bool) or not isinstance(trial, int) or not self._trial(trial):
            raise ConfigError(f"there is no trial {trial!r:.20}.")
        self.lab.opened = trial

    def wish_turn(self, to: Any) -> None:
        """Look at something else of it."""
        if to not in self.tabs:
            raise ConfigError(f"no such tab: {to!r:.20}; {did_you_mean(str(to), self.tabs)}")
        self.lab.tab = to

    def wish_close(self) -> None:
        """Look at none."""
        self.lab.opened = None

    def wish_compare(self) -> None:
        """Put it beside the best trial."""
        best, trial = self._standing().best, self._opened()
        if best is None or best == trial.number:
            raise ConfigError("there is no better trial to compare it with.")
        self.lab.compared = (trial.number, best)

    def wish_download(self, what: Any) -> None:
        """Hand out the "model", the "result" or the "configuration"."""
        trial, sweep = self._opened(), self.lab.sweep
        assert sweep is not None
        stem = f"trial-{trial.number:04d}"
        if what == "configuration":
            text = report.configuration_yaml(trial, sweep.config, sweep=sweep.sweep.path.name)
            self.download(f"{stem}.yaml", text.encode(), kind="application/yaml")
            return
        files = report.files_of(sweep.sweep.folder, trial)
        if what not in files:
            raise ConfigError(
                f"trial {trial.number} has no {what!r:.20} to download; "
                f"{did_you_mean(str(what), [*files, 'configuration'])}"
            )
        path = files[what]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise StoreError(f"cannot read {path.name} of trial {trial.number}.") from error
        self.download(f"{stem}-{path.name}", content, kind=_KINDS[what])

    def _heading(
        self, trial: TrialRecord, standing: Standing, sweep: SweepState
    ) -> dict[str, Any]:
        """What is above the tabs."""
        order = [other.number for other in arrange(sweep.trials, standing, "rank")]
        place = order.index(trial.number)
        return {
            "number": trial.number,
            "state": trial.state,
            "reason": without_places(trial.ended.reason) if trial.ended else "",
            "reused_from": trial.ended.reused_from if trial.ended else None,
            "rank": standing.rank(trial),
            "ranked": len(standing.order),
            "best": standing.best,
            "previous": order[place - 1] if place > 0 else None,
            "next": order[place + 1] if place + 1 < len(order) else None,
            "epochs_done": len(standing.epochs(trial)),
            "epochs": sweep.config.epochs,
            "compared": trial.number in self.lab.compared and len(self.lab.compared) > 1,
        }

    def _overview(
        self, trial: TrialRecord, standing: Standing, sweep: SweepState
    ) -> dict[str, Any]:
        folder = sweep.sweep.folder
        examined = self._report(trial, sweep)
        files = report.files_of(folder, trial)
        return {
            "figures": report.figures(trial, standing),
            "weights": {"accuracy": standing.weights.accuracy, "health": standing.weights.health},
            "parts": report.score_parts(trial, standing),
            "curves": curves(standing.epochs(trial)),
            "health": report.examination(trial, examined),
            "partial": trial.ended is not None and trial.state != "completed",
            "examined": examined is not None,
            "params": report.configuration(trial, standing.trial(standing.best)),
            "files": {what: path.stat().st_size for what, path in files.items()},
        }

    def _report(self, trial: TrialRecord, sweep: SweepState) -> HealthReport | None:
        """What is in the trial's result, read once."""
        key = (sweep, trial.number, trial.ended)
        if self._read is None or self._read[0] != key:
            self._read = (key, report.read_report(sweep.sweep.folder, trial))
        return self._read[1]

    def _standing(self) -> Standing:
        trials = self.lab.sweep.trials if self.lab.sweep else ()
        return Standing(trials, self.lab.ranking, self.lab.weights)

    def _trial(self, number: int | None) -> TrialRecord | None:
        return self._standing().trial(number)

    def _opened(self) -> TrialRecord:
        trial = self._trial(self.lab.opened)
        if trial is None:
            raise ConfigError("no trial is open; open one in the gallery first.")
        return trial
