"""The GPUs of this machine, seen without TensorFlow, and which worker gets which of them."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from hpolab.errors import ConfigError, ExecutorError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "GAINS_FROM",
    "VISIBLE",
    "Gpu",
    "hand_out",
    "memory_limit_mb",
    "shortage",
    "visible_gpus",
]

VISIBLE = "CUDA_VISIBLE_DEVICES"
"""The environment variable that tells CUDA which GPUs a process may see, with commas."""

GAINS_FROM = {"bfloat16": (8, 0), "float16": (7, 0)}
"""Compute capability of the first GPUs with tensor cores for it: Ampere's and Volta's."""

CONTEXT_MB = 600
"""What CUDA keeps on a GPU for each process, outside of what TensorFlow counts as its own."""

LEAST_MB = 256
"""With less than this no network trains."""

_PATIENCE_SECONDS = 30.0
_FIELDS = "uuid,name,memory.total,compute_cap"


class Gpu(NamedTuple):
    """A GPU that processes started from here may use.

    Attributes:
        token: What ``CUDA_VISIBLE_DEVICES`` calls it.
        name: Its maker's name for it.
        memory_mb: All of its memory in MiB; 0 where that is not told.
        capability: CUDA's compute capability, (8, 0) for an A100; (0, 0) where it is not told.
    """

    token: str
    name: str
    memory_mb: int
    capability: tuple[int, int]


def visible_gpus() -> list[Gpu]:
    """The GPUs here, as ``nvidia-smi`` tells; those in ``CUDA_VISIBLE_DEVICES`` where it is set.

    Like CUDA it stops reading that variable at the first name it does not know. Slices of a GPU
    (MIG) are taken as they are named there; how large they are is not known.

    Raises:
        ExecutorError: There is an ``nvidia-smi``, but it fails.
    """
    found = _ask()
    asked = os.environ.get(VISIBLE)
    if asked is None:
        return found
    chosen = []
    for token in (each.strip() for each in asked.split(",")):
        gpu = _named(token, found)
        if gpu is None:
            break
        chosen.append(gpu._replace(token=token))
    return chosen


def hand_out(
    gpus: Sequence[Gpu], *, workers: int | None, at_most: int, per_worker: int, share: float | None
) -> list[str]:
    """Share the GPUs out among workers: sets without a common member, or fractions of one.

    Args:
        gpus: What there is.
        workers: How many workers; None for as many as there are GPUs for.
        at_most: Of those at most so many.
        per_worker: GPUs that a worker trains on together, at least 1.
        share: Fraction of one GPU that a worker gets instead, in (0, 1]; None for whole ones.

    Returns:
        What each worker's ``CUDA_VISIBLE_DEVICES`` is to be.

    Raises:
        ConfigError: There are too few, or a share of one is too small to train in.
    """
    if len(gpus) < per_worker:
        raise ConfigError(shortage(per_worker, len(gpus)), field="gpus_per_worker")
    if share is None:
        tokens = [gpu.token for gpu in gpus]
        starts = range(0, len(tokens) - per_worker + 1, per_worker)
        places = [",".join(tokens[start : start + per_worker]) for start in starts]
    else:
        for gpu in gpus:
            memory_limit_mb(gpu, share)
        # one worker on each GPU before any gets a second one
        places = [gpu.token for _ in range(int(1 / share + 1e-9)) for gpu in gpus]
    if workers is not None and workers > len(places):
        each = f"{per_worker} of their own" if share is None else f"{share:g} of one each"
        raise ConfigError(
            f"{workers} workers cannot have {each}: this machine has {len(gpus)} GPUs; ask for "
            f"{len(places)} workers at most, or leave it out.",
            field="workers",
        )
    return places[: workers or at_most]


def memory_limit_mb(gpu: Gpu, share: float) -> int:
    """How much of a GPU's memory TensorFlow may take in a process that has this share of it.

    Raises:
        ConfigError: That is too little, or the size of the GPU is not known.
    """
    if not gpu.memory_mb:
        raise ConfigError(
            f"nobody tells how much memory {gpu.name} has, so it cannot be shared; leave it out.",
            field="gpu_share",
        )
    limit = int(share * gpu.memory_mb) - CONTEXT_MB
    if limit < LEAST_MB:
        raise ConfigError(
            f"{share:g} of the {gpu.memory_mb} MiB of {gpu.name} is too little to train in "
            f"({CONTEXT_MB} MiB are CUDA's own); ask for a larger share.",
            field="gpu_share",
        )
    return limit


def shortage(asked: int, there: int) -> str:
    """What to say where GPUs are missing."""
    return (
        f"asked for {asked} GPU{'s' * (asked != 1)} per worker, this machine has {there}; ask for "
        "fewer, or leave gpus_per_worker and gpu_share out to train on what there is."
    )


def _named(token: str, found: Sequence[Gpu]) -> Gpu | None:
    """The GPU that a name in ``CUDA_VISIBLE_DEVICES`` means: a number, or the start of an id."""
    if token.startswith("MIG-"):
        return Gpu(token, "a slice of a GPU", 0, (0, 0))
    for number, gpu in enumerate(found):
        if token == str(number) or (token.startswith("GPU-") and gpu.token.startswith(token)):
            return gpu
    return None


def _ask() -> list[Gpu]:
    command = ["nvidia-smi", f"--query-gpu={_FIELDS}", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
        )
    except FileNotFoundError:
        return []
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ExecutorError(_trouble(str(error))) from error
    told = done.stdout.strip()
    if "No devices were found" in told:
        return []
    if done.returncode:
        raise ExecutorError(_trouble(told or done.stderr.strip()))
    return [_read(line) for line in told.splitlines()]


def _read(line: str) -> Gpu:
    """One line of the answer; "[N/A]" stands where something is not known."""
    try:
        uuid, name, memory, capability = (part.strip() for part in line.split(","))
    except ValueError as error:
        raise ExecutorError(_trouble(line)) from error
    major, _, minor = capability.partition(".")
    numbers = [int(text) if text.isdecimal() else 0 for text in (memory, major, minor)]
    return Gpu(uuid, name, numbers[0], (numbers[1], numbers[2]))


def _trouble(told: str) -> str:
    first = (told.splitlines() or ["nothing"])[0]
    return (
        f"nvidia-smi cannot say which GPUs are here, it says: {first:.200}; mend the driver, or "
        "leave gpus_per_worker and gpu_share out."
    )
