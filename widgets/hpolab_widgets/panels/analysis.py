"""What a sweep has found out, in charts: while it runs, and under the lab's weights."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import traitlets as t

from hpolab import plots
from hpolab.errors import ConfigError, did_you_mean
from hpolab_widgets.charts import ChartPanel, Pen
from hpolab_widgets.trials.brushing import read_ranges

if TYPE_CHECKING:
    from hpolab.plots import Plot, SweepEntry
    from hpolab.record import SweepRecord
    from hpolab_widgets.state import SweepState
    from hpolab_widgets.trials.brushing import Ranges

__all__ = ["BRUSHED", "Analysis"]

BRUSHED = "parallel"
"""The chart in which trials are chosen by dragging along its axes; wide, so it ends its group."""


class Analysis(ChartPanel, front="analysis", uses=("figures",)):
    """Charts of the whole sweep; a point opens its trial, and brushing filters the gallery."""

    watches = ("version", "weights", "brushed")

    charts = t.Dict(
        help=(
            'Only these charts, each with what is chosen in it: {"pareto": {"against": '
            '"parameters"}}; all when empty.'
        )
    )

    def __init__(self, *arguments: Any, **traits: Any) -> None:
        """A panel; see Panel.

        Raises:
            ConfigError: There is no such chart.
        """
        known = [entry.name for entry in plots.sweep_plots()]
        for name in traits.get("charts", {}):
            if name not in known:
                raise ConfigError(f"no such chart; {did_you_mean(name, known)}", field="charts")
        self._of: SweepState | None = None
        self._chosen: dict[str, dict[str, str]] = {}
        self._choices: dict[str, dict[str, tuple[str, ...]]] = {}
        self._ranges: Ranges = {}
        super().__init__(*arguments, **traits)

    def draw(self) -> dict[str, Any]:
        """Names of the charts, what can be chosen for each, and what is chosen."""
        sweep = self.lab.sweep
        if sweep is None:
            return {"hint": "There is no sweep yet. Start one, and this page shows what it finds."}
        if sweep is not self._of:
            self._forget()
            self._of = sweep
        groups: dict[str, list[dict[str, Any]]] = {}
        for entry in sorted(plots.sweep_plots(), key=lambda entry: entry.name == BRUSHED):
            if self.charts and entry.name not in self.charts:
                continue
            groups.setdefault(entry.group, []).append(self._figure(entry))
        if self.lab.brushed is None:
            self._ranges = {}
        return {
            "hint": "",
            "sweep": sweep.sweep.path.name,
            "is_whole": not self.charts,
            "brushed": None if self.lab.brushed is None else len(self.lab.brushed),
            "ranges": self._ranges,
            "groups": [{"title": title, "figures": group} for title, group in groups.items()],
        }

    def wish_choose(self, plot: Any, option: Any, value: Any) -> None:
        """Draw a chart of something else.

        Raises:
            ConfigError: There is no such chart, option or value.
        """
        offered = self._choices.get(str(plot), {}).get(str(option), ())
        if value not in offered:
            raise ConfigError(
                f"{value!r:.40} cannot be chosen here; {did_you_mean(str(value), offered)}"
            )
        self._chosen.setdefault(str(plot), {})[str(option)] = str(value)
        self.refresh()

    def wish_brush(self, ranges: Any) -> None:
        """Let the gallery show only trials inside ranges.

        Args:
            ranges: By axis of the chart, as a JSON text; without any, all are shown.

        Raises:
            ConfigError: These are no ranges.
        """
        self._ranges = read_ranges(ranges)
        self._brush()
        self.refresh()

    def wish_unbrush(self) -> None:
        """Show all trials in the gallery."""
        self.lab.brushed = None

    def wish_open(self, trial: Any) -> None:
        """Look at one trial closely, on the page of the sweep.

        Raises:
            ConfigError: There is none of that number.
        """
        count = len(self._trials())
        if isinstance(trial, bool) or not isinstance(trial, int) or not 0 <= trial < count:
            raise ConfigError(f"there is no trial {trial!r:.20}; there are {count}, from 0.")
        self.lab.opened, self.lab.page = trial, "sweep"

    def stamp(self, name: str) -> str:
        """How far the sweep is, what counts, and what was chosen."""
        if self.lab.sweep is None or all(entry.name != name for entry in plots.sweep_plots()):
            raise ConfigError(f"there is no chart {name!r:.40}.")
        weights = hash(self.lab.weights.to_json())
        sweep = self.lab.sweep
        return f"{sweep.sweep.path.name} {sweep.version} {weights} {self._choice(name)}"

    def pen(self, name: str) -> Pen:
        """Draws it from the sweep as it is at this moment."""
        record, weights = self._record(), self.lab.weights
        chosen, choices = dict(self._chosen.get(name, {})), self._choices

        def draw() -> Plot:
            offered = choices[name] = plots.sweep_choices(record, name, weights=weights)
            options = {
                option: chosen.get(option, values[0])
                for option, values in offered.items()
                if values and chosen.get(option, values[0]) in values
            }
            return plots.draw_sweep(record, name, weights=weights, options=options)

        return draw

    def on_drawn(self) -> None:
        """Offer what can be chosen now, and choose the same ranges among the trials of now."""
        if self._ranges:
            self._brush()
        self.refresh()

    def file_name(self, name: str) -> str:
        """With the sweep's name, and what was chosen."""
        sweep = self.lab.sweep.sweep.path.name if self.lab.sweep else "sweep"
        return "-".join([sweep, name, *self._chosen.get(name, {}).values()])

    def _figure(self, entry: SweepEntry) -> dict[str, Any]:
        offered, chosen = self._choices.get(entry.name, {}), self._chosen.get(entry.name, {})
        options = [
            {
                "name": option.name,
                "label": option.label,
                "values": list(values),
                "value": chosen.get(option.name, values[0]),
            }
            for option in entry.options
            if (values := offered.get(option.name, option.choices))
        ]
        return {
            "name": entry.name,
            "title": entry.title,
            "reading": entry.reading,
            "warning": entry.warning,
            "stamp": self.stamp(entry.name),
            "choice": self._choice(entry.name),
            "file": self.file_name(entry.name),
            "is_finding": True,
            "is_brushed": entry.name == BRUSHED,
            "is_wide": entry.name == BRUSHED,
            "options": options,
        }

    def _choice(self, name: str) -> str:
        return " ".join(
            f"{option}={value}" for option, value in self._chosen.get(name, {}).items()
        )

    def _brush(self) -> None:
        """Choose the trials inside the ranges; all when there are none."""
        if not self._ranges:
            self.lab.brushed = None
            return
        inside = plots.within_ranges(self._record(), self._ranges, weights=self.lab.weights)
        self.lab.brushed = tuple(sorted(inside))

    def _record(self) -> SweepRecord:
        """What is known at this moment; it does not change while a chart is drawn from it."""
        sweep = self.lab.sweep
        assert sweep is not None
        state = sweep.record.state if sweep.state in ("running", "paused") else "stopped"
        trials = {trial.number: trial for trial in sweep.trials}
        return replace(sweep.record, trials=trials, state=state)

    def _trials(self) -> tuple[Any, ...]:
        return self.lab.sweep.trials if self.lab.sweep else ()

    def _forget(self) -> None:
        """Forget what belongs to another sweep."""
        self._chosen = {name: dict(chosen) for name, chosen in self.charts.items()}
        self._choices, self._ranges = {}, {}
