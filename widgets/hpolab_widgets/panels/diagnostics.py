"""What was recorded of a trial, drawn: every figure, with what it shows and what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab import plots
from hpolab.errors import ConfigError, HpolabError
from hpolab.training.recording import ARRAYS, INDEX
from hpolab_widgets.charts import ChartPanel, Pen
from hpolab_widgets.trials.recorded import why_unrecorded

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.plots import Entry
    from hpolab.record import TrialRecord

__all__ = ["Diagnostics"]


class Diagnostics(ChartPanel, front="diagnostics", uses=("figures",)):
    """The figures of the trial ``lab.opened``, or of the best one; those of ``lab.layer`` alone.

    All of them are drawn as soon as the first is looked at, because what they find is said above.
    """

    watches = ("version", "opened", "layer")

    _listed: tuple[tuple[object, ...], tuple[Entry, ...]] = ((), ())

    def draw(self) -> dict[str, Any]:
        """Names and findings of the figures, in groups; or why there are none."""
        trial = self._trial()
        if trial is None:
            return {"hint": "Open a trial in the gallery to see what was recorded of it."}
        entries = self._entries()
        layers = list(dict.fromkeys(entry.layer for entry in entries if entry.layer))
        layer = self.lab.layer if self.lab.layer in layers else ""
        shown = [entry for entry in entries if layer in ("", entry.layer)]
        return {
            "hint": "",
            "trial": trial.number,
            "is_opened": self.lab.opened is not None,
            "why": self._why(trial),
            "layers": layers,
            "layer": layer,
            "asked_layer": self.lab.layer,
            "groups": self._groups(shown),
            **self._findings(entries),
        }

    def wish_layer(self, name: Any) -> None:
        """Look at the figures of one layer; of all when it is empty.

        Raises:
            ConfigError: The trial has no figure of that layer.
        """
        if name != "" and name not in self.view.get("layers", ()):
            raise ConfigError(f"there is no figure of a layer {name!r:.40}.")
        self.lab.layer = name

    def wish_go(self, trial: Any) -> None:
        """Look at another trial.

        Raises:
            ConfigError: There is none of that number.
        """
        trials = self.lab.sweep.trials if self.lab.sweep else ()
        if isinstance(trial, bool) or not isinstance(trial, int) or not 0 <= trial < len(trials):
            raise ConfigError(f"there is no trial {trial!r:.20}.")
        self.lab.opened = trial

    def wish_plot(self, name: Any) -> None:
        """Send a figure, and draw all others after it.

        Raises:
            ConfigError: There is none of that name.
        """
        super().wish_plot(name)
        self.want(*(entry.name for entry in self._entries()))

    def stamp(self, name: str) -> str:
        """The trial, and when it was recorded."""
        trial = self._trial()
        if trial is None or all(entry.name != name for entry in self._entries()):
            raise ConfigError(f"this trial has no figure {name!r:.60}.")
        times = self._listed[0][1:]
        return f"{trial.number} {' '.join(map(str, times))}"

    def pen(self, name: str) -> Pen:
        """Draws it from the trial's folder."""
        folder = self._folder()
        return lambda: plots.draw(folder, name)

    def on_drawn(self) -> None:
        """Say what was found."""
        self.refresh()

    def file_name(self, name: str) -> str:
        """With the trial's number."""
        trial = self._trial()
        return f"trial-{trial.number if trial else 0:04d}-{super().file_name(name)}"

    def _groups(self, entries: list[Entry]) -> list[dict[str, Any]]:
        """The figures by group, in the order in which the groups first occur."""
        groups: dict[str, list[dict[str, Any]]] = {}
        for entry in entries:
            drawn = self.drawn(entry.name)
            words = self.words(drawn.plot) if drawn and drawn.plot else {}
            groups.setdefault(entry.group, []).append(
                {
                    "name": entry.name,
                    "layer": entry.layer,
                    "stamp": self.stamp(entry.name),
                    "choice": self.stamp(entry.name),
                    "file": self.file_name(entry.name),
                    **words,
                    "title": entry.title,
                }
            )
        return [{"title": title, "figures": figures} for title, figures in groups.items()]

    def _findings(self, entries: tuple[Entry, ...]) -> dict[str, Any]:
        """How many figures there are, how many are judged, and which show something wrong."""
        known = {entry: self.drawn(entry.name) for entry in entries}
        plots_of = {entry: drawn.plot for entry, drawn in known.items() if drawn and drawn.plot}
        return {
            "count": len(entries),
            "judged": sum(drawn is not None for drawn in known.values()),
            "wrong": [
                {"name": entry.name, "title": entry.title, "layer": entry.layer}
                for entry, plot in plots_of.items()
                if plot.verdict
            ],
        }

    def _why(self, trial: TrialRecord) -> dict[str, Any] | None:
        """Why what is drawn from a recording is missing; None when it is not."""
        sweep = self.lab.sweep
        if sweep is None or (self._folder() / ARRAYS).is_file():
            return None
        return why_unrecorded(trial, sweep)._asdict()

    def _trial(self) -> TrialRecord | None:
        """The opened trial; the best one where none is, as alone in a notebook's cell."""
        sweep = self.lab.sweep
        if sweep is None:
            return None
        number = sweep.best if self.lab.opened is None else self.lab.opened
        if number is None or not 0 <= number < len(sweep.trials):
            return None
        trial: TrialRecord = sweep.trials[number]
        return trial

    def _folder(self) -> Path:
        trial, sweep = self._trial(), self.lab.sweep
        assert trial is not None
        assert sweep is not None
        return sweep.sweep.folder.trial(trial.number)

    def _entries(self) -> tuple[Entry, ...]:
        """What can be drawn of a trial; listed again when its recording has changed."""
        folder = self._folder()
        key = (folder, *(_changed(folder / name) for name in (ARRAYS, INDEX, "result.json")))
        if self._listed[0] != key:
            try:
                self._listed = (key, plots.available(folder))
            except HpolabError as error:
                self._listed = (key, ())
                self.problem = self._in_words(error, "could not read the recording")
        return self._listed[1]


def _changed(path: Path) -> int:
    """When a file was last written, in nanoseconds; 0 while there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
