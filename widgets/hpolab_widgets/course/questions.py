"""Questions of a lesson: a prediction before an experiment, a check after it, and a dare."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from hpolab.errors import ConfigError
from hpolab_widgets.panel import Panel
from hpolab_widgets.state import ENDED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hpolab.course import Dare, WeightDare
    from hpolab.record import TrialRecord
    from hpolab_widgets.state import Source

__all__ = ["Challenge", "Check", "Contest", "Predict", "Scale"]


class Scale(NamedTuple):
    """The numbers that can be answered: from low to high in steps."""

    low: float
    high: float
    step: float = 1.0
    unit: str = ""


class _Question(Panel, front="question"):
    """Asks, and keeps what was answered."""

    watches = ()
    kind = ""

    def __init__(
        self, question: str, *, choices: Sequence[str] = (), scale: Scale | None = None
    ) -> None:
        if bool(choices) == (scale is not None):
            raise ConfigError("a question has either choices or a scale of numbers; give one.")
        self.question, self.choices, self.scale = question, tuple(choices), scale
        self.given: str | float | None = None
        super().__init__()

    def draw(self) -> dict[str, Any]:
        """The question, what was answered, and what is said to that."""
        return {
            "kind": self.kind,
            "question": self.question,
            "choices": list(self.choices),
            "scale": self.scale and self.scale._asdict(),
            "given": self.given,
            "is_settled": self._is_settled(),
            "verdict": self._verdict(),
        }

    def wish_answer(self, answer: Any) -> None:
        """Answer with one of the choices, or with a number of the scale.

        Raises:
            ConfigError: It is none of them, or can be changed no more.
        """
        if self._is_settled():
            raise ConfigError("this has been answered, and the answer was told.")
        self._refuse_impossible(answer)
        self.given = answer
        self.refresh()

    def _refuse_impossible(self, answer: Any) -> None:
        if self.scale is None:
            if answer not in self.choices:
                raise ConfigError(f"{answer!r:.40} is not among the choices.")
        elif isinstance(answer, bool) or not isinstance(answer, int | float):
            raise ConfigError(f"write a number, but got {answer!r:.20}.")
        elif not self.scale.low <= answer <= self.scale.high:
            raise ConfigError(f"`{self.scale.low:g} <= number <= {self.scale.high:g}` must hold.")

    def _is_settled(self) -> bool:
        return False

    def _verdict(self) -> dict[str, Any] | None:
        """What is said to the answer; None before there is anything to say."""
        raise NotImplementedError

    def _said(self, answer: str | float) -> str:
        if isinstance(answer, str) or self.scale is None:
            return str(answer)
        return f"{answer:g}{self.scale.unit}"


class Predict(_Question):
    """Asks what an experiment will show, and tells only who has answered.

    guess = Predict("Which one wins?", choices=["adam", "sgd"])   # before the experiment
    guess.reveal("adam", why="...")                               # after it
    """

    kind = "predict"
    truth: str | float | None = None
    why = ""

    def reveal(self, truth: str | float, *, why: str = "") -> Self:
        """What the experiment has shown; shown beside the answer as soon as there is one.

        Args:
            truth: One of the choices, or a number.
            why: A sentence on how that comes about.

        Raises:
            ConfigError: The choices do not have it.
        """
        if self.scale is None and truth not in self.choices:
            raise ConfigError(f"{truth!r:.40} is not among the choices.")
        self.truth, self.why = truth, why
        self.refresh()
        return self

    def _is_settled(self) -> bool:
        return self.given is not None and self.truth is not None

    def _verdict(self) -> dict[str, Any] | None:
        if self.given is None:
            told = "The answer is here. Say yours first." if self.truth is not None else ""
            return _verdict("quiet", told) if told else None
        said = self._said(self.given)
        if self.truth is None:
            return _verdict("quiet", f"You said {said}. Now run the experiment.")
        truth = self._said(self.truth)
        if self._is_near():
            return _verdict("good", f"You said {said}, and it was {truth}.", self.why)
        return _verdict("warn", f"You said {said}; it was {truth}.", self.why)

    def _is_near(self) -> bool:
        """Whether the choice is right, or the number is within a tenth of the scale."""
        if self.scale is None or isinstance(self.given, str) or isinstance(self.truth, str):
            return self.given == self.truth
        assert self.given is not None
        assert self.truth is not None
        return abs(self.given - self.truth) <= (self.scale.high - self.scale.low) / 10


class Check(_Question):
    """Asks what was learnt, and says at once whether an answer is right, and why."""

    kind = "check"

    def __init__(
        self,
        question: str,
        *,
        right: str | float,
        choices: Mapping[str, str] | None = None,
        scale: Scale | None = None,
        within: float = 0.0,
        why: str = "",
    ) -> None:
        """A question with its answer.

        Args:
            question: In one sentence.
            right: The right choice, or the right number.
            choices: What can be answered, each with why it is right or wrong.
            scale: The numbers that can be answered, instead of choices.
            within: How far from the right number still is right.
            why: Said to every number.

        Raises:
            ConfigError: The right answer cannot be given, or a choice comes without its why.
        """
        self._reasons = dict(choices or {})
        self.right, self._within, self._why = right, within, why
        super().__init__(question, choices=tuple(self._reasons), scale=scale)
        self._refuse_impossible(right)
        if not all(self._reasons.values()) or (scale is not None and not why):
            raise ConfigError("say why, for every answer.")

    def _verdict(self) -> dict[str, Any] | None:
        if self.given is None:
            return None
        if isinstance(self.given, str) or isinstance(self.right, str):
            is_right, why = self.given == self.right, self._reasons[str(self.given)]
        else:
            near = math.isclose(self.given, self.right, rel_tol=1e-9, abs_tol=self._within)
            is_right, why = near, self._why
        said = self._said(self.given)
        if is_right:
            return _verdict("good", f"Right: {said}.", why)
        hint = f"{why} Try again." if self._reasons else "Try again."  # not the number itself
        return _verdict("bad", f"Not so: {said}.", hint)


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
            return _verdict("quiet", "Run an experiment to begin.")
        attempts = [
            self._judge(trial, sweep.sweep.folder.trial(trial.number))
            for trial in sweep.trials
            if trial.state == "completed"
        ]
        for attempt in attempts:
            if attempt.is_done:
                return _verdict("good", f"Done: {attempt.words}")
        lost = [trial for trial in sweep.trials if trial.state == "failed"]
        if sweep.state not in ENDED:
            return _verdict("quiet", "It trains; the answer comes with its last epoch.")
        if attempts:
            return _verdict(
                "warn", f"Not yet: {attempts[-1].words} Change a value and run it again."
            )
        return _verdict("bad", _lost(lost))


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
            return _verdict("quiet", "There is no network to rank yet.")
        attempt = self._judge(self.lab.sweep.trials, ranking)
        if attempt.is_done:
            return _verdict("good", f"Done: {attempt.words}")
        return _verdict("warn", f"Not yet: {attempt.words} Move the sliders.")


def _lost(failed: list[TrialRecord]) -> str:
    if not failed or failed[0].ended is None:
        return "No network was trained to its end. Run the experiment again."
    return f"Too much: {failed[0].ended.reason} Try a milder value."


def _verdict(tone: str, words: str, why: str = "") -> dict[str, Any]:
    return {"tone": tone, "words": words, "why": why}
