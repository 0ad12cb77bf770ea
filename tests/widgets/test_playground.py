"""The playground panel without a browser: what it sends, when it trains, and when it does not."""

import asyncio
import gc
import math
import weakref

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from hpolab.errors import ConfigError
from hpolab.playground import DATA, REACH, Plan, Training, examples
from hpolab.settings import AppSettings
from hpolab_widgets import LabState, Playground
from hpolab_widgets.panels import playground as module
from hpolab_widgets.playing import Past, frame
from hpolab_widgets.public import PublicHost


class Watched(Playground):
    """A playground whose updates are kept, and whose clock a test sets."""

    def __init__(self, *arguments, **options):
        self.sent = []
        self.now = 100.0
        self.clock = lambda: self.now
        super().__init__(*arguments, **options)

    def send(self, content, buffers=None):
        self.sent.append((content, buffers))

    def see(self):
        """Say, as a page does, that the latest update is drawn."""
        self.wish("seen", frame=self.sent[-1][0]["frame"])


@pytest.fixture
def panel():
    panel = Watched()
    yield panel
    panel.close()


def beat(panel, times, *, seen=True):
    for _ in range(times):
        assert panel.beat() is not None
        if seen:
            panel.see()


def test_it_waits_for_play_and_then_trains_and_tells(panel):
    assert not panel.playing
    assert panel.beat() is None
    panel.wish("play")
    beat(panel, 5)
    told, _ = panel.sent[-1]
    assert told["steps"] == panel.training.n_steps == 10
    assert told["point"][0] == 1 + 3 * 32 / 200  # an epoch is seven steps, the last one shorter
    assert told["sentence"].endswith(".")
    panel.wish("pause")
    assert panel.beat() is None
    assert not panel.view["playing"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", 0.3),
        ("optimizer", "sgd"),
        ("activation", "tanh"),
        ("depth", 4),
        ("width", 24),
        ("dropout", 0.5),
        ("batch_size", 8),
    ],
)
def test_every_control_answers_while_it_trains(panel, name, value):
    panel.wish("play")
    beat(panel, 3)
    steps = panel.training.n_steps
    panel.wish("set", name=name, value=value)
    assert panel.problem == ""
    assert panel.view["plan"][name] == value
    beat(panel, 3)
    assert panel.training.n_steps == steps + 6
    assert panel.playing
    layers = panel.sent[-1][0]["layers"]
    assert [layer["units"] for layer in layers[:-1]] == [panel.training.plan.width] * (
        panel.training.plan.depth
    )


@pytest.mark.parametrize(
    ("wish", "rule"),
    [
        ({"name": "learning_rate", "value": 100}, "learning_rate"),
        ({"name": "depth", "value": "deep"}, "depth"),
        ({"name": "depht", "value": 2}, "did you mean 'depth'"),
        ({"name": "activation", "value": None}, "activation"),
        ({"name": "noise", "value": "much"}, "write a number"),
        ({"name": "noise", "value": 90}, "noise <= 0.5"),
        ({"name": "speed", "value": 3}, "no such choice"),
    ],
)
def test_what_no_control_can_be_is_refused_and_training_goes_on(panel, wish, rule):
    panel.wish("play")
    before = panel.view["plan"]
    panel.wish("set", **wish)
    assert rule in panel.problem
    assert panel.view["plan"] == before
    beat(panel, 1)
    assert rule in panel.problem  # a page that says it has drawn something clears no refusal


def test_updates_that_the_page_has_not_drawn_are_left_out_and_not_queued(panel):
    panel.wish("play")
    beat(panel, 10, seen=False)
    assert len(panel.sent) == module.IN_FLIGHT
    assert panel.training.n_steps == 20
    panel.see()
    beat(panel, 1)
    assert panel.sent[-1][0]["steps"] == 22


def test_without_a_page_that_looks_it_stops_and_goes_on_when_one_does(panel):
    panel.wish("play")
    beat(panel, 2)
    panel.now += module.PATIENCE_SECONDS + 0.1
    assert panel.beat() is None
    assert panel.playing  # it is only that nobody looks
    panel.wish("look")
    assert len(panel.sent[-1][0]["past"]) == 2
    beat(panel, 1)


@pytest.mark.parametrize("lie", [None, -1, 10**9, "1", True, 1.5])
def test_a_page_that_says_it_has_drawn_what_was_never_sent_is_not_believed(panel, lie):
    panel.wish("play")
    beat(panel, 4, seen=False)
    panel.wish("seen", frame=lie)
    beat(panel, 1, seen=False)
    assert len(panel.sent) <= module.IN_FLIGHT + (lie is True)


def test_a_slice_is_never_longer_than_the_kernel_may_be_kept(panel):
    panel.wish("set", name="speed", value=80)
    panel.wish("play")
    ticks = iter(np.arange(0, 100, 0.005))
    panel.clock = lambda: 100 + next(ticks)
    wait = panel.beat()
    assert panel.training.n_steps <= 1 + module.SLICE_SECONDS / 0.005
    assert wait >= 0.01  # as long as it took


def test_a_step_learns_from_one_batch(panel):
    panel.wish("step")
    assert panel.training.n_steps == 1
    assert panel.sent[-1][0]["steps"] == 1


def test_reset_begins_anew_with_other_weights_and_the_same_points(panel):
    panel.wish("step")
    before = panel.training
    panel.wish("reset")
    assert panel.training.n_steps == 0
    assert len(panel.sent[-1][0]["past"]) == 1
    assert panel.training.examples is before.examples
    assert not np.array_equal(panel.training.layers[0].kernel, before.layers[0].kernel)


@pytest.mark.parametrize("name", DATA)
def test_other_data_take_a_new_network_under_the_same_plan(panel, name):
    panel.wish("set", name="width", value=5)
    panel.wish("data", name=name)
    assert panel.view["data"] == panel.training.examples.name == name
    assert panel.training.plan.width == 5
    told, buffers = panel.sent[-1]
    assert panel.scene["kind"] == ("pictures" if name == "digits" else "points")
    assert len(buffers) == (3 if name == "digits" else 2)
    assert told["steps"] == 0


def test_noise_moves_the_points(panel):
    before = panel.scene["at"]
    panel.wish("set", name="noise", value=30)
    assert panel.view["noise"] == 30
    assert panel.scene["at"] != before


def test_an_update_is_a_few_kilobytes(panel):
    panel.wish("data", name="digits")
    panel.wish("set", name="depth", value=6)
    panel.wish("set", name="width", value=64)
    told, buffers = panel.sent[-1]
    assert len(str(told)) + sum(map(len, buffers)) < 5000


def test_silent_units_are_zero_and_the_others_are_not():
    training = Training(examples("digits"), Plan(learning_rate=0.1))
    for _ in range(200):
        training.step()
    look = training.look()
    told, buffers = frame(training, look)
    units = np.frombuffer(buffers[0], np.uint8)
    assert ((units > 0) == np.concatenate(list(look.alive.values()))).all()
    assert sum(layer["silent"] for layer in told["layers"]) == (units == 0).sum() > 0


def test_the_plane_and_its_points_go_to_the_browser_as_they_are(panel):
    for _ in range(200):
        panel.training.step()
    panel.wish("look")
    side = math.isqrt(len(panel.sent[-1][1][1]))
    surface = np.frombuffer(panel.sent[-1][1][1], np.uint8).reshape(side, side) / 255
    at = np.frombuffer(panel.scene["at"], "<f4").reshape(-1, 2)
    classes = np.frombuffer(panel.scene["classes"], np.uint8)
    column = ((at[:, 0] / REACH + 1) / 2 * side).astype(int)
    row = ((1 - at[:, 1] / REACH) / 2 * side).astype(int)
    assert ((surface[row, column] > 0.5) == classes).mean() > 0.95


def test_the_digits_shown_are_one_of_each_and_the_hardest():
    training = Training(examples("digits"))
    look = training.look()
    told, buffers = frame(training, look)
    y = training.examples.validation_y
    assert y[told["shown"][:10]].tolist() == list(range(10))
    right = look.probabilities[np.arange(len(y)), y]
    assert right[told["shown"][10]] == np.delete(right, told["shown"][:10]).min()
    assert len(set(told["shown"])) == len(told["shown"])
    said = np.frombuffer(buffers[1], np.uint8).reshape(-1, 10) / 255
    np.testing.assert_allclose(said, look.probabilities[told["shown"]], atol=0.003)


def test_numbers_that_are_lost_end_the_training_and_are_no_news_to_json(panel):
    panel.wish("set", name="optimizer", value="momentum")
    panel.wish("set", name="activation", value="leaky_relu")
    panel.wish("set", name="depth", value=6)
    panel.wish("set", name="learning_rate", value=10)
    panel.wish("play")
    for _ in range(500):
        if panel.beat() is None or not panel.playing:
            break
        panel.see()
    told, _ = panel.sent[-1]
    assert told["is_lost"]
    assert not panel.playing
    assert not any(isinstance(x, float) and not math.isfinite(x) for x in told["point"])
    panel.wish("reset")
    assert not panel.sent[-1][0]["is_lost"]


def test_curves_stay_short_and_keep_their_ends():
    training, past = Training(examples("blobs")), Past()
    for _ in range(1000):
        training.step()
        past.add(training.look())
    points = past.points()
    assert len(points) <= 401
    assert points[0][0] < 0.5
    assert points[-1][0] == pytest.approx(training.epoch, rel=1e-3)


def test_hyperparameters_are_given_by_name():
    panel = Playground(data="spiral", width=48, depth=3, learning_rate=0.003)
    assert panel.training.plan.width == 48
    assert panel.view["data"] == "spiral"
    panel.close()
    with pytest.raises(ConfigError, match="did you mean 'width'"):
        Playground(widht=3)
    with pytest.raises(ConfigError, match="did you mean 'spiral'"):
        Playground(data="spirals")


def test_it_trains_on_the_loop_until_it_is_closed():
    async def main():
        panel = Watched()
        panel.clock = asyncio.get_running_loop().time
        panel.wish("play")
        while panel.training.n_steps < 6:
            await asyncio.sleep(0.01)
            panel.see() if panel.sent else None
        panel.close()
        await asyncio.sleep(0.01)
        assert len(asyncio.all_tasks()) == 1
        assert not panel.playing

    asyncio.run(main())


def test_a_panel_that_is_gone_is_not_trained_on():
    async def main():
        panel = Watched()
        panel.wish("play")
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 2
        held = weakref.ref(panel)
        _instances.pop(panel.model_id, None)  # ipywidgets keeps every open widget
        panel.lab.unobserve_all()
        panel.unobserve_all()
        panel.comm.on_msg(None)
        del panel
        gc.collect()
        assert held() is None
        await asyncio.sleep(2 * module.TICK_SECONDS)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_what_goes_wrong_inside_stops_it_in_words(caplog):
    async def main():
        panel = Watched()
        panel.training.step = lambda: 1 / 0
        panel.wish("play")
        await asyncio.sleep(0.05)
        assert "went wrong inside hpolab" in panel.problem
        assert not panel.playing
        panel.close()

    asyncio.run(main())
    assert "ZeroDivisionError" in caplog.text


VISITOR = "0123456789abcdef" * 2


def public(tmp_path, **limits):
    host = PublicHost(root=tmp_path, allowed=AppSettings(public=True, **limits))
    return LabState(host=host.welcome(VISITOR))


def test_a_visitor_trains_one_network_at_a_time(tmp_path):
    lab = public(tmp_path)
    one, other = Watched(lab), Watched(lab)
    one.wish("play")
    other.wish("play")
    assert "pause that one first" in other.problem
    assert not other.playing
    one.wish("pause")
    other.wish("play")
    assert other.playing
    other.close()
    one.wish("play")
    assert one.playing
    one.close()


def test_visitors_share_the_places_to_play(tmp_path):
    first = Watched(public(tmp_path, players=1))
    second = Watched(
        LabState(host=first.lab.host.welcome("f" * 32)),
    )
    first.wish("play")
    second.wish("play")
    assert "all 1 places to play are taken" in second.problem
    first.close()
    second.wish("play")
    assert second.playing
    second.close()


def test_a_visitor_plays_for_some_minutes_at_a_stretch(tmp_path):
    panel = Watched(public(tmp_path, play_minutes=2))
    panel.wish("play")
    panel.now += 119
    panel.see() if panel.sent else panel.wish("look")
    beat(panel, 1)
    panel.now += 1.5
    assert panel.beat() is None
    assert panel.view["note"].startswith("2 minutes have passed")
    panel.wish("play")
    beat(panel, 1)
    panel.close()


def test_nobody_plays_before_the_page_is_ready(tmp_path):
    panel = Watched(LabState(host=PublicHost(root=tmp_path)))
    panel.wish("play")
    assert "not ready yet" in panel.problem
    panel.close()
