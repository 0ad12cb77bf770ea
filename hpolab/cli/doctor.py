"""What this machine has, and what is missing: the findings behind ``hpolab doctor``."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING

from hpolab.cli.words import megabytes, plural
from hpolab.errors import ExecutorError
from hpolab.gpus import GAINS_FROM, visible_gpus
from hpolab.settings import runpod_settings, settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from hpolab.gpus import Gpu

__all__ = ["Finding", "Requirement", "examine", "gpus", "read_requirements"]

_ENABLES: Mapping[str, str] = {
    "gp": "the sampler gp",
    "lab": "the panels in JupyterLab",
    "batch": "hpolab batch, and notebooks/sweep.ipynb by papermill",
    "s3": "s3:// paths for papermill, and models from remote workers",
    "runpod": "a worker on RunPod; not needed to use one",
    "dask": "trials on a Dask cluster",
    "dashboard": "optuna-dashboard on exported sweeps",
    "test": "the project's own tests",
}
_REQUIREMENT = re.compile(
    r"^(?P<name>[\w.-]+)(?P<extras>\[.*?\])?.*?(?:extra\s*==\s*['\"](?P<extra>[\w-]+)['\"])?$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the examination.

    Attributes:
        topic: What was looked at.
        seen: What is there.
        remedy: What to do about it; empty when all is well.
        is_needed: Whether sweeps cannot run without it.
    """

    topic: str
    seen: str
    remedy: str = ""
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Requirement:
    """A distribution that hpolab wants, always or for one of its extras ("" for always)."""

    name: str
    extra: str = ""


def examine() -> list[Finding]:
    """Everything that can be seen without loading TensorFlow.

    Raises:
        ConfigError: A setting breaks its rule.
    """
    wanted = read_requirements(requires("hpolab") or ())
    return [
        Finding(topic="Python", seen=f"{platform.python_version()} on {platform.platform()}"),
        *_libraries(wanted),
        *_machine(),
        _sandbox(),
        *_directories(),
        _datasets(),
        *_endpoint(),
        *_extras(wanted),
    ]


def read_requirements(lines: Iterable[str]) -> list[Requirement]:
    """Names and extras from a distribution's metadata; references to its own extras left out."""
    found = (_REQUIREMENT.match(line) for line in lines)
    return [
        Requirement(match["name"], match["extra"] or "")
        for match in found
        if match and match["name"] != "hpolab"
    ]


def gpus() -> Finding:
    """Whether TensorFlow sees a GPU; loads TensorFlow, which takes seconds."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    names = [
        tf.config.experimental.get_device_details(device).get("device_name", device.name)
        for device in tf.config.list_physical_devices("GPU")
    ]
    return Finding(topic="GPU", seen=", ".join(names) or "none; training uses the CPU")


def _libraries(wanted: Iterable[Requirement]) -> list[Finding]:
    versions = {need.name: _version(need.name) for need in wanted if not need.extra}
    there = [f"{name} {found}" for name, found in versions.items() if found]
    missing = [name for name, found in versions.items() if not found]
    return [
        Finding(topic="hpolab", seen=_version("hpolab") or "not installed as a distribution"),
        Finding(
            topic="libraries",
            seen=", ".join(there) + (f"; missing: {', '.join(missing)}" if missing else ""),
            remedy=f"pip install {' '.join(missing)}" if missing else "",
        ),
    ]


def _machine() -> list[Finding]:
    from hpolab.executors._launch import can_fork

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    at_once = plural(settings().workers, "trial")
    how = (
        "forked from a server that has TensorFlow loaded already"
        if can_fork()
        else "started from nothing (spawn): each loads TensorFlow itself"
    )
    return [
        Finding(topic="cores", seen=f"{cores}; {at_once} at once unless a config says"),
        Finding(topic="memory", seen=_memory()),
        Finding(topic="workers", seen=how),
        _gpus(),
    ]


def _gpus() -> Finding:
    """What the driver tells of GPUs, and what they gain from; TensorFlow is not asked."""
    try:
        found = visible_gpus()
    except ExecutorError as error:
        return Finding(topic="GPUs", seen="not known", remedy=str(error), is_needed=False)
    return Finding(topic="GPUs", seen="; ".join(map(_described, found)) or "none")


def _described(gpu: Gpu) -> str:
    fast = [dtype for dtype, least in GAINS_FROM.items() if gpu.capability >= least]
    gains = f"gains from precision {' and '.join(fast)}" if fast else "trains in float32"
    memory = f"{gpu.memory_mb / 1024:.0f} GiB" if gpu.memory_mb else "memory not known"
    return f"{gpu.name} ({memory}; {gains})"


def _sandbox() -> Finding:
    """Whether functions that people type can be run safely: found out by running some."""
    from hpolab.sandbox import sandbox_problem

    problem = sandbox_problem()
    return Finding(
        topic="sandbox",
        seen="does not work here"
        if problem
        else "works: fitness functions of your own can be run",
        remedy=problem,
        is_needed=False,
    )


def _memory() -> str:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return "not known on this system"
    return f"{total / 2**30:.1f} GiB, {free / 2**30:.1f} GiB of it unused"


def _directories() -> list[Finding]:
    from hpolab.data.locate import keras_directory

    chosen = settings()
    findings = [
        _writable("sweeps", chosen.sweeps_dir, "HPOLAB_SWEEPS_DIR"),
        _writable("cache", chosen.cache_dir.expanduser(), "HPOLAB_CACHE_DIR"),
        _writable("downloads", keras_directory(), "KERAS_HOME", is_needed=False),
    ]
    if chosen.data_dir is not None:
        is_there = chosen.data_dir.expanduser().is_dir()
        remedy = "" if is_there else "create it, or set HPOLAB_DATA_DIR to one that is there"
        findings.append(Finding(topic="data", seen=str(chosen.data_dir), remedy=remedy))
    return findings


def _writable(topic: str, path: Path, setting: str, *, is_needed: bool = True) -> Finding:
    """Whether a directory can be written, or made where it is not there yet."""
    nearest = path.absolute()
    while not nearest.exists():
        nearest = nearest.parent
    is_well = nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    made = "" if path.exists() else " (made when needed)"
    return Finding(
        topic=topic,
        seen=f"{path}{made if is_well else ' cannot be written'}",
        remedy="" if is_well else f"give yourself write access, or set {setting}",
        is_needed=is_needed,
    )


def _datasets() -> Finding:
    from hpolab.data.catalogue import catalogue
    from hpolab.errors import DataError

    try:
        known = catalogue()
    except DataError as error:
        return Finding(topic="data sets", seen=str(error), remedy="mend it, or remove the file")
    here = [
        info.name if info.where is None else f"{info.name} ({megabytes(info.n_bytes)})"
        for info in known
        if info.is_here
    ]
    seen = f"{', '.join(here)}; {len(here)} of {len(known)} are here"
    return Finding(topic="data sets", seen=seen)


def _endpoint() -> list[Finding]:
    """Whether the usual endpoint of RunPod answers; nothing where there is none."""
    from hpolab.errors import ExecutorError
    from hpolab.executors.runpod import endpoint_health
    from hpolab.executors.runpod_spec import RunPodSpec

    usual = runpod_settings().endpoint_id
    if not usual:
        return []
    try:
        workers = endpoint_health(RunPodSpec(endpoint=usual, patience_seconds=2))
    except ExecutorError as error:
        return [Finding(topic="RunPod", seen=str(error), remedy="see above", is_needed=False)]
    counts = ", ".join(f"{n} {kind}" for kind, n in workers.items() if n)
    return [Finding(topic="RunPod", seen=f"endpoint {usual}; workers: {counts}", is_needed=False)]


def _extras(wanted: Iterable[Requirement]) -> list[Finding]:
    """Optional parts: what each one enables, and how to get one that is missing."""
    by_extra: dict[str, list[str]] = {}
    for need in wanted:
        if need.extra:
            by_extra.setdefault(need.extra, []).append(need.name)
    findings = []
    for extra, names in by_extra.items():
        missing = [name for name in names if _version(name) is None]
        purpose = _ENABLES.get(extra, ", ".join(names))
        findings.append(
            Finding(
                topic=f"extra {extra}",
                seen=f"not installed; enables {purpose}" if missing else f"installed: {purpose}",
                remedy=f"pip install 'hpolab[{extra}]'" if missing else "",
                is_needed=False,
            )
        )
    return findings


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
