"""Three ways to train the same configurations, and the bare steps that none can do without.

Each lives in a process of its own, so that nobody's threads or imports help or harm another.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speed_fit import FitData, asked_of_keras_tuner, asked_of_optuna
from speed_works import WORKERS, WORKS, configurations

from hpolab.config import SweepConfig

if TYPE_CHECKING:
    from hpolab.executors.process import ProcessExecutor

Train = Callable[[SweepConfig], list[float | None]]
"""Trains a sweep's configurations; gives each one's validation accuracy, None if it broke off."""


def begin(
    way: str, folder: Path, stack: contextlib.ExitStack
) -> Callable[[SweepConfig], dict[str, Any]]:
    """Warm a way up; gives a function that trains a block and tells how long it took."""
    train = _WAYS[way](folder, stack)
    train(warm_up())

    def timed(config: SweepConfig) -> dict[str, Any]:
        began = time.perf_counter()
        accuracies = train(config)
        return {"wall": time.perf_counter() - began, "accuracies": accuracies}

    return timed


def warm_up() -> SweepConfig:
    """One small trial for every worker, so that what comes once in a process has come."""
    config = WORKS["digits"].sweep(trials=WORKERS, seed=999)
    small = config.dataset.replace(max_samples=600)
    return config.replace(name="warm-up", dataset=small, epochs=1)


def kept_pool(stack: contextlib.ExitStack) -> ProcessExecutor:
    """hpolab's default executor, with workers that stay warm from sweep to sweep."""
    from hpolab.executors.process import ProcessExecutor

    class Pool(ProcessExecutor):
        def close(self) -> None:
            """Stay for the next sweep."""

    pool = Pool(workers=WORKERS)
    stack.callback(ProcessExecutor.close, pool)
    return pool


def hpolab(folder: Path, stack: contextlib.ExitStack) -> Train:
    """A real sweep: folder, journal, telemetry, diagnostics. The pool is kept between blocks."""
    from hpolab import Sweep

    pool = kept_pool(stack)

    def train(config: SweepConfig) -> list[float | None]:
        sweep = Sweep(config, path=folder / config.name).run(executor=pool)
        trials = [sweep.record.trials[number] for number in sorted(sweep.record.trials)]
        assert [trial.params for trial in trials] == configurations(config)
        shutil.rmtree(sweep.path)
        return [
            trial.epochs[-1].val_accuracy if trial.state == "completed" else None
            for trial in trials
        ]

    return train


def optuna(folder: Path, stack: contextlib.ExitStack) -> Train:
    """The obvious loop: ``study.optimize`` around ``fit``, everything as Keras has it."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def train(config: SweepConfig) -> list[float | None]:
        data, space = FitData(config), config.search_space()

        def objective(trial: Any) -> float:
            params = asked_of_optuna(trial, space)
            x, y, held_out = data.arrays(params)
            model = data.compiled(params)
            history = model.fit(
                x, y, epochs=config.epochs, batch_size=params["batch_size"],
                validation_data=held_out, verbose=0,
            )  # fmt: skip
            return float(history.history["val_accuracy"][-1])

        study = optuna.create_study(direction="maximize")
        for params in configurations(config):
            study.enqueue_trial(params)
        study.optimize(objective, n_trials=config.budget.trials)
        return [trial.value for trial in study.trials]

    return train


def keras_tuner(folder: Path, stack: contextlib.ExitStack) -> Train:
    """KerasTuner's RandomSearch, its oracle told which configurations to draw."""
    import keras_tuner as kt

    def train(config: SweepConfig) -> list[float | None]:
        data, space = FitData(config), config.search_space()
        wanted = configurations(config)
        found: list[float | None] = []

        class Hypermodel(kt.HyperModel):  # type: ignore[misc]
            def build(self, hp: Any) -> Any:
                self.params = asked_of_keras_tuner(hp, space)
                return data.compiled(self.params)

            def fit(self, _: Any, model: Any, *args: Any, **options: Any) -> Any:
                x, y, held_out = data.arrays(self.params)
                batch_size = self.params["batch_size"]
                history = model.fit(
                    x, y, *args, validation_data=held_out, batch_size=batch_size, **options
                )
                found.append(float(history.history["val_accuracy"][-1]))
                return history

        tuner = kt.RandomSearch(
            Hypermodel(), objective=kt.Objective("val_accuracy", "max"), max_trials=len(wanted),
            directory=folder, project_name=config.name, overwrite=True,
        )  # fmt: skip
        drawn = iter(wanted)
        tuner.oracle.populate_space = lambda _: {"status": "RUNNING", "values": next(drawn)}
        tuner.search(epochs=config.epochs, verbose=0)
        return found

    return train


def bare_steps(folder: Path, stack: contextlib.ExitStack) -> Train:
    """Only the training steps of hpolab's loop, compiled before. Gives CPU seconds of each."""
    from hpolab.training.worker import prepare_process

    prepare_process(threads=1)
    from hpolab.models import build
    from hpolab.training.loop import Examples, Trainer
    from hpolab.training.optimizers import TrainingPlan, learning_rates

    def train(config: SweepConfig) -> list[float | None]:
        data = FitData(config)
        seconds: list[float | None] = []
        for params in configurations(config):
            x, y, _ = data.arrays(params)
            model = build(config.builder(), params, input_shape=x.shape[1:],
                          n_classes=data.n_classes)  # fmt: skip
            plan = TrainingPlan.of(params)
            trainer = Trainer(model, Examples.of(x, y), plan, seed=config.seed)
            rates = learning_rates(plan, trainer.steps_per_epoch)
            trainer.run(trainer.next_order(), rates)
            began = time.process_time()
            for _epoch in range(config.epochs):
                trainer.run(trainer.next_order(), rates)
            seconds.append(time.process_time() - began)
        return seconds

    return train


_WAYS = {
    "hpolab": hpolab,
    "Optuna + fit": optuna,
    "KerasTuner": keras_tuner,
    "bare steps": bare_steps,
}
