"""How a process is started behind bubblewrap: read-only system folders, and nothing else.

https://github.com/containers/bubblewrap. No network, no home, no /proc, no /dev, nothing that can
be written; a process space of its own, whose end goes with whoever started it.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import numpy as np

__all__ = ["ENVIRONMENT", "MISSING", "bare_command", "command"]

MISSING = (
    "bubblewrap is not installed, and without it other people's code is not run; "
    "on Debian or Ubuntu: apt install bubblewrap."
)
ENVIRONMENT = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Linear algebra stays in the one thread that the lock leaves."""

_BOOT = "import sys; sys.path[:0] = sys.argv[1:]; from inside.main import main; main()"
_INSIDE = Path(__file__).with_name("inside")

_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache")


def command() -> list[str] | None:
    """The command line of a process behind the wall; None where bubblewrap is missing."""
    program = shutil.which("bwrap")
    if program is None:
        return None
    python = Path(sys.executable).resolve()
    numpy = Path(np.__file__).parent
    libraries = numpy.with_name("numpy.libs")  # there in wheels only
    argv = [program, *_separated(), "--die-with-parent", "--new-session", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        argv += ["--setenv", name, value]
    for path in (*_SYSTEM, sys.base_prefix, str(python), str(numpy), str(libraries)):
        argv += ["--ro-bind-try", path, path]
    argv += ["--ro-bind", str(_INSIDE), f"/{_INSIDE.name}", "--remount-ro", "/", "--chdir", "/"]
    return [*argv, *_python("/", numpy.parent)]


def bare_command() -> list[str]:
    """The command line of the same process without a wall."""
    return _python(_INSIDE.parent, Path(np.__file__).parent.parent)


def _python(*path: Path | str) -> list[str]:
    python = str(Path(sys.executable).resolve())
    return [python, "-I", "-S", "-B", "-c", _BOOT, *map(str, path)]


def _separated() -> list[str]:
    """Own spaces of everything. Root needs none for users: the process becomes nobody itself."""
    spaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    spaces += ["--unshare-cgroup-try", "--cap-drop", "ALL"]
    if os.getuid() == 0:
        return [*spaces, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [*spaces, "--unshare-user", "--uid", "65534", "--gid", "65534"]
