"""Settings of the machine, from the environment or ``.env``: where things are, how many run.

A sweep's own choices live in SweepConfig; nothing here changes what a sweep computes.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from platformdirs import user_cache_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from hpolab.errors import ConfigError

__all__ = ["Settings", "settings"]


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
    download_timeout_seconds: float = Field(
        default=30.0, gt=0, description="How long a download may stand still before it fails."
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        ConfigError: A variable breaks its rule (names the variable), or .env cannot be read.
    """
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = "HPOLAB_" + "_".join(str(part) for part in problem["loc"]).upper()
        raise ConfigError(f"{problem['msg']} (got {problem['input']!r})", field=name) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read .env: {error}; write it as UTF-8 text.") from error
