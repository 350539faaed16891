"""Whatever is thrown at an import: one sentence or the good lines, and nothing half taken in."""

import gzip
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.running import Ran, run
from everycall.history import History

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "samples" / "scenarios"
SHOP = ROOT / "samples" / "shop"
FIRST, SECOND = SCENARIOS / "s02_agent_hangs_up", SCENARIOS / "s04_abandon_5s"


def content(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def rubbish(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


RUBBISH: dict[str, bytes] = {
    "zeros": bytes(5000),
    "a line of 3 MB": b"x" * 3_000_000 + b"\n",
    "3 MB of commas": b"," * 3_000_000 + b"\n",
    "carriage returns": b"a\rb\rc\r\n",
    "an open quote": b'"abc,"def\n',
    "half a line": b"17953",
    "control characters": bytes(range(1, 32)) + b"\n",
    "bars": b"|" * 200 + b"\n",
    "latin-1": "Grüße|ä|ö|ü|ENTERQUEUE\n".encode("latin-1"),
}
FILES = ("queue_log", "Master.csv", "cel.csv", "ami.jsonl.gz")


def no_traceback(ran: Ran) -> None:
    assert "Traceback" not in ran.err + ran.out
    assert "should not have happened" not in ran.err
    assert ran.code in (0, 2, 3)
    assert ran.code != 2 or len(ran.err.splitlines()) <= 1


@pytest.mark.parametrize("kind", RUBBISH)
@pytest.mark.parametrize("name", FILES)
def test_rubbish_between_good_lines_costs_only_itself(tmp_path: Path, name: str, kind: str) -> None:
    log = tmp_path / name.removesuffix(".gz")
    log.write_bytes(content(FIRST / name) + RUBBISH[kind] + b"\n" + content(SECOND / name))
    ran = run("import", log, "--json", data=tmp_path / "data")
    no_traceback(ran)
    assert ran.json["arrived"] == 2
    assert (ran.json["unreadable"] > 0) == (ran.code == 3)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", FILES)
def test_bits_that_flip_break_nothing(tmp_path: Path, name: str, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(content(FIRST / name) + content(SECOND / name))
    for _ in range(1 + seed * 8):
        data[chance.randrange(len(data))] = chance.randrange(256)
    log = tmp_path / name.removesuffix(".gz")
    log.write_bytes(bytes(data))
    ran = run("import", log, data=tmp_path / "data")
    no_traceback(ran)
    no_traceback(run("calls", "--json", data=tmp_path / "data"))
    no_traceback(run("skipped", "--json", data=tmp_path / "data"))


@pytest.mark.parametrize("name", FILES)
def test_utf_16_is_read_as_what_it_is(tmp_path: Path, name: str) -> None:
    log = tmp_path / name.removesuffix(".gz")
    log.write_bytes(content(FIRST / name).decode().encode("utf-16"))
    assert run("import", log, "--json", data=tmp_path / "data").json["arrived"] == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cut.gz", gzip.compress(content(FIRST / "queue_log"))[:-30]),
        ("rubbish.gz", b"\x1f\x8b" + rubbish(500)),
        ("rubbish.bz2", b"BZh9" + rubbish(500)),
        ("rubbish.xz", b"\xfd7zXZ\x00" + rubbish(500)),
        ("rubbish", rubbish(100_000)),
    ],
)
def test_a_damaged_archive_is_refused_as_a_whole(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    ran = run("import", tmp_path / name, data=tmp_path / "data")
    no_traceback(ran)
    assert ran.code == 2
    assert name in ran.err
    assert run("calls", data=tmp_path / "data").code == 2


def test_links_in_a_circle_are_walked_once(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "up").symlink_to(folder)
    (folder / "itself").symlink_to(folder / "itself")
    (folder / "nowhere").symlink_to(tmp_path / "absent")
    (folder / "queue_log").write_bytes(content(FIRST / "queue_log"))
    ran = run("import", folder, "--json", data=tmp_path / "data")
    assert ran.code == 0
    assert len(ran.json["files"]) == 1


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    ran = run("import", tmp_path / "pipe", data=tmp_path / "data")
    assert ran.code == 2
    assert "no file that can be read twice" in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read everything")
def test_what_must_not_be_read_is_named(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "queue_log"
    log.parent.mkdir()
    log.write_bytes(content(FIRST / "queue_log"))
    log.chmod(0)
    ran = run("import", log, data=tmp_path / "data")
    assert (ran.code, "Permission denied" in ran.err) == (2, True)


def test_names_with_quotes_and_spaces_are_names(tmp_path: Path) -> None:
    folder = tmp_path / 'Ann\'s "logs" ; DROP TABLE calls'
    folder.mkdir()
    for name in FILES:
        (folder / f"it's {name}").write_bytes((FIRST / name).read_bytes())
    data = tmp_path / "Ann's data"
    for path in sorted(folder.iterdir()):
        assert run("import", path, data=data).code == 0
    assert len(run("calls", "--json", data=data).lines) == 1
    assert run("audit", data=data).code == 0
    out = tmp_path / "Ann's calls.parquet"
    assert run("calls", "--format", "parquet", "--output", out, data=data).code == 0
    assert out.exists()


def test_a_manifest_that_was_damaged_is_said(tmp_path: Path) -> None:
    run("import", FIRST / "queue_log", data=tmp_path)
    manifest = tmp_path / "history" / "main" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8")[:100], encoding="utf-8")
    ran = run("calls", data=tmp_path)
    assert ran.code == 1
    assert "the manifest cannot be read" in ran.err
    assert "Traceback" not in ran.err


def start(
    data: Path, *paths: Path, before: Callable[[], None] | None = None
) -> "subprocess.Popen[str]":
    words = [sys.executable, "-m", "everycall", "import", *map(str, paths), "--data", str(data)]
    return subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,  # noqa: PLW1509
    )


def rests(data: Path) -> list[str]:
    """Return folders that no state names and no reader of an earlier one may still need."""
    history = History(data)
    waiting = history.folder.glob("*/*/.replaced")
    keep = history.manifest().folders() | {
        f"{p.parent.parent.name}/{p.parent.name}" for p in waiting
    }
    kinds = ("events", "segments", "episodes", "tails", "skipped")
    found = (f"{kind}/{p.name}" for kind in kinds for p in (history.folder / kind).glob("*"))
    return [name for name in found if name not in keep]


@pytest.mark.parametrize("limit", [1_000, 20_000])
def test_a_full_disk_changes_nothing(tmp_path: Path, limit: int) -> None:
    run("import", FIRST / "queue_log", data=tmp_path)
    before = run("calls", "--json", data=tmp_path).out

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    started = start(tmp_path, SHOP / "queue_log.gz", before=small)
    out, err = started.communicate(timeout=120)
    assert started.returncode == 1, out + err
    assert err == "everycall: the disk is full; nothing was changed, make room and try again\n"
    assert run("calls", "--json", data=tmp_path).out == before
    assert run("import", SECOND / "queue_log", data=tmp_path).code == 0
    assert rests(tmp_path) == []


def test_an_import_that_was_killed_leaves_nothing_and_can_be_done_again(tmp_path: Path) -> None:
    run("import", FIRST / "queue_log", data=tmp_path)
    before = run("calls", "--json", data=tmp_path).out
    logs = sorted(SHOP.glob("queue_log*.gz"))
    started = start(tmp_path, *logs)
    _until(lambda: len(list((tmp_path / "history/main/events").glob("*/*.parquet"))) > 1)
    started.send_signal(signal.SIGKILL)
    started.communicate(timeout=60)
    assert started.returncode == -signal.SIGKILL
    assert run("calls", "--json", data=tmp_path).out == before
    assert rests(tmp_path) != []
    again = run("import", *logs, "--json", data=tmp_path)
    assert again.code == 0
    assert rests(tmp_path) == []
    fresh = run("import", FIRST / "queue_log", *logs, "--json", data=tmp_path / "fresh")
    assert again.json["outcomes"] == fresh.json["outcomes"]


def _until(done: Callable[[], bool]) -> None:
    for _ in range(3000):
        if done():
            return
        time.sleep(0.02)
    pytest.fail("the import wrote nothing in a minute")


def test_answers_are_valid_json_whatever_stands_in_a_name(tmp_path: Path) -> None:
    name = 'Ann "the\u2028boss" \u0007 O\'Neil \U0001f600'
    log = tmp_path / "queue_log"
    log.write_text(
        "1793610000|1.1|sales|NONE|ENTERQUEUE||01632960001|1\n"
        f"1793610005|1.1|sales|{name}|CONNECT|5|1.2|5\n"
        f"1793610065|1.1|sales|{name}|COMPLETEAGENT|5|60|1\n",
        encoding="utf-8",
    )
    assert run("import", log, data=tmp_path / "data").code == 0
    shown = run("calls", "--json", data=tmp_path / "data").out
    (call,) = [json.loads(line) for line in shown.split("\n") if line]
    assert call["answered_agent"] == name
    assert run("calls", data=tmp_path / "data").code == 0
    assert run("explain", "1.1", data=tmp_path / "data").code == 0


def test_a_name_in_square_brackets_is_shown_as_it_is(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_text(
        "1793610000|1.1|[red]sales[/red]|NONE|ENTERQUEUE||01632960001|1\n"
        "1793610040|1.1|[red]sales[/red]|NONE|ABANDON|1|1|40\n[/bold]\n[/x]|\n",
        encoding="utf-8",
    )
    ran = run("import", log, data=tmp_path / "data")
    no_traceback(ran)
    for words in (["calls"], ["explain", "1.1"], ["audit"], ["skipped"]):
        shown = run(*words, data=tmp_path / "data")
        assert shown.code == 0, (words, shown.err)
    assert "[red]" in run("calls", data=tmp_path / "data").out
