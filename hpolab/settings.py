"""Settings of the machine, from the environment or ``.env``: where things are, how many run.

A sweep's own choices live in SweepConfig; nothing here changes what a sweep computes.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from platformdirs import user_cache_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hpolab.errors import ConfigError

__all__ = ["AppSettings", "Settings", "app_settings", "settings"]


class Settings(BaseSettings):
    """Each field is the environment variable ``HPOLAB_<FIELD>``, or a line of ``.env``."""

    model_config = SettingsConfigDict(
        env_prefix="HPOLAB_",
        env_file=".env",
        env_ignore_empty=True,  # an empty variable is not the current folder
        extra="ignore",
        frozen=True,
    )

    sweeps_dir: Path = Field(default=Path("sweeps"), description="Where sweep folders are made.")
    data_dir: Path | None = Field(
        default=None,
        description="Where data set files lie; files found there are used without the network.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: user_cache_path("hpolab", appauthor=False),
        description="Where decoded arrays are kept, to be memory-mapped by every worker.",
    )
    workers: int = Field(
        default_factory=lambda: max(1, os.cpu_count() or 1),
        ge=1,
        description="How many trials train at once when a config does not say.",
    )
    max_training: int = Field(
        default_factory=lambda: max(1, os.cpu_count() or 1),
        ge=0,
        description="How many trials of all of a user's sweeps train at once; 0 for no limit.",
    )
    warm_seconds: float = Field(
        default=60.0,
        ge=0,
        description="How long a loaded TensorFlow waits for the next sweep (Linux); 0 for not.",
    )
    run_unprotected_code: bool = Field(
        default=False,
        description="Whether fitness functions may run as you, where there is no sandbox.",
    )
    download_timeout_seconds: float = Field(
        default=30.0, gt=0, description="How long a download may stand still before it fails."
    )


class AppSettings(BaseSettings):
    """What visitors of the lab's web app may ask for: ``HPOLAB_APP_<FIELD>``, or ``.env``.

    They hold when ``public`` is true; on one's own machine there are no limits.
    """

    model_config = SettingsConfigDict(
        env_prefix="HPOLAB_APP_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    public: bool = Field(
        default=False, description="Whether strangers use the app, so that the limits hold."
    )
    datasets: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("digits",), description="Names of the data sets that may be used, with commas."
    )
    samples: int = Field(default=5000, ge=10, description="Examples of a data set, at most.")
    trials: int = Field(default=30, ge=1, description="Trials of a sweep, at most.")
    epochs: int = Field(default=20, ge=1, description="Epochs of a trial, at most.")
    minutes: float = Field(default=15, gt=0, description="Minutes that a sweep runs, at most.")
    sweeps_per_visitor: int = Field(
        default=1, ge=1, description="Sweeps of one visitor that run at once, at most."
    )
    sweeps: int = Field(default=4, ge=1, description="Sweeps of all visitors that run at once.")
    workers: int = Field(default=1, ge=1, description="Trials of a sweep that train at once.")
    memory_mb: int = Field(
        default=2000, ge=200, description="Memory of a worker above which it is replaced."
    )
    disk_mb: float = Field(
        default=200, gt=0, description="Megabytes a visitor may have stored; a sweep stops beyond."
    )
    total_disk_mb: float = Field(
        default=20_000,
        gt=0,
        description="Megabytes all visitors together may have stored when a sweep starts.",
    )
    lookers: int = Field(
        default=4, ge=1, description="Networks looked into at once, each by about 700 MB."
    )
    players: int = Field(
        default=4, ge=1, description="Playgrounds that train at once, each on one core."
    )
    play_minutes: float = Field(
        default=10, gt=0, description="Minutes that a playground trains at a stretch, at most."
    )
    races: int = Field(default=2, ge=1, description="Races of all visitors that run at once.")
    race_minutes: float = Field(default=2, gt=0, description="Minutes that a race runs, at most.")
    race_evaluations: int = Field(
        default=3_000_000, ge=1000, description="Evaluations of all runs of a race, at most."
    )
    visits: int = Field(default=30, ge=1, description="Open pages at once, one kernel each.")
    idle_minutes: float = Field(
        default=10, gt=0, description="After how long the kernel of a page that is gone is ended."
    )
    keep_days: float = Field(
        default=14, gt=0, description="After how long without a change a visitor's sweeps go."
    )

    @field_validator("datasets", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(filter(None, (name.strip() for name in value.split(","))))
        return value


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        ConfigError: A variable breaks its rule (names the variable), or .env cannot be read.
    """
    return _read(Settings)


@lru_cache(maxsize=1)
def app_settings() -> AppSettings:
    """What the host of the web app allows, read once.

    Raises:
        ConfigError: A variable breaks its rule (names the variable), or .env cannot be read.
    """
    return _read(AppSettings)


_Read = TypeVar("_Read", bound=BaseSettings)


def _read(kind: type[_Read]) -> _Read:
    try:
        return kind()
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = kind.model_config["env_prefix"]
        name += "_".join(str(part) for part in problem["loc"]).upper()
        raise ConfigError(f"{problem['msg']} (got {problem['input']!r})", field=name) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read .env: {error}; write it as UTF-8 text.") from error
