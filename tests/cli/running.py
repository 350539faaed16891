"""Running a command as a person does, and reading what it said."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from everycall.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one thing that was said."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The things that were said, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class _Text(io.StringIO):
    """Text that is said, not shown to a person."""

    def isatty(self) -> bool:
        return False


def run(*words: object, data: Path | None = None) -> Ran:
    """Run `everycall` with some words; with `data`, in that data directory."""
    out, err = _Text(), _Text()
    arguments = [str(word) for word in words]
    if data is not None:
        arguments += ["--data", str(data)]
    code = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())
