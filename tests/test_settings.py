from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hpolab.errors import ConfigError
from hpolab.settings import AppSettings, Settings, app_settings, settings


@pytest.fixture(autouse=True)
def clean_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HPOLAB_{name.upper()}", raising=False)
    for name in AppSettings.model_fields:
        monkeypatch.delenv(f"HPOLAB_APP_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    app_settings.cache_clear()
    yield
    settings.cache_clear()
    app_settings.cache_clear()


def test_every_setting_says_what_it_is_for() -> None:
    for name, field in [*Settings.model_fields.items(), *AppSettings.model_fields.items()]:
        assert field.description, name


def test_the_app_is_one_s_own_until_its_host_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not AppSettings().public
    monkeypatch.setenv("HPOLAB_APP_PUBLIC", "true")
    monkeypatch.setenv("HPOLAB_APP_DATASETS", "digits, mnist,")
    assert app_settings().public
    assert app_settings().datasets == ("digits", "mnist")


def test_a_limit_of_the_app_that_breaks_its_rule_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPOLAB_APP_TRIALS", "0")

    with pytest.raises(ConfigError) as caught:
        app_settings()

    assert caught.value.field == "HPOLAB_APP_TRIALS"


def test_the_environment_wins_over_the_env_file_and_that_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("HPOLAB_WORKERS=3\nHPOLAB_SWEEPS_DIR=there\nOTHER=1\n")
    monkeypatch.setenv("HPOLAB_WORKERS", "5")

    assert settings().workers == 5
    assert settings().sweeps_dir == Path("there")
    assert settings().data_dir is None


def test_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = settings()
    monkeypatch.setenv("HPOLAB_WORKERS", "7")

    assert settings() is before


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HPOLAB_WORKERS", "0"),
        ("HPOLAB_WORKERS", "many"),
        ("HPOLAB_DOWNLOAD_TIMEOUT_SECONDS", "-1"),
    ],
)
def test_a_variable_that_breaks_its_rule_is_named_with_its_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigError, match=f"^{variable}: Input should be .*{value}") as caught:
        settings()

    assert caught.value.field == variable


def test_an_env_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"HPOLAB_WORKERS=\xff\xfe")

    with pytest.raises(ConfigError, match=r"cannot read \.env"):
        settings()
