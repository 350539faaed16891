"""The REST interface's events in the words of the manager interface, so that one reader does for both."""

from collections.abc import Iterable, MutableMapping
from typing import Any

from everycall.telephony.ami_tries import channel_id

Event = dict[str, Any]

_RINGING = ("", "RINGING", "PROGRESS", "PROCEEDING")
_REASONS = {"NOANSWER": "3", "BUSY": "5"}

_PLAIN = {
    "ChannelCreated": "Newchannel",
    "ChannelStateChange": "Newstate",
    "ChannelEnteredBridge": "BridgeEnter",
    "ChannelDestroyed": "Hangup",
}


def as_manager_event(event: Event, customers: MutableMapping[str, str]) -> Event | None:
    """Return an event as the manager interface says it; None if it is of no try.

    Args:
        event: what was heard.
        customers: the try of each customer's channel; whoever is dialled by a person is added.
    """
    if event["type"] == "Dial":
        return _dialled(event, customers)
    name = _PLAIN.get(event["type"])
    channel = str(event.get("channel", {}).get("id", ""))
    mine = _try_of(channel) or customers.get(channel)
    if name is None or not mine:
        return None
    state = event["channel"].get("state", "")
    cause = str(event.get("cause", ""))
    found = {"Event": name, "Try": mine, "Uniqueid": channel, "Cause": cause}
    return {**found, "ChannelStateDesc": state}


def as_manager_list(channel: Event, bridges: Iterable[Event], linked: str) -> Event:
    """Return a channel as the manager interface lists it."""
    bridge = next((b["id"] for b in bridges if channel["id"] in b["channels"]), "")
    named = {"Uniqueid": channel["id"], "Channel": channel["name"], "Linkedid": linked}
    return {**named, "ChannelStateDesc": channel["state"], "BridgeId": bridge}


def _dialled(event: Event, customers: MutableMapping[str, str]) -> Event | None:
    peer, status = str(event["peer"]["id"]), str(event.get("dialstatus", ""))
    caller = str(event.get("caller", {}).get("id", ""))
    mine = _try_of(peer)
    if mine:
        return None if status in (*_RINGING, "ANSWER") else _not_there(mine, status)
    mine = _try_of(caller)
    if not mine:
        return None
    customers[peer] = mine
    if status == "":
        return {"Event": "DialBegin", "Try": mine, "Uniqueid": caller, "DestUniqueid": peer}
    if status in _RINGING:
        return None
    return {"Event": "DialEnd", "Try": mine, "DestUniqueid": peer, "DialStatus": status}


def _not_there(mine: str, status: str) -> Event:
    """Return that the person's phone was not picked up."""
    said = {"Event": "OriginateResponse", "Try": mine, "Response": "Failure"}
    return {**said, "Uniqueid": channel_id(mine), "Reason": _REASONS.get(status, "0")}


def _try_of(channel: str) -> str:
    return channel.removeprefix(channel_id("")) if channel.startswith(channel_id("")) else ""
