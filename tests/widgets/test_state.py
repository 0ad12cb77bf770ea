import asyncio

from hpolab import Sweep, SweepConfig
from hpolab_widgets import SweepState


def make_sweep(folder):
    config = SweepConfig(
        budget=3,
        epochs=2,
        executor="hpolab.testing.synthetic:synthetic_inline",
        pruner="none",
    )
    return Sweep(config, path=folder)


def test_the_state_of_a_finished_sweep_is_all_there_at_once(tmp_path):
    sweep = make_sweep(tmp_path / "sweep").run()
    state = SweepState(Sweep.follow(sweep.path))
    assert state.state == "finished"
    assert [trial.number for trial in state.trials] == [0, 1, 2]
    assert state.best == sweep.best.number
    assert state.progress == 1.0


def test_a_burst_of_events_calls_an_observer_once(tmp_path):
    sweep = make_sweep(tmp_path / "sweep")
    state = SweepState(sweep)
    assert state.state == "new"
    changes = []
    state.observe(changes.append, names="trials")
    sweep.run()
    state.refresh()
    state.refresh()
    assert len(changes) == 1


def test_following_ends_with_the_sweep_and_misses_nothing(tmp_path):
    folder = tmp_path / "sweep"
    sweep = make_sweep(folder).start()
    state = SweepState(Sweep.follow(folder))
    asyncio.run(asyncio.wait_for(state.follow(every_seconds=0.05), timeout=60))
    sweep.wait(timeout=60)
    assert state.state == "finished"
    assert len(state.trials) == 3
