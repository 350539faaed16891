"""The size budget of the code: small functions, small files, one outlier fails."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = sorted(Path(__file__).parents[1].glob("src/everycall/**/*.py"))
MEDIAN, NINETY_FIFTH, LONGEST, FILE = 8, 35, 60, 450


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield every function with its number of lines, docstring left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            start = first.lineno if ast.get_docstring(node) else node.lineno
            yield f"{path.name}:{node.name}", (node.end_lineno or start) - start + 1


def test_functions_are_small() -> None:
    sizes = dict(pair for path in SOURCES for pair in functions(path))
    lengths = sorted(sizes.values())
    worst = sorted(sizes, key=lambda name: -sizes[name])[:5]
    report = [(name, sizes[name]) for name in worst]
    assert statistics.median(lengths) <= MEDIAN, report
    assert lengths[int(len(lengths) * 0.95)] <= NINETY_FIFTH, report
    assert lengths[-1] <= LONGEST, report


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_files_are_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE
