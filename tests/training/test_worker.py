from __future__ import annotations

import logging
import os
import subprocess
import sys

import pytest

from hpolab.training.worker import (
    LONG_RUN_VALUES,
    balance_start_and_steps,
    prepare_process,
)

SCRIPT = """
import sys
from hpolab.training.worker import preload, prepare_process
preload()
import tensorflow as tf
from tensorflow.python.eager import context
assert not context.context()._initialized, "preloading must not wake the runtime"
prepare_process(threads=1)
assert not context.context()._initialized
assert tf.config.threading.get_intra_op_parallelism_threads() == 1
assert tf.config.threading.get_inter_op_parallelism_threads() == 1
import os
assert os.environ["TF_ENABLE_ONEDNN_OPTS"] == sys.argv[1]
print("ready")
"""


@pytest.mark.slow
@pytest.mark.parametrize("wish", ["", "0"])
def test_a_fresh_process_is_preloaded_without_waking_the_runtime(wish: str) -> None:
    environment = {n: v for n, v in os.environ.items() if n != "TF_ENABLE_ONEDNN_OPTS"}
    if wish:
        environment["TF_ENABLE_ONEDNN_OPTS"] = wish
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, wish or "1"],
        check=True, capture_output=True, text=True, timeout=200, env=environment,
    )  # fmt: skip
    assert done.stdout.strip() == "ready"


def test_too_late_a_call_says_that_it_has_no_effect(caplog: pytest.LogCaptureFixture) -> None:
    import tensorflow as tf

    tf.constant(1.0)
    running = tf.config.threading.get_intra_op_parallelism_threads()
    with caplog.at_level(logging.WARNING):
        prepare_process(threads=running)
        assert not caplog.records
        prepare_process(threads=running + 1)
    assert "stays as it is" in caplog.text


def test_graphs_of_long_runs_are_optimised_and_those_of_short_ones_are_not() -> None:
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        pytest.skip("with an accelerator every graph is optimised")
    for values, is_short in ((1000, True), (LONG_RUN_VALUES, False), (1000, True)):
        balance_start_and_steps(values)
        options = tf.config.optimizer.get_experimental_options()
        assert options["disable_meta_optimizer"] is is_short
