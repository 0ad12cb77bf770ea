from __future__ import annotations

from hpolab.cli.doctor import Requirement, read_requirements


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
