"""What came of the cells of a matrix, as data: ``summary.json`` and ``summary.csv``."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field

from hpolab.errors import StoreError
from hpolab.frozen import Frozen
from hpolab.places import without_places
from hpolab.reports.facts import report_of
from hpolab.reports.intervals import Interval, binomial
from hpolab.storage.files import write_json, write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.batch.matrix import Cell
    from hpolab.record import SweepRecord, TrialRecord
    from hpolab.sweep import Sweep

__all__ = ["Best", "Outcome", "State", "Summary", "outcome"]

FORMAT = 1
"""Of summary.json."""

State = Literal["finished", "no winner", "failed", "stopped", "interrupted", "not started"]


class Best(Frozen):
    """The winner of a cell.

    Attributes:
        trial: Its number.
        score: Under the cell's own weights.
        score_interval: What the score would be at the ends of the 95 % interval of the validation
            accuracy, health as it was measured; None where the number of examples is not known.
        accuracy: On validation data.
        test_accuracy: Measured once; nothing was chosen by it.
        test_interval: The 95 % interval of it.
    """

    trial: int
    params: dict[str, Any]
    score: float
    score_interval: Interval | None
    accuracy: float
    health: float | None
    test_accuracy: float | None
    test_interval: Interval | None


class Outcome(Frozen):
    """One cell.

    Attributes:
        name: Of the cell.
        sweep: Name of its sweep.
        settings: What tells it from the others.
        dataset, sampler, mode, seed: As its config has them.
        weight_accuracy: Of accuracy against health in its score.
        state: "finished" when it has a winner and a report; "no winner" when no trial completed.
        reason: Why it is not finished, or empty.
        trials, failures: How many were begun, and how many of them failed.
        seconds: The sweep has run, pauses left out.
        course: The best score so far: the trial (counted from 1) and the score, at each rise.
    """

    name: str
    sweep: str
    settings: dict[str, Any]
    dataset: str
    sampler: str
    mode: str
    seed: int
    weight_accuracy: float
    state: State
    reason: str = ""
    trials: int = 0
    failures: int = 0
    seconds: float = 0.0
    best: Best | None = None
    course: tuple[tuple[int, float], ...] = ()


class Summary(Frozen):
    """A batch, when it ended.

    Attributes:
        format: Of the file.
        name: Of the matrix.
        told_utc: When this was written.
        parallel: How many cells ran at once.
        cells: In the order of the matrix.
    """

    format: int = FORMAT
    name: str
    told_utc: datetime = Field(default_factory=lambda: datetime.now(UTC))
    parallel: int
    cells: tuple[Outcome, ...]

    @classmethod
    def read(cls, directory: Path | str) -> Self:
        """What a batch wrote into its directory.

        Raises:
            StoreError: There is no summary.json.
            ConfigError: It is damaged, or of another hpolab.
        """
        path = Path(directory) / "summary.json"
        try:
            return cls.parse(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise StoreError(f"cannot read {path}: {error.strerror or error}.") from error

    @property
    def is_success(self) -> bool:
        """Whether every cell finished."""
        return all(cell.state == "finished" for cell in self.cells)

    def write(self, directory: Path) -> None:
        """Write both files.

        Raises:
            StoreError: They cannot be written.
        """
        write_json(directory / "summary.json", self.to_dict())
        write_text(directory / "summary.csv", _table(self.cells))


def outcome(cell: Cell, sweep: Sweep, *, state: State, reason: str = "") -> Outcome:
    """What a cell came to.

    Args:
        cell: Which.
        sweep: Its sweep, whether it has begun or not.
        state: As whoever executed it saw it.
        reason: Why it is not finished.
    """
    config, record = cell.config, sweep.record
    failures = sum(trial.state == "failed" for trial in record.trials.values())
    return Outcome(
        name=cell.name,
        sweep=config.name,
        settings=_plain(cell.settings),
        dataset=config.dataset.name,
        sampler=config.sampler.name,
        mode=config.mode,
        seed=config.seed,
        weight_accuracy=config.scoring.accuracy,
        state=state,
        reason=without_places(reason),
        trials=len(record.trials),
        failures=failures,
        seconds=round(record.seconds_told(), 1),
        best=_best(sweep),
        course=_course(record),
    )


def _best(sweep: Sweep) -> Best | None:
    best = sweep.best
    if best is None or best.ended is None:
        return None
    examples = report_of(sweep).data.examples
    test = best.ended.test_accuracy
    accuracy = best.ended.accuracy or 0.0
    return Best(
        trial=best.number,
        params=dict(best.params),
        score=best.score or 0.0,
        score_interval=_of_score(sweep, best, accuracy, examples.get("validation")),
        accuracy=accuracy,
        health=best.ended.health,
        test_accuracy=test,
        test_interval=_interval(test, examples.get("test")),
    )


def _of_score(sweep: Sweep, best: TrialRecord, accuracy: float, n: int | None) -> Interval | None:
    seen = _interval(accuracy, n)
    if seen is None or best.ended is None:
        return None
    weights, metrics = sweep.config.scoring, best.ended.metrics
    return Interval(*(weights.score(end, metrics).total for end in seen))


def _interval(share: float | None, n: int | None) -> Interval | None:
    return binomial(share, n) if n and share is not None else None


def _course(record: SweepRecord) -> tuple[tuple[int, float], ...]:
    """Rises of the best score, and where the search ended."""
    steps: list[tuple[int, float]] = []
    for trial in sorted(record.ranked(), key=lambda each: each.number):
        score = trial.score or 0.0
        if not steps or score > steps[-1][1]:
            steps.append((trial.number + 1, score))
    if steps and steps[-1][0] < len(record.trials):
        steps.append((len(record.trials), steps[-1][1]))
    return tuple(steps)


def _plain(settings: Any) -> dict[str, Any]:
    return {key: without_places(v) if isinstance(v, str) else v for key, v in settings.items()}


def _table(cells: Sequence[Outcome]) -> str:
    """The numbers, a row each; what is not known is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["cell", "sweep", "dataset", "sampler", "mode", "weight_accuracy", "seed", "state",
         "score", "score_low", "score_high", "accuracy", "health", "test_accuracy", "test_low",
         "test_high", "trials", "failures", "seconds", "reason"]
    )  # fmt: skip
    for cell in cells:
        best = cell.best
        numbers: list[Any] = [None] * 8
        if best is not None:
            score, test = best.score_interval or (None, None), best.test_interval or (None, None)
            numbers = [best.score, *score, best.accuracy, best.health, best.test_accuracy, *test]
        writer.writerow(
            [cell.name, cell.sweep, cell.dataset, cell.sampler, cell.mode, cell.weight_accuracy,
             cell.seed, cell.state, *numbers, cell.trials, cell.failures, cell.seconds,
             cell.reason]
        )  # fmt: skip
    return text.getvalue()
