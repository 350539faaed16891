"""Asterisk's channel events of older versions, which tell of two who are connected at one of them only."""

from pathlib import Path

import pytest

from truth.histories import site_of, told

HEADING = "eventtype,eventtime,cid_name,cid_num,exten,context,channame,uniqueid,linkedid,peer"
CALLER, AGENT = "SIP/trunk-00000028", "SIP/anna-00000013"
CALL = (
    ("CHAN_START", "0.0", "5551001", "from-trunk", CALLER, 1),
    ("CHAN_START", "0.2", "1002", "default", AGENT, 2),
    ("ANSWER", "4.0", "1002", "default", AGENT, 2),
    ("ANSWER", "4.1", "5551001", "user", CALLER, 1),
    ("BRIDGE_START", "4.2", "5551001", "user", CALLER, 1),
    ("BRIDGE_END", "64.0", "5551001", "user", CALLER, 1),
    ("HANGUP", "64.1", "1002", "user", AGENT, 2),
    ("CHAN_END", "64.2", "1002", "user", AGENT, 2),
    ("HANGUP", "64.3", "5551001", "user", CALLER, 1),
    ("CHAN_END", "64.4", "5551001", "user", CALLER, 1),
    ("LINKEDID_END", "64.5", "5551001", "user", CALLER, 1),
)


def rows(peer: str) -> str:
    """Return the events as a table; `peer` is what the bridge's events name as the other side."""
    lines = [
        f"{kind},{1_700_000_000 + float(at):.6f},,{number},s,{context},{name},"
        f"1700000000.{channel},1700000000.1,{peer if 'BRIDGE' in kind else ''}"
        for kind, at, number, context, name, channel in CALL
    ]
    return "\n".join([HEADING, *lines]) + "\n"


@pytest.mark.parametrize("peer", ["", AGENT], ids=["unnamed", "named"])
def test_two_are_connected_though_only_one_of_them_says_so(peer: str, tmp_path: Path) -> None:
    path = tmp_path / "cel.csv"
    path.write_text(rows(peer), encoding="utf-8")
    call = told(tmp_path / "data", [path], site_of(zone="UTC")).only
    assert (call["outcome"], call["answered_agent"]) == ("answered", "SIP/anna")
    assert (call["ring_ms"], call["talk_ms"]) == (3800, 59_800)
    assert call["answered_at"] == "2023-11-14T22:13:24.2Z"
