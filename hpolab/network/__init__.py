"""A network as pure data: what it is made of, how it is drawn. No figure, no framework.

``graph`` is what every trial's architecture.json holds; ``picture`` is the graph laid out in two
dimensions, whoever draws it: a panel, a paper, a page that needs no server; ``passes`` is what
the layers make of one example.
"""

from __future__ import annotations

from hpolab.network.extract import extract
from hpolab.network.graph import ArchitectureGraph, Layer, LayerHealth
from hpolab.network.layout import picture
from hpolab.network.passes import ForwardPass, LayerPass
from hpolab.network.picture import Arrow, Box, Frame, Picture
from hpolab.network.tints import tinted

__all__ = [
    "ArchitectureGraph",
    "Arrow",
    "Box",
    "ForwardPass",
    "Frame",
    "Layer",
    "LayerHealth",
    "LayerPass",
    "Picture",
    "extract",
    "picture",
    "tinted",
]
