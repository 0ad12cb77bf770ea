"""``python -m hpolab.batch.cell``: one notebook through papermill, in a process of its own.

Its output is a log: what the notebook prints, with the time. It ends when whoever started it
does, however that happens; the notebook's kernel notices within a second and ends too, and what
its sweep has told by then is kept.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

import yaml

__all__ = ["NO_KERNEL", "main"]

NO_KERNEL = 75
"""The exit code when the notebook's kernel did not start, or died: sysexits' "try again"."""


def main(source: str, output: str, parameters: str) -> int:
    """Execute a notebook.

    Args:
        source: Path of the notebook.
        output: Path of the executed one.
        parameters: Path of a YAML file with its parameters.

    Returns:
        The exit code: 0 when every cell of the notebook went through, NO_KERNEL when that says
        nothing of the notebook, 1 when a cell failed.
    """
    import papermill

    threading.Thread(target=_end_with_parent, name="hpolab-parent", daemon=True).start()
    _log_to_stdout()
    asked = yaml.safe_load(Path(parameters).read_text(encoding="utf-8"))
    try:
        papermill.execute_notebook(
            _literal(source), _literal(output), asked, kernel_name="python3", progress_bar=False,
            log_output=True,
        )  # fmt: skip
    except papermill.PapermillExecutionError as error:
        sys.stdout.write(f"{error}\n{error.ename}: {error.evalue}\n")
        return 1
    except RuntimeError as error:  # two that start at once may want the same port
        sys.stdout.write(f"its kernel is gone: {error}\n")
        return NO_KERNEL
    return 0


def _log_to_stdout() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    handler.addFilter(_one_line_of_news)
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def _one_line_of_news(record: logging.LogRecord) -> bool:
    """Leave out papermill's own frames around cells, and what of a print is a line break only."""
    record.msg, record.args = record.getMessage().strip(), ()
    return bool(record.msg) and not record.msg.startswith(("Executing Cell", "Ending Cell"))


def _end_with_parent() -> None:
    """The other end of standard input is closed by whoever started us, at the latest by dying."""
    while os.read(0, 4096):  # not by sys.stdin, whose lock Python wants to have when it ends
        pass
    os._exit(1)


def _literal(path: str) -> str:
    """Papermill takes braces in a path for parameters."""
    return path.replace("{", "{{").replace("}", "}}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
