"""Hands records in until it is killed; prints the number of each that was acknowledged.

`writing.py FOLDER FIRST`: three senders, each with records of its own; whoever was not told that a
record is taken sends it again after a restart, so the first of each begins at FIRST - 1.
"""

import sys
import threading
from pathlib import Path

from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry

SENDERS = 3
BATCH = 7


def entry(sender: int, number: int) -> Entry:
    body = f"record {number} of {sender} " + "x" * (number % 200)
    return Entry(f"feed {sender}", "test", body, f"{sender}-{number}", number, "", number)


def send(journal: Journal, sender: int, number: int, lock: threading.Lock) -> None:
    while True:
        batch = [entry(sender, number + i) for i in range(BATCH)]
        journal.append(batch)
        with lock:
            sys.stdout.write(f"{sender} {number + BATCH}\n")
            sys.stdout.flush()
        number += BATCH


def main() -> None:
    folder, starts = Path(sys.argv[1]), [int(text) for text in sys.argv[2:]]
    lock = threading.Lock()
    with Journal(folder, segment=100_000) as journal:
        threads = [
            threading.Thread(target=send, args=(journal, sender, start, lock))
            for sender, start in enumerate(starts)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main()
