"""The package as a whole: what importing it costs, and what its modules promise to export."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import hpolab

ROOT = Path(hpolab.__file__).parent
HEAVY = {"tensorflow", "keras", "optuna", "sklearn", "scipy", "PIL", "torch", "plotly", "rich"}
MODULES = sorted(
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in ROOT.rglob("*.py")
)


def loaded_after(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after running some code."""
    code += "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(result.stdout.split())


def test_importing_the_package_loads_next_to_nothing() -> None:
    assert loaded_after("import hpolab") & (HEAVY | {"numpy", "pydantic", "yaml"}) == set()


def test_describing_a_sweep_loads_no_framework() -> None:
    code = "from hpolab import Sweep, SweepConfig; SweepConfig(dataset='digits', budget=3)"

    assert loaded_after(code) & HEAVY == set()


def test_following_a_sweep_loads_no_framework() -> None:
    code = "import hpolab.sweep, hpolab.record, hpolab.storage.journal, hpolab.executors"

    assert loaded_after(code) & HEAVY == set()


def test_every_public_name_of_the_package_is_there_and_others_are_not() -> None:
    for name in hpolab.__all__:
        assert getattr(hpolab, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Swep'"):
        hpolab.Swep  # noqa: B018


def exported(module: str) -> list[str] | None:
    """The literal ``__all__`` of a module, read without importing it."""
    path = ROOT.parent / Path(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


@pytest.mark.parametrize("module", [name for name in MODULES if exported(name) is not None])
def test_exported_names_are_sorted_as_ruff_sorts_them(module: str) -> None:
    names = exported(module) or []

    constants = [name for name in names if name.isupper()]
    classes = [name for name in names if name[:1].isupper() and not name.isupper()]
    others = [name for name in names if name not in constants and name not in classes]
    assert names == sorted(constants) + sorted(classes) + sorted(others)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "module",
    [
        name
        for name in MODULES
        if exported(name) and not name.startswith(("hpolab.training", "hpolab.models."))
    ],
)
def test_exported_names_can_be_imported(module: str) -> None:
    loaded = importlib.import_module(module)

    for name in exported(module) or []:
        assert hasattr(loaded, name), name


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is_and_stays_readable(module: str) -> None:
    path = ROOT.parent / Path(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = path.read_text(encoding="utf-8")

    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 300
