"""A backup made under load is one moment: what is restored is all that came before it, and the same numbers."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from running.test_backup import Posting, everycall
from web.serving import Server, free_port, serving, started, wait_for


def board(client: httpx.Client, wall: str) -> dict[str, Any]:
    """Return the first picture that a screen is shown."""
    with client.stream("GET", f"/wall/{wall}/stream") as answer:
        lines = answer.iter_lines()
        while next(lines) != "event: board":
            pass
        data = next(line for line in lines if line.startswith("data: "))
    found: dict[str, Any] = json.loads(data.removeprefix("data: "))
    return found


def outcomes(picture: dict[str, Any]) -> dict[str, int]:
    return {one["outcome"]: one["calls"] for one in picture["outcomes"]}


@contextmanager
def restored(data: Path) -> Iterator[httpx.Client]:
    port = free_port()
    process = started(data, port)
    try:
        base = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
            wait_for(client)
            yield client
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()


def calls(data: Path) -> dict[str, dict[str, Any]]:
    told = everycall(data, "calls", "--json")
    assert told.returncode == 0, told.stderr
    found = [json.loads(line) for line in told.stdout.splitlines()]
    assert len({call["call_id"] for call in found}) == len(found), "a call is there twice"
    return {call["call_id"]: call for call in found}


def test_a_backup_under_load_is_a_moment_and_its_numbers_are_those_of_that_moment(
    tmp_path: Path,
) -> None:
    source, moved = tmp_path / "data", tmp_path / "elsewhere"
    busy, quiet = tmp_path / "busy.tar.gz", tmp_path / "quiet.tar.gz"
    source.mkdir()
    with serving(source) as server:
        with Posting(server) as posting:
            while posting.taken < 30:
                pass
            before = posting.taken
            assert everycall(source, "backup", str(busy)).returncode == 0
        after = posting.taken
        assert after > before, "nothing was posted meanwhile"
        assert everycall(source, "backup", str(quiet)).returncode == 0
        shown = until_shown(server, after)
        server.process.terminate()
        assert server.process.wait(60) == 0
    whole = calls(source)
    held_against(busy, moved / "busy", server.wall, whole, before)
    held_against(quiet, moved / "quiet", server.wall, whole, after)
    assert shown == {"caller_left_in_menu": after}


def until_shown(server: Server, count: int) -> dict[str, int]:
    for _ in range(100):
        shown = outcomes(board(server.client, server.wall))
        if sum(shown.values()) >= count:
            break
        time.sleep(0.2)
    return shown


def held_against(
    file: Path, data: Path, wall: str, whole: dict[str, dict[str, Any]], least: int
) -> None:
    """Restore a backup elsewhere, let it run, and hold what it says against where it comes from."""
    assert everycall(data, "restore", str(file)).returncode == 0
    with restored(data) as client:
        shown = outcomes(board(client, wall))
    found = calls(data)
    assert least <= len(found) <= len(whole)
    assert set(found) == {f"c{number}" for number in range(len(found))}, "there is a hole"
    assert shown == {"caller_left_in_menu": len(found)}
    assert found == {name: whole[name] for name in found}
