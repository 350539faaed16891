"""The table in which all processes count together, and the second factors' secrets encrypted."""

from typing import Any

from django.core.management import call_command
from django.db import migrations

from everycall.records.sealed import seal, unseal

TABLE = "everycall_counts"
SECRETS = ("secret", "seed")


def make_table(_apps: Any, editor: Any) -> None:
    call_command("createcachetable", TABLE, database=editor.connection.alias, verbosity=0)


def drop_table(_apps: Any, editor: Any) -> None:
    editor.execute(f"DROP TABLE {editor.quote_name(TABLE)}")


def _each(apps: Any, change: Any) -> None:
    for row in apps.get_model("mfa", "Authenticator").objects.all():
        row.data |= {name: change(row.data[name]) for name in SECRETS if name in row.data}
        row.save(update_fields=["data"])


def encrypt(apps: Any, _editor: Any) -> None:
    _each(apps, seal)


def decrypt(apps: Any, _editor: Any) -> None:
    _each(apps, unseal)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0015_standing_rules"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunPython(make_table, drop_table),
        migrations.RunPython(encrypt, decrypt),
    ]
