from __future__ import annotations

from hpolab.executors._dask_roster import Roster
from hpolab.executors._dask_versions import differences, versions
from hpolab.executors._dask_wire import Facts

OURS = {"python": "3.11", "keras": "3.15.1", "numpy": "2.4.6"}


def test_equal_software_is_not_worth_a_word():
    assert differences(OURS, {"a": OURS, "b": dict(OURS)}) == ""


def test_who_has_what_is_said_once_for_all_who_have_the_same():
    old = OURS | {"keras": "3.9.0"}
    assert differences(OURS, {"a": old, "b": OURS, "c": old}) == (
        "keras is 3.15.1 here, but 3.9.0 on a, c"
    )


def test_what_a_worker_lacks_is_missing_there():
    assert differences(OURS, {"a": {"python": "3.11", "numpy": "2.4.6"}}) == (
        "keras is 3.15.1 here, but missing on a"
    )


def test_of_a_large_cluster_the_first_are_named():
    workers = {f"n{number}": OURS | {"python": "3.12"} for number in range(40)}
    assert differences(OURS, workers).endswith("3.12 on n0, n1, n10 and 37 more")


def test_the_packages_that_training_depends_on_are_compared():
    assert versions().keys() == {
        "python", "hpolab", "tensorflow", "keras", "numpy", "distributed",
    }  # fmt: skip
    assert "missing" not in versions().values()


def facts(host="node", threads=1, gpus=0.0, **other):
    return Facts(host=host, threads=threads, gpus=gpus, versions=versions() | other)


def roster(limit=None, gpus=0, is_local=False):
    return Roster(limit=limit, gpus=gpus, is_local=is_local)


def test_every_thread_of_a_worker_is_a_seat_and_runs_are_spread():
    cluster = roster()
    cluster.join("a", facts("one", threads=3))
    cluster.join("b", facts("two", threads=2))
    assert cluster.slots == 5
    taken = []
    for number in range(5):
        seat = cluster.free_seat()
        seat.key = str(number)
        taken.append(seat.worker)
    assert taken[:2] in (["a", "b"], ["a", "a"])
    assert sorted(taken) == ["a", "a", "a", "b", "b"]
    assert cluster.free_seat() is None


def test_no_more_runs_than_asked_for_take_seats():
    cluster = roster(limit=1)
    cluster.join("a", facts(threads=3))
    assert cluster.slots == 1
    cluster.free_seat().key = "run"
    assert cluster.free_seat() is None


def test_gpus_are_counted_where_runs_need_them():
    cluster = roster(gpus=2)
    cluster.join("a", facts(threads=8, gpus=5))
    cluster.join("b", facts(threads=1, gpus=2))
    cluster.join("c", facts(threads=8, gpus=1))
    assert cluster.slots == 2, "each sees its first two"
    assert cluster.workers == ["a", "b"]
    assert cluster.troubles() == ""


def test_runs_that_share_a_gpu_take_the_first_of_their_worker():
    cluster = roster(gpus=0.1)
    cluster.join("a", facts(threads=16, gpus=2))
    cluster.join("b", facts(threads=3, gpus=1))
    assert cluster.slots == 13


def test_the_names_of_seats_are_taken_over_by_who_comes_next():
    cluster = roster(is_local=True)
    cluster.join("a", facts())
    cluster.join("b", facts())
    assert [seat.name for seat in cluster.leave("a")] == ["w1"]
    cluster.join("c", facts())
    assert [seat.name for seat in cluster.leave("c")] == ["w1"]


def test_a_worker_with_other_software_gets_no_seat_and_is_told_of():
    cluster = roster()
    cluster.join("a", facts("good"))
    cluster.join("b", facts("bad", numpy="1.0"))
    assert cluster.slots == 1
    assert "but 1.0 on bad (b)" in cluster.troubles()
    cluster.leave("b")
    assert cluster.troubles() == ""
