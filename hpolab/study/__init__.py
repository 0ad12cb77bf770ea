"""A study of what health is good for: 200 random networks, and what they say to six questions.

``make study`` trains them again; see tests/benchmarks/health_study.py.
"""

from __future__ import annotations

from hpolab.study.answers import Finding
from hpolab.study.findings import finding, findings
from hpolab.study.table import Study, read_study

__all__ = ["Finding", "Study", "finding", "findings", "read_study"]
