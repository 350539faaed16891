"""The command line: one object per group, a table that fits, and refusals in one sentence."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from everycall.cli import main
from everycall.definitions import load
from everycall.metrics.catalog import METRICS
from truth.histories import told

LOG = """\
1790000000|1790000000.1|sales|NONE|ENTERQUEUE||030111|1
1790000007|1790000000.1|sales|Ann|CONNECT|7|1790000003.2|4
1790000067|1790000000.1|sales|Ann|COMPLETECALLER|7|60|1
1790000100|1790000100.3|sales|NONE|ENTERQUEUE||030222|1
1790000140|1790000100.3|sales|NONE|ABANDON|1|1|40
1790003700|1790003700.5|support|NONE|ENTERQUEUE||030333|1
1790003703|1790003700.5|support|Bo|CONNECT|3|1790003701.6|2
1790003713|1790003700.5|support|Bo|COMPLETEAGENT|3|10|1
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    log = tmp_path / "queue_log"
    log.write_text(LOG, encoding="utf-8")
    told(tmp_path / "data", [log])
    return tmp_path / "data"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(list(arguments))
    return capsys.readouterr().out


def objects(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said(capsys, *arguments, "--json").splitlines()]


def test_one_object_for_each_group(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = objects(
        capsys, "metrics", "answered", "answer_rate", "--by", "queue,hour", "--data", str(data)
    )
    assert [(row["queue"], row["hour"]) for row in found] == [("sales", 14), ("support", 15)]
    assert found[0]["answered"]["value"] == 1
    rate = found[0]["answer_rate"]
    parts = {"value", "numerator", "denominator", "low", "high", "note", "unseen", "definition"}
    assert set(rate) == parts
    assert (rate["value"], rate["numerator"], rate["denominator"]) == (0.5, 1, 2)
    assert 0 < rate["low"] < 0.5 < rate["high"] < 1


def test_without_by_there_is_one_object(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ("asa", "lost", "service_level.sl2:5")
    (found,) = objects(capsys, "metrics", *names, "--data", str(data))
    assert found["asa"]["value"] == 5000
    assert found["lost"]["value"] is None
    assert "no source sees" in found["lost"]["note"]
    assert found["service_level.sl2:5"]["numerator"] == 1


def test_a_number_in_the_words_of_a_definition_names_it(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("asa", "missed", "recovery_rate", "abandon_rate.a")
    asked = ("metrics", *names, "--definition", "finsofy", "--data", str(data))
    (found,) = objects(capsys, *asked)
    finsofy = load("finsofy")
    whose = {"id": "finsofy", "version": finsofy.pack.version, "digest": finsofy.digest}
    assert found["asa"]["definition"] is None
    assert found["missed"]["definition"] == whose
    assert found["recovery_rate"]["definition"] == whose
    by_word = objects(capsys, *asked[:2], "--by", "category", "--data", str(data))
    assert {row["asa"]["definition"]["id"] for row in by_word} == {"xon"}
    (narrowed,) = objects(capsys, *asked[:2], "--category", "missed", "--data", str(data))
    assert narrowed["asa"]["definition"]["id"] == "xon"


def test_a_filter_and_days(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("metrics", "arrived", "--queue", "sales", "--from", "2026-09-21")
    (found,) = objects(capsys, *arguments, "--data", str(data))
    assert found["arrived"]["value"] == 2
    (none,) = objects(capsys, *arguments[:2], "--to", "2026-09-20", "--data", str(data))
    assert none["arrived"]["value"] == 0


def test_csv_has_a_column_for_each_part(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "metrics", "asa", "--by", "agent", "--format", "csv", "--data", str(data))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["agent"] for row in rows] == ["Ann", "Bo", ""]
    assert rows[0]["asa.value"] == "7000.0"


def test_a_table_fits_eighty_columns(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [name for name, metric in METRICS.items() if not metric.judged][:40]
    text = said(capsys, "metrics", *names, "--by", "queue,day", "--data", str(data))
    assert max(map(len, text.splitlines())) <= 80
    for name in names:
        assert name in text


def test_every_metric_can_be_asked_by_anything(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by = "queue,agent,hour,category,trunk,tag,team"
    for row in objects(capsys, "metrics", *METRICS, "--by", by, "--data", str(data)):
        assert set(METRICS) < set(row)


def test_the_list_names_every_metric(capsys: pytest.CaptureFixture[str]) -> None:
    assert [row["id"] for row in objects(capsys, "metrics")] == list(METRICS)
    assert "Average speed of answer" in said(capsys, "metrics", "show", "asa")


@pytest.mark.parametrize("arguments", [["metrics", "asaa"], ["metrics", "asa", "--by", "quue"]])
def test_what_is_not_known_is_refused_in_one_sentence(
    data: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--data", str(data)])
    assert ended.value.code == 2
    assert "did you mean" in capsys.readouterr().err


def test_targets_hours_and_export(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = objects(capsys, "targets", "--data", str(data))
    assert {row["day"] for row in held} == {None, "2026-09-21"}
    (day,) = objects(capsys, "hours", "check", "2026-09-21", "--data", str(data))
    assert day["known"] is False
    table = said(capsys, "export", "nhs-cbt", "--month", "2026-09", "--data", str(data))
    assert "2026-09,Inbound calls,Total Inbound Calls,2026-09,3" in table
