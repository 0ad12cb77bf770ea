from __future__ import annotations

import pytest

from hpolab.cli.doctor import Requirement, examine, read_requirements
from hpolab.executors.runpod_spec import RunPodSpec
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
