from __future__ import annotations

from pathlib import Path

import pytest

from hpolab.cli import doctor
from hpolab.cli.doctor import Requirement, examine, read_requirements
from hpolab.errors import ExecutorError
from hpolab.executors.runpod_spec import RunPodSpec
from hpolab.gpus import Gpu
from hpolab.sandbox import sandbox_problem
from hpolab.settings import runpod_settings
from hpolab.testing.runpod_platform import KEY, RunPodPlatform


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


def test_each_gpu_is_told_with_what_it_gains_from(monkeypatch: pytest.MonkeyPatch) -> None:
    gpus = [
        Gpu("GPU-1", "NVIDIA A100", 40_960, (8, 0)),
        Gpu("GPU-2", "Tesla V100", 16_384, (7, 0)),
        Gpu("GPU-3", "GTX 1080", 0, (6, 1)),
    ]
    monkeypatch.setattr(doctor, "visible_gpus", lambda: gpus)
    assert doctor._gpus().seen == (
        "NVIDIA A100 (40 GiB; gains from precision bfloat16 and float16); "
        "Tesla V100 (16 GiB; gains from precision float16); "
        "GTX 1080 (memory not known; trains in float32)"
    )


def test_a_broken_driver_is_no_reason_not_to_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> list[Gpu]:
        raise ExecutorError("nvidia-smi cannot say")

    monkeypatch.setattr(doctor, "visible_gpus", fails)
    finding = doctor._gpus()
    assert (finding.remedy, finding.is_needed) == ("nvidia-smi cannot say", False)


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


@pytest.fixture
def usual_endpoint(monkeypatch):
    with RunPodPlatform(lease_seconds=60) as platform:
        monkeypatch.setenv("RUNPOD_ENDPOINT_ID", platform.endpoint_id)
        monkeypatch.setenv("RUNPOD_API_KEY", KEY)
        url = RunPodSpec.model_fields["url"]
        monkeypatch.setattr(url, "default", platform.url)
        RunPodSpec.model_rebuild(force=True)
        runpod_settings.cache_clear()
        yield platform
    monkeypatch.undo()
    RunPodSpec.model_rebuild(force=True)
    runpod_settings.cache_clear()


def about_runpod():
    (finding,) = (finding for finding in examine() if finding.topic == "RunPod")
    return finding


def test_the_usual_endpoint_of_runpod_is_asked_how_it_is(usual_endpoint):
    usual_endpoint.on_loop(lambda: usual_endpoint.queue.hear("pod1"))
    assert about_runpod().seen == "endpoint endpoint1; workers: 1 idle, 1 ready"


def test_one_of_no_use_is_said_to_be_so(usual_endpoint):
    finding = about_runpod()
    assert "has no worker" in finding.seen
    assert finding.remedy
    assert not finding.is_needed
