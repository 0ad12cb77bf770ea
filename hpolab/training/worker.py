"""Setting up a process that trains: before TensorFlow wakes up."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hpolab.errors import ExecutorError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["balance_start_and_steps", "preload", "prepare_process"]

LONG_RUN_VALUES = 20_000_000
"""Values that a run reads, from which on optimised steps pay for the time of optimising them."""

_log = logging.getLogger(__name__)


def preload() -> None:
    """Import TensorFlow and Keras without a word, and nothing more.

    For a fork-server: what is imported is shared by the workers it forks. No operation is run
    and no device is listed, because TensorFlow's runtime does not survive a fork.

    Raises:
        ExecutorError: Keras is running in this process on something else than TensorFlow.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # errors only, from now on
    os.environ["KERAS_BACKEND"] = "tensorflow"  # whatever keras.json says
    # TensorFlow leaves oneDNN off on processors without AVX-512, where it halves a convolution
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    with _quiet_stderr():
        import keras
        import tensorflow as tf
    tf.get_logger().setLevel(logging.ERROR)
    if keras.backend.backend() != "tensorflow":
        raise ExecutorError(
            f"Keras was imported with the backend {keras.backend.backend()!r}, but hpolab trains "
            "on TensorFlow; set KERAS_BACKEND=tensorflow, or import hpolab's worker first."
        )


def prepare_process(threads: int = 1) -> None:
    """Make this process a quiet worker that computes with so many threads.

    One thread a worker and as many workers as cores beat one process with all threads for
    networks this small, and one thread makes a run repeatable bit for bit.

    Args:
        threads: For one operation, and for operations side by side. Has no effect, and says so
            in the log, when TensorFlow has already run something in this process.
    """
    preload()
    # else the first worker takes all of a GPU's memory, and the others have none; the function
    # that TensorFlow has for this cannot be had beside a limit of memory
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    import tensorflow as tf

    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        if tf.config.threading.get_intra_op_parallelism_threads() != threads:
            _log.warning("TensorFlow is running already; its number of threads stays as it is")


def balance_start_and_steps(values: int) -> None:
    """Have TensorFlow optimise its graphs (Grappler) only for a run that is long enough.

    It takes some 60 ms of every run on a CPU, as much as two epochs of the digits, and makes
    steps between 0 and 8 % faster. With an accelerator it always runs: layouts matter there.

    Args:
        values: Pixels or token ids that the run reads, over all its epochs.
    """
    import tensorflow as tf

    is_short = values < LONG_RUN_VALUES and not tf.config.list_physical_devices("GPU")
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": is_short})


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Throw away what is written to the process' stderr meanwhile.

    TensorFlow's C++ part greets there before its log level counts. What goes wrong in Python is
    raised, not written, and so is not lost.
    """
    try:
        kept = os.dup(2)
    except OSError:  # there is no stderr: nothing to keep quiet
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
