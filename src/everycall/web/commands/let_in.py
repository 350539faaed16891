"""`everycall let-in`: a new way in for an owner who lost theirs, by whoever has the machine."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from everycall.cli.common import data_option
from everycall.errors import EverycallError
from everycall.web.commands.serve import NotMigratedError, set_up, waiting

if TYPE_CHECKING:
    from everycall.records.models import Person


class NobodyError(EverycallError):
    """There is no such account."""

    id = "no-account"
    exit_code = 2


@click.command("let-in")
@click.argument("email")
@click.option(
    "--without-second-factor", is_flag=True, help="Take their second factor off, too: it is lost."
)
@data_option
def let_in(email: str, data: Path, *, without_second_factor: bool) -> None:
    """Print a link, good once, with which somebody chooses a new password.

    For an owner whom no other owner can help. It is put on record in the audit trail.
    """
    set_up(data)
    if waiting():
        raise NotMigratedError("the records are of another version; run first: everycall migrate")
    from django.conf import settings

    from everycall.records.trail import note
    from everycall.web.accounts import second_factor
    from everycall.web.accounts.invitations import link_for

    somebody = _found(email)
    if without_second_factor:
        second_factor.take_off(None, somebody)
    note(None, "link made", somebody.email)
    click.echo(f"Open this once, within three days, and choose a password for {somebody.email}:")
    click.echo(f"  {settings.ADDRESS}{link_for(somebody)}")
    if second_factor.has_one(somebody):
        click.echo("Their second factor is still asked for; --without-second-factor takes it off.")


def _found(email: str) -> "Person":
    from everycall.records.models import Person

    somebody = Person.objects.filter(email=email.strip().lower()).first()
    if somebody is None:
        known = ", ".join(Person.objects.filter(role="owner").values_list("email", flat=True))
        raise NobodyError(f"nobody has the address '{email}' here (owners: {known or 'none yet'})")
    if not somebody.is_active:
        raise NobodyError(f"{somebody.email} was shut out; an owner lets them in again, in People")
    return somebody
