"""The packs: what each makes of the reference calls, under every setting of its switches."""

from typing import Any

import pytest

from definitions.rows import Row, judge
from everycall.definitions import Category, Definition, definition_ids, load
from everycall.definitions.categories import EVERYWHERE
from everycall.definitions.conditions import used
from everycall.definitions.phrases import tell
from everycall.definitions.reference import reference_calls
from everycall.definitions.scope import scope_of
from everycall.definitions.trying import try_out
from everycall.definitions.words import words

IDS = [
    "aircall",
    "amazon_connect",
    "asterisk_ami",
    "asterisk_queue_log",
    "cisco",
    "copc",
    "finsofy",
    "freeswitch_callcenter",
    "genesys",
    "nhs_30s",
    "nhs_gp",
    "queuemetrics",
    "reachability",
    "ringostat",
    "twilio_flex",
    "xon",
]

CODES = {
    "A": Category.ANSWERED,
    "M": Category.MISSED,
    "L": Category.LOST,
    "B": Category.ABANDONED,
    "D": Category.DROPPED,
    "V": Category.ENDED_IN_MENU,
    "S": Category.SELF_SERVED,
    "C": Category.CALLBACK,
    "F": Category.FLOW_OUT,
    "-": Category.NOT_COUNTED,
    "?": Category.UNDEFINED,
}

# one row per reference call; finsofy, reachability, ringostat, xon, nhs_30s, nhs_gp, amazon_connect,
# genesys, asterisk_queue_log, freeswitch_callcenter
SCHEMES = [
    "finsofy",
    "reachability",
    "ringostat",
    "xon",
    "nhs_30s",
    "nhs_gp",
    "amazon_connect",
    "genesys",
    "asterisk_queue_log",
    "freeswitch_callcenter",
]
TABLE = {
    "trunk_full": "LM--------",
    "user_busy": "MMMM-M----",
    "rang_caller_left": "BMMM-M----",
    "rang_out": "MMMM-M----",
    "declined": "MMMM-M----",
    "closed_hung_up": "BMMB-V----",
    "closed_message": "?MMB-M----",
    "menu_hung_up": "BMMB-V----",
    "menu_sms": "BSMB-V----",
    "queue_full": "MMMB-V---B",
    "queue_unstaffed": "MMMB-V---B",
    "queue_8_s": "BMMM-MBBBB",
    "queue_30_s": "BMMMBMBBBB",
    "queue_45_s": "BMMMBMBBBB",
    "queue_45_s_two_rang": "BMMMBMBBBB",
    "timeout_message": "MMMM-M-FFB",
    "timeout_hung_up": "MMMM-M-BFB",
    "agents_left": "MMMM-M-BFB",
    "callback_reached": "?CMM-CCFFB",
    "second_queue_answered": "AAAA-AAAAA",
    "answered_20_s": "AAAA-AAAAA",
    "answered_75_s": "AAAA-AAAAA",
    "talk_failed": "DAAA-AAAAA",
    "transfer_unanswered": "MAAA-AAAAA",
    "agent_hung_up": "AAAA-AAAAA",
    "fourth_phone_answered": "AAAA-AAAAA",
    "signal_lost": "DMMMBMBBBB",
}

every_pack = pytest.mark.parametrize("name", IDS)


def test_every_definition_is_there() -> None:
    assert list(definition_ids()) == IDS


@every_pack
def test_every_example_and_reference_call_is_what_it_has_to_be(name: str) -> None:
    tried = try_out(load(name), judge)
    assert [str(one) for one in tried if not one.right] == []
    assert len(tried) > len(reference_calls())


@every_pack
def test_every_definition_says_what_each_reference_call_is(name: str) -> None:
    assert list(load(name).pack.reference) == list(reference_calls())


@pytest.mark.parametrize("name", SCHEMES)
def test_the_reference_calls_are_what_the_sources_say(name: str) -> None:
    place = SCHEMES.index(name)
    expected = {call: CODES[row[place]] for call, row in TABLE.items()}
    found = load(name).pack.reference
    assert {call: found[call] for call in TABLE} == expected


def stories(definition: Definition) -> list[Row]:
    told = (*reference_calls().values(), *(e.story for e in definition.pack.examples))
    return [tell(story) for story in told]


SWITCHES = [(name, switch) for name in IDS for switch in load(name).pack.switches]


@pytest.mark.parametrize(("name", "switch"), SWITCHES)
def test_both_settings_of_every_switch_are_tried_and_differ(name: str, switch: str) -> None:
    definition = load(name)
    declared = definition.pack.switches[switch]
    settings: tuple[Any, ...] = declared.values or (True, False)
    tried = {e.switches[switch] for e in definition.pack.examples if switch in e.switches}
    assert tried | {declared.default} == set(settings)
    rows = stories(definition)
    said = [
        [s["category"] for s in judge(definition.switched({switch: setting}), rows)]
        for setting in settings
    ]
    assert said[0] != said[1]


@every_pack
def test_what_nobody_saw_is_never_taken_for_no(name: str) -> None:
    definition = load(name)
    scope = scope_of(definition)
    spoken_of = {w for rule in definition.rules for w in used(rule.when, scope)} & set(words())
    facts = [words()[w].sql for w in spoken_of - {"outcome", "direction", "callback_age"}]
    rows = [tell(story) for story in reference_calls().values()]
    for variant in variants(definition):
        before = judge(variant, rows)
        for fact in facts:
            after = judge(variant, [row | {fact: None} for row in rows])
            for was, now in zip(before, after, strict=True):
                same = was["category"] == now["category"]
                assert same or (now["category"] == "cannot_tell" and now["missing"]), (was, fact)


def variants(definition: Definition) -> list[Definition]:
    """The definition, and itself with one switch set otherwise."""
    declared = definition.pack.switches.items()
    others = [{n: v} for n, s in declared for v in (s.values or (True, False))]
    return [definition, *(definition.switched(other) for other in others)]


@every_pack
def test_no_rule_is_dead(name: str) -> None:
    definition = load(name)
    rows = [*stories(definition), *(row for row in _one_of_each())]
    rules = {s["rule"] for v in variants(definition) for s in judge(v, rows)}
    assert {rule.name for rule in definition.rules} <= rules


def _one_of_each() -> list[Row]:
    """A call of each outcome and each exit of a queue that the reference calls lack."""
    told = (
        "was refused as spam",
        "the phone was out of reach",
        "waited 10 s in a queue, left the queue by a key",
        "waited 10 s in a queue, was sent away",
        "waited 10 s in a queue, the queue closed",
        "somebody outside took the call",
        "spoke with a bot, hung up",
    )
    rows = [tell(story) for story in told]
    return [*rows, rows[3] | {"last_exit": "system"}, rows[3] | {"last_exit": "withdrawn"}]


@every_pack
def test_every_word_is_explained_and_every_rule_says_who_says_so(name: str) -> None:
    definition = load(name)
    for rule in definition.rules:
        assert rule.category in EVERYWHERE or rule.category in definition.pack.categories
        assert rule.source, rule.name
        assert rule.why[0].islower(), rule.name
        assert not rule.why.endswith("."), rule.name
    assert definition.pack.otherwise.source
    for switch in definition.pack.switches.values():
        assert switch.doc.endswith(".")
        assert switch.source
    for limit in definition.pack.limits.values():
        assert limit.doc.endswith(".")
        assert all(value.source for value in limit.values)
