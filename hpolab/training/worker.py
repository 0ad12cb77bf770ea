"""Setting up a process that trains: before TensorFlow wakes up."""

from __future__ import annotations

import logging
import os

__all__ = ["preload", "prepare_process"]

_log = logging.getLogger(__name__)

# read by TensorFlow's C++ part when it is loaded: no banners, only errors
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1", "KERAS_BACKEND": "tensorflow"}


def preload() -> None:
    """Import TensorFlow and Keras, and nothing more.

    For a fork-server: what is imported is shared by the workers it forks. No operation is run
    and no device is listed, because TensorFlow's runtime does not survive a fork.
    """
    os.environ.update({name: os.environ.get(name, value) for name, value in _QUIET.items()})
    import keras  # noqa: F401
    import tensorflow as tf

    tf.get_logger().setLevel(logging.ERROR)


def prepare_process(threads: int = 1) -> None:
    """Make this process a quiet worker that computes with so many threads.

    One thread a worker and as many workers as cores beat one process with all threads for
    networks this small, and one thread makes a run repeatable bit for bit.

    Args:
        threads: For one operation, and for operations side by side. Has no effect, and says so
            in the log, when TensorFlow has already run something in this process.
    """
    preload()
    import tensorflow as tf

    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        if tf.config.threading.get_intra_op_parallelism_threads() != threads:
            _log.warning("TensorFlow is running already; its number of threads stays as it is")
