"""The records as lines of text, and back: the same from and to any database, in any version.

Each line is one row. Rows are read and written in the version in which the database was, and only
then brought up to date, so that a backup of last year can be restored this year.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import IO, Any

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor

from everycall.errors import NotThatKindError

LEFT_OUT = frozenset({"sessions", "contenttypes", "auth"})
"""Who is logged in is not kept; the rest of these tables Django fills by itself."""

_BATCH = 500

Version = list[tuple[str, str]]


def dump(to: IO[str]) -> None:
    """Write every record, as the database has them at one instant."""
    executor = MigrationExecutor(connection)
    version = sorted(_leaves(executor))
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        to.write(json.dumps({"version": version}) + "\n")
        for model in _models(executor, version):
            for row in model._default_manager.order_by("pk").iterator(_BATCH):
                told = {f.attname: _told(getattr(row, f.attname)) for f in _fields(model)}
                line = {"table": model._meta.label_lower, "row": told}
                to.write(json.dumps(line, ensure_ascii=False) + "\n")


def load(lines: Iterable[str]) -> int:
    """Fill an empty database; returns the number of records.

    Raises:
        NotThatKindError: the lines are not the records of any version that is known here.
    """
    rows = iter(lines)
    version = [(app, name) for app, name in json.loads(next(rows, "{}")).get("version", [])]
    executor = MigrationExecutor(connection)
    unknown = [node for node in version if node not in executor.loader.graph.nodes]
    if unknown or not version:
        sentence = "the records are of a version that is not known here; use a newer everycall"
        raise NotThatKindError(sentence)
    executor.migrate(version)
    found = {model._meta.label_lower: model for model in _models(executor, version)}
    with transaction.atomic():
        # a row may point at one that comes later; the database looks when all are there
        count = sum(_fill(found, batch) for batch in _batches(rows))
        _restart_numbers(found.values())
    call_command("migrate", verbosity=0, interactive=False)
    return count


def _leaves(executor: MigrationExecutor) -> Iterator[tuple[str, str]]:
    """Yield how far each application has been brought in this database."""
    done = set(executor.loader.applied_migrations)
    graph = executor.loader.graph
    for app, name in done:
        children = {
            child.key for child in graph.node_map[app, name].children if child.key[0] == app
        }
        if not children & done:
            yield app, name


def _models(executor: MigrationExecutor, version: Version) -> list[type[models.Model]]:
    """Return every table of a version, also those that tie two others."""
    apps = executor.loader.project_state(version).apps
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.app_label not in LEFT_OUT]


def _fields(model: type[models.Model]) -> list[Any]:
    return list(model._meta.concrete_fields)


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date | time) else value


def _batches(rows: Iterator[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    table, batch = "", list[dict[str, Any]]()
    for text in rows:
        line = json.loads(text)
        if batch and (line["table"] != table or len(batch) == _BATCH):
            yield table, batch
            batch = []
        table = line["table"]
        batch.append(line["row"])
    if batch:
        yield table, batch


def _fill(found: dict[str, type[models.Model]], batch: tuple[str, list[dict[str, Any]]]) -> int:
    model, rows = found[batch[0]], batch[1]
    fields = {field.attname: field for field in _fields(model)}
    for field in fields.values():
        for name in ("auto_now", "auto_now_add"):
            if getattr(field, name, False):
                setattr(field, name, False)  # the moment is the one that was written down
    made = [
        model(**{name: fields[name].to_python(value) for name, value in row.items()})
        for row in rows
    ]
    model._default_manager.bulk_create(made)
    return len(made)


def _restart_numbers(found: Iterable[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(found)):
            cursor.execute(statement)
