"""Keras, quiet and with one thread; modules of a user's own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from hpolab.training.worker import prepare_process

prepare_process(threads=1)

_numbers = itertools.count()


@pytest.fixture
def user_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Writes a module with the given source where Python finds it, and gives its name."""

    def write(source: str) -> str:
        name = f"users_module_{next(_numbers)}"
        (tmp_path / f"{name}.py").write_text(source)
        return name

    monkeypatch.syspath_prepend(tmp_path)
    return write
