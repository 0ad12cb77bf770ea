"""Some figures of one network of an experiment, beside the text that is about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab import plots
from hpolab.course import find
from hpolab.errors import ConfigError, did_you_mean
from hpolab_widgets.charts import ChartPanel, Pen
from hpolab_widgets.state import ENDED

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.plots import Entry
    from hpolab.space import Value
    from hpolab_widgets.state import Source

__all__ = ["Figures"]


class Figures(ChartPanel, front="lesson_figures", uses=("figures",)):
    """Figures of the network with some settings: those of Diagnostics, but only what is named."""

    watches = ("version",)

    def __init__(self, source: Source, *names: str, **settings: Value) -> None:
        """A panel on one trial of an experiment.

        Args:
            source: The experiment; see Panel.
            names: Of figures, as ``hpolab.plots.available`` names them: "filters/conv1", say.
            settings: What tells the network from the others of the experiment.
        """
        self._names, self._settings = names, settings
        super().__init__(source)

    def draw(self) -> dict[str, Any]:
        """The figures by name; why there are none while the network is not trained.

        Raises:
            ConfigError: No such network is trained, or it has no such figure.
        """
        folder = self._folder()
        if folder is None:
            return {"hint": "The figures come when this network is trained.", "figures": []}
        known = {entry.name: entry for entry in plots.available(folder)}
        return {"hint": "", "figures": [self._entry(known, name) for name in self._names]}

    def stamp(self, name: str) -> str:
        """The trial: what was recorded of it does not change.

        Raises:
            ConfigError: There is no such figure, or not yet.
        """
        folder = self._folder()
        if folder is None or name not in self._names:
            raise ConfigError(f"there is no figure {name!r:.60}.")
        return folder.name

    def pen(self, name: str) -> Pen:
        """Draws it from the trial's folder."""
        folder = self._folder()
        if folder is None:
            raise ConfigError("this network is not trained yet; run the experiment first.")
        return lambda: plots.draw(folder, name)

    def _entry(self, known: dict[str, Entry], name: str) -> dict[str, Any]:
        if name not in known:
            raise ConfigError(f"no figure {name!r:.60}; {did_you_mean(name, known)}")
        return {"name": name, "title": known[name].title, "stamp": self.stamp(name)}

    def _folder(self) -> Path | None:
        """Of the trial; None until it has completed."""
        if self.lab.sweep is None:
            return None
        sweep = self.lab.sweep.sweep
        trials = self.lab.sweep.trials
        is_open = self.lab.sweep.state not in ENDED
        if is_open and not any(self._settings.items() <= each.params.items() for each in trials):
            return None
        trial = find(sweep, **self._settings)
        return sweep.folder.trial(trial.number) if trial.state == "completed" else None
