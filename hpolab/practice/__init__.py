"""Practice spaces: real trainings, tabulated, so that a hundred trials take seconds.

>>> from hpolab import Sweep
>>> from hpolab.practice import Standings, practice_config, read_table
>>> sweep = Sweep(practice_config("cnn", sampler="tpe", budget=100)).run()  # doctest: +SKIP
>>> standings = Standings.of(read_table("cnn"), sweep.config.scoring)  # doctest: +SKIP
>>> standings.curve(sweep.record)[-1]  # doctest: +SKIP
"""

from hpolab.practice.regret import Standings
from hpolab.practice.spaces import SPACES, PracticeSpace, practice_space
from hpolab.practice.sweeps import practice_config
from hpolab.practice.table import Table, read_table

__all__ = [
    "SPACES",
    "PracticeSpace",
    "Standings",
    "Table",
    "practice_config",
    "practice_space",
    "read_table",
]
