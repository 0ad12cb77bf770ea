from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.cli.doctor import Requirement, examine, read_requirements
from hpolab.sandbox import sandbox_problem

if TYPE_CHECKING:
    import pytest


def test_requirements_are_read_with_their_extras() -> None:
    lines = [
        "numpy>=1.26",
        "torch>=2.4; extra == 'gp'",
        "ipykernel!=7.0.*,>=6.31; extra == 'test'",
        "hpolab[lab]; extra == 'test'",
        'uvicorn[standard]>=0.30; python_version > "3.10" and extra == "serve"',
    ]
    assert read_requirements(lines) == [
        Requirement("numpy"),
        Requirement("torch", "gp"),
        Requirement("ipykernel", "test"),
        Requirement("uvicorn", "serve"),
    ]


def test_a_missing_sandbox_is_told_and_is_no_reason_not_to_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox_problem.cache_clear()
    try:
        finding = next(found for found in examine() if found.topic == "sandbox")
    finally:
        sandbox_problem.cache_clear()
    assert finding.seen == "does not work here"
    assert "apt install bubblewrap" in finding.remedy
    assert not finding.is_needed
