"""Three ways to train the same configurations, and the bare steps that none can do without.

Each lives in a process of its own, so that nobody's threads or imports help or harm another.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from speed_works import WORKERS, WORKS, configurations, inputs

from hpolab.config import SweepConfig
from hpolab.space import Choice, Fixed, Float, Params, SearchSpace

Train = Callable[[SweepConfig], list[float | None]]
"""Trains a sweep's configurations; gives each one's validation accuracy, None if it broke off."""


def serve(way: str, channel: Connection) -> None:
    """Train every block that comes down the channel; the first word is how long starting took."""
    began = time.perf_counter()
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    folder = Path(tempfile.mkdtemp(prefix="hpolab-speed-"))
    try:
        with contextlib.ExitStack() as stack:
            train = _WAYS[way](folder, stack)
            train(_warm_up())
            channel.send({"start": time.perf_counter() - began})
            while (config := channel.recv()) is not None:
                began = time.perf_counter()
                accuracies = train(config)
                channel.send({"wall": time.perf_counter() - began, "accuracies": accuracies})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _warm_up() -> SweepConfig:
    """One small trial for every worker, so that what comes once in a process has come."""
    config = WORKS["digits"].sweep(trials=WORKERS, seed=999)
    small = config.dataset.replace(max_samples=600)
    return config.replace(name="warm-up", dataset=small, epochs=1)


def hpolab(folder: Path, stack: contextlib.ExitStack) -> Train:
    """A real sweep: folder, journal, telemetry, diagnostics. The pool is kept between blocks."""
    from hpolab import Sweep
    from hpolab.executors.process import ProcessExecutor

    class Pool(ProcessExecutor):
        def close(self) -> None:
            """Stay for the next sweep."""

    pool = Pool(workers=WORKERS)
    stack.callback(ProcessExecutor.close, pool)

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
        data, space = _Data(config), config.search_space()

        def objective(trial: Any) -> float:
            params = _suggest(space, trial.suggest_categorical, trial.suggest_int,
                              trial.suggest_float)  # fmt: skip
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
        data, space = _Data(config), config.search_space()
        wanted = configurations(config)
        found: list[float | None] = []

        class Hypermodel(kt.HyperModel):  # type: ignore[misc]
            def build(self, hp: Any) -> Any:
                def number(kind: Any) -> Any:
                    return lambda name, low, high, step=None, log=False: kind(
                        name, low, high, step=step, sampling="log" if log else "linear"
                    )

                self.params = _suggest(space, hp.Choice, number(hp.Int), number(hp.Float))
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
        data = _Data(config)
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


class _Data:
    """A sweep's examples for ``fit``, and its networks compiled as Keras has them."""

    def __init__(self, config: SweepConfig):
        from hpolab.data import load

        self._config = config
        self._parts = load(config.dataset)
        self.n_classes = len(self._parts.classes)

    def arrays(self, params: Params) -> tuple[Any, Any, tuple[Any, Any]]:
        train, held_out = self._parts.train, self._parts.validation
        y, held_out_y = np.asarray(train.y), np.asarray(held_out.y)
        return inputs(train.x, params), y, (inputs(held_out.x, params), held_out_y)

    def compiled(self, params: Params) -> Any:
        import keras

        from hpolab.models import build
        from hpolab.training.optimizers import TrainingPlan

        keras.utils.clear_session(free_memory=False)
        keras.utils.set_random_seed(self._config.seed)
        x, y, _ = self.arrays(params)
        model = build(
            self._config.builder(), params, input_shape=x.shape[1:], n_classes=self.n_classes
        )
        plan = TrainingPlan.of(params)
        steps = self._config.epochs * -(-len(y) // plan.batch_size)
        model.compile(
            _optimizer(plan, steps), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        return model


def _optimizer(plan: Any, steps: int) -> Any:
    import keras

    rate: Any = plan.learning_rate
    if plan.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.01)
    elif plan.schedule == "exponential":
        rate = keras.optimizers.schedules.ExponentialDecay(rate, steps, 0.01)
    optimizers = {
        "adam": keras.optimizers.Adam,
        "sgd": keras.optimizers.SGD,
        "rmsprop": keras.optimizers.RMSprop,
    }
    options = {"momentum": plan.momentum} if plan.optimizer == "sgd" else {}
    optimizer = optimizers[plan.optimizer](rate, weight_decay=plan.weight_decay, **options)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def _suggest(space: SearchSpace, choice: Any, integer: Any, number: Any) -> Params:
    """A space asked for as Optuna and KerasTuner want it, parameter by parameter."""
    params: Params = {}
    for name in space:
        parameter = space[name]
        if not parameter.applies(params):
            continue
        if isinstance(parameter, Fixed):
            params[name] = parameter.value
        elif isinstance(parameter, Choice):
            params[name] = choice(name, list(parameter.options))
        elif isinstance(parameter, Float):
            params[name] = number(name, parameter.low, parameter.high, log=parameter.log)
        else:
            step = {} if parameter.log else {"step": parameter.step}
            params[name] = integer(name, parameter.low, parameter.high, log=parameter.log, **step)
    return params
