from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpolab.errors import ConfigError
from hpolab.settings import (
    AppSettings,
    RunPodSettings,
    S3Settings,
    Settings,
    _read,
    app_settings,
    runpod_settings,
    s3_settings,
    settings,
)

KINDS = (Settings, AppSettings, S3Settings, RunPodSettings)
READERS = (settings, app_settings, s3_settings, runpod_settings)


@pytest.fixture(autouse=True)
def clean_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for kind in KINDS:
        for name in kind.model_fields:
            monkeypatch.delenv(kind.model_config["env_prefix"] + name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    for reader in READERS:
        reader.cache_clear()
    yield
    for reader in READERS:
        reader.cache_clear()


def test_every_setting_says_what_it_is_for() -> None:
    for kind in KINDS:
        for name, field in kind.model_fields.items():
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


def test_keys_are_read_from_the_env_file_too_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("AWS_ACCESS_KEY_ID=known-id\nRUNPOD_API_KEY=known-key\n")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "known-secret")

    keys = s3_settings()
    assert keys.access_key_id is not None
    assert keys.secret_access_key is not None
    assert keys.access_key_id.get_secret_value() == "known-id"
    assert keys.secret_access_key.get_secret_value() == "known-secret"
    for shown in (keys, runpod_settings()):
        assert "known" not in f"{shown!r} {shown} {shown.model_dump_json()} {shown.model_dump()}"


def test_a_refused_setting_beside_keys_does_not_show_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Strict(S3Settings):
        bucket: int

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "known-secret")
    for value in ("", "known-mistake"):
        monkeypatch.setenv("AWS_BUCKET", value)
        with pytest.raises(ConfigError, match="AWS_BUCKET") as caught:
            _read(Strict)
        causes = "".join(traceback.format_exception(caught.value))
        assert "known" not in causes
