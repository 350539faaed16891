"""Screens that call for attention when a target is broken."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what a screen does when a target is broken; off until somebody asks for it."""

    dependencies: ClassVar = [("records", "0009_interface")]

    operations: ClassVar = [
        migrations.AddField("wall", "sound", models.BooleanField(default=False)),
        migrations.AddField("wall", "flash", models.BooleanField(default=False)),
    ]
