"""An erased caller is in no record any more, whatever table it stood in."""

import subprocess
import sys
from pathlib import Path

from django.apps import apps
from django.core import serializers
from django.utils import timezone

from everycall.app.keeping.erasing import Erasure
from everycall.records.erasing import erase_everywhere
from everycall.records.hooks import Hook, tell
from everycall.records.jobs import enqueue
from everycall.records.models import Person, Promise, PromiseMove
from everycall.records.trail import note
from web.serving import environment

GONE, STAYS = "+493023125001", "+493023125002"
ERASURE = Erasure("erased-0123456789", (GONE, "00" + GONE[1:], GONE[1:]))


def promise(caller: str) -> Promise:
    now = timezone.now()
    return Promise.objects.create(
        caller=caller, reason="missed", made_at=now, missed_at=now, due_clock=now, due_pure=now,
        first_call="c1",
    )  # fmt: skip


def everything() -> str:
    found = apps.get_app_config("records").get_models()
    return "".join(serializers.serialize("json", model.objects.all()) for model in found)


def test_a_number_is_taken_out_of_every_table_and_the_rest_stays(owner: Person) -> None:
    kept = promise(STAYS)
    promise(GONE)
    note(owner, "number revealed", GONE, why=[f"asked for {GONE}"], **{GONE: 1})
    enqueue("mail", number=GONE, told={"caller": GONE})
    hook = Hook(name="x", kinds=[])
    hook.keep({})
    hook.save()
    tell(hook, "promise.moved", "move 1", {"caller": GONE, "calls": [{"caller": "00" + GONE[1:]}]})
    assert GONE[1:] in everything()
    assert erase_everywhere(GONE[-7:], ERASURE.out_of) == 4
    assert GONE[1:] not in everything()
    assert everything().count("erased-0123456789") >= 7
    kept.refresh_from_db()
    assert kept.caller == STAYS
    assert erase_everywhere(GONE[-7:], ERASURE.out_of) == 0


def test_a_note_that_is_full_is_cut_where_the_pseudonym_makes_it_longer(owner: Person) -> None:
    why = f"call back {GONE} " + "x" * 400
    PromiseMove.objects.create(
        promise=promise(GONE), at=timezone.now(), move="note", before="waiting", after="waiting",
        who="Ann", why=why[:400],
    )  # fmt: skip
    erase_everywhere(GONE[-7:], ERASURE.out_of)
    left = PromiseMove.objects.get().why
    assert left.startswith("call back erased-0123456789 x")
    assert len(left) == 400


def test_the_command_says_what_it_did_and_puts_it_on_record(tmp_path: Path) -> None:
    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "everycall", *words, "--data", str(tmp_path)]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment(tmp_path)
        )

    run("migrate")
    done = run("erase", GONE)
    assert done.returncode == 0, done.stderr
    assert "Erased from history and 0 records; erased-" in done.stdout
    wrong = run("erase", "nobody")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
