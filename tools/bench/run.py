"""Measure everycall beside the limit and beside plain Python: `run.py [--millions 1 10] [--out FILE]`.

Every program runs by itself, one after another, on the same log. What it takes is measured by the
clock and in processor time; on a machine that does other things too, the second is the steadier.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))  # so that it runs as a plain file

from bench.measure import Run, best, measured  # noqa: E402
from bench.report import Found, Size, shown, written  # noqa: E402

HERE = Path(__file__).resolve().parent
PYTHON = sys.executable
EVERYCALL = str(Path(PYTHON).with_name("everycall"))
PAGE = ROOT / "docs" / "benchmarks.md"
PLAIN_AT_MOST = 10
"""The plain loop that keeps every fact needs more memory than most machines have, beyond this."""


def main() -> int:
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    found = Found(starts=_starts(options.work))
    for millions in options.millions:
        size = _size(options.work, millions, plain=not options.only_ours)
        found.sizes.append(size)
        print("\n".join(shown(size)), flush=True)
    if options.out:
        options.out.write_text(written(found), encoding="utf-8")
        print(f"written: {options.out}")
    return 0


def _options() -> argparse.Namespace:
    scratch = Path(tempfile.gettempdir()) / "everycall-bench"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=int, nargs="+", default=[1, 10], help="(%(default)s)")
    parser.add_argument("--work", type=Path, default=scratch, help="a large folder (%(default)s)")
    parser.add_argument("--out", type=Path, default=PAGE, help="the page to write (%(default)s)")
    parser.add_argument("--no-page", dest="out", action="store_const", const=None)
    parser.add_argument("--only-ours", action="store_true", help="leave the plain loops out")
    return parser.parse_args()


def _size(work: Path, millions: int, *, plain: bool) -> Size:
    log = work / f"queue_log_{millions}m"
    print(f"making {log} ...", flush=True)
    _run(work, PYTHON, str(HERE / "logs.py"), str(log), str(millions * 1_000_000))
    size = Size(millions, log.stat().st_size)
    size.runs["limit"] = _limit(work, log)
    size.lines = int(size.runs["limit"].said.split()[0])
    size.runs["wc"] = best([_run(work, "wc", "-l", str(log)) for _ in range(3)])
    if plain:
        size.runs["usual"] = _run(work, PYTHON, str(HERE / "usual.py"), str(log))
    if plain and millions <= PLAIN_AT_MOST:
        size.runs["same"] = _run(work, PYTHON, str(HERE / "same.py"), str(log), str(work / "same"))
    _ours(work, log, size)
    return size


def _limit(work: Path, log: Path) -> Run:
    """Take the limit in C where there is a compiler, else in Python, which takes about twice it."""
    compiler = shutil.which("cc")
    command = [PYTHON, str(HERE / "touch.py")]
    if compiler:
        command = [str(work / "touch")]
        measured([compiler, "-O2", "-o", command[0], str(HERE / "touch.c")], work / "said.txt")
    return best([_run(work, *command, str(log)) for _ in range(3)])


def _ours(work: Path, log: Path, size: Size) -> None:
    data = work / "data"
    shutil.rmtree(data, ignore_errors=True)
    ours = ("--data", str(data), "--json")
    size.runs["import"] = _run(work, EVERYCALL, "import", str(log), *ours)
    size.runs["audit"] = _run(work, EVERYCALL, "audit", *ours)
    size.runs["audit again"] = _run(work, EVERYCALL, "audit", *ours)
    page = (*ours, "--out", str(work / "audit.html"))
    size.runs["page"] = _run(work, EVERYCALL, "audit", *page)
    size.runs["page again"] = _run(work, EVERYCALL, "audit", *page)
    size.stored = sum(path.stat().st_size for path in data.rglob("*.parquet"))
    size.outcomes = json.loads(size.runs["import"].said.splitlines()[-1])["outcomes"]
    if "same" in size.runs:
        size.agrees = json.loads(size.runs["same"].said.splitlines()[-1])["outcomes"] == (
            size.outcomes
        )
    shutil.rmtree(data)


def _starts(work: Path) -> dict[str, Run]:
    commands = {
        "everycall --help": (EVERYCALL, "--help"),
        "import everycall": (PYTHON, "-c", "import everycall"),
        "python itself": (PYTHON, "-c", "pass"),
    }
    return {
        name: best([_run(work, *command) for _ in range(5)]) for name, command in commands.items()
    }


def _run(work: Path, *command: str) -> Run:
    return measured(command, work / "said.txt")


if __name__ == "__main__":
    sys.exit(main())
