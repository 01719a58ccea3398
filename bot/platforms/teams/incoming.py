"""What people do in Teams, as events. Pure: what has to be looked up comes as arguments.

What is not as Microsoft documents it raises `Unreadable`; nothing of it has happened then.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.chat.address import Person, Place, PostRef
from bot.chat.event import (
    Commanded,
    Event,
    FormRequested,
    FormSubmitted,
    Installed,
    Joined,
    Left,
    Picked,
    Removed,
    Replied,
    ReplyDeleted,
    ReplyEdited,
    Said,
)
from bot.chat.text import UserText
from bot.platforms.acts import believed, digest
from bot.platforms.teams.adapter import NAME
from bot.platforms.teams.commanding import is_command
from bot.platforms.teams.connector import thread_of
from bot.platforms.teams.contacts import entra_id
from bot.platforms.teams.reading import Press, read_form, read_press
from bot.platforms.teams.wording import bot_names, words_of

Json = Mapping[str, Any]

HOME = "home"
"""What a person says, as it were, who has just added the app."""

EXECUTE = "adaptiveCard/action"
"""The name of the invoke by which an ``Action.Execute`` comes."""


class Unreadable(ValueError):
    """An activity that is not what Microsoft's documentation says."""


@dataclass(frozen=True, slots=True)
class Door:
    """Who comes in, from where, and when it was heard. ``place`` is ``None`` in private talks.

    ``thread`` is the place with the thread it was done in. ``talk`` is the conversation's id.
    """

    who: Person
    now: datetime
    name: UserText | None
    zone: str
    address: str
    place: Place | None
    thread: Place | None
    talk: str
    private: bool

    def head(self, id: str, at: datetime) -> dict[str, Any]:
        """What every event has."""
        return {
            "id": id,
            "at": at,
            "who": self.who,
            "place": self.place,
            "name": self.name,
            "zone": self.zone,
        }


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of ours. ``post`` is the id of the post that it stands in, ``data`` all that came.

    ``at_once`` says that the answer travels in the acknowledgement.
    """

    press: Press
    event: Picked | FormRequested | FormSubmitted | None
    post: str
    data: Json
    at_once: bool


class NotKept(Exception):
    """It was not saved, and nobody could be told: Teams shall send it again."""


def is_from_nobody(activity: Json) -> bool:
    """Whether no person wrote it, but another bot or a webhook: people have ids like ``29:…``."""
    sender = _dict(activity, "from")
    id = str(sender.get("id") or "")
    return bool(id) and not id.startswith("29:") and not entra_id(dict(sender))


def team_of(activity: Json) -> str:
    """The team that it was done in; ``""`` where in none."""
    return str(_dict(_dict(activity, "channelData"), "team").get("id") or "")


def door_of(activity: Json, now: datetime) -> Door:
    """Who comes in. Raises Unreadable where it is nobody that Entra knows."""
    sender, conversation = _dict(activity, "from"), _dict(activity, "conversation")
    tenant, who = tenant_of(activity), entra_id(dict(sender))
    if not who:
        raise Unreadable("from")
    conversation_id = _text(conversation.get("id"), "conversation")
    kind = conversation.get("conversationType")
    channel, thread = thread_of(conversation_id)
    place = Place(NAME, tenant, channel) if kind == "channel" else None
    name = sender.get("name")
    zone = activity.get("localTimezone")
    return Door(
        who=Person(NAME, tenant, who),
        now=now,
        name=UserText(name) if isinstance(name, str) and name else None,
        zone=zone if isinstance(zone, str) else "",
        address=str(sender.get("id") or ""),
        place=place,
        thread=Place(NAME, tenant, channel, thread) if place else None,
        talk=conversation_id,
        private=kind == "personal",
    )


def tenant_of(activity: Json) -> str:
    """The tenant that it was done in. Raises Unreadable."""
    tenant = _dict(_dict(activity, "channelData"), "tenant").get("id")
    return _text(tenant or _dict(activity, "conversation").get("tenantId"), "tenant").lower()


# -- what is pressed and sent


def pressed(activity: Json, door: Door) -> Pressed | None:
    """What a press is; ``None`` where no button of ours was pressed. Raises Unreadable."""
    at_once = activity.get("type") == "invoke"
    value = activity.get("value")
    if at_once:
        value = _dict(_dict(activity, "value"), "action").get("data")
    if not isinstance(value, dict) or (press := read_press(value)) is None:
        return None
    post = str(activity.get("replyToId") or "")
    place = door.thread or Place(NAME, door.who.tenant, door.talk)
    ref = _post_of(place, post)
    content = json.dumps(value, sort_keys=True)
    at, sent = _moment(activity, door.now), activity.get("timestamp")
    head = door.head(digest("press", door.who, door.talk, post, sent, content), at)
    event: Picked | FormRequested | FormSubmitted | None
    match press.does:
        case "open":
            event = FormRequested(**head, callback=press.callback)
        case "pick":
            event = Picked(**head, callback=press.callback, options=press.options, post=ref)
        case "form":
            fields = read_form(value)
            event = FormSubmitted(**head, callback=press.callback, post=ref, fields=fields)
        case _:
            event = None
    return Pressed(press, event, post, value, at_once)


# -- what is written


def heard(activity: Json, door: Door, *, ours: bool) -> Event | None:
    """What somebody's words mean; ``None`` where they are nothing for us, or there are none.

    ``ours`` says that the thread hangs on a post of the bot's.
    """
    kind, change = activity.get("type"), _dict(activity, "channelData").get("eventType")
    if kind == "messageUpdate" and change in ("editMessage", "undeleteMessage"):
        return _edited(activity, door)
    if kind == "messageDelete":
        return _deleted(activity, door)
    if kind != "message":
        return None
    text = words_of(activity)
    sent = activity.get("timestamp")
    # Teams hands it over again under another id where it was not answered in time.
    id = digest("words", door.who, door.talk, sent, text)
    head = door.head(id, _moment(activity, door.now))
    if door.thread is None:
        return (
            Commanded(**head, text=text.strip())
            if door.private or bool(bot_names(activity))
            else None
        )
    post = _text(activity.get("id"), "id")
    root = door.thread.thread or post
    named, has_words = bool(bot_names(activity)), bool(text.strip())
    if named and (is_command(text) or not ours or not has_words):
        return Commanded(**head, text=text.strip())
    if not has_words:
        return None
    place = door.thread.root
    if root == post:
        return Said(**head, post=PostRef(place, post), text=UserText(text))
    return Replied(
        **head,
        post=PostRef(place, root),
        reply=PostRef(door.thread, post),
        text=UserText(text),
        ours=ours,
    )


def is_picture(activity: Json) -> bool:
    """Whether somebody sent something in which there is no word."""
    return activity.get("type") == "message" and not words_of(activity).strip()


def adopted(said: Said, picked: Picked) -> Replied:
    """What somebody said in the channel, as the answer that they say it is."""
    return Replied(
        id=picked.id,
        at=said.at,
        who=picked.who,
        place=said.place,
        name=picked.name,
        zone=picked.zone,
        post=said.post,
        reply=said.post,
        text=said.text,
        callback=picked.callback,
    )


# -- who comes and goes


@dataclass(frozen=True, slots=True)
class Change:
    """A team in which the bot is, or is no more; ``team`` is ``""`` for a private talk."""

    does: Literal["added", "removed", "changed"]
    team: str
    name: str


def change_of(activity: Json) -> Change | None:
    """What an activity says of the bot's being in a team or talk; ``None`` where nothing."""
    bot = _dict(activity, "recipient").get("id")
    data = _dict(activity, "channelData")
    team = _dict(data, "team")
    id, name = str(team.get("id") or ""), str(team.get("name") or "")
    if activity.get("type") == "installationUpdate":
        action = str(activity.get("action") or "")
        if action.startswith("add"):
            return Change("added", id, name)
        return Change("removed", id, name) if action.startswith("remove") else None
    if activity.get("type") != "conversationUpdate":
        return None
    if any(one.get("id") == bot for one in _members(activity, "membersAdded")):
        return Change("added", id, name)
    if any(one.get("id") == bot for one in _members(activity, "membersRemoved")):
        return Change("removed", id, name)
    what = str(data.get("eventType") or "")
    if what in ("teamDeleted", "teamHardDeleted", "teamArchived"):
        return Change("removed", id, name)
    if what.startswith(("channel", "team")) and id and not what.startswith("teamMember"):
        return Change("changed", id, name)
    return None


def moved(activity: Json, now: datetime, channels: Collection[str] = ()) -> tuple[Event, ...]:
    """The bot or people coming or going, each an event. Raises Unreadable.

    ``channels`` are those of the team that all its members are in: who comes into the team comes
    into each of them, and who comes into another channel of it into that one alone.
    """
    tenant, bot = tenant_of(activity), _dict(activity, "recipient").get("id")
    conversation = _dict(activity, "conversation")
    channel = thread_of(str(conversation.get("id") or ""))[0]
    is_channel = conversation.get("conversationType") == "channel" and bool(channel)
    place = Place(NAME, tenant, channel) if is_channel else None
    at, sent = _moment(activity, now), activity.get("timestamp")
    sender = Person(NAME, tenant, entra_id(dict(_dict(activity, "from"))))

    def head(what: str, who: Person, place: Place | None) -> dict[str, Any]:
        id = digest(what, who, place, sent, activity.get("type"))
        return {"id": id, "at": at, "who": who, "place": place}

    events: list[Event] = []
    change = change_of(activity)
    if change and change.does == "added":
        events.append(Installed(**head("installed", sender, place)))
    if change and change.does == "removed":
        events.append(Removed(**head("removed", sender, place)))
    if place is None:
        return tuple(events)
    is_all = channel == team_of(activity) or channel in channels
    places = [Place(NAME, tenant, id) for id in sorted({channel, *(channels if is_all else ())})]
    for name, kind in (("membersAdded", Joined), ("membersRemoved", Left)):
        for member in _members(activity, name):
            id = entra_id(dict(member))
            if id and member.get("id") != bot:
                who = Person(NAME, tenant, id)
                events += [kind(**head(name, who, each)) for each in places]
    return tuple(events)


# -- the pieces


def _moment(activity: Json, now: datetime) -> datetime:
    """When Teams says that it happened, or now where it says nothing that can be."""
    try:
        at = datetime.fromisoformat(str(activity.get("timestamp")))
    except ValueError:
        return now
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return believed(at, now).astimezone(UTC)


def _edited(activity: Json, door: Door) -> ReplyEdited | ReplyDeleted | None:
    text = words_of(activity)
    if not text.strip():
        # A picture in the place of what was written: of their words nothing stands any more.
        return _deleted(activity, door)
    if door.thread is None:
        return None
    place, post = door.thread.root, _text(activity.get("id"), "id")
    id = digest("edit", door.who, door.talk, post, activity.get("timestamp"), text)
    return ReplyEdited(
        **door.head(id, _moment(activity, door.now)),
        post=PostRef(place, door.thread.thread or post),
        reply=_post_of(door.thread, post) or PostRef(place, post),
        text=UserText(text),
    )


def _deleted(activity: Json, door: Door) -> ReplyDeleted | None:
    if door.thread is None:
        return None
    place, post = door.thread.root, _text(activity.get("id"), "id")
    id = digest("delete", door.who, door.talk, post, activity.get("timestamp"))
    return ReplyDeleted(
        **door.head(id, _moment(activity, door.now)),
        post=PostRef(place, door.thread.thread or post),
        reply=_post_of(door.thread, post) or PostRef(place, post),
    )


def _post_of(place: Place, post: str) -> PostRef | None:
    """The post with this id, which stands in the thread or is the one that begins it."""
    if not post:
        return None
    return PostRef(place.root if post == place.thread else place, post)


def _members(activity: Json, name: str) -> list[dict[str, Any]]:
    found = activity.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _dict(value: Json, name: str) -> Json:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise Unreadable(name)
    return value
