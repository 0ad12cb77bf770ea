"""Data sets: by name, from a folder of images, a CSV of texts, or arrays; split and cached."""

from hpolab.data.arrays import from_arrays
from hpolab.data.catalogue import DatasetInfo, catalogue
from hpolab.data.dataset import Dataset, Kind, Part
from hpolab.data.download import Progress, fetch
from hpolab.data.known import NAMES
from hpolab.data.loading import load
from hpolab.data.sequences import Sequences
from hpolab.data.sources import check, kind_of

__all__ = [
    "NAMES",
    "Dataset",
    "DatasetInfo",
    "Kind",
    "Part",
    "Progress",
    "Sequences",
    "catalogue",
    "check",
    "fetch",
    "from_arrays",
    "kind_of",
    "load",
]
