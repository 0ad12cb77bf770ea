"""One run of one trial: the function that every executor runs, here or in the cloud."""

from __future__ import annotations

import json
import logging
import math
import time
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from hpolab.data import Sequences, load
from hpolab.errors import DataError
from hpolab.health.assess import assess
from hpolab.health.report import HealthReport
from hpolab.models import build
from hpolab.models.spaces import SEQUENCE_LENGTH, VOCABULARY
from hpolab.network.extract import extract
from hpolab.training.devices import Place, prepare_place
from hpolab.training.diagnostics import Diagnostics
from hpolab.training.failures import check_finite, reason
from hpolab.training.loop import Evaluation, Examples, Trainer
from hpolab.training.optimizers import TrainingPlan, learning_rates
from hpolab.training.telemetry import PROBE_EXAMPLES, Observer, Telemetry, stratified_sample
from hpolab.training.words import Texts
from hpolab.training.worker import balance_start_and_steps
from hpolab.trial import EpochRecord, RunResult, RunSpec, Stop, TrialState

__all__ = ["Report", "train_run"]

Report = Callable[[EpochRecord], Stop | None]
"""Called after every epoch; the answer, if any, ends the run."""

PROBE_SEED = 0
"""The probe batch and the folds are the same for every run on the same data, so runs compare."""

_log = logging.getLogger(__name__)


def train_run(spec: RunSpec, report: Report) -> RunResult:
    """Train one configuration once, examine it, and write what it leaves behind.

    The same spec gives the same history, bit for bit, on the same machine with one thread. The
    test set is looked at once, at the end of a completed run.

    Args:
        spec: What to train. ``spec.folder`` is made when needed and gets model.keras (completed
            runs only), architecture.json, classes.json, diagnostics/ and, when something went
            wrong, log.txt.
        report: Called with each finished epoch; may answer with a Stop.

    Returns:
        How it ended. Whatever goes wrong makes a failed result with a reason in one sentence;
        only KeyboardInterrupt and SystemExit are raised.
    """
    run = _Run(spec)
    try:
        return run.train(report)
    except Exception as error:
        run.write_log(traceback.format_exc())
        return run.result("failed", reason=reason(error))


class _Data(NamedTuple):
    """The three splits as tensors, and what the builder must know."""

    train: Examples
    validation: Examples
    test: Any  # a data set's Part, not read before the end
    classes: tuple[str, ...]
    input_shape: tuple[int, ...]
    texts: Texts | None  # the validation set in words


class _Run:
    """A run in progress: what is known so far, so that it can be told when the run breaks off."""

    def __init__(self, spec: RunSpec):
        self.spec = spec
        self.started = time.perf_counter()
        self.train_seconds = 0.0
        self.history: list[EpochRecord] = []
        self.artifacts: list[str] = []
        self.fingerprint = ""
        self.examples: dict[str, int] = {}
        self.n_parameters: int | None = None
        self.place: Place | None = None
        self.telemetry: Telemetry | None = None
        self.diagnostics: Diagnostics | None = None
        self.answers: Evaluation | None = None

    def train(self, report: Report) -> RunResult:
        """The whole run, as prose."""
        spec = self.spec
        keras.utils.clear_session(free_memory=False)  # so that layer names do not count on
        data = self._load()
        balance_start_and_steps(spec.epochs * math.prod(data.train.x.shape))
        plan = TrainingPlan.of(spec.params)
        place = prepare_place(spec, batch_size=plan.batch_size)
        model, self.place = place.built(lambda: self._build(data))
        self.n_parameters = sum(math.prod(w.shape) for w in model.trainable_variables)
        self._write_json("architecture.json", extract(model).to_dict())
        self._write_json("classes.json", data.classes)
        trainer = self.place.trainer(model, data.train, plan, seed=spec.seed)
        self.telemetry = self._watch(trainer, data)
        self.diagnostics = Diagnostics(model) if spec.record else None
        rates = learning_rates(plan, spec.epochs * trainer.steps_per_epoch)
        for epoch, epoch_rates in enumerate(np.split(rates, spec.epochs), start=1):
            stop = self._epoch(epoch, trainer, data, epoch_rates, report)
            if stop is not None:
                return self._stopped(stop, data)
        return self._complete(trainer, data)

    def result(
        self, state: TrialState, *, reason: str = "", test: Evaluation | None = None
    ) -> RunResult:
        """How the run ended, with everything known at this point."""
        health = HealthReport(partial=True)
        if self.telemetry is not None:
            health = assess(self.telemetry.recorded(), partial=state != "completed")
        last = self.history[-1] if self.history and state != "failed" else None
        return RunResult(
            state=state,
            reason=reason,
            history=tuple(self.history),
            accuracy=last.val_accuracy if last else None,
            loss=last.val_loss if last else None,
            test_accuracy=float(test.right.mean()) if test else None,
            test_loss=_finite(float(test.loss.mean())) if test else None,
            health=health,
            n_parameters=self.n_parameters,
            fingerprint=self.fingerprint,
            examples=self.examples,
            seconds=time.perf_counter() - self.started,
            train_seconds=self.train_seconds,
            artifacts=tuple(self.artifacts),
            **(self.place.told() if self.place is not None else {}),
        )

    def write_log(self, text: str) -> None:
        """Add to the run's log.txt; where that cannot be done, to the process' own log."""
        try:
            self.spec.folder.mkdir(parents=True, exist_ok=True)
            with (self.spec.folder / "log.txt").open("a", encoding="utf-8") as log:
                log.write(text)
        except OSError:
            _log.exception(
                "trial %d has no log.txt; what it would say:\n%s", self.spec.trial, text
            )
        else:
            self.artifacts.append("log.txt")

    def _load(self) -> _Data:
        dataset = load(self.spec.dataset)
        expected = self.spec.fingerprint
        if expected and dataset.fingerprint != expected:
            raise DataError(
                f"this worker's data set {dataset.name!r} is not the one the sweep was started "
                f"with (fingerprint {dataset.fingerprint}, not {expected}); give every worker the "
                "same files."
            )
        self.fingerprint = dataset.fingerprint
        self.examples = {"train": len(dataset.train), "validation": len(dataset.validation)}
        train, validation = (
            Examples.of(self._inputs(part.x), part.y)
            for part in (dataset.train, dataset.validation)
        )
        whole = dataset.validation.x
        return _Data(
            train=train,
            validation=validation,
            test=dataset.test,
            classes=tuple(dataset.classes),
            input_shape=tuple(train.x.shape[1:]),
            texts=Texts(whole, dataset.words) if isinstance(whole, Sequences) else None,
        )

    def _inputs(self, x: Any) -> np.ndarray[Any, Any]:
        """A part's examples as one array: pixels, or token ids of one length."""
        if not isinstance(x, Sequences):
            return np.asarray(x)
        padded: np.ndarray[Any, Any] = x.padded(
            length=int(self.spec.params.get("sequence_length", SEQUENCE_LENGTH)),
            vocabulary=int(self.spec.params.get("vocabulary", VOCABULARY)),
        )
        return padded

    def _build(self, data: _Data) -> keras.Model:
        keras.utils.set_random_seed(self.spec.seed)
        return build(
            self.spec.model,
            self.spec.params,
            input_shape=data.input_shape,
            n_classes=len(data.classes),
        )

    def _watch(self, trainer: Trainer, data: _Data) -> Telemetry:
        train_y, validation_y = data.train.y.numpy(), data.validation.y.numpy()
        chosen = stratified_sample(train_y, PROBE_EXAMPLES, seed=PROBE_SEED)
        return Telemetry(
            Observer(
                trainer.model,
                tf.gather(data.train.x, chosen).numpy(),
                train_y[chosen],
                loss_scale=trainer.loss_scale,
            ),
            train_y=train_y,
            validation_y=validation_y,
            n_classes=len(data.classes),
            n_parameters=self.n_parameters or 0,
            epochs=self.spec.epochs,
            seed=PROBE_SEED,
        )

    def _epoch(
        self, epoch: int, trainer: Trainer, data: _Data, rates: Any, report: Report
    ) -> Stop | None:
        """One epoch: train, validate, look, report."""
        assert self.telemetry is not None
        began = time.perf_counter()
        order = trainer.next_order()
        if self.diagnostics is not None and self.telemetry.is_probed(epoch):
            steps = self.diagnostics.run_measured(trainer, order, rates)
        else:
            steps = trainer.run(order, rates)
        self.train_seconds += time.perf_counter() - began
        validation = trainer.evaluate(data.validation)
        self.telemetry.add_epoch(epoch, steps, validation)
        self.answers = validation
        record = EpochRecord(
            epoch=epoch,
            train_loss=_finite(float(steps.loss.mean())),
            train_accuracy=float(steps.accuracy.mean()),
            val_loss=_finite(float(validation.loss.mean())),
            val_accuracy=float(validation.right.mean()),
            learning_rate=float(rates[-1]),
            seconds=time.perf_counter() - began,
            health=assess(self.telemetry.recorded(), partial=True).values(),
            signs=self.telemetry.signs(epoch),
        )
        self.history.append(record)
        stop = report(record)
        check_finite(epoch, steps, validation)
        return stop

    def _save_diagnostics(self, data: _Data) -> None:
        """Write what pictures need. A network that was trained is worth more than its pictures."""
        if self.diagnostics is None or self.telemetry is None or self.answers is None:
            return
        try:
            self.artifacts += self.diagnostics.save(
                self.spec.folder,
                history=self.history,
                probes=self.telemetry.probes,
                answers=self.answers,
                validation=data.validation,
                classes=data.classes,
                texts=data.texts,
            )
        except Exception:
            _log.warning("trial %d has no diagnostics; see its log.txt", self.spec.trial)
            self.write_log(traceback.format_exc())

    def _stopped(self, stop: Stop, data: _Data) -> RunResult:
        """The end of a run that was told to stop; someone who cancels does not want to wait."""
        if stop.state == "pruned":
            self._save_diagnostics(data)
        return self.result(stop.state, reason=stop.reason)

    def _complete(self, trainer: Trainer, data: _Data) -> RunResult:
        """The end of a run that went all the way: the test set's one look, and the model."""
        self._save_diagnostics(data)
        test = trainer.evaluate(Examples.of(self._inputs(data.test.x), data.test.y))
        self.examples["test"] = len(test.right)
        trainer.model.save(self.spec.folder / "model.keras")
        self.artifacts.append("model.keras")
        return self.result("completed", test=test)

    def _write_json(self, name: str, data: Any) -> None:
        self.spec.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(data, indent=1) + "\n"
        (self.spec.folder / name).write_text(text, encoding="utf-8")
        self.artifacts.append(name)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
