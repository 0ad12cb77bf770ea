"""Three ways to search until a validation accuracy is reached, as a user would write each.

All search the default space of the family, train the same data for the same number of epochs at
most, and stop bad trials in their own way: hpolab with its default sampler and pruner on two
workers, Optuna with its TPE and its median rule around ``fit``, KerasTuner with Hyperband.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from speed_contenders import kept_pool, warm_up
from speed_fit import FitData, asked_of_keras_tuner, asked_of_optuna

from hpolab.events import EpochEnded, RunStarted

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from hpolab.config import SweepConfig
    from hpolab.events import Entry

__all__ = ["SEARCHES", "Chase", "Job", "Outcome", "begin"]


@dataclass(frozen=True)
class Job:
    """What is searched for: a validation accuracy, within so many seconds."""

    config: SweepConfig
    target: float
    cap: float


@dataclass(frozen=True)
class Outcome:
    """How a search went.

    Attributes:
        seconds: Until the target was reached, or the whole time allowed.
        is_reached: Which of the two.
        trials, epochs: Begun and trained until then.
        best: The highest validation accuracy seen.
    """

    seconds: float
    is_reached: bool
    trials: int
    epochs: int
    best: float


@dataclass
class Chase:
    """Counts a search's trials and epochs until it is over; later ones no longer count."""

    job: Job
    clock: Callable[[], float] = time.perf_counter
    trials: int = 0
    epochs: int = 0
    best: float = 0.0
    seconds: float | None = None
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock."""
        self._began = self.clock()

    @property
    def is_over(self) -> bool:
        """Whether the target was reached, or the time is up."""
        return self.seconds is not None or self._elapsed() >= self.job.cap

    def begin_trial(self) -> None:
        """Count a trial."""
        self.trials += not self.is_over

    def see(self, accuracy: float) -> bool:
        """Count an epoch with its validation accuracy; whether the search is over."""
        if not self.is_over:
            self.epochs += 1
            self.best = max(self.best, accuracy)
            if accuracy >= self.job.target:
                self.seconds = self._elapsed()
        return self.is_over

    def outcome(self) -> Outcome:
        """What to report."""
        seconds = self.job.cap if self.seconds is None else self.seconds
        reached = self.seconds is not None
        return Outcome(seconds, reached, self.trials, self.epochs, self.best)

    def _elapsed(self) -> float:
        return self.clock() - self._began


class _Over(BaseException):
    """Ends a search of the others from within an epoch; they take an Exception for a failure."""


Search = Callable[[Job], Outcome]


def begin(way: str, folder: Path, stack: ExitStack) -> Search:
    """Get a way of searching warm."""
    return SEARCHES[way](folder, stack)


def hpolab(folder: Path, stack: ExitStack) -> Search:
    """A real sweep with the default sampler and pruner; its clock has the sweep's start in it."""
    from hpolab import Sweep

    pool = kept_pool(stack)
    Sweep(warm_up(), path=folder / "warm-up").run(executor=pool)

    def search(job: Job) -> Outcome:
        sweep = Sweep(job.config, path=folder / job.config.name)
        chase = Chase(job)
        was_over = False

        def on_entry(entry: Entry) -> None:
            nonlocal was_over
            if isinstance(entry.event, RunStarted):
                chase.begin_trial()
            elif isinstance(entry.event, EpochEnded) and not was_over:
                was_over = chase.see(entry.event.epoch.val_accuracy)
                if was_over:
                    sweep.stop()

        sweep.run(executor=pool, on_entry=on_entry)
        return chase.outcome()

    return search


def optuna(folder: Path, stack: ExitStack) -> Search:
    """``study.optimize`` with everything as Optuna and Keras have it, every epoch reported."""
    import keras
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def search(job: Job) -> Outcome:
        data, space = FitData(job.config), job.config.search_space()

        def objective(trial: Any) -> float:
            params = asked_of_optuna(trial, space)
            x, y, held_out = data.arrays(params)
            model = data.compiled(params)
            chase.begin_trial()

            def on_epoch_end(epoch: int, logs: dict[str, float]) -> None:
                if chase.see(logs["val_accuracy"]):
                    raise _Over
                trial.report(logs["val_accuracy"], epoch)
                if trial.should_prune():
                    raise optuna.TrialPruned

            history = model.fit(
                x, y, epochs=job.config.epochs, batch_size=params["batch_size"],
                validation_data=held_out, verbose=0,
                callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=on_epoch_end)],
            )  # fmt: skip
            return float(history.history["val_accuracy"][-1])

        sampler = optuna.samplers.TPESampler(seed=job.config.seed)
        study = optuna.create_study(
            direction="maximize", sampler=sampler, pruner=optuna.pruners.MedianPruner()
        )
        chase = Chase(job)
        with contextlib.suppress(_Over):
            study.optimize(objective)
        return chase.outcome()

    search(Job(warm_up(), target=0.0, cap=60.0))
    return search


def keras_tuner(folder: Path, stack: ExitStack) -> Search:
    """KerasTuner's Hyperband, as often over as it takes."""
    import keras
    import keras_tuner as kt

    def search(job: Job) -> Outcome:
        data, space = FitData(job.config), job.config.search_space()

        class Hypermodel(kt.HyperModel):  # type: ignore[misc]
            def build(self, hp: Any) -> Any:
                self.params = asked_of_keras_tuner(hp, space)
                return data.compiled(self.params)

            def fit(self, _: Any, model: Any, *args: Any, **options: Any) -> Any:
                x, y, held_out = data.arrays(self.params)
                chase.begin_trial()
                watch = keras.callbacks.LambdaCallback(on_epoch_end=on_epoch_end)
                options["callbacks"] = [*options["callbacks"], watch]
                return model.fit(
                    x, y, *args, validation_data=held_out,
                    batch_size=self.params["batch_size"], **options,
                )  # fmt: skip

        def on_epoch_end(epoch: int, logs: dict[str, float]) -> None:
            if chase.see(logs["val_accuracy"]):
                raise _Over

        tuner = kt.Hyperband(
            Hypermodel(), objective=kt.Objective("val_accuracy", "max"), factor=3,
            max_epochs=job.config.epochs, hyperband_iterations=10_000, seed=job.config.seed,
            directory=folder, project_name=job.config.name, overwrite=True,
        )  # fmt: skip
        chase = Chase(job)
        with contextlib.suppress(_Over):
            tuner.search(verbose=0)
        return chase.outcome()

    search(Job(warm_up(), target=0.0, cap=60.0))
    return search


SEARCHES: dict[str, Callable[[Path, ExitStack], Search]] = {
    "hpolab": hpolab,
    "Optuna + fit": optuna,
    "KerasTuner": keras_tuner,
}
