"""The commands for money, the ledger, remedies and staffing: what they say, and how they refuse."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from everycall.cli import main
from reports.shop import shop_site
from truth.taken import copied

SHOP = Path(__file__).parents[2] / "samples" / "shop"

MONEY = """
[money]
currency = "EUR"
locale = "de-DE"
conversion = { low = 0.2, base = 0.3, high = 0.37, source = "shop system, Q3" }
order_value = { low = 40, base = 60, high = 80, source = "shop system, Q3" }
enquiry_share = { base = 0.4, low = 0.3, high = 0.5, source = "a guess" }
advertising = "ads.csv"
lines.refunds = { base = 1200, source = "accounting" }
enquiry.queues = ["sales"]
"""

ADS = """number,campaign,from,to,cost
+49 30 23125100,,2026-10-01,2026-10-31,3100.00
,newsletter,,,1200
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory with the invented shop, and a site file that says what orders are worth."""
    data = tmp_path_factory.mktemp("data")
    shop = (SHOP / "site.toml").read_text(encoding="utf-8")
    shop = re.sub(r"(?m)^\[(clients\.[a-z-]+\.)?money\]\n[^[#]*", "", shop)
    (data / "site.toml").write_text(shop, encoding="utf-8")
    (data / "priced.toml").write_text(shop + MONEY, encoding="utf-8")
    (data / "ads.csv").write_text(ADS, encoding="utf-8")
    copied(data, [SHOP], shop_site())
    return data


class Said:
    """What a command printed, and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> None:
        try:
            main([str(one) for one in arguments])
            self.code: Any = 0
        except SystemExit as end:
            self.code = end.code
        self.out, self.err = capsys.readouterr()

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Capsys = pytest.CaptureFixture[str]


def test_money_asks_for_what_is_missing_and_makes_nothing_up(data: Path, capsys: Capsys) -> None:
    said = Said(capsys, "money", "--data", data, "--json")
    for client in said.json["clients"]:
        assert client["estimate"]["direct"] is None
        assert client["estimate"]["lifetime"] is None
        assert client["per_call"] is None
        assert {"conversion", "order_value", "enquiry_share"} <= {
            a["name"] for a in client["asked"]
        }
        assert {line["source"] for line in client["lines"]} == {"not counted"}
    shown = Said(capsys, "money", "--data", data).out
    assert "What they were worth is not said" in shown.replace("\n", " ")
    assert "not counted" in shown


def test_money_with_its_inputs(data: Path, capsys: Capsys) -> None:
    config = data / "priced.toml"
    kraut, herb = Said(capsys, "money", "--data", data, "--config", config, "--json").json[
        "clients"
    ]
    assert (kraut["client"], kraut["currency"]) == ("kiesel-kraut", "EUR")
    direct = kraut["estimate"]["direct"]
    assert direct["least"] <= direct["low"] < direct["base"] < direct["high"] <= direct["most"]
    assert direct["high"] < kraut["naive"]["high"]
    assert kraut["per_call"]["base"] == pytest.approx(direct["base"] / kraut["missed_calls"])
    assert kraut["a_year"]["base"] == pytest.approx(direct["base"] * 365 / 60)
    states = {group["name"]: group["callers"]["high"] for group in kraut["by_state"]}
    steps = {step["id"]: step["count"] for step in kraut["steps"]}
    assert sum(states.values()) == steps["callers"]
    assert states["lost"] == steps["unreached"]
    assert steps["missed_calls"] - steps["closed"] - steps["short"] == steps["counted_calls"]
    number, campaign = kraut["waste"]
    assert number["cost"] == pytest.approx(3000)
    assert number["wasted"]["base"] == pytest.approx(
        number["per_call"] * number["unreached"]["base"]
    )
    assert (campaign["calls"], campaign["wasted"]) == (0, None)
    assert herb["estimate"]["direct"]["base"] < direct["base"]


def test_queues_that_are_enquiries_are_counted_for_certain(data: Path, capsys: Capsys) -> None:
    config = data / "priced.toml"
    kraut = Said(capsys, "money", "--data", data, "--config", config, "--json").json["clients"][0]
    assert kraut["unreached"]["enquiries"]["high"] > 0
    assert kraut["unreached"]["others"]["high"] > 0


@pytest.mark.parametrize("options", [[], ["--config", "priced.toml"]])
def test_every_text_fits_80_columns(data: Path, capsys: Capsys, options: list[str]) -> None:
    config = [str(data / one) if one.endswith(".toml") else one for one in options]
    for command in (
        ["money"],
        ["money", "quick"],
        ["ledger", "--by", "client,queue"],
        ["remedies", "--all"],
        ["staffing", "agents", "--level", "0.8"],
    ):
        said = Said(capsys, *command, "--data", data, *config)
        assert said.code == 0, said.err
        assert max(len(line) for line in said.out.splitlines()) <= 80, command
    assert max(len(line) for line in Said(capsys, "money", "worked-example").out.splitlines()) <= 80


def test_a_year_is_not_made_of_a_week(data: Path, capsys: Capsys) -> None:
    week = ["--from", "2026-10-12", "--to", "2026-10-18"]
    config = data / "priced.toml"
    said = Said(capsys, "money", "--data", data, "--config", config, *week, "--json")
    client = said.json["clients"][0]
    assert client["days"] == 7
    assert client["a_year"] is None
    assert any("Nothing is said of a year" in note for note in client["notes"])


def test_the_worked_example_needs_no_data(capsys: Capsys) -> None:
    said = Said(capsys, "money", "worked-example", "--json").json
    lines = {line["id"]: (line["rounded"], round(line["exact"], 1)) for line in said["lines"]}
    assert lines["direct"] == (2800, 2960)
    assert lines["lifetime"] == (50400, 53280)
    assert "$50,400" in Said(capsys, "money", "worked-example").out


def test_the_quick_estimate_without_data_is_the_example(tmp_path: Path, capsys: Capsys) -> None:
    said = Said(capsys, "money", "quick", "--data", tmp_path, "--json").json
    assert [one["name"] for one in said["asked"]] == ["missed", "order_value"]
    assert said["lines"] == []
    assert said["example"]["lines"][0]["exact"] == pytest.approx(35_200)
    given = Said(capsys, "money", "quick", "--missed", "440", "--value", "400", "--json",
                 "--data", tmp_path)  # fmt: skip
    assert given.json["lines"][0]["exact"] == pytest.approx(35_200)


def test_the_quick_estimate_counts_the_last_whole_month_in_open_hours(
    data: Path, capsys: Capsys
) -> None:
    said = Said(capsys, "money", "quick", "--data", data, "--value", "100", "--json").json
    assert said["month"] == "2026-09"
    month = ["--from", "2026-09-01", "--to", "2026-09-30"]
    whole = Said(capsys, "ledger", "--data", data, *month, "--json").json["missed_calls"]
    missed = said["lines"][0]["exact"] / (0.2 * 100)
    assert 0 < missed < whole
    assert said["asked"] == []


def test_the_ledger_balances_and_lists_its_callers(data: Path, capsys: Capsys) -> None:
    found = Said(capsys, "ledger", "--data", data, "--by", "day,queue", "--json").json
    assert found["balanced"]
    assert found["by"] == ["day", "queue"]
    assert sum(group["missed"] for group in found["groups"]) == found["missed"]
    assert found["definition"].startswith("xon 1 (")
    rate = found["rates"]["returned"]
    assert rate["low"] < rate["value"] < rate["high"]
    listed = Said(capsys, "ledger", "--data", data, "--list", "at_risk", "--json").lines
    assert len(listed) == found["at_risk"]
    assert {need["state"] for need in listed} == {"at_risk"}
    assert all(need["settled_at"] is None for need in listed)


def test_the_ledger_follows_a_definition(data: Path, capsys: Capsys) -> None:
    found = Said(capsys, "ledger", "--data", data, "--definition", "nhs_30s", "--json").json
    assert found["definition"].startswith("nhs_30s")
    assert found["balanced"]
    assert (
        found["missed_calls"]
        < Said(capsys, "ledger", "--data", data, "--json").json["missed_calls"]
    )


def test_remedies_link_to_their_calls(data: Path, capsys: Capsys) -> None:
    found = Said(capsys, "remedies", "--data", data, "--json").json
    assert found["balanced"]
    lunch = next(one for one in found["remedies"] if one["cause"] == "lunch_gap")
    assert lunch["plan"]["by"] == "2026-10-31"
    listed = Said(capsys, "remedies", "--data", data, "--calls", lunch["id"]).out.split()
    assert listed == lunch["call_ids"]
    assert len(listed) == lunch["calls"]


def test_agents_for_given_arrivals(capsys: Capsys) -> None:
    said = Said(capsys, "staffing", "agents", "--arrivals", "100,0", "--interval", "30 min",
                "--handling", "3 min", "--level", "0.8", "--within", "20 s", "--shrinkage", "0.3",
                "--json")  # fmt: skip
    busy, quiet = said.lines
    assert (busy["agents"], busy["positions"]) == (14, 20)
    assert busy["level"] == pytest.approx(0.888, abs=1e-3)
    assert (quiet["agents"], quiet["waits"]) == (0, None)


def test_agents_from_the_history(data: Path, capsys: Capsys) -> None:
    promise = ["--waits", "0.5", "--weekday", "mon", "--json"]
    hours = Said(capsys, "staffing", "agents", "--data", data, *promise).lines
    assert len(hours) == 24
    assert hours[9]["agents"] > hours[3]["agents"]


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["ledger", "--by", "dya"], "did you mean 'day'?"),
        (["ledger", "--list", "lots"], "there is no state 'lots'"),
        (["ledger", "--definition", "finsofyy"], "finsofy"),
        (["remedies", "--calls", "lunch"], "there is no remedy 'lunch'"),
        (["money", "quick", "--conversion", "20"], "write 0.2 for 20 %"),
        (["staffing", "agents"], "say what you promise"),
        (["staffing", "agents", "--level", "80"], "write 0.8 for 80 %"),
        (["staffing", "agents", "--level", "0.8", "--arrivals", "x"], "--handling"),
        (["staffing", "agents", "--level", "0.8", "--within", "soon"], "is no duration"),
        (["staffing", "agents", "--abandons", "0.05"], "how patient"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(
    data: Path, capsys: Capsys, command: list[str], sentence: str
) -> None:
    said = Said(capsys, *command, "--data", data)
    assert said.code == 2
    assert sentence in said.err
    assert "Traceback" not in said.err


def test_a_wrong_advertising_file_is_refused_with_its_line(data: Path, capsys: Capsys) -> None:
    broken = data / "broken.toml"
    shop = (data / "priced.toml").read_text(encoding="utf-8")
    broken.write_text(shop.replace("ads.csv", "broken.csv"), encoding="utf-8")
    (data / "broken.csv").write_text("number,cost\n1,two\n", encoding="utf-8")
    said = Said(capsys, "money", "--data", data, "--config", broken)
    assert said.code == 2
    assert "broken.csv:2: 'two' is no amount" in said.err
