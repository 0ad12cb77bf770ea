"""Trains on one, two and three parts of a CPU in one process, and writes down what came out.

A process' devices can be set once, so `test_mirrored.py` runs this as a script, for all its tests.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from hpolab.training.worker import prepare_process
from hpolab.trial import DatasetSpec, RunSpec, Stop

CNN = {
    "n_blocks": 2, "filters": 8, "dense_units": 24, "dropout": 0.1, "batch_norm": True,
    "weight_decay": 1e-3, "learning_rate": 1e-2, "batch_size": 16,
}  # fmt: skip
LSTM = {
    "vocabulary": 20, "sequence_length": 16, "embedding_width": 6, "lstm_units": 6,
    "bidirectional": True, "dropout": 0.1, "learning_rate": 3e-2, "batch_size": 16,
}  # fmt: skip
BASE: dict[str, Any] = {
    "trial": 0, "model": "cnn", "params": CNN, "epochs": 4,
    "dataset": DatasetSpec(max_samples=240),
}  # fmt: skip
TEXTS = {
    "model": "lstm",
    "params": LSTM,
    "dataset": DatasetSpec(name="digits_text", max_samples=240),
}
CASES: dict[str, dict[str, Any]] = {
    **{f"cnn on {n}": {"gpus": n} for n in (1, 2, 3)},
    **{f"lstm on {n}": {**TEXTS, "gpus": n} for n in (1, 2, 3)},
    "noisy": {"gpus": 2, "model": "noisy:build", "params": {"batch_size": 16}, "epochs": 1},
    "pruned": {"gpus": 2},
    "float16": {"gpus": 2, "precision": "float16", "epochs": 1},
    "two at a time": {"gpus": 3, "params": {**CNN, "batch_size": 2}, "epochs": 1},
    "too many": {"gpus": 4},
}
"""Batches of 16 are divided unevenly among 3, and the parts of the data are no multiples of it."""

NOISY = """
import keras

def build(params, shape, n_classes):
    pixels = keras.Input(shape)
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(pixels))
    x = keras.layers.GaussianNoise(0.1, name="noise")(x)
    return keras.Model(pixels, keras.layers.Dense(n_classes, activation="softmax")(x))
"""


def main(folder: Path) -> None:
    prepare_process(threads=1)
    import numpy as np
    import tensorflow as tf

    from hpolab.training import devices
    from hpolab.training.run import train_run

    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 3)
    tf.config.threading.set_inter_op_parallelism_threads(6)  # as for 3, whoever comes first
    devices.DIVIDED_OVER = "CPU"
    (folder / "noisy.py").write_text(NOISY)
    sys.path.insert(0, str(folder))
    results = {}
    for number, (name, changes) in enumerate(CASES.items()):
        stop = Stop(state="pruned", reason="seen enough") if name == "pruned" else None
        spec = RunSpec(**{**BASE, **changes}, folder=folder / str(number))
        result = train_run(spec, lambda _, stop=stop: stop)
        results[name] = {**result.to_dict(), "files": _files(spec.folder)}
    for one, other in (("cnn on 1", "cnn on 3"), ("lstm on 1", "lstm on 3")):
        paths = (folder / str([*CASES].index(name)) / "model.keras" for name in (one, other))
        weights = [tf.keras.models.load_model(path).get_weights() for path in paths]
        furthest = max(float(np.abs(a - b).max()) for a, b in zip(*weights, strict=True))
        results[other]["furthest_weight"] = furthest
    (folder / "results.json").write_text(json.dumps(results))


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
