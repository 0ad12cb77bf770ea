"""Machines with and without a sandbox, and what their owners may decide."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hpolab.errors import ConfigError, FitnessError, LimitBroken
from hpolab.sandbox import (
    EXAMPLE,
    Limits,
    OwnFunction,
    SandboxedFitness,
    UnprotectedFitness,
    open_fitness,
    sandbox_problem,
    try_out,
)
from hpolab.settings import app_settings, settings

SUM = OwnFunction(source="def fitness(x):\n    return x.sum()\n")
CACHED: tuple[Callable[[], None], ...] = (
    sandbox_problem.cache_clear,
    settings.cache_clear,
    app_settings.cache_clear,
)


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    """Settings and findings are those of the test alone."""
    for forget in CACHED:
        forget()
    yield
    for forget in CACHED:
        forget()


@pytest.fixture
def bubblewrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program is looked for, in place of the real one."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "bwrap"


def says_and_ends(program: Path, words: str) -> None:
    program.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
    program.chmod(0o755)


@pytest.mark.usefixtures("sandbox")
def test_a_function_is_tried_out_in_the_middle_of_its_bounds() -> None:
    assert sandbox_problem() == ""
    assert try_out(OwnFunction.read(EXAMPLE)) == pytest.approx(2.465, abs=1e-3)
    with pytest.raises(FitnessError, match="line 2: TypeError: 'int' object is not callable"):
        try_out(OwnFunction(source="def fitness(x):\n    return 3(x)\n"))


def test_without_bubblewrap_nothing_is_run_and_the_remedy_is_told(bubblewrap: Path) -> None:
    assert "apt install bubblewrap" in sandbox_problem()
    for opened in (open_fitness, SandboxedFitness, try_out):
        with pytest.raises(ConfigError, match="bubblewrap is not installed"):
            opened(SUM)


def test_a_bubblewrap_that_is_not_allowed_to_work_is_quoted(bubblewrap: Path) -> None:
    says_and_ends(bubblewrap, "bwrap: No permissions to create a new namespace")
    assert sandbox_problem() == (
        "the sandbox cannot be set up: bwrap: No permissions to create a new namespace"
    )
    with pytest.raises(ConfigError, match="No permissions"):
        open_fitness(SUM)


def test_a_wall_that_lets_through_is_found_out(
    bubblewrap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SandboxedFitness, "is_walled", False)
    monkeypatch.setattr(SandboxedFitness, "_command", UnprotectedFitness._command)
    monkeypatch.setenv("HPOLAB_RUN_UNPROTECTED_CODE", "true")
    assert sandbox_problem() == "the sandbox lets programs read files, so it is not used."


def test_an_owner_can_run_code_unprotected_by_an_express_word(
    bubblewrap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match="HPOLAB_RUN_UNPROTECTED_CODE=true"):
        UnprotectedFitness(SUM)

    monkeypatch.setenv("HPOLAB_RUN_UNPROTECTED_CODE", "true")
    settings.cache_clear()
    with open_fitness(SUM) as fitness:
        assert isinstance(fitness, UnprotectedFitness)
        assert fitness([[1.0, 2.0]]) == [3.0]

    endless = "def fitness(x):\n    while True: pass\n    return 0\n"
    limited = SUM.replace(source=endless, limits=Limits(cpu_seconds=0.2, seconds=120))
    with open_fitness(limited) as fitness, pytest.raises(LimitBroken, match=r"0\.2 s.*line 2"):
        fitness([[0.0, 0.0]])


def test_strangers_code_is_never_run_unprotected(
    bubblewrap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HPOLAB_RUN_UNPROTECTED_CODE", "true")
    monkeypatch.setenv("HPOLAB_APP_PUBLIC", "true")
    with pytest.raises(ConfigError, match="bubblewrap is not installed"):
        open_fitness(SUM)
    with pytest.raises(ConfigError, match="strangers' code is never run without a sandbox"):
        UnprotectedFitness(SUM)


@pytest.mark.usefixtures("sandbox")
def test_where_there_is_a_sandbox_the_word_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HPOLAB_RUN_UNPROTECTED_CODE", "true")
    assert shutil.which("bwrap")
    with open_fitness(SUM) as fitness:
        assert isinstance(fitness, SandboxedFitness)
