"""Do the health metrics tell sick runs from healthy ones? Fourteen real runs on digits.

    python tests/benchmarks/health_cases.py [--seed N] [CASE ...]

Trains every case (or those whose name contains one of the given words), prints the metrics, and
exits with 1 unless every healthy run is healthier than every sick one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.scoring import METRICS, ScoringWeights
from hpolab.trial import DatasetSpec, RunResult, RunSpec

if TYPE_CHECKING:
    from hpolab.space import Value

COLUMNS = ("NU", "PE", "TS", "GH", "CQ", "AC")
"""Short names of METRICS, in their order."""

TINY = DatasetSpec(name="digits", max_samples=250, validation=0.5, test=0.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run whose state of health is known beforehand."""

    name: str
    healthy: bool
    params: dict[str, Value]
    model: str = "cnn"
    epochs: int = 30
    dataset: DatasetSpec = field(default_factory=DatasetSpec)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What training a case gave."""

    case: Case
    result: RunResult
    seconds: float

    @property
    def health(self) -> float:
        """The six metrics under the default weights; 0 where none was recorded."""
        return ScoringWeights().score(0.0, self.result.health.values()).health or 0.0

    @property
    def accuracy(self) -> float:
        """On the validation set after the last epoch that ended."""
        return self.result.history[-1].val_accuracy if self.result.history else 0.0


MLP, LSTM = "health_builders:mlp", "health_builders:lstm"

CASES = (
    Case(name="CNN, Adam", healthy=True, params={"learning_rate": 1e-3}),
    Case(name="CNN + batch norm", healthy=True, params={"batch_norm": True}),
    Case(
        name="CNN, SGD momentum",
        healthy=True,
        params={"optimizer": "sgd", "momentum": 0.9, "learning_rate": 0.02},
    ),
    Case(
        name="MLP tanh",
        healthy=True,
        model=MLP,
        params={"activation": "tanh", "learning_rate": 1e-3},
    ),
    Case(name="LSTM", healthy=True, model=LSTM, params={"learning_rate": 3e-3}),
    Case(
        name="bloated, 2.2 M parameters",
        healthy=False,
        params={"filters": 64, "dense_units": 4096},
        epochs=12,
    ),
    Case(
        name="overfit on tiny data",
        healthy=False,
        params={"filters": 48, "dense_units": 256, "dropout": 0.0},
        epochs=60,
        dataset=TINY,
    ),
    Case(name="unstable, Adam lr 0.03", healthy=False, params={"learning_rate": 0.03}),
    Case(name="lr 1e-6", healthy=False, params={"learning_rate": 1e-6}),
    Case(
        name="vanishing, deep sigmoid",
        healthy=False,
        model=MLP,
        params={"depth": 10, "activation": "sigmoid"},
    ),
    Case(name="dead ReLUs (bias -20)", healthy=False, model=MLP, params={"bias": -20.0}),
    Case(
        name="exploding, SGD lr 1",
        healthy=False,
        params={"optimizer": "sgd", "learning_rate": 1.0},
    ),
    Case(name="LSTM, lr 1", healthy=False, model=LSTM, params={"learning_rate": 1.0}),
    Case(name="dead ReLUs, Adam lr 0.3", healthy=False, params={"learning_rate": 0.3}),
)


def run_case(case: Case, folder: Path, *, seed: int = 0) -> Outcome:
    """Train a case with the function that every executor runs.

    Raises:
        RuntimeError: The run broke off before its first epoch ended, so nothing was examined.
    """
    from hpolab.training.run import train_run

    spec = RunSpec(
        trial=0,
        model=case.model,
        params=case.params,
        dataset=case.dataset,
        epochs=case.epochs,
        seed=seed,
        record=False,
        folder=folder,
    )
    began = time.perf_counter()
    result = train_run(spec, lambda _: None)
    if not result.history:
        raise RuntimeError(f"{case.name}: {result.reason}")
    return Outcome(case=case, result=result, seconds=time.perf_counter() - began)


def row(outcome: Outcome) -> str:
    """One line of the table."""
    values = outcome.result.health.values()
    cells = [f"{values[name]:.2f}" if name in values else "  - " for name in METRICS]
    state = "healthy" if outcome.case.healthy else "sick"
    return (
        f"{outcome.case.name:<26} {state:<8}"
        + " ".join(f"{cell:>5}" for cell in cells)
        + f"  {outcome.health:6.3f}  {outcome.accuracy:8.3f}  {outcome.seconds:5.1f} s"
    )


def verdict(outcomes: Iterable[Outcome]) -> tuple[bool, str]:
    """Whether every healthy run is above every sick one, and a line that says by how much."""
    healthy = min((o for o in outcomes if o.case.healthy), key=lambda o: o.health)
    sick = max((o for o in outcomes if not o.case.healthy), key=lambda o: o.health)
    distance = healthy.health - sick.health
    word = "above" if distance > 0 else "NOT above"
    return distance > 0, (
        f"Every healthy run is {word} every sick one: the least healthy of the healthy is "
        f"{healthy.case.name} ({healthy.health:.3f}), the healthiest of the sick is "
        f"{sick.case.name} ({sick.health:.3f}), distance {distance:+.3f}."
    )


def main(arguments: Sequence[str]) -> int:
    """Train, print, judge; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help="words in names of cases")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--advice", action="store_true", help="print evidence and advice, too")
    chosen = parser.parse_args(arguments)
    cases = [c for c in CASES if not chosen.cases or any(w in c.name for w in chosen.cases)]
    print(f"{'case':<26} {'is':<8}" + " ".join(f"{c:>5}" for c in COLUMNS) + "  health  val.acc.")
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            outcome = run_case(case, Path(folder), seed=chosen.seed)
            outcomes.append(outcome)
            print(row(outcome), flush=True)
            if chosen.advice:
                for name, metric in outcome.result.health.metrics.items():
                    print(f"    {name}: {metric.evidence} {metric.advice}")
    if len({case.healthy for case in cases}) < 2:
        return 0
    separated, line = verdict(outcomes)
    print(line)
    return 0 if separated else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
