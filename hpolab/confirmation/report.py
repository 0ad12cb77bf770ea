"""What training the best trials again under fresh seeds says: estimates, and plain sentences.

A search reports the best of many noisy scores, so it flatters its winner: part of what made a
trial win was luck, and luck does not come again. Fresh seeds measure how much.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from pydantic import Field

from hpolab.confirmation.estimate import Estimate, estimate
from hpolab.frozen import Frozen
from hpolab.space import Value
from hpolab.trial import TrialState

__all__ = [
    "Candidate",
    "Comparison",
    "Confirmation",
    "ConfirmedRun",
    "ConfirmedTrial",
    "in_words",
]


class ConfirmedRun(Frozen):
    """A trial's configuration trained once more, under another seed.

    Attributes:
        trial: Whose configuration.
        seed: Of this training; never the sweep's own.
        state: completed, or how else it ended.
        reason: In words, when not completed.
        score: Under the sweep's weights; None unless completed.
        accuracy: On the validation set.
        test_accuracy: On the test set.
        health: Weighted mean of the metrics.
        metrics: Health metrics that apply, by name.
        seconds: Wall-clock time of the run.
    """

    trial: int
    seed: int
    state: TrialState
    reason: str = ""
    score: float | None = None
    accuracy: float | None = None
    test_accuracy: float | None = None
    health: float | None = None
    metrics: dict[str, float] = Field(default_factory=dict)
    seconds: float = 0.0


class Candidate(Frozen):
    """A trial that the search put in front, with what the search said about it."""

    trial: int
    params: dict[str, Value]
    search_score: float


class ConfirmedTrial(Frozen):
    """One candidate and its runs under fresh seeds.

    Attributes:
        trial, params, search_score: As the search knows it.
        runs: In the order of seeds, failed ones included.
        score, accuracy, test_accuracy, health: Over the completed runs; None when there is none.
    """

    trial: int
    params: dict[str, Value]
    search_score: float
    runs: tuple[ConfirmedRun, ...] = ()
    score: Estimate | None = None
    accuracy: Estimate | None = None
    test_accuracy: Estimate | None = None
    health: Estimate | None = None

    @classmethod
    def of(cls, candidate: Candidate, runs: Iterable[ConfirmedRun]) -> Self:
        """The candidate with those of the runs that are its own."""
        own = sorted(
            (run for run in runs if run.trial == candidate.trial), key=lambda run: run.seed
        )
        completed = [run for run in own if run.state == "completed"]

        def over(name: str) -> Estimate | None:
            return estimate([v for run in completed if (v := getattr(run, name)) is not None])

        return cls(
            trial=candidate.trial,
            params=candidate.params,
            search_score=candidate.search_score,
            runs=tuple(own),
            score=over("score"),
            accuracy=over("accuracy"),
            test_accuracy=over("test_accuracy"),
            health=over("health"),
        )

    def scores(self) -> dict[int, float]:
        """Score of each completed run by its seed."""
        return {run.seed: run.score for run in self.runs if run.score is not None}


class Comparison(Frozen):
    """The search's winner against another candidate, seed by seed.

    Attributes:
        winner, other: Trials.
        ahead: On how many seeds the winner scores higher.
        difference: Of the scores, winner minus other, over the seeds on which both completed.
    """

    winner: int
    other: int
    ahead: int
    difference: Estimate


class Confirmation(Frozen):
    """What fresh seeds say about the candidates of a search.

    Attributes:
        sweep: Its name.
        seeds: The fresh ones.
        trials: The candidates in the order of the search, its winner first.
        flattery: The winner's score in the search minus its scores under fresh seeds; None when
            no run of it completed.
        comparisons: The winner against each of the others that can be compared.
    """

    sweep: str
    seeds: tuple[int, ...]
    trials: tuple[ConfirmedTrial, ...] = Field(min_length=1)
    flattery: Estimate | None = None
    comparisons: tuple[Comparison, ...] = ()

    @classmethod
    def of(
        cls,
        sweep: str,
        candidates: Sequence[Candidate],
        runs: Iterable[ConfirmedRun],
        *,
        seeds: Sequence[int],
    ) -> Self:
        """Draw the conclusions; runs of other trials or seeds are left out.

        Args:
            sweep: Its name.
            candidates: In the order of the search, its winner first; at least one.
            runs: Those that have ended.
            seeds: The fresh ones that were asked for.
        """
        asked = [run for run in runs if run.seed in seeds]
        trials = tuple(ConfirmedTrial.of(candidate, asked) for candidate in candidates)
        winner, *others = trials
        lost = [winner.search_score - score for score in winner.scores().values()]
        comparisons = (_compare(winner, other) for other in others)
        return cls(
            sweep=sweep,
            seeds=tuple(seeds),
            trials=trials,
            flattery=estimate(lost),
            comparisons=tuple(found for found in comparisons if found is not None),
        )

    def ranked(self) -> list[ConfirmedTrial]:
        """Candidates by their mean score under fresh seeds; those without one are left out."""
        able = [(trial.score.mean, trial) for trial in self.trials if trial.score is not None]
        return [trial for _, trial in sorted(able, key=lambda pair: -pair[0])]

    def failed(self) -> list[ConfirmedRun]:
        """Runs that did not complete, in the order of trials and seeds."""
        return [run for trial in self.trials for run in trial.runs if run.state != "completed"]


def in_words(confirmation: Confirmation) -> list[str]:
    """The result in plain sentences, the most important first."""
    return [
        *_about_winner(confirmation),
        *(_about(comparison) for comparison in confirmation.comparisons),
        *_about_order(confirmation),
        *_about_gaps(confirmation),
    ]


def _compare(winner: ConfirmedTrial, other: ConfirmedTrial) -> Comparison | None:
    """Paired by seed, so that luck which a seed gives to both cancels out."""
    ours, theirs = winner.scores(), other.scores()
    differences = [ours[seed] - theirs[seed] for seed in ours if seed in theirs]
    difference = estimate(differences)
    if difference is None:
        return None
    return Comparison(
        winner=winner.trial,
        other=other.trial,
        ahead=sum(value > 0 for value in differences),
        difference=difference,
    )


def _about_winner(confirmation: Confirmation) -> list[str]:
    winner, flattery = confirmation.trials[0], confirmation.flattery
    if winner.score is None or flattery is None:
        return [f"Trial {winner.trial}, the search's winner, completed under no fresh seed."]
    sentences = [
        f"Trial {winner.trial} won the search with a score of {winner.search_score:.3f}; over "
        f"{_seeds(winner.score.n)} it scores {_shown(winner.score)}."
    ]
    luck = f"Its score in the search was {_apart(flattery)}"
    if flattery.n == 1:
        sentences.append(f"{luck}; one seed cannot tell flattery from chance.")
    elif flattery.is_within_noise:
        sentences.append(f"{luck}, which is within noise.")
    elif flattery.mean > 0:
        sentences.append(f"{luck}: so much the search had flattered it.")
    else:
        sentences.append(f"{luck}: it had bad luck there.")
    return sentences


def _about(comparison: Comparison) -> str:
    difference = comparison.difference
    start = (
        f"Trial {comparison.winner} is ahead of trial {comparison.other} on {comparison.ahead} of "
        f"{_seeds(difference.n)}, and {_apart(difference, ' on average')}; "
    )
    if difference.n == 1:
        return start + "one seed cannot tell more."
    if difference.is_within_noise:
        return start + "the difference is within noise."
    leader = comparison.winner if difference.mean > 0 else comparison.other
    return start + f"trial {leader} is better beyond noise."


def _about_order(confirmation: Confirmation) -> list[str]:
    ranked = [trial.trial for trial in confirmation.ranked()]
    searched = [trial.trial for trial in confirmation.trials if trial.trial in ranked]
    if len(ranked) < 2:
        return []
    numbers = ", ".join(str(number) for number in ranked)
    if ranked == searched:
        return [f"The ranking of the search holds: trials {numbers}, the best mean first."]
    return [f"The ranking changes: by their means the order is trials {numbers}."]


def _about_gaps(confirmation: Confirmation) -> list[str]:
    failed = [
        f"Trial {run.trial} under seed {run.seed} {run.state}: {run.reason}"
        for run in confirmation.failed()
    ]
    ended = sum(len(trial.runs) for trial in confirmation.trials)
    missing = len(confirmation.trials) * len(confirmation.seeds) - ended
    return failed + ([f"{missing} runs have not been trained yet."] if missing else [])


def _seeds(n: int) -> str:
    return f"{n} fresh seed{'s' if n != 1 else ''}"


def _apart(difference: Estimate, when: str = "") -> str:
    """How far the first of two scores is above or below the second."""
    sign = 1 if difference.mean >= 0 else -1
    words = f"{abs(difference.mean):.3f} {'higher' if sign > 0 else 'lower'}{when}"
    if difference.low is None or difference.high is None:
        return words
    low, high = sorted((sign * difference.low, sign * difference.high))
    return f"{words} (95 % interval {low:.3f} to {high:.3f})"


def _shown(value: Estimate) -> str:
    if value.low is None or value.high is None:
        return f"{value.mean:.3f}"
    return f"{value.mean:.3f} (95 % interval {value.low:.3f} to {value.high:.3f})"
