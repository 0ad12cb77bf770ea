"""What everybody who trains with Keras' own ``fit`` needs: data, compiled networks, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from speed_works import inputs

from hpolab.space import Choice, Fixed, Float, Params, SearchSpace

if TYPE_CHECKING:
    from hpolab.config import SweepConfig

__all__ = ["FitData", "asked_of_keras_tuner", "asked_of_optuna"]


class FitData:
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


def asked_of_optuna(trial: Any, space: SearchSpace) -> Params:
    """A configuration that an Optuna trial suggests."""
    return _suggest(space, trial.suggest_categorical, trial.suggest_int, trial.suggest_float)


def asked_of_keras_tuner(hp: Any, space: SearchSpace) -> Params:
    """A configuration that KerasTuner's hyperparameters hold."""

    def number(kind: Any) -> Any:
        return lambda name, low, high, step=None, log=False: kind(
            name, low, high, step=step, sampling="log" if log else "linear"
        )

    return _suggest(space, hp.Choice, number(hp.Int), number(hp.Float))


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
