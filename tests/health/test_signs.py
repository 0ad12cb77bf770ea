from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from hpolab.health.report import VitalSigns
from hpolab.health.signs import vital_signs

if TYPE_CHECKING:
    from collections.abc import Callable

    from hpolab.health.recorded import Probe

BASELINE = float(np.log(10))


def test_the_layer_with_the_largest_silent_share_is_named(probe: Callable[..., Probe]) -> None:
    quiet = np.array([0.0, 0.0, 0.0, 1.0])
    deviations = {"conv1": np.ones(10), "conv2": quiet, "dense": np.array([0.0, 1.0])}
    means = {"conv1": np.ones(10), "conv2": np.zeros(4), "dense": np.ones(2)}

    signs = vital_signs(probe(unit_std=deviations, unit_mean=means), baseline_loss=BASELINE)

    assert (signs.layer, signs.silent, signs.at_zero) == ("conv2", 0.75, True)


def test_saturated_units_are_silent_but_not_at_zero(probe: Callable[..., Probe]) -> None:
    stuck = probe(unit_std={"d": np.zeros(4)}, unit_mean={"d": np.full(4, 0.99)})

    signs = vital_signs(stuck, baseline_loss=BASELINE)

    assert (signs.silent, signs.at_zero) == (1.0, False)


def test_the_weakest_gradient_is_found_beside_an_exploding_one(
    probe: Callable[..., Probe],
) -> None:
    norms = {"a/kernel": 1e9, "b/kernel": 1e-8, "c/kernel": 1.0}
    looked = probe(gradient_norms=norms, weight_norms=dict.fromkeys(norms, 2.0), loss=0.5)

    signs = vital_signs(looked, baseline_loss=BASELINE)

    assert signs.matrix == "b/kernel"
    assert signs.elasticity == pytest.approx(1e-8 * 2 / 0.5)


def test_what_cannot_be_judged_is_left_out(probe: Callable[..., Probe]) -> None:
    learnt = vital_signs(probe(loss=1e-9), baseline_loss=BASELINE)
    nothing = probe(unit_mean={}, unit_std={}, gradient_norms={}, weight_norms={})
    broken = probe(loss=float("nan"), unit_std={"conv1": np.full(64, np.nan)})

    assert (learnt.matrix, learnt.elasticity) == ("", 1.0)
    assert vital_signs(nothing, baseline_loss=BASELINE) == VitalSigns()
    assert vital_signs(broken, baseline_loss=BASELINE) == VitalSigns()


def test_the_signs_fit_into_a_short_line(probe: Callable[..., Probe]) -> None:
    signs = vital_signs(probe(unit_std={"conv1": np.arange(64.0)}), baseline_loss=BASELINE)

    assert len(signs.to_json()) < 120
