"""`everycall retention`: for how long what is kept is kept, and what goes now."""

from pathlib import Path
from typing import Any

import click

from everycall.cli.common import data_option, json_option, say_json, site_option, together
from everycall.web.commands.serve import set_up


@click.group("retention")
def retention() -> None:
    """Say for how long what is kept is kept, and let go what is older."""


_options = together(data_option, site_option, json_option)


@retention.command("show")
@_options
def show(data: Path, site: str, *, as_json: bool) -> None:
    """Say for how long each kind of data is kept, and how much of it is older."""
    set_up(data, site=site)
    _say(_lines(go=False), as_json=as_json)


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@_options
def run(data: Path, site: str, *, dry_run: bool, as_json: bool) -> None:
    """Let go now what is older than the site keeps it; by itself that is done every night."""
    set_up(data, site=site)
    lines = _lines(go=not dry_run)
    _say(lines, as_json=as_json)
    if any(line.failed for line in lines):
        raise SystemExit(1)


def _lines(*, go: bool) -> list[Any]:
    from django.utils import timezone

    from everycall.web.reading import site_reader
    from everycall.web.work import retaining

    store, now = retaining.store_of(site_reader()), timezone.now()
    if not go:
        return list(retaining.would_go(store, store.site.retention, now))
    lines = list(retaining.let_go(store, now))
    retaining.done(lines)
    return lines


def _say(lines: list[Any], *, as_json: bool) -> None:
    if as_json:
        say_json([_as_json(line) for line in lines])
        return
    for line in lines:
        kept = f"{line.kept.days} days" if line.kept else "for good"
        click.echo(f"{line.kind.title!s:<52} {kept:<12} {line.old:>9,}".rstrip())
        for refused in line.refused:
            click.echo(f"  could not be deleted: {refused}", err=True)
        if line.failed:
            click.echo(f"  failed: {line.failed}", err=True)


def _as_json(line: Any) -> dict[str, Any]:
    days = line.kept.days if line.kept else None
    old = line.old if line.kept else None
    return {
        "kind": line.kind.name,
        "days": days,
        "old": old,
        "refused": len(line.refused),
        "failed": bool(line.failed),
    }
