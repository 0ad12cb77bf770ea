"""Each test has its own cache, its own Keras home, and no data directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hpolab.settings import settings


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HPOLAB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("HPOLAB_DATA_DIR", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An empty data directory."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder
