"""From what a person types to a sweep folder."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from hpolab.errors import ConfigError
from hpolab.settings import settings
from hpolab.storage.folder import find_sweeps
from hpolab.sweep import Sweep

__all__ = [
    "config_or_folder",
    "existing_sweep",
    "find_sweep",
    "newest_sweep",
    "open_sweep",
    "shown_path",
    "sweep_argument",
]


def find_sweep(given: str) -> Path | None:
    """The sweep folder at a path, or of a name in the sweeps directory; None if there is none."""
    for path in (Path(given), settings().sweeps_dir / given):
        if (path / "config.yaml").is_file():
            return path
    return None


def open_sweep(given: str | None) -> Sweep:
    """The sweep that a person means; the newest one when nothing is given.

    Raises:
        ConfigError: There is none; suggests the nearest name.
    """
    if given is None:
        return Sweep.follow(newest_sweep())
    return Sweep.follow(existing_sweep(given))


def existing_sweep(given: str) -> Path:
    """The folder of the sweep that a person means, which may be damaged.

    Raises:
        ConfigError: There is none; suggests the nearest name.
    """
    path = find_sweep(given)
    if path is None:
        raise ConfigError(f"there is no sweep {given!r}; {_nearest(given)}")
    return path


def newest_sweep() -> Path:
    """The sweep folder that was made last.

    Raises:
        ConfigError: There is none yet.
    """
    folders = find_sweeps(settings().sweeps_dir)
    if not folders:
        raise ConfigError(
            f"there is no sweep in {settings().sweeps_dir} yet; run one: hpolab sweep --dataset "
            "digits, or hpolab demo."
        )
    return folders[-1].path


def sweep_argument(path: Path) -> str:
    """What to type for a sweep: its name where that is enough, else its path."""
    is_known = (settings().sweeps_dir / path.name).resolve() == path.resolve()
    return path.name if is_known else shown_path(path)


def shown_path(path: Path) -> str:
    """A path as seen from here, where that is shorter."""
    absolute, here = path.resolve(), Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)


def config_or_folder(given: str) -> Path:
    """A config file or a sweep folder, by what is there.

    Raises:
        ConfigError: There is neither; suggests the nearest name.
    """
    path = Path(given)
    if path.is_file():
        return path
    if folder := find_sweep(given):
        return folder
    if path.is_dir():
        raise ConfigError(f"{path} is not a sweep folder: it has no config.yaml.")
    if path.suffix in {".yaml", ".yml"}:
        files = [file.name for file in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        near = get_close_matches(path.name, files, n=1)
        hint = f"; did you mean {path.parent / near[0]}?" if near else "."
        raise ConfigError(f"there is no config file {path}{hint}")
    raise ConfigError(f"there is no config file and no sweep {given!r}; {_nearest(given)}")


def _nearest(given: str) -> str:
    directory = settings().sweeps_dir
    names = [folder.name for folder in find_sweeps(directory)]
    near = get_close_matches(Path(given).name, names, n=1, cutoff=0.4)
    if near:
        return f"did you mean {near[0]!r}? `hpolab runs` lists all."
    if names:
        return f"`hpolab runs` lists the {len(names)} in {directory}."
    return f"there are no sweeps in {directory} yet."
