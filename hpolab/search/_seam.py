"""The seam to Optuna: its messages are silenced and its errors translated, for our calls only."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from optuna.exceptions import ExperimentalWarning

from hpolab.errors import HpolabError

__all__ = ["calling_optuna"]


@contextmanager
def calling_optuna(what: str) -> Iterator[None]:
    """Run calls of Optuna quietly; what it raises becomes an HpolabError that says ``what``.

    The level of Optuna's logger is put back afterwards: a user's own studies log as before.
    """
    logger = logging.getLogger("optuna")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            yield
    except HpolabError:
        raise
    except Exception as error:
        raise HpolabError(f"{what} failed in Optuna: {error}") from error
    finally:
        logger.setLevel(level)
