"""Early, friendly words about a source, from its syntax tree. A courtesy: the wall is elsewhere.

Nobody is kept out by this. Python has many ways to say a thing, and a look at the tree knows few.
"""

from __future__ import annotations

import ast
import warnings
from typing import NamedTuple

from hpolab.errors import SourceError
from hpolab.sandbox.function import MAX_SOURCE_BYTES

__all__ = ["Problem", "check_source", "find_problems"]

_MODULES = ("math", "numpy")


class Problem(NamedTuple):
    """What is wrong with a source, and in which line, from 1; 0 for the whole."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


def check_source(source: str) -> None:
    """Refuse a source that cannot work.

    Raises:
        SourceError: It has problems; names each with its line.
    """
    problems = find_problems(source)
    if problems:
        words = "; ".join(map(str, problems[:5]))
        raise SourceError(words, line=problems[0].line or None, field="source")


def find_problems(source: str) -> tuple[Problem, ...]:
    """All that is wrong with a source, in the order of its lines; empty when nothing is."""
    if len(source.encode(errors="replace")) > MAX_SOURCE_BYTES:
        limit = MAX_SOURCE_BYTES // 1024
        return (Problem(0, f"the source is longer than {limit} kB; shorten it"),)
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source, filename="fitness.py")
    except SyntaxError as error:
        return (Problem(error.lineno or 0, f"this is not Python: {error.msg}"),)
    except (ValueError, RecursionError, MemoryError) as error:
        why = str(error) or "it is nested too deeply"
        return (Problem(0, f"this cannot be read as Python: {why}"),)
    return tuple(sorted([*_imports(tree), *_fitness(tree)]))


def _imports(tree: ast.Module) -> list[Problem]:
    problems = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = ["a file of your own" if node.level else node.module or ""]
        else:
            continue
        problems += [
            Problem(node.lineno, f"{name} cannot be imported; a fitness has math and numpy")
            for name in names
            if name.partition(".")[0] not in _MODULES
        ]
    return problems


def _fitness(tree: ast.Module) -> list[Problem]:
    """Whether there is a function of the right name, which takes one point and gives something."""
    named = [node for node in tree.body if _binds_fitness(node)]
    if not named:
        near = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        hint = f"; rename {near[-1].name} to fitness" if near else ""
        return [Problem(0, f"there is no function fitness: write def fitness(x):{hint}")]
    node = named[-1]
    if isinstance(node, ast.AsyncFunctionDef | ast.ClassDef):
        return [Problem(node.lineno, "fitness must be a plain function: write def fitness(x):")]
    if not isinstance(node, ast.FunctionDef):
        return []  # a lambda, or another function's second name: trying it out will tell
    problems = []
    positional = [*node.args.posonlyargs, *node.args.args]
    n_needed = len(positional) - len(node.args.defaults)
    keywords = [
        name
        for name, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if default is None
    ]
    takes_one = n_needed <= 1 and (positional or node.args.vararg) and not keywords
    if not takes_one:
        problems.append(
            Problem(
                node.lineno,
                f"fitness takes one parameter, the point; this one takes "
                f"{n_needed + len(keywords)}: write def fitness(x):",
            )
        )
    if not any(_gives(part) for part in node.body):
        problems.append(Problem(node.lineno, "fitness returns nothing; return a number"))
    return problems


def _binds_fitness(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name == "fitness"
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "fitness" for target in node.targets
    )


def _gives(node: ast.AST) -> bool:
    """Whether a statement returns a value or raises, nested functions aside."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        return False
    if isinstance(node, ast.Return):
        return node.value is not None
    return isinstance(node, ast.Raise) or any(map(_gives, ast.iter_child_nodes(node)))
