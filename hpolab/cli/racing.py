"""Run a race before the person's eyes: a live table on a terminal, lines everywhere else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from hpolab.cli.console import INTERRUPTED, complain, console, logs_to_stderr
from hpolab.cli.finding import shown_path
from hpolab.cli.views import is_live
from hpolab.cli.words import NOTHING, count, duration, plural
from hpolab.errors import HpolabError
from hpolab.events import Noted
from hpolab.race import Race
from hpolab.race.events import HeatEnded, HeatLost
from hpolab.race.outcomes import paired_scores, table
from hpolab.race.significance import judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, RenderableType

    from hpolab.race import RaceConfig
    from hpolab.race.events import RaceEntry
    from hpolab.race.outcomes import Row
    from hpolab.race.record import RaceRecord

__all__ = ["run_race", "start_race"]

_FRAMES_PER_SECOND = 4
_BAR_WIDTH = 12


def run_race(race: Race, *, quiet: bool = False) -> int:
    """Run a race to its end, and say who is ahead.

    Returns:
        The exit code: 1 when no run came to its end, else 0.
    """
    out = console()
    logs_to_stderr()
    try:
        if quiet:
            race.run()
        elif is_live(out):
            race.make_folder()
            with _live(race, out):
                race.run()
        else:
            out.print(f"{race.path.name}: {race.config.subject}", soft_wrap=True)
            race.run(on_entry=_Teller(race, out).tell)
    except KeyboardInterrupt:
        complain(f"ended at once; continue with: hpolab race {shown_path(race.path)}")
        return INTERRUPTED
    _closing_words(race, out, with_table=not quiet)
    return 1 if race.state == "failed" or not any(row.runs for row in table(race.record)) else 0


def start_race(race: Race) -> None:
    """Start a race in a process of its own and say where it is."""
    race.start()
    out = console()
    out.print(f"{shown_path(race.path)} is raced on its own now.", soft_wrap=True)
    out.print("Watch it on the page Evolution of the lab: hpolab app")


@contextmanager
def _live(race: Race, out: Console) -> Iterator[None]:
    """Draw the race as long as the block lasts."""
    # an object of its own: pictures are drawn in a thread, and a Race belongs to one thread
    followed = Race.follow(race.path)

    def picture() -> RenderableType:
        try:
            record = followed.record
        except HpolabError as error:
            return Text(str(error), style="red")
        done = sum(each.ended is not None for each in record.runs)
        about = f" {followed.config.subject} · {done} of {plural(len(record.runs), 'run')}"
        title = Text.assemble((followed.path.name, "bold"), about)
        return Group(title, Text(), _table(table(record), followed.config, is_over=False))

    with Live(
        get_renderable=picture, console=out, refresh_per_second=_FRAMES_PER_SECOND, transient=True
    ):
        yield


class _Teller:
    """A line for each run that has ended."""

    def __init__(self, race: Race, out: Console) -> None:
        self._race, self._out = race, out

    def tell(self, entry: RaceEntry) -> None:
        """Say what is new."""
        event = entry.event
        if isinstance(event, Noted):
            self._out.print(f"note: {event.message}", soft_wrap=True)
        if not isinstance(event, HeatEnded | HeatLost):
            return
        record = self._race.record
        each = record.heats[event.heat]
        if each.heat.is_scene:
            return
        who = self._race.config.contenders[each.heat.contender].name
        line = f"{who} seed {each.heat.seed}"
        if isinstance(event, HeatLost):
            self._out.print(f"{line}: {event.reason}; it is tried again", soft_wrap=True)
            return
        done = sum(other.ended is not None for other in record.runs)
        said = _number(self._race.config, each.error)
        at = f" at {each.reached:,} evaluations: target reached" if each.reached else ""
        why = f"  {event.reason}" if event.reason else ""
        self._out.print(
            f"[{done}/{len(record.runs)}] {line} {event.state}  {said}{at}{why}", soft_wrap=True
        )


def _closing_words(race: Race, out: Console, *, with_table: bool) -> None:
    record = race.record
    if with_table:
        out.print()
        out.print(_table(table(record), race.config, is_over=True))
        out.print(Text(f"{race.config.subject} · {duration(record.seconds)}", style="dim"))
        out.print()
    if record.state != "finished":
        again = f"; continue it with: hpolab race {shown_path(race.path)}"
        words = f"The race {record.state}: {record.reason}"
        if record.state == "stopped":
            words = f"The race was stopped after {_done(record)}{again}"
        out.print(words, style="yellow", soft_wrap=not out.is_terminal)
    elif not record.reason.startswith("all"):
        out.print(f"The race ended early: {record.reason}.", style="yellow")
    names = [contender.name for contender in race.config.contenders]
    verdict = judge(names, paired_scores(record))
    out.print(verdict.words, style="bold", soft_wrap=not out.is_terminal)
    if verdict.p is not None:
        out.print(
            Text(
                f"Friedman test over {plural(verdict.seeds, 'seed')}: p = {verdict.p:.2g}",
                style="dim",
            )
        )
    out.print()
    out.print(f"{'Race folder':<14}{shown_path(race.path)}", soft_wrap=True)


def _done(record: RaceRecord) -> str:
    done = sum(each.ended is not None for each in record.runs)
    return f"{done} of {plural(len(record.runs), 'run')}"


def _table(rows: list[Row], config: RaceConfig, *, is_over: bool) -> Table:
    drawn = Table(box=None, padding=(0, 1), header_style="dim")
    drawn.add_column("algorithm", no_wrap=True)
    drawn.add_column("runs" if is_over else "", justify="right", no_wrap=True)
    names = ["rank", "median error" if config.is_known else "median value", "quartiles"]
    names += ["reached", "evaluations to it"] if config.goal is not None else []
    for name in names:
        drawn.add_column(name, justify="right", no_wrap=True)
    for place, row in enumerate(rows):
        is_first = place == 0 and row.rank is not None
        drawn.add_row(*_cells(row, config, is_over=is_over), style="bold" if is_first else "")
    return drawn


def _cells(row: Row, config: RaceConfig, *, is_over: bool) -> list[RenderableType]:
    bar = ProgressBar(total=row.planned, completed=row.runs, width=_BAR_WIDTH)
    ends = [_number(config, end) for end in (row.low, row.high)]
    cells: list[RenderableType] = [
        row.name,
        f"{row.runs}/{row.planned}" if is_over else bar,
        NOTHING if row.rank is None else f"{row.rank:.1f}",
        _number(config, row.median),
        " to ".join(ends) if row.low is not None else NOTHING,
    ]
    if config.goal is not None:
        expected = row.expected_evaluations
        cells.append(f"{row.succeeded}/{row.runs}" if row.runs else NOTHING)
        cells.append(NOTHING if expected is None else count(round(expected)))
    return cells


def _number(config: RaceConfig, error: float | None) -> str:
    return NOTHING if error is None else f"{config.shown(error):.2g}"
