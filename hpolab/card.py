"""The model card of a winner: what it is, how good, how healthy, and how to load it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.scoring import METRICS

if TYPE_CHECKING:
    from hpolab.config import SweepConfig
    from hpolab.record import TrialRecord
    from hpolab.trial import RunResult

__all__ = ["model_card"]


def model_card(
    sweep: str, config: SweepConfig, trial: TrialRecord, result: RunResult, *, n_trials: int
) -> str:
    """Markdown for ``best/README.md``.

    Args:
        sweep: The sweep's name.
        config: What was asked.
        trial: The winner.
        result: Its stored result.
        n_trials: Trials finished so far: among how many it won.
    """
    return "\n".join(
        [
            f"# {config.builder()} for {config.dataset.name}: trial {trial.number} of {sweep}",
            "",
            f"Winner among {n_trials} finished trials, chosen by its score on validation data"
            f" ({config.mode} mode). The test split was used once, for the figure below.",
            "",
            *_figures(trial, result),
            "",
            *_health(result),
            "",
            "## Configuration",
            "",
            *(f"- {name}: {value}" for name, value in trial.params.items()),
            f"- epochs: {len(result.history)}",
            f"- seed: {trial.seed}",
            "",
            *_loading(config),
        ]
    )


def _figures(trial: TrialRecord, result: RunResult) -> list[str]:
    rows = [
        ("score", trial.score),
        ("validation accuracy", result.accuracy),
        ("test accuracy", result.test_accuracy),
    ]
    figures = [f"| {name} | {value:.4f} |" for name, value in rows if value is not None]
    return [
        "| figure | value |",
        "|---|---|",
        *figures,
        f"| trainable parameters | {result.n_parameters:,} |",
        f"| data fingerprint | `{result.fingerprint}` |",
    ]


def _health(result: RunResult) -> list[str]:
    metrics = result.health.metrics
    rows = [
        f"| {name.replace('_', ' ')} | {metrics[name].value:.2f} | {metrics[name].evidence} |"
        for name in METRICS
        if name in metrics
    ]
    advice = [f"- {metric.advice}" for metric in metrics.values() if metric.advice]
    return [
        "## Health",
        "",
        "| metric | value | seen |",
        "|---|---|---|",
        *rows,
        *(["", "Advice:", "", *advice] if advice else []),
    ]


def _loading(config: SweepConfig) -> list[str]:
    image = "raw pixels, 0 to 255, shape (batch, height, width, channels)"
    words = "word ranks, padded in front with 0, shape (batch, sequence_length)"
    return [
        "## Loading",
        "",
        "```python",
        "import keras",
        "",
        'model = keras.models.load_model("best/model.keras")',
        "probabilities = model.predict(x)  # (batch, classes)",
        "```",
        "",
        f"Input: {words if config.builder() == 'lstm' else image}.",
        "",
    ]
