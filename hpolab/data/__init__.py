"""Data sets: by name, from a folder of images, a CSV of texts, or arrays; split and cached."""

from hpolab.data.dataset import Dataset, Kind, Part
from hpolab.data.known import NAMES
from hpolab.data.loading import check, kind_of, load
from hpolab.data.sequences import Sequences

__all__ = ["NAMES", "Dataset", "Kind", "Part", "Sequences", "check", "kind_of", "load"]
