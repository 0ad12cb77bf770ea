"""Dares of a lesson: something to be done on purpose, and at once whether it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab_widgets.course.questions import verdict
from hpolab_widgets.panel import Panel
from hpolab_widgets.state import ENDED

if TYPE_CHECKING:
    from collections.abc import Callable

    from hpolab.course import Dare, SweepDare, WeightDare
    from hpolab.course.dares import Attempt
    from hpolab.race import Race
    from hpolab.record import TrialRecord
    from hpolab_widgets.panels import RaceTrack
    from hpolab_widgets.state import Source

__all__ = ["Challenge", "Contest", "RaceChallenge", "SweepChallenge"]


class _Dare(Panel, front="question"):
    """Something that is to be done on purpose; the panel says at once whether it is."""

    def __init__(self, source: Source, dare: str) -> None:
        self._dare = dare
        super().__init__(source)

    def draw(self) -> dict[str, Any]:
        """The dare, and how far it is done."""
        return {
            "kind": "dare",
            "question": self._dare,
            "choices": [],
            "scale": None,
            "given": None,
            "is_settled": True,
            "verdict": self._verdict(),
        }

    def _verdict(self) -> dict[str, Any]:
        """How far it is done."""
        raise NotImplementedError


class SweepChallenge(_Dare):
    """A dare on a whole sweep: looks at it when it has ended."""

    def __init__(self, source: Source, dare: str, judge: SweepDare) -> None:
        """A dare on a sweep.

        Args:
            source: See Panel.
            dare: What is to be done, in one sentence.
            judge: How one sees that it was done.
        """
        self._judge = judge
        super().__init__(source, dare)

    def _verdict(self) -> dict[str, Any]:
        sweep = self.lab.sweep
        if sweep is None:
            return verdict("quiet", "Run a sweep to begin.")
        if sweep.state not in ENDED:
            return verdict("quiet", "It runs; the answer comes when it has ended.")
        return _judged(self._judge(sweep.sweep))


class Challenge(_Dare):
    """A dare: looks at every network of an experiment, and says at once whether it is done."""

    def __init__(self, source: Source, dare: str, judge: Dare) -> None:
        """A dare on an experiment.

        Args:
            source: The experiment; see Panel.
            dare: What is to be done, in one sentence.
            judge: How one sees that it was done.
        """
        self._judge = judge
        super().__init__(source, dare)

    def _verdict(self) -> dict[str, Any]:
        sweep = self.lab.sweep
        if sweep is None:
            return verdict("quiet", "Run an experiment to begin.")
        attempts = [
            self._judge(trial, sweep.sweep.folder.trial(trial.number))
            for trial in sweep.trials
            if trial.state == "completed"
        ]
        for attempt in attempts:
            if attempt.is_done:
                return _judged(attempt)
        lost = [trial for trial in sweep.trials if trial.state == "failed"]
        if sweep.state not in ENDED:
            return verdict("quiet", "It trains; the answer comes with its last epoch.")
        if attempts:
            return _judged(attempts[-1], "Change a value and run it again.")
        return verdict("bad", _lost(lost))


class Contest(_Dare):
    """A dare on weights: says at once whether the sliders let win who shall win."""

    def __init__(self, source: Source, dare: str, judge: WeightDare) -> None:
        """A dare on a lab.

        Args:
            source: The lab's state, whose weights decide; see Panel.
            dare: What is to be done, in one sentence.
            judge: How one sees that it was done.
        """
        self._judge = judge
        super().__init__(source, dare)

    def _verdict(self) -> dict[str, Any]:
        ranking = self.lab.ranking
        if self.lab.sweep is None or not len(ranking.numbers):
            return verdict("quiet", "There is no network to rank yet.")
        return _judged(self._judge(self.lab.sweep.trials, ranking), "Move the sliders.")


class RaceChallenge(_Dare):
    """A dare on a race track: looks at every race that has ended there."""

    def __init__(self, track: RaceTrack, dare: str, judge: Callable[[Race], Attempt]) -> None:
        """A dare on a race track.

        Args:
            track: Where the races are.
            dare: What is to be done, in one sentence.
            judge: How one sees, of a race that has ended, that it was done.
        """
        self._track, self._judge = track, judge
        self._told: tuple[str, dict[str, Any]] | None = None
        super().__init__(track.lab, dare)
        track.observe(self._on_change, names="view")

    def close(self) -> None:
        """See Panel."""
        if self._listens:
            self._track.unobserve(self._on_change, names="view")
        super().close()

    def _verdict(self) -> dict[str, Any]:
        race = self._track.race
        if race is None:
            return verdict("quiet", "Start a race to begin.")
        if race.state != "finished":
            return verdict("quiet", "The answer comes when the race has ended.")
        if self._told is None or self._told[0] != race.path.name:  # a track is drawn often
            self._told = race.path.name, _judged(self._judge(race), "Race again.")
        return self._told[1]


def _judged(attempt: Attempt, hint: str = "") -> dict[str, Any]:
    if attempt.is_done:
        return verdict("good", f"Done: {attempt.words}")
    return verdict("warn", f"Not yet: {attempt.words} {hint}".rstrip())


def _lost(failed: list[TrialRecord]) -> str:
    if not failed or failed[0].ended is None:
        return "No network was trained to its end. Run the experiment again."
    return f"Too much: {failed[0].ended.reason} Try a milder value."
