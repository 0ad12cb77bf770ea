"""The image of RunPod's worker: there is no Docker here, so its steps are looked at one by one."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
DOCKERFILE = ROOT / "hpolab" / "runpod_worker" / "Dockerfile"
IGNORED = DOCKERFILE.with_suffix(".dockerignore")


def steps(keyword: str) -> list[str]:
    lines = DOCKERFILE.read_text().splitlines()
    return [line.removeprefix(keyword).strip() for line in lines if line.startswith(keyword)]


def installed() -> list[Requirement]:
    """Everything that a step of the image installs, but for the project itself."""
    words = [
        word for step in steps("RUN pip install -c constraints.txt") for word in shlex.split(step)
    ]
    return [Requirement(word) for word in words if not word.startswith(".")]


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="hadolint is not installed")
def test_the_linter_of_dockerfiles_has_nothing_to_say() -> None:
    told = subprocess.run(["hadolint", str(DOCKERFILE)], capture_output=True, text=True)

    assert told.stdout + told.stderr == ""


def test_every_run_is_a_pip_install_that_honours_the_pins() -> None:
    assert all(step.startswith("pip install -c constraints.txt ") for step in steps("RUN"))
    assert (ROOT / "constraints.txt").is_file()


def test_what_is_installed_is_pinned_and_fits_what_runs_here() -> None:
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "constraints.txt").read_text(), re.M))
    assert {requirement.name for requirement in installed()} == {"boto3", "runpod", "tensorflow"}
    for requirement in installed():
        assert requirement.specifier.contains(pins[requirement.name]), requirement
        extras = importlib.metadata.metadata(requirement.name).get_all("Provides-Extra") or []
        assert requirement.extras <= set(extras)


def test_the_layer_of_large_packages_covers_the_extra_of_the_project() -> None:
    """Or a change of hpolab would download again what that layer lacks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = {Requirement(line).name for name in ("runpod", "s3") for line in extras[name]}

    assert steps("RUN")[-1].endswith('".[runpod]"')
    assert wanted - {"hpolab"} <= {requirement.name for requirement in installed()}


def test_the_python_of_the_image_is_one_that_the_project_supports() -> None:
    (image,) = steps("FROM")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    version = image.removeprefix("python:").partition("-")[0]

    assert f"Programming Language :: Python :: {version}" in project["classifiers"]


def test_everything_that_the_package_is_built_from_is_sent_and_no_secret() -> None:
    rules = [line for line in IGNORED.read_text().splitlines() if line and line[0] != "#"]
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    wheel = build["targets"]["wheel"]
    sources = [*wheel["only-include"], *wheel["force-include"], "README.md", "LICENSE"]
    sent = {rule[1:] for rule in rules if rule.startswith("!")}

    assert rules[0] == "*"
    assert {source.partition("/")[0] for source in sources} | {"pyproject.toml"} <= sent
    assert not sent & {".env", ".git", "sweeps"}
    assert "**/.env" in rules
    for name in sent:
        assert (ROOT / name).exists()


def test_what_the_image_runs_starts_and_answers_a_job() -> None:
    """The SDK's own local mode: one job from the command line, and the worker ends."""
    (command,) = steps("CMD")
    python, *rest = json.loads(command)
    job = json.dumps({"id": "local", "input": {"no": "order"}})

    told = subprocess.run(
        [sys.executable, *rest, "--test_input", job],
        capture_output=True, text=True, timeout=120, cwd=ROOT,
    )  # fmt: skip

    assert python == "python"
    assert "this worker cannot do the job: its input has no `order`" in told.stdout, told.stderr
