"""Families of layers: what a drawing tells apart by colour, shape and legend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpolab.network.graph import Layer

__all__ = ["BLOCK", "LABELS", "family"]

LABELS: Mapping[str, str] = {
    "input": "Input",
    "preparation": "Preparation",
    "embedding": "Embedding",
    "convolution": "Convolution",
    "recurrent": "Recurrent",
    "attention": "Attention",
    "dense": "Dense",
    "normalisation": "Normalisation",
    "activation": "Activation",
    "pooling": "Pooling",
    "dropout": "Dropout and noise",
    "merge": "Merging",
    "reshape": "Reshaping",
    "block": "Block of layers",
    "other": "Other",
}
"""Every family and what a legend calls it."""

BLOCK = "block"

_KINDS: Mapping[str, tuple[str, ...]] = {
    "input": ("InputLayer",),
    "preparation": (
        *("Rescaling", "Normalization", "Resizing", "CenterCrop", "CategoryEncoding", "Hashing"),
        *("Discretization", "TextVectorization", "StringLookup", "IntegerLookup"),
        *("MelSpectrogram", "Masking"),
    ),
    "embedding": ("Embedding", "ReversibleEmbedding"),
    "recurrent": ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"),
    "dense": ("Dense", "EinsumDense"),
    "activation": (
        *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"),
        *("Relu", "Sigmoid", "Silu", "Gelu", "Tanh"),
    ),
    "merge": (
        *("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"),
        *("Matmul", "Divide", "TrueDivide", "Stack"),
    ),
    "reshape": (
        *("Flatten", "Reshape", "Permute", "RepeatVector", "GetItem", "Transpose"),
        *("Squeeze", "ExpandDims"),
    ),
}
_BY_KIND = {kind: name for name, kinds in _KINDS.items() for kind in kinds}
_BY_PART: Mapping[str, str] = {
    "ConvLSTM": "recurrent",  # before "Conv": both are in it
    "Conv": "convolution",
    "Attention": "attention",
    "Normalization": "normalisation",
    "Pooling": "pooling",
    "Dropout": "dropout",
    "Noise": "dropout",
    "Random": "preparation",
    "Padding": "reshape",
    "Cropping": "reshape",
    "UpSampling": "reshape",
}
_WRAPPERS = ("TimeDistributed", "SpectralNormalization")


def family(layer: Layer) -> str:
    """The family of a layer, a key of ``LABELS``; of a wrapper, that of what it wraps."""
    wrapped = layer.details.get("wraps")
    return _family(str(wrapped) if layer.kind in _WRAPPERS and wrapped else layer.kind)


def _family(kind: str) -> str:
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    return next((name for part, name in _BY_PART.items() if part in kind), "other")
