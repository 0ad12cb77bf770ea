"""What all executors do alike at their end: left as a context, and of no use when closed."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from hpolab.errors import ExecutorError

__all__ = ["Closing"]


class Closing:
    """Closes at the end of a ``with`` block, and refuses to work afterwards.

    An executor brings its own ``close``, which sets ``_is_closed``.
    """

    _is_closed = False

    def close(self) -> None:
        """End whatever runs."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        """The executor itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def _check_open(self) -> None:
        if self._is_closed:
            raise ExecutorError("this executor is closed; make another one.")
