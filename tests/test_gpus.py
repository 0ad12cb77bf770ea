from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.config import SweepConfig, without_place
from hpolab.errors import ConfigError, ExecutorError
from hpolab.executors import ExecutorSpec, check_executor, make
from hpolab.gpus import Gpu, hand_out, memory_limit_mb, visible_gpus
from hpolab.preflight import check_config

TWO = """GPU-aaa, NVIDIA A100-SXM4-40GB, 40960, 8.0
GPU-bbb, Tesla V100-SXM2-16GB, 16384, 7.0"""

Driver = Callable[..., None]


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """Puts an `nvidia-smi` on the path that says what a test wants."""

    def says(answer: str, *, code: int = 0) -> None:
        script = tmp_path / "nvidia-smi"
        script.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\nexit {code}\n")
        script.chmod(0o755)

    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return says


def test_the_driver_tells_which_gpus_there_are(driver: Driver) -> None:
    driver(TWO)
    assert visible_gpus() == [
        Gpu("GPU-aaa", "NVIDIA A100-SXM4-40GB", 40960, (8, 0)),
        Gpu("GPU-bbb", "Tesla V100-SXM2-16GB", 16384, (7, 0)),
    ]


def test_what_the_driver_does_not_know_is_zero(driver: Driver) -> None:
    driver("GPU-aaa, NVIDIA GB10, [N/A], 12.1")
    assert visible_gpus() == [Gpu("GPU-aaa", "NVIDIA GB10", 0, (12, 1))]


def test_there_are_none_without_a_driver_and_where_it_finds_none(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver("No devices were found", code=6)
    assert visible_gpus() == []
    monkeypatch.setenv("PATH", "/nowhere")
    assert visible_gpus() == []


@pytest.mark.parametrize(
    ("answer", "code"), [("Failed to initialize NVML: mismatch", 18), ("hello", 0)]
)
def test_a_broken_driver_is_told_with_its_own_words(
    driver: Driver, answer: str, code: int
) -> None:
    driver(answer, code=code)
    with pytest.raises(ExecutorError, match=f"it says: {answer}; mend the driver"):
        visible_gpus()


@pytest.mark.parametrize(
    ("asked", "tokens"),
    [("1", ["1"]), ("1,0", ["1", "0"]), ("GPU-b", ["GPU-b"]), ("", []), ("-1", []),
     ("0,7,1", ["0"]), ("MIG-7", ["MIG-7"])],
)  # fmt: skip
def test_only_those_are_used_that_cuda_may_see(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, asked: str, tokens: list[str]
) -> None:
    driver(TWO)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", asked)
    assert [gpu.token for gpu in visible_gpus()] == tokens


def gpus(n: int) -> list[Gpu]:
    return [Gpu(f"GPU-{i}", "A100", 40_960, (8, 0)) for i in range(n)]


@given(n=st.integers(1, 16), per_worker=st.integers(1, 4), at_most=st.integers(1, 20))
def test_no_two_workers_have_a_gpu_in_common(n: int, per_worker: int, at_most: int) -> None:
    if n < per_worker:
        return
    handed = hand_out(gpus(n), workers=None, at_most=at_most, per_worker=per_worker, share=None)
    assert len(handed) == min(at_most, n // per_worker)
    tokens = [token for worker in handed for token in worker.split(",")]
    assert len(tokens) == len(set(tokens)) == per_worker * len(handed)


@given(n=st.integers(1, 8), share=st.floats(0.03, 1))
def test_shares_of_a_gpu_never_add_up_to_more_than_one(n: int, share: float) -> None:
    handed = hand_out(gpus(n), workers=None, at_most=1000, per_worker=1, share=share)
    counts = [handed.count(gpu.token) for gpu in gpus(n)]
    assert max(counts) * share <= 1 + 1e-6
    assert max(counts) == min(counts) == int(1 / share + 1e-9)
    few = hand_out(gpus(n), workers=None, at_most=n, per_worker=1, share=share)
    assert len(set(few)) == n  # one on each before any gets a second


def test_four_workers_share_a_gpu_by_quarters(driver: Driver) -> None:
    driver(TWO.splitlines()[0])
    spec = ExecutorSpec(gpu_share=0.25, workers=4)
    with make(spec) as executor:
        assert executor.slots == 4
    with pytest.raises(ConfigError, match=r"5 workers cannot have 0.25 of one each.* 4 workers"):
        make(spec.replace(workers=5))


def test_a_limit_of_memory_leaves_room_for_what_cuda_keeps() -> None:
    (gpu,) = gpus(1)
    assert 4 * (memory_limit_mb(gpu, 0.25) + 600) <= gpu.memory_mb
    with pytest.raises(ConfigError, match="too little to train in"):
        memory_limit_mb(gpu, 0.02)
    with pytest.raises(ConfigError, match="nobody tells how much memory"):
        memory_limit_mb(gpu._replace(memory_mb=0), 0.5)


@pytest.mark.parametrize("asked", [{"gpus_per_worker": 2}, {"gpu_share": 0.5}])
def test_gpus_that_are_not_there_are_missed_before_anything_starts(
    driver: Driver, asked: dict[str, float]
) -> None:
    driver("No devices were found", code=6)
    config = SweepConfig.parse({"executor": {"name": "process", **asked}})
    with pytest.raises(ConfigError, match=r"asked for \d GPUs? per worker, this machine has 0;"):
        check_config(config)
    with pytest.raises(ConfigError) as caught:
        check_executor(config.executor)
    assert caught.value.field == "gpus_per_worker"


def test_more_workers_than_gpus_for_them_are_refused(driver: Driver) -> None:
    driver(TWO)
    with pytest.raises(ConfigError, match="2 workers cannot have 2 of their own") as caught:
        check_executor(ExecutorSpec(workers=2, gpus_per_worker=2))
    assert caught.value.field == "workers"


def test_a_share_of_several_gpus_is_refused() -> None:
    with pytest.raises(ConfigError, match="a share of one GPU") as caught:
        ExecutorSpec(gpus_per_worker=2, gpu_share=0.5)
    assert caught.value.field == "gpu_share"


def test_precision_is_part_of_what_a_sweep_computes_and_the_number_of_gpus_is_not() -> None:
    config = SweepConfig()
    divided = config.replace(executor=ExecutorSpec(gpus_per_worker=2))
    assert without_place(divided) == without_place(config)
    assert without_place(config.replace(precision="bfloat16")) != without_place(config)
