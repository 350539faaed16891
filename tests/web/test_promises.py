"""The stories about promises, told to the database; and what only a database can promise."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from everycall.records.models import Promise, PromiseMove
from everycall.records.stored_promises import StoredPromises
from everycall.recovery.promises import rank
from recovery.calls import CALLER, after, missed
from recovery.stories import STORIES, Story, tell


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_in_the_database(story: Story) -> None:
    story(StoredPromises())


def test_two_open_promises_to_one_caller_cannot_be_stored() -> None:
    tell(StoredPromises(), missed())
    row = Promise.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_every_move_is_on_record() -> None:
    tell(StoredPromises(), missed())
    move = PromiseMove.objects.get()
    assert (move.who, move.why) == ("the calls", "caller left in queue")


def test_the_database_orders_as_the_rule_does() -> None:
    promises = StoredPromises()
    for number in range(6):
        caller = f"{CALLER}{number}"
        tell(promises, missed(f"m{number}", (number * 7) % 5, caller=caller))
    Promise.objects.filter(caller__endswith="3").update(message_left=True)
    Promise.objects.filter(caller__endswith="4").update(
        next_at=timezone.now() + (after(60) - after(0))
    )
    Promise.objects.filter(caller__endswith="1").update(misses=4)
    now = timezone.now()
    listed = [row.pk for row in promises.next_to_do(now)]
    plain = sorted(
        (row.plain() for row in Promise.objects.all()), key=lambda p: (rank(p, now), p.id)
    )
    assert listed == [promise.id for promise in plain]
    for pk in listed:
        first = promises.next_one(now, lambda waiting: waiting)
        assert first is not None
        assert first.pk == pk
        Promise.objects.filter(pk=pk).update(state="kept")
    assert promises.next_one(now, lambda waiting: waiting) is None
