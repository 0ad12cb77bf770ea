from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from hpolab.data import from_arrays, load
from hpolab.errors import DataError
from hpolab.settings import settings
from hpolab.trial import DatasetSpec


@pytest.fixture
def spec(tmp_path: Path) -> DatasetSpec:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (60, 5, 4), dtype=np.uint8)
    return from_arrays(x, np.arange(60) % 3, path=tmp_path / "mine.npz")


def entries() -> list[Path]:
    return sorted(p for p in settings().cache_dir.iterdir() if p.name.startswith("arrays-"))


def test_arrays_are_memory_mapped_and_cannot_be_changed(spec: DatasetSpec) -> None:
    data = load(spec)

    for array in (data.train.x, data.train.y, data.test.x):
        assert isinstance(array, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        data.train.images[0] = 0


def test_the_second_load_opens_what_the_first_wrote(
    spec: DatasetSpec, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    first, second = load(spec), load(spec)

    assert sum("reading the arrays" in r.message for r in caplog.records) == 1
    assert first.fingerprint == second.fingerprint
    assert (first.train.images == second.train.images).all()
    assert len(entries()) == 1


def test_of_processes_that_begin_together_one_decodes_and_the_others_wait(
    spec: DatasetSpec, tmp_path: Path
) -> None:
    code = (
        "import logging, sys; from hpolab.data import load; from hpolab.trial import DatasetSpec;"
        "logging.basicConfig(level=logging.INFO, stream=sys.stdout);"
        "print('ready', flush=True); sys.stdin.readline();"
        f"print(load(DatasetSpec.parse({spec.to_json()!r})).fingerprint)"
    )
    env = os.environ | {"HPOLAB_CACHE_DIR": str(tmp_path / "node")}
    command = [sys.executable, "-c", code]
    pipe = subprocess.PIPE
    workers = [
        subprocess.Popen(command, env=env, text=True, stdin=pipe, stdout=pipe) for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    told = [worker.communicate(timeout=60)[0] for worker in workers]

    assert sum("reading the arrays" in text for text in told) == 1
    assert len({text.split()[-1] for text in told}) == 1


def test_a_cache_that_cannot_be_locked_is_used_all_the_same(
    spec: DatasetSpec, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(self: FileLock, **options: object) -> None:
        raise NotImplementedError("no locks on this file system")

    monkeypatch.setattr(FileLock, "acquire", refuse)

    assert len(load(spec).train) > 0
    assert "going on without" in caplog.text


def test_cached_digits_open_within_20_ms() -> None:
    load(DatasetSpec())
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        load(DatasetSpec())
        seconds.append(time.perf_counter() - started)

    assert min(seconds) < 0.02


def test_another_spec_or_a_changed_file_makes_another_entry(spec: DatasetSpec) -> None:
    first = load(spec)
    for change in ({"seed": 1}, {"validation": 0.3}, {"test": 0.3}, {"max_samples": 30}):
        assert load(spec.replace(**change)).fingerprint != first.fingerprint

    from_arrays(np.ones((60, 5, 4), np.uint8), np.arange(60) % 3, path=spec.path)

    assert load(spec).train.images.max() == 1
    assert len(entries()) == 6


def test_the_fingerprint_tells_the_arrays_apart_not_their_place(
    spec: DatasetSpec, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere.npz"
    copy.write_bytes(spec.path.read_bytes())

    assert load(spec.replace(path=copy)).fingerprint == load(spec).fingerprint
    assert len(entries()) == 2


def test_the_fingerprint_of_digits_is_the_same_on_every_machine() -> None:
    assert load(DatasetSpec()).fingerprint == "97e24ee1639e0644"


def damage_by_deleting(entry: Path) -> None:
    (entry / "train-x.npy").unlink()


def damage_by_cutting(entry: Path) -> None:
    path = entry / "test-x.npy"
    path.write_bytes(path.read_bytes()[:-7])


def damage_the_description(entry: Path) -> None:
    (entry / "meta.json").write_text('{"name": "arr')


def damage_by_forgetting(entry: Path) -> None:
    meta = json.loads((entry / "meta.json").read_text())
    del meta["classes"]
    (entry / "meta.json").write_text(json.dumps(meta))


def damage_completely(entry: Path) -> None:
    for path in entry.iterdir():
        path.unlink()


@pytest.mark.parametrize(
    "damage",
    [
        damage_by_deleting,
        damage_by_cutting,
        damage_the_description,
        damage_by_forgetting,
        damage_completely,
    ],
)
def test_a_damaged_entry_is_built_again(
    spec: DatasetSpec, damage, caplog: pytest.LogCaptureFixture
) -> None:
    whole = load(spec)
    damage(entries()[0])

    again = load(spec)

    assert again.fingerprint == whole.fingerprint
    assert (again.train.images == whole.train.images).all()
    assert "built again" in caplog.text
    assert {p.name for p in settings().cache_dir.iterdir()} == {entries()[0].name, "locks"}


def test_writers_at_the_same_moment_do_no_harm(spec: DatasetSpec) -> None:
    prints: list[str] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        prints.append(load(spec).fingerprint)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for round_ in range(3):
        if round_:
            damage_by_cutting(entries()[0])
        running = threads if not round_ else [threading.Thread(target=work) for _ in range(8)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()

    assert len(prints) == 24
    assert len(set(prints)) == 1
    assert {p.name for p in settings().cache_dir.iterdir()} == {entries()[0].name, "locks"}


def test_what_a_killed_writer_left_is_removed_after_a_day(spec: DatasetSpec) -> None:
    settings().cache_dir.mkdir(exist_ok=True)
    old, recent = (settings().cache_dir / f".new-{age}" for age in ("old", "recent"))
    old.mkdir()
    recent.mkdir()
    os.utime(old, (0, 0))

    load(spec)

    assert not old.exists()
    assert recent.exists()


def test_a_cache_that_cannot_be_written_says_so(
    spec: DatasetSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("HPOLAB_CACHE_DIR", str(tmp_path / "file"))
    settings.cache_clear()

    with pytest.raises(DataError, match="HPOLAB_CACHE_DIR"):
        load(spec)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, hpolab.data; heavy = ('tensorflow', 'keras', 'sklearn', 'scipy', 'PIL'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
