"""A sweep as TensorBoard's event files: a run per trial, and the table of hyperparameters.

Written with TensorBoard's own record writer and messages; TensorFlow is not loaded.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab.analysis import axes_of
from hpolab.errors import ConfigError, StoreError
from hpolab.scoring import METRICS
from hpolab.storage.files import storing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hpolab.record import TrialRecord
    from hpolab.space import Value
    from hpolab.sweep import Sweep
    from hpolab.trial import EpochRecord

__all__ = ["export_tensorboard"]

_RESULTS = ("score", "accuracy", "test_accuracy", "health")
_RESULT = "result/"
"""Before the tags of what a trial ended with, which TensorBoard's table of trials shows."""


def export_tensorboard(sweep: Sweep, path: Path | str) -> Path:
    """Write event files for ``tensorboard --logdir PATH``.

    A run ``trial-0007`` for each trial that has begun: loss, accuracy, learning rate, score and
    health metrics after each epoch, and what it ended with, beside its hyperparameters. Those that
    do not apply to a trial are left out of its row.

    Args:
        sweep: Running or not; trials that wait are left out.
        path: A folder that does not exist or is empty: old event files would be read too.

    Returns:
        The path.

    Raises:
        ConfigError: TensorBoard is not installed.
        StoreError: The folder is not empty or cannot be written, or the journal is damaged.
    """
    try:
        from tensorboard.compat.proto import event_pb2  # noqa: F401 - is it there?
    except ImportError as error:
        raise ConfigError(
            "TensorBoard's logs need TensorBoard, which is not installed; "
            "pip install 'hpolab[tensorboard]'."
        ) from error
    path = Path(path)
    with storing(path):
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise StoreError(f"{path} is not an empty folder; name another one.")
        path.parent.mkdir(parents=True, exist_ok=True)
        trials = [t for t in sweep.record.trials.values() if t.state != "waiting"]
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as beside:
            made = Path(beside) / "logs"
            _write(made, [(_began(trials), _experiment(trials))] if trials else [], name="sweep")
            for trial in trials:
                _write(made / f"trial-{trial.number:04d}", _story(trial), name="trial")
            made.chmod(0o755)
            if path.exists():
                path.rmdir()
            shutil.move(made, path)
    return path


def _write(folder: Path, summaries: Any, *, name: str) -> None:
    """One event file from pairs of a time and a summary, or a step and its scalars."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.summary.writer.record_writer import RecordWriter

    folder.mkdir(parents=True, exist_ok=True)
    events = [_event(*told) for told in summaries]
    begun = events[0].wall_time if events else 0.0
    with (folder / f"events.out.tfevents.{begun:.0f}.{name}.hpolab").open("wb") as file:
        writer = RecordWriter(file)
        for event in (Event(wall_time=begun, file_version="brain.Event:2"), *events):
            writer.write(event.SerializeToString())


def _event(wall_time: float, what: Any, step: int = 0) -> Any:
    """An event of a summary, or of scalars by tag."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    if isinstance(what, dict):
        what = Summary(value=[Summary.Value(tag=t, simple_value=v) for t, v in what.items()])
    return Event(wall_time=wall_time, step=step, summary=what)


def _story(trial: TrialRecord) -> Iterator[tuple[Any, ...]]:
    """A trial: its hyperparameters, its epochs, what it ended with."""
    from tensorboard.plugins.hparams import api_pb2
    from tensorboard.plugins.hparams.plugin_data_pb2 import SessionEndInfo, SessionStartInfo

    at = _began([trial])
    started = SessionStartInfo(group_name=f"trial {trial.number}", start_time_secs=at)
    for name, value in trial.params.items():
        setattr(started.hparams[name], _field(value), value)
    yield at, _hparams("session_start_info", started)
    for epoch, score in zip(trial.epochs, trial.scores, strict=True):
        at += epoch.seconds
        yield at, _scalars(epoch, score), epoch.epoch
    ended = trial.ended
    if ended is None:
        return
    at = trial.ended_utc.timestamp() if trial.ended_utc else at
    results = {f"{_RESULT}{name}": getattr(ended, name) for name in _RESULTS}
    results |= {f"{_RESULT}{name}": value for name, value in ended.metrics.items()}
    yield at, {tag: value for tag, value in results.items() if value is not None}, ended.epochs
    is_well = trial.state in {"completed", "pruned"}
    status = api_pb2.STATUS_SUCCESS if is_well else api_pb2.STATUS_FAILURE
    yield at, _hparams("session_end_info", SessionEndInfo(status=status, end_time_secs=at))


def _scalars(epoch: EpochRecord, score: float | None) -> dict[str, float]:
    known: dict[str, float | None] = {
        "loss/train": epoch.train_loss,
        "loss/validation": epoch.val_loss,
        "accuracy/train": epoch.train_accuracy,
        "accuracy/validation": epoch.val_accuracy,
        "learning_rate": epoch.learning_rate,
        "score": score,
        **{f"health/{name}": value for name, value in epoch.health.items()},
    }
    return {tag: value for tag, value in known.items() if value is not None}


def _experiment(trials: list[TrialRecord]) -> Any:
    """What TensorBoard's table of hyperparameters has as columns."""
    from tensorboard.plugins.hparams.api_pb2 import Experiment, HParamInfo, MetricInfo, MetricName

    names = dict.fromkeys(name for trial in trials for name in trial.params)
    varying = {axis.name for axis in axes_of(trials)}
    values: Mapping[str, list[Value]] = {
        name: [trial.params[name] for trial in trials if name in trial.params] for name in names
    }
    hparams = [
        HParamInfo(name=name, type=_type(known), differs=name in varying)
        for name, known in values.items()
    ]
    metrics = [
        MetricInfo(name=MetricName(tag=f"{_RESULT}{name}"), display_name=name.replace("_", " "))
        for name in (*_RESULTS, *METRICS)
    ]
    return _hparams(
        "experiment",
        Experiment(time_created_secs=_began(trials), hparam_infos=hparams, metric_infos=metrics),
    )


def _hparams(kind: str, message: Any) -> Any:
    """A summary for the plugin of hyperparameters: all that it holds is in its metadata."""
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import metadata
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    data = HParamsPluginData(**{kind: message})
    value = Summary.Value(
        tag=f"_hparams_/{kind}",
        metadata=metadata.create_summary_metadata(data),
        tensor=metadata.NULL_TENSOR,
    )
    return Summary(value=[value])


def _field(value: Value) -> str:
    if isinstance(value, bool):
        return "bool_value"
    return "string_value" if isinstance(value, str) else "number_value"


def _type(values: list[Value]) -> Any:
    """TensorBoard's name for the type of these values; none where they are of several."""
    from tensorboard.plugins.hparams import api_pb2

    types = {
        "bool_value": api_pb2.DATA_TYPE_BOOL,
        "string_value": api_pb2.DATA_TYPE_STRING,
        "number_value": api_pb2.DATA_TYPE_FLOAT64,
    }
    fields = {_field(value) for value in values}
    return types[fields.pop()] if len(fields) == 1 else api_pb2.DATA_TYPE_UNSET


def _began(trials: list[TrialRecord]) -> float:
    """When the first of them began, in seconds since 1970; of reused ones, when they ended."""
    times = [
        when.timestamp() for trial in trials if (when := trial.started_utc or trial.ended_utc)
    ]
    return min(times, default=0.0)
