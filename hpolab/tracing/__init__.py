"""Sending an example through a trained network, away from the process that asks.

TensorFlow is never loaded here: a ``Tracer`` owns a child process that has it.
"""

from __future__ import annotations

from hpolab.tracing.candidates import Candidate, candidates
from hpolab.tracing.film import forward_html
from hpolab.tracing.questions import Example, Subject
from hpolab.tracing.subjects import subject
from hpolab.tracing.tracer import Places, Tracer

__all__ = [
    "Candidate",
    "Example",
    "Places",
    "Subject",
    "Tracer",
    "candidates",
    "forward_html",
    "subject",
]
