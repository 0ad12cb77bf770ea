"""``hpolab app``: what it refuses, before anything is served."""

from importlib import util

import pytest


def test_without_the_extra_the_app_says_what_to_install(hpolab, monkeypatch):
    found = util.find_spec
    monkeypatch.setattr(
        "hpolab.cli.app_command.find_spec", lambda name: None if name == "voila" else found(name)
    )
    result = hpolab("app")
    assert result.exit_code == 2
    assert "pip install 'hpolab[lab]'" in result.stderr
    assert "voila not found" in result.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused(hpolab, port):
    assert hpolab("app", "--port", port).exit_code == 2
