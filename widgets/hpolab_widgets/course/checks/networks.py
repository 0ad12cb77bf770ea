"""The self-checks of the lessons about networks: what each choice of their design does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab_widgets.course.questions import Check, Scale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CHECKS"]

CHECKS: Mapping[str, Callable[[], Check]] = {
    "what is a hyperparameter": lambda: Check(
        "Which of these is a hyperparameter?",
        right="how many filters there are",
        choices={
            "the numbers inside a filter": "These are weights: training finds them.",
            "how many filters there are": "It is decided before training, which leaves it alone.",
            "the accuracy at the end": "That is a result. It is measured, and nobody can set it.",
        },
    ),
    "weights of a layer": lambda: Check(
        "8 filters look through windows of 3 x 3 pixels at a grey picture. Each filter has one "
        "weight per pixel of its window, and one more, its bias. How many weights is that?",
        right=80,
        scale=Scale(0, 200),
        why="8 x (3 x 3 + 1) = 80, whatever the size of the picture.",
    ),
    "smooth and slow": lambda: Check(
        "The loss falls smoothly, but after all epochs it is still high. What do you try first?",
        right="a larger learning rate",
        choices={
            "a larger learning rate": "Smooth and slow means that the steps are too short.",
            "a smaller learning rate": "It is slow already. That is the cure when the loss jumps.",
            "fewer epochs": "It has not arrived yet; stopping sooner leaves it further away.",
        },
    ),
    "another optimizer": lambda: Check(
        "sgd was best at 0.01. You change to adam. What do you do with the learning rate?",
        right="search it anew",
        choices={
            "keep it: it was best": "Best for sgd: what it is multiplied by is another thing now.",
            "search it anew": "The two depend on each other: search them together.",
            "it does not matter for adam": "Look at adam's last row: at 0.1 it learns nothing.",
        },
    ),
    "why dead": lambda: Check(
        "Why does a dead relu unit stay dead?",
        right="its slope is 0 for every picture",
        choices={
            "its slope is 0 for every picture": "No slope, no gradient; no gradient, no step.",
            "its weights are 0": "They are not: they only make x negative for every picture.",
            "the learning rate is 0": "It was too large; that is how the unit got there.",
        },
    ),
    "silent third": lambda: Check(
        "A third of a relu layer is silent. What do you try first?",
        right="a lower learning rate",
        choices={
            "more units": "They would be driven out by the same steps.",
            "more epochs": "They get no gradient, so further steps do not move them.",
            "a lower learning rate": "Too large steps killed them above; it is quickly tried.",
        },
    ),
    "two signs": lambda: Check(
        "Training stability is 1, convergence quality is 0. What happened?",
        right="the loss stood still",
        choices={
            "the loss exploded": "Then it would have jumped, and stability would be low.",
            "the network is well": "It learnt nothing. Look at the first row of the experiment.",
            "the loss stood still": "It never jumped, and never fell: the steps are too small.",
        },
    ),
    "ten times the weights": lambda: Check(
        "Two networks are equally accurate, but one has ten times the weights. Which sign tells?",
        right="parameter efficiency",
        choices={
            "accuracy consistency": "It compares parts of the data; weights are not counted.",
            "parameter efficiency": "The same skill from fewer weights is the better bargain.",
            "neuron utilisation": "All units of both may be alive; it is a share, not a number.",
        },
    ),
    "trained 98, unseen 71": lambda: Check(
        "98 % right in training, 71 % on unseen examples. What do you try first?",
        right="some dropout",
        choices={
            "more filters": "More room for learning by heart is the last thing that it needs.",
            "some dropout": "It has room to learn by heart; make that harder.",
            "more epochs": "In training there is nothing left to win but learning by heart.",
        },
    ),
    "no gap at all": lambda: Check(
        "Dropout 0.7: 35 % right in training, 36 % on unseen examples. What do you make of it?",
        right="it is held back too much",
        choices={
            "well done: there is no gap": "What it does not know, it cannot know by heart either.",
            "it needs more dropout": "There is no gap to be narrowed. Look at the last row above.",
            "it is held back too much": "No gap, and little understood: that is the price.",
        },
    ),
    "two windows": lambda: Check(
        "Two convolutions of 3 x 3, one after the other, no pooling between them. How many pixels "
        "wide is what a filter of the second one sees?",
        right=5,
        scale=Scale(1, 16),
        why="3 places, 1 pixel apart, of 3 pixels each: 3 + 1 + 1 = 5.",
    ),
    "larger pictures": lambda: Check(
        "The pictures become twice as wide and twice as high. Which weights become more?",
        right="those of a flatten head",
        choices={
            "those of the convolutions": "A window has the same weights wherever it is.",
            "those of a global_average head": "It still gets a single number for each filter.",
            "those of a flatten head": "It weighs every place: there are 4 times as many.",
        },
    ),
    "the first word": lambda: Check(
        "Texts of 200 words, of which the first one decides, and sequence_length is 80. What will "
        "an LSTM make of that?",
        right="it never sees the first word",
        choices={
            "it needs more units": "No memory keeps what was never read.",
            "it never sees the first word": "Of 200 words the last 80 are kept, not the first.",
            "it reads it, and forgets it": "It would have to be read first: only 80 words are.",
        },
    ),
    "only the last words": lambda: Check(
        "After one epoch with tiny steps, only the last 20 of 64 words are heard. What do you try "
        "first?",
        right="train it in earnest",
        choices={
            "a longer sequence_length": "More words in front of those that are not heard already.",
            "train it in earnest": "Before training this is normal; training made it hear all 64.",
            "fewer units": "That takes memory away, and opens no gate.",
        },
    ),
}
"""By name; see the package."""
