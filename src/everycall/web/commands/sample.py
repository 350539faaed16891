"""The sample shop as if it were now: its day played into a log, with a port that is free."""

import fcntl
import os
import shutil
import socket
import threading
import time
from pathlib import Path

from everycall.app.intake.replaying import play, sample_day
from everycall.app.intake.samples import sample_folder
from everycall.errors import EverycallError

_PORTS = 20


class AlreadyPlayedError(EverycallError):
    """Another server plays the sample day in this data directory."""

    id = "already-played"
    exit_code = 2


def begin(data: Path) -> Path:
    """Begin to play the sample day; returns the data directory that it goes to."""
    folder, home = sample_folder(), data / "sample"
    home.mkdir(parents=True, exist_ok=True)
    if _is_played(home):
        raise AlreadyPlayedError(
            f"the sample shop is being played already, in {home}; stop it first, or give another --data"
        )
    shutil.rmtree(home / "journal", ignore_errors=True)
    shutil.rmtree(home / "history", ignore_errors=True)
    shutil.copyfile(folder / "site.toml", home / "site.toml")
    log = home / "queue_log"
    os.environ["EVERYCALL_SAMPLE"] = str(log)
    said = sample_day(folder, int(time.time()))
    threading.Thread(target=play, args=(said, log, threading.Event()), daemon=True).start()
    return home


def _is_played(home: Path) -> bool:
    """Tell whether a server has the journal of the sample day open."""
    lock = home / "journal" / "main" / "lock"
    if not lock.exists():
        return False
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def free_port(host: str, port: int) -> int:
    """Return a port, or the next one that nobody listens on: a first look should not fail on it."""
    return next((one for one in range(port, port + _PORTS) if _is_free(host, one)), port)


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
