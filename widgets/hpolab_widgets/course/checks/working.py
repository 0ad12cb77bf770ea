"""The self-checks of the lessons about working with the lab: reports, own data, other machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab_widgets.course.questions import Check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CHECKS"]

CHECKS: Mapping[str, Callable[[], Check]] = {
    "test accuracy below the interval": lambda: Check(
        "The interval of the validation accuracy begins at 97.6 %, and the test accuracy is "
        "97.4 %. What does the report say that explains it?",
        right="a search flatters its winner",
        choices={
            "a search flatters its winner": "It was chosen for its validation accuracy. The "
            "interval covers the choice of the examples, not that luck.",
            "the test digits are harder": "It says nothing of the kind: both were drawn at random "
            "from the same digits.",
            "the network learnt too long": "Its curves say no such thing; look at how it learned.",
        },
    ),
    "93 % for the optimizer": lambda: Check(
        "93 % of the spread of scores goes with the optimizer. May you say that it matters most?",
        right="no, 19 trials are too few",
        choices={
            "yes, 93 % is nearly all": "Read the sentence above the bars once more.",
            "no, 19 trials are too few": "With 15 hyperparameters and 19 trials, some share is "
            "large by chance. It takes 60.",
            "no, it is the learning rate": "These 19 trials cannot say that either.",
        },
    ),
    "the trial that failed": lambda: Check(
        "One trial failed. What would have kept it from that?",
        right="a smaller learning rate",
        choices={
            "more patience": "Four others were stopped early. This one broke off by itself.",
            "a smaller learning rate": "Trial 5: its loss became NaN in the first epoch.",
            "more examples": "The reason stands beside its number, and it is another one.",
        },
    ),
    "two intervals that overlap": lambda: Check(
        "On 230 examples, A has 97 % (94 to 99 %) and B has 95 % (92 to 97 %). Which is better?",
        right="this does not tell",
        choices={
            "A": "B may well be at 96 % and A at 95 %: both intervals hold both.",
            "B": "Its number is the lower one. That at least is no reason for B.",
            "this does not tell": "The intervals hold each other's numbers. Compare them on more "
            "examples, and with more seeds.",
        },
    ),
    "a tiny class": lambda: Check(
        "990 pictures of cats, 10 of dogs. A network answers cat to everything. Its accuracy?",
        right="99 %",
        choices={
            "50 %": "Accuracy counts pictures, not classes, and 990 of 1,000 are cats.",
            "99 %": "It has learnt nothing and is praised for it. Look at each class.",
            "1 %": "That is the share of dogs: the ones it gets wrong.",
        },
    ),
    "look at the test part": lambda: Check(
        "You compare 50 sweeps by their test accuracy and keep the best. What is it worth now?",
        right="as little as validation accuracy",
        choices={
            "it is still unseen": "Not by you. You chose by it, and choosing picks luck.",
            "as little as validation accuracy": "What is chosen by is no longer a measurement. "
            "That is lesson 12 again, with you as the search.",
            "more: it was seen 50 times": "Each look was another ticket in the lottery.",
        },
    ),
    "what a worker needs": lambda: Check(
        "A worker on another machine gets the message. What else does it need?",
        right="the data, and the same software",
        choices={
            "the other trials": "A training knows nothing of the others. The search needs them.",
            "the notebook": "The message says everything that the notebook would.",
            "the data, and the same software": "The message names the data with a fingerprint, "
            "and a worker that sees others refuses.",
        },
    ),
    "after the power cut": lambda: Check(
        "The power fails in trial 8 of 10. You continue the sweep. What is trained again?",
        right="trial 8",
        choices={
            "trials 1 to 8": "Seven had ended, and their ends are in the journal.",
            "trial 8": "What was half done begins anew, from the same message.",
            "nothing": "Trial 8 had not ended, and half a training is no result.",
        },
    ),
}
"""By name; see the package."""
