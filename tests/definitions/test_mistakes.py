"""All mistakes of a definition are named at once, with file, place and what was perhaps meant."""

import json
from pathlib import Path

import pytest

from definitions.rows import judge, row
from everycall.definitions import load
from everycall.definitions.loading import LONGEST_FILE, read
from everycall.definitions.phrases import tell
from everycall.errors import BadSettingsError, NotFoundError

WRONG = """
title = "Ours"
version = "1"
doc = "Ours."
source = "Us"
headline = ["mised"]
colour = "red"

[categories]
missed = "Nobody answered."

[limits.short]
doc = "Short."
values = [{ value = "5 s" }, { value = "ten", since = 2026-01-01 }]

[limits.wait]
doc = "Taken."
values = [{ value = "5 s" }]

[switches.strict]
default = "yes"
doc = "Strict."

[[rules]]
name = "answered"
when = "outcome = anwsered"
category = "answered"
why = "it was answered"
source = "us"

[[rules]]
name = "answered"
when = "wiat > 30 s or queue_wait > 30 or answered = 1 or short"
category = "missed"
why = "it was not"
source = "us"

[[rules]]
name = "third"
when = "wait >= 30 sec"
category = "mised"
why = "it was not"
source = "us"

[[examples]]
story = "waited 40 s in the queue and hung up"
category = "missed"
switches = { strikt = true }
"""

SAID = [
    "ours.toml: headline[1]: unknown word 'mised', did you mean 'missed'?",
    "ours.toml: colour: unknown word 'colour'",
    "ours.toml: rules[3].category: unknown word 'mised', did you mean 'missed'?",
    "ours.toml: limits.short.values[2].value: expected a duration such as '30 s' or a number",
    "ours.toml: limits.wait: 'wait' is the name of something else; choose another",
    "ours.toml: switches.strict.default: expected true or false, found 'yes'",
    "ours.toml: rules[1].when: 'anwsered' is nothing that 'outcome' can be, did you mean 'answered'",
    "ours.toml: rules[2].name: two rules are called 'answered'",
    "ours.toml: rules[2].when: unknown word 'wiat', did you mean 'wait' (at character 1)",
    "ours.toml: rules[2].when: 'queue_wait' is a duration, '30' is a number: write a unit, such as '30 s'",
    "ours.toml: rules[2].when: 'answered' is true or false; write it alone or with 'not'",
    "ours.toml: limits.short: 'short' is the name of something else; choose another",
    "ours.toml: rules[3].when: expected a unit of time (ms, s, min, h, d), found 'sec'",
    "ours.toml: rules[1].category: say under [categories] what 'answered' means here",
    "ours.toml: examples[1].story: no story has the words 'waited 40 s in the queue', did you mean",
    "ours.toml: examples[1].switches.strikt: there is no switch 'strikt', did you mean 'strict'?",
    "ours.toml: switches.strict: no rule uses it",
]


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(BadSettingsError) as found:
        read(WRONG, "ours.toml")
    said = str(found.value)
    assert [sentence for sentence in SAID if sentence not in said] == []


def rules(when: str, more: str = "") -> str:
    return f"""
title = "Ours"
version = "1"
doc = "Ours."
source = "us"
headline = ["missed"]
[categories]
missed = "Nobody answered."
{more}
[[rules]]
name = "missed"
when = {json.dumps(when)}
category = "missed"
why = "nobody answered"
source = "us"
"""


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("", "expected a fact, a limit or a value, found the end"),
        ("wait >", "expected a fact, a limit or a value, found the end"),
        ("wait", "'wait' is a duration; compare it with something"),
        ("outcome > answered", "'outcome' is one of some words and has no order; use = or !="),
        ("outcome in (answered, lost)", "'lost' is nothing that 'outcome' can be"),
        ("__import__ = 1", "unknown word '__import__'"),
        ("called = read_csv", "unknown word 'read_csv'"),
        ("called = 5", "'called' is a text, '5' is a number"),
        ("wait == 5 s", "write '=' instead of '=='"),
        ("wait > 5 s; drop", "the sign ';' means nothing here"),
        ("(" * 40 + "answered" + ")" * 40, "nested more than 24 deep"),
        ("not " * 40 + "answered", "nested more than 24 deep"),
        ("answered or " * 300 + "answered", "a condition may have 2000 characters"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused_with_a_sentence(
    when: str, sentence: str
) -> None:
    with pytest.raises(BadSettingsError) as found:
        read(rules(when), "ours.toml")
    assert f"ours.toml: rules[1].when: {sentence}" in str(found.value)


def test_a_text_of_a_condition_stays_a_text() -> None:
    definition = read(rules("""called = "x' OR 1=1 --" or outcome = answered"""), "ours.toml")
    (said,) = judge(definition, [row(outcome="timed_out", called="+491")])
    assert (said["category"], said["rule"], said["missing"]) == ("cannot_tell", "otherwise", "")


def test_limits_hold_from_their_days_on() -> None:
    more = """
[limits.threshold]
doc = "The wait."
values = [{ value = "30 s" }, { value = "20 s", since = 2026-01-01 }]
"""
    definition = read(rules("wait >= threshold", more), "ours.toml")
    story = "came on {}, waited 25 s in a queue, hung up"
    said = judge(definition, [tell(story.format(day)) for day in ("2025-12-30", "2026-01-02")])
    assert [s["category"] for s in said] == ["cannot_tell", "missed"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ("[]", "it has no value"),
        ('[{ value = "1 s" }, { value = "2 s" }]', "needs the day from which it holds"),
        (
            '[{ value = "1 s", since = 2026-02-01 }, { value = "2 s", since = 2026-01-01 }]',
            "not in the order of their days",
        ),
        ('[{ value = "1 s" }, { value = "2", since = 2026-01-01 }]', "use one kind"),
    ],
)
def test_a_limit_says_from_when_it_holds(values: str, sentence: str) -> None:
    more = f'[limits.threshold]\ndoc = "The wait."\nvalues = {values}'
    with pytest.raises(BadSettingsError, match=sentence):
        read(rules("wait >= threshold", more), "ours.toml")


def test_a_definition_that_is_not_there_is_named_with_its_neighbour(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no definition 'xno', did you mean 'xon'"):
        load("xno")
    with pytest.raises(NotFoundError, match="there is no definition"):
        load("/etc/passwd")
    large = tmp_path / "large.toml"
    large.write_text("# " + "x" * LONGEST_FILE)
    with pytest.raises(BadSettingsError, match="larger than 200,000"):
        load(large)
    torn = tmp_path / "torn.toml"
    torn.write_bytes(b"title = \xff")
    with pytest.raises(BadSettingsError, match="no text in UTF-8"):
        load(torn)
    deep = tmp_path / "deep.toml"
    deep.write_text("a = " + "[" * 5000)
    with pytest.raises(BadSettingsError, match="no valid TOML"):
        load(deep)


def test_an_unknown_switch_and_a_wrong_setting_are_refused() -> None:
    with pytest.raises(BadSettingsError, match="no switch 'inclusiv', did you mean 'inclusive'"):
        load("nhs_30s", {"inclusiv": True})
    with pytest.raises(BadSettingsError, match="unknown word 'lots', did you mean 'lost'"):
        load("finsofy", {"caller_gave_up": "lots"})
