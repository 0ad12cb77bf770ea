"""Every figure of a sweep: its name, its words, its options, and who draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hpolab.errors import ConfigError, did_you_mean
from hpolab.plots.plot import Plot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from hpolab.analysis.parallel import Ranges
    from hpolab.plots.sweep.canvas import Drawing
    from hpolab.plots.sweep.material import Material
    from hpolab.record import SweepRecord, TrialRecord
    from hpolab.scoring import ScoringWeights

    Source = SweepRecord | Iterable[TrialRecord]

__all__ = [
    "SweepEntry",
    "SweepOption",
    "draw_sweep",
    "sweep_choices",
    "sweep_plots",
    "within_ranges",
]


class SweepOption(NamedTuple):
    """Something that a person may choose for a figure.

    Attributes:
        name: What ``draw_sweep`` takes in ``options``.
        label: In words.
        choices: What it may be; empty for the hyperparameters that vary (see ``sweep_choices``).
    """

    name: str
    label: str
    choices: tuple[str, ...] = ()


class SweepEntry(NamedTuple):
    """A figure that every sweep has.

    Attributes:
        name: What ``draw_sweep`` takes.
        title: A few words.
        group: "Course", "Hyperparameters" or "Trade-offs".
        reading: One sentence on how to read it.
        warning: One sentence on what to be careful about.
        options: What can be chosen, in order.
    """

    name: str
    title: str
    group: str
    reading: str
    warning: str
    options: tuple[SweepOption, ...] = ()


_ENTRIES = (
    SweepEntry(
        "history",
        "Course of the search",
        "Course",
        "Every mark is a trial in the order of their ends, its shape says how it ended; the "
        "stairs are the best score of a completed trial so far.",
        "Stairs that have not risen for a long time: more trials will hardly help, other ranges "
        "may. Marks on the floor failed and have no score.",
    ),
    SweepEntry(
        "importance",
        "What the results go with",
        "Hyperparameters",
        "A bar is the share of the spread (variance) among completed trials that goes with one "
        "hyperparameter alone (correlation ratio, corrected for chance), its whisker a 95 % "
        "interval.",
        "Pale bars are no more than chance would give, and with fewer than 4 completed trials per "
        "hyperparameter none is to be believed. Bars need not add up: the rest is luck, and what "
        "shows only when two are changed together.",
    ),
    SweepEntry(
        "parallel",
        "All hyperparameters at once",
        "Hyperparameters",
        "Every line is a trial that crosses each axis at its value, coloured by its score; the "
        "axis that matters most comes first. Drag along an axis to keep only lines through "
        "that part.",
        "Dark lines that spread over a whole axis: that hyperparameter hardly matters. Lines at "
        "'not used' belong to trials that have no such hyperparameter.",
        (SweepOption("shown", "hyperparameters", ("most telling", "all")),),
    ),
    SweepEntry(
        "slice",
        "Score along one hyperparameter",
        "Hyperparameters",
        "Every mark is a trial; the line joins the medians of neighbours, with their quartiles; "
        "the shaded part holds the best tenth.",
        "A shaded part at the edge of the axis: the range should go further that way. Other "
        "hyperparameters differ between the marks too.",
        (SweepOption("parameter", "hyperparameter"),),
    ),
    SweepEntry(
        "contour",
        "Score over two hyperparameters",
        "Hyperparameters",
        "A cell is the mean score of the completed trials in it, darker is better; the marks are "
        "the trials.",
        "Blank cells: no trial has been there, and nothing is guessed. A cell with one trial "
        "says little.",
        (SweepOption("x", "across"), SweepOption("y", "upwards")),
    ),
    SweepEntry(
        "pareto",
        "What accuracy costs",
        "Trade-offs",
        "Trials on the line are beaten by nobody in both things at once; the star is first under "
        "the present weights.",
        "A star far from the line's bend: it buys a little of one thing with much of the other.",
        (SweepOption("against", "against", ("health", "parameters", "seconds")),),
    ),
    SweepEntry(
        "places",
        "Who changes places",
        "Trade-offs",
        "A line is a trial, from its place by accuracy alone on the left to its place under the "
        "present weights on the right.",
        "Lines that cross near the top: the winner depends on what you want to count.",
    ),
    SweepEntry(
        "timeline",
        "Who trained what, and when",
        "Course",
        "A row is a worker, a bar one of its trials (the last attempt), coloured by how it ended.",
        "Gaps in a row: the worker waited, for others or during a pause.",
    ),
    SweepEntry(
        "costs",
        "Where the time went",
        "Course",
        "Above, the workers' time in all, by how the trials ended, and what pruning and reuse "
        "saved; below, what each trial took.",
        "Little of the time spent in epochs: loading, building and testing take more than "
        "training; train longer, or on more data.",
    ),
)  # fmt: skip


def sweep_plots() -> tuple[SweepEntry, ...]:
    """All there are, in the order in which they are shown. Loads nothing heavy."""
    return _ENTRIES


def sweep_choices(
    source: Source, name: str, *, weights: ScoringWeights
) -> dict[str, tuple[str, ...]]:
    """What each option of a figure may be, its default first.

    Of hyperparameters, the one that the score goes with most is the default.

    Raises:
        ConfigError: There is no such figure.
    """
    from hpolab.plots.sweep.material import Material

    return _choices(_entry(name), Material.of(source, weights))


def draw_sweep(
    source: Source,
    name: str,
    *,
    weights: ScoringWeights,
    options: Mapping[str, str] | None = None,
) -> Plot:
    """Draw one figure, of a finished sweep or of one that runs.

    The plot's verdict is what it says about this sweep, in a sentence.

    Args:
        source: A sweep's record, or trials; a record tells more about the search space.
        name: Of the figure; see ``sweep_plots``.
        weights: What counts.
        options: By name; what is left out is the default of ``sweep_choices``.

    Raises:
        ConfigError: There is no such figure, option or choice; names what there is.
    """
    from hpolab.plots.sweep.material import Material

    entry, material = _entry(name), Material.of(source, weights)
    drawing = _drawers()[name](material, _chosen(entry, material, options or {}))
    return Plot(name, entry.title, entry.reading, entry.warning, drawing.verdict, drawing.figure)


def within_ranges(source: Source, ranges: Ranges, *, weights: ScoringWeights) -> list[int]:
    """The numbers of the trials that lie inside what is brushed in the figure "parallel".

    Args:
        source: A sweep's record, or trials.
        ranges: By the ``name`` of the figure's dimension: one or more pairs, as plotly's
            ``constraintrange`` gives them.
        weights: What counts.
    """
    from hpolab.analysis import parallel
    from hpolab.plots.sweep.material import Material

    material = Material.of(source, weights)
    return parallel(material.measured, material.axes).within(ranges)


def _entry(name: str) -> SweepEntry:
    for entry in _ENTRIES:
        if entry.name == name:
            return entry
    known = did_you_mean(name, [entry.name for entry in _ENTRIES])
    raise ConfigError(f"there is no figure {name!r} of a sweep; {known}")


def _choices(entry: SweepEntry, material: Material) -> dict[str, tuple[str, ...]]:
    from hpolab.analysis import strongest

    if not entry.options:
        return {}
    is_known = all(option.choices for option in entry.options)
    names = () if is_known else tuple(strongest(material.measured, material.axes))
    return {
        option.name: option.choices or names[place:] + names[:place]  # no two defaults alike
        for place, option in enumerate(entry.options)
    }


def _chosen(entry: SweepEntry, material: Material, options: Mapping[str, str]) -> dict[str, str]:
    known = _choices(entry, material)
    for option, choice in options.items():
        if option not in known:
            raise ConfigError(
                f"{entry.name} has no option {option!r}; {did_you_mean(option, known)}"
            )
        if choice not in known[option]:
            rule = f"{choice!r} is no choice; {did_you_mean(choice, known[option])}"
            raise ConfigError(rule, field=option)
    return {name: options.get(name, choices[0]) for name, choices in known.items() if choices}


def _drawers() -> dict[str, Callable[[Material, dict[str, str]], Drawing]]:
    from hpolab.plots.sweep import importance, progress, space, tradeoffs
    from hpolab.plots.sweep.canvas import empty

    def of_parameters(draw: Callable[..., Drawing], *names: str) -> Callable[..., Drawing]:
        def checked(material: Material, chosen: dict[str, str]) -> Drawing:
            if len(material.axes) < len(names):
                return empty("Too few hyperparameters vary for this figure.")
            return draw(material, *(chosen[name] for name in names))

        return checked

    return {
        "history": lambda material, _: progress.draw_history(material),
        "importance": lambda material, _: importance.draw_importance(material),
        "parallel": lambda material, chosen: space.draw_parallel(material, chosen["shown"]),
        "slice": of_parameters(space.draw_slice, "parameter"),
        "contour": of_parameters(space.draw_contour, "x", "y"),
        "pareto": lambda material, chosen: tradeoffs.draw_pareto(material, chosen["against"]),
        "places": lambda material, _: tradeoffs.draw_places(material),
        "timeline": lambda material, _: progress.draw_timeline(material),
        "costs": lambda material, _: progress.draw_costs(material),
    }
