"""The conda door offers what pyproject.toml lists, and the pins cover it."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text())


def test_conda_and_pyproject_ask_for_the_same_python(project, conda):
    assert f"python{project['requires-python']}" in conda["dependencies"]


def test_conda_lists_no_dependency_of_its_own(conda):
    names = {entry for entry in conda["dependencies"] if isinstance(entry, str)}
    assert {re.split(r"[<>=]", name)[0] for name in names} == {"python", "pip"}


def test_conda_installs_the_project_with_extras_that_exist(project, conda):
    (pip,) = (entry["pip"] for entry in conda["dependencies"] if isinstance(entry, dict))
    installs = [line for line in pip if line.startswith("-e .")]
    assert len(installs) == 1
    extras = set(re.findall(r"[\w-]+", installs[0].removeprefix("-e .")))
    assert extras
    assert extras <= set(project["optional-dependencies"])


def test_every_dependency_is_pinned_without_naming_an_index(project):
    pins = (ROOT / "constraints.txt").read_text()
    assert "://" not in pins
    assert "--index" not in pins
    pinned = {line.split("==")[0] for line in pins.splitlines() if "==" in line}
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.split(r"[\[<>=!~ ]", line)[0].lower().replace("_", "-") for line in wanted}
    assert names - {"hpolab"} <= pinned
