"""Calls of a history under definitions: counted, compared step by step, and one beside the other."""

import json
from pathlib import Path
from typing import Any

import pytest

from definitions.histories import SITE, history, waits
from everycall.app.answers.defining import chosen, compare, count, verdicts_of
from everycall.app.answers.definitions_used import changed, remember
from everycall.app.answers.judging import side_by_side
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile, read_site
from everycall.cli import main
from everycall.definitions import Category, definition_ids, load
from everycall.errors import NotFoundError
from everycall.history import History

WAITS = (5, 20, 29, 30, 31, 60)


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> History:
    return history(tmp_path_factory.mktemp("calls"), waits(*WAITS, answered=4))


@pytest.mark.parametrize("name", definition_ids())
def test_every_call_has_exactly_one_verdict_and_the_categories_add_up(
    calls: History, name: str
) -> None:
    with Asking(calls) as asking:
        ids = [row[0] for row in asking.rows("SELECT call_id FROM counted ORDER BY call_id")]
        said = list(verdicts_of(asking, load(name)))
        assert sorted(one["call_id"] for one in said) == ids
        assert {one["category"] for one in said} <= set(Category)
        assert sum(count(asking, load(name)).categories.values()) == len(ids)


def test_the_calls_are_counted_by_what_a_definition_says(calls: History) -> None:
    with Asking(calls) as asking:
        found = count(asking, load("nhs_30s"))
        assert found.categories == {"abandoned": 3, "not_counted": 7}
        assert (found.headline, found.edge) == (3, 1)
        assert count(asking, load("xon")).categories == {"missed": 6, "answered": 4}


def test_a_comparison_leads_from_one_number_to_the_other_and_lists_the_calls(
    calls: History,
) -> None:
    with Asking(calls) as asking:
        found = compare(asking, load("xon"), load("nhs_30s"))
        assert (found.before, found.after, found.balanced) == (6, 3, True)
        assert [(step.calls, step.first[1]) for step in found.steps] == [
            (-2, "caller_left_in_queue"),
            (-1, "soon_after_joining"),
        ]
        assert all(abs(step.calls) == len(step.call_ids) for step in found.steps)


@pytest.mark.parametrize("second", definition_ids())
def test_every_comparison_is_balanced(calls: History, second: str) -> None:
    with Asking(calls) as asking:
        for first in ("xon", "finsofy", "queuemetrics"):
            assert compare(asking, load(first), load(second)).balanced


def test_one_call_is_shown_under_all_definitions_the_own_one_first(calls: History) -> None:
    with Asking(calls) as asking:
        call_id = asking.rows("SELECT call_id FROM counted WHERE wait_ms = 31000")[0][0]
        said = side_by_side(asking, call_id, load("nhs_30s"))
    assert said[0]["id"] == "nhs_30s"
    assert sorted(one["id"] for one in said) == list(definition_ids())
    found = {one["id"]: one["category"] for one in said}
    assert found["xon"] == "missed"
    assert found["nhs_30s"] == "abandoned"
    assert found["queuemetrics"] == "lost"
    assert all(one["why"] and one["means"] for one in said)


def test_a_team_chooses_its_definition_and_its_switches(tmp_path: Path) -> None:
    assert chosen(SiteFile()).id == "xon"
    assert chosen(SiteFile(trade="shop")).id == "reachability"
    assert chosen(SiteFile(trade="shop", definition="nhs_30s")).id == "nhs_30s"
    (tmp_path / "ours.toml").write_text(load("nhs_30s").text)
    (tmp_path / "site.toml").write_text(
        'definition = "ours.toml"\n[definition_switches]\ninclusive = false\n'
    )
    own = chosen(read_site(tmp_path, None))
    assert (own.id, own.settings["inclusive"]) == ("ours", False)
    assert chosen(read_site(tmp_path, None), "xon").id == "xon"


def test_a_trade_that_is_misspelt_is_never_taken_for_none() -> None:
    with pytest.raises(NotFoundError, match="did you mean 'shop'"):
        chosen(SiteFile(trade="shpo"))


def test_a_brands_own_definition_lies_beside_the_site_file_too(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "ours.toml").write_text(load("nhs_30s").text)
    (folder / "site.toml").write_text(
        '[clients.acme]\ndefinition = "ours.toml"\n[clients.other]\ndefinition = "xon"\n'
    )
    own = chosen(read_site(tmp_path, folder / "site.toml"))
    assert {client: one.id for client, one in own.of_clients.items()} == {
        "acme": "ours",
        "other": "xon",
    }


def test_a_changed_definition_never_changes_a_closed_period_silently(tmp_path: Path) -> None:
    found = history(tmp_path, waits(*WAITS))
    before, after = load("nhs_30s"), load("nhs_30s", {"inclusive": False})
    with Asking(found) as asking:
        assert changed(asking, before) is None
        remember(asking, before)
        remember(asking, before)
        assert changed(asking, before) is None
        said = changed(asking, after)
        assert said is not None
        assert said.calls == 1
        assert said.sentence == (
            f"1 call differs from {before.name}, the version used before for this period."
        )
        remember(asking, after)
        assert changed(asking, after) is not None
        later = asking.rows("SELECT MAX(arrived_at) FROM counted")[0][0] + 1
        assert changed(asking, after, since=later + 10_000_000_000) is None
    used = json.loads((found.folder / "definitions" / "used.json").read_text())
    assert [use["digest"] for use in used] == [before.digest, after.digest]


def test_a_version_that_cannot_be_read_any_more_is_named(tmp_path: Path) -> None:
    found = history(tmp_path, waits(*WAITS))
    with Asking(found) as asking:
        remember(asking, load("nhs_30s"))
        (found.folder / "definitions" / f"{load('nhs_30s').digest}.toml").write_text("title = 1")
        said = changed(asking, load("xon"))
    assert said is not None
    assert "cannot be read any more" in said.sentence


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(["definitions", *arguments])
    return capsys.readouterr().out


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_command_line_gives_verdicts_one_object_a_line(
    calls: History, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(calls.folder.parents[1])
    lines = objects(told(capsys, "verdicts", "--definition", "nhs_30s", "--data", data, "--json"))
    assert len(lines) == 10
    assert {"call_id", "category", "reason", "rule", "missing"} <= set(lines[0])
    assert lines[0]["missing"] == []
    table = told(capsys, "verdicts", "--definition", "nhs_30s", "--data", data)
    assert table.startswith("3 abandoned of 10 calls")
    day = told(capsys, "verdicts", "--data", data, "--from", "2026-03-03", "--json")
    assert len(day.splitlines()) == 4


def test_the_command_line_compares(calls: History, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(calls.folder.parents[1])
    (found,) = objects(told(capsys, "compare", "xon", "nhs_30s", "--data", data, "--json"))
    assert found["balanced"]
    assert (found["first"]["calls"], found["second"]["calls"]) == (6, 3)
    assert sum(step["calls"] for step in found["steps"]) == -3
    shown = told(capsys, "compare", "xon", "nhs_30s", "--data", data, "--list")
    assert "6 - 3 = 3" in shown
    assert "caller left in queue" in shown


def test_the_command_line_lists_shows_copies_and_tries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [one["id"] for one in objects(told(capsys, "list", "--json"))] == list(definition_ids())
    assert "at least 30 seconds" in told(capsys, "show", "nhs_30s")
    (shown,) = objects(told(capsys, "show", "finsofy", "--json"))
    assert shown["switches"]["caller_gave_up"]["values"] == ["lost", "missed"]
    own = tmp_path / "ours.toml"
    assert 'definition = "ours.toml"' in told(capsys, "copy", "xon", str(own))
    assert "0 not" in told(capsys, "test", str(own))
    assert told(capsys, "test", "xon").startswith("xon 1 (")


def test_a_wrong_example_is_told_and_gives_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "ours.toml"
    more = '\n[[examples]]\nstory = "waited 40 s in a queue and hung up"\ncategory = "answered"\n'
    own.write_text(load("xon").text + more)
    with pytest.raises(SystemExit) as stopped:
        main(["definitions", "test", str(own)])
    assert stopped.value.code == 1
    said = capsys.readouterr().out
    assert "has to be answered, but rule 'missed' makes it missed" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show", "xno"], "there is no definition 'xno', did you mean 'xon'?"),
        (["check", "nowhere.toml"], "there is no definition 'nowhere.toml'"),
        (["copy", "xon", "ours.txt"], "has to end in .toml"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["definitions", *arguments])
    assert stopped.value.code == 2
    assert sentence in capsys.readouterr().err


def test_explain_shows_all_definitions(calls: History, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(calls.folder.parents[1])
    with Asking(calls, SITE.zone) as asking:
        call_id = asking.rows("SELECT call_id FROM counted WHERE wait_ms = 31000")[0][0]
    main(["explain", call_id, "--data", data, "--json"])
    told_ = json.loads(capsys.readouterr().out)
    assert told_["definitions"][0]["id"] == "xon"
    assert len(told_["definitions"]) == len(definition_ids())
    main(["explain", call_id, "--data", data])
    assert "Yours is xon 1" in capsys.readouterr().out


def test_the_audit_says_whose_words_it_uses_and_how_many_calls_differ(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history(tmp_path, waits(*WAITS, answered=2))
    data = tmp_path / "data"
    main(["audit", "--data", str(data), "--from", "2026-03-02", "--to", "2026-03-03"])
    first = " ".join(capsys.readouterr().out.split())
    assert load("xon").name in first
    assert "differ" not in first
    (data / "site.toml").write_text('definition = "nhs_30s"\n')
    main(["audit", "--data", str(data), "--from", "2026-03-02", "--to", "2026-03-03"])
    second = " ".join(capsys.readouterr().out.split())
    assert load("nhs_30s").name in second
    assert f"8 calls differ from {load('xon').name}, the version used before" in second


def test_metrics_say_whose_words_they_use(
    calls: History, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(calls.folder.parents[1])
    main(["metrics", "missed", "--data", data])
    assert f"by {load('xon').name}" in " ".join(capsys.readouterr().out.split())
