"""Whether there is a sandbox to test."""

from __future__ import annotations

import os

import pytest

from hpolab.sandbox import sandbox_problem


@pytest.fixture(scope="session")
def sandbox() -> None:
    """Skips where this machine has none; an error in CI, which must have one."""
    problem = sandbox_problem()
    if problem and os.environ.get("CI"):
        pytest.fail(problem)
    if problem:
        pytest.skip(problem)
