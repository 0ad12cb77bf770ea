"""A study of what health is good for: 200 random networks, and what they say to six questions.

``make study`` trains them again; see tests/benchmarks/health_study.py.
"""

from __future__ import annotations

from hpolab.course.study.answers import Finding
from hpolab.course.study.findings import finding, findings
from hpolab.course.study.table import Study, read_study

__all__ = ["Finding", "Study", "finding", "findings", "read_study"]
