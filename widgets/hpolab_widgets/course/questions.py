"""Questions of a lesson: a prediction before an experiment, and a check after it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from hpolab.errors import ConfigError
from hpolab_widgets.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


__all__ = ["Check", "Predict", "Scale", "verdict"]


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
            return verdict("quiet", told) if told else None
        said = self._said(self.given)
        if self.truth is None:
            return verdict("quiet", f"You said {said}. Now run the experiment.")
        truth = self._said(self.truth)
        if self._is_near():
            return verdict("good", f"You said {said}, and it was {truth}.", self.why)
        return verdict("warn", f"You said {said}; it was {truth}.", self.why)

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
            return verdict("good", f"Right: {said}.", why)
        hint = f"{why} Try again." if self._reasons else "Try again."  # not the number itself
        return verdict("bad", f"Not so: {said}.", hint)


def verdict(tone: str, words: str, why: str = "") -> dict[str, Any]:
    """What the page shows below a question: a colour, a sentence and its reason."""
    return {"tone": tone, "words": words, "why": why}
