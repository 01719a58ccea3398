"""What people press and send in Slack, as events; what they write is in `incoming_messages`.

Pure: what has to be asked for comes as arguments.

What is not as Slack documents it raises `Unreadable`; nothing of it has happened then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.chat.address import Person, Place, PostRef
from bot.chat.event import (
    Commanded,
    FormRequested,
    FormSubmitted,
    Picked,
)
from bot.platforms.acts import believed, digest
from bot.platforms.slack.adapter import NAME
from bot.platforms.slack.profiles import Profile
from bot.platforms.slack.reading import Press, read_form, read_press

Json = Mapping[str, Any]

HOME = "home"
"""What a person says, as it were, by opening the app's home page."""


class Unreadable(ValueError):
    """A payload that is not what Slack's documentation says."""


@dataclass(frozen=True, slots=True)
class Door:
    """Who comes in, and when it was heard. ``bot`` is our own user id in the tenant.

    ``private``: it was done in a place that we opened for a few people, which is no lesson's.
    """

    tenant: str
    who: str
    now: datetime
    profile: Profile | None = None
    bot: str = ""
    private: bool = False

    @property
    def person(self) -> Person:
        """The one who acted."""
        return Person(NAME, self.tenant, self.who)

    def head(self, id: str, at: datetime, place: Place | None) -> dict[str, Any]:
        """What every event has."""
        profile = self.profile
        return {
            "id": id,
            "at": at,
            "who": self.person,
            "place": place,
            "name": profile.name if profile else None,
            "zone": profile.zone if profile else "",
        }


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a window was asked for, which Slack does not remember: it travels in the window.

    ``callback`` is the form's. ``private``: the channel is a talk with the bot, and no lesson's.
    ``home`` says that it was opened from the home page.
    """

    callback: str = ""
    channel: str = ""
    thread: str = ""
    post: str = ""
    private: bool = False
    home: bool = False

    def encode(self) -> str:
        """As text, for the window's ``private_metadata``."""
        fields = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}
        return json.dumps(fields, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> Origin:
        """What `encode` made; raises Unreadable for anything else."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            raise Unreadable("private_metadata") from None

    def place(self, tenant: str) -> Place | None:
        """The channel; ``None`` for a private talk."""
        shared = self.channel and not self.private
        return place_of(tenant, self.channel) if shared else None

    def ref(self, tenant: str) -> PostRef | None:
        """The post."""
        place = Place(NAME, tenant, self.channel, self.thread)
        return PostRef(place, self.post) if self.channel and self.post else None

    def asking(self, callback: str) -> Origin:
        """The same place, for another form."""
        return replace(self, callback=callback)


def actor_of(body: Json) -> str:
    """Who acted. Raises Unreadable where nobody did."""
    event = body.get("event") or {}
    user = body.get("user") or event.get("user") or body.get("user_id") or ""
    if is_deletion(event):
        user = (event.get("previous_message") or {}).get("user")
    elif event.get("subtype") == "message_changed":
        user = (event.get("message") or {}).get("user")
    return text_of(user.get("id") if isinstance(user, Mapping) else user, "user")


def channel_of(body: Json) -> str:
    """The channel in which it was done; "" where it was done in none."""
    event, channel = body.get("event") or {}, body.get("channel")
    found = channel.get("id") if isinstance(channel, Mapping) else body.get("channel_id")
    return str(found or event.get("channel") or "")


# -- what is pressed and sent


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of ours. ``view`` is the window or home page that it stands in, if it does."""

    event: Picked | FormRequested
    press: Press
    origin: Origin
    view: Json | None = None


def press_of(body: Json) -> tuple[Json, Press] | None:
    """The action that means something, of those that came along; ``None`` where none does."""
    values = ((body.get("view") or body).get("state") or {}).get("values") or {}
    try:
        found = ((action, read_press(action, values)) for action in body["actions"])
        return next(((action, press) for action, press in found if press), None)
    except (KeyError, TypeError, AttributeError):
        raise Unreadable("actions") from None


def pressed(body: Json, action: Json, press: Press, door: Door) -> Pressed:
    """What a press is. Raises Unreadable."""
    view = body.get("view")
    origin = _origin_of_view(view) if view else _origin_of_message(body)
    origin = replace(origin, private=origin.private or door.private)
    parts = (door.who, body.get("trigger_id"), action.get("action_ts"), origin.post)
    what = (action.get("block_id"), action.get("action_id"), press.callback, *press.options)
    at = moment(action.get("action_ts"), door.now)
    place = origin.place(door.tenant)
    head = door.head(digest("press", *parts, *what), at, place)
    if press.does == "open":
        return Pressed(FormRequested(**head, callback=press.callback), press, origin, view)
    ref = origin.ref(door.tenant)
    event = Picked(**head, callback=press.callback, options=press.options, post=ref)
    return Pressed(event, press, origin, view)


def submitted(body: Json, door: Door) -> tuple[FormSubmitted, Origin]:
    """A window that was sent, and where it was asked for. Raises Unreadable."""
    view = body.get("view") or {}
    origin = _origin_of_view(view)
    try:
        fields = read_form(view["state"]["values"])
    except (KeyError, TypeError, AttributeError):
        raise Unreadable("state") from None
    content = [part for id, values in fields.items() for part in (id, *values, "")]
    # With the hash: a window that was drawn again is another form, though its id stays.
    id = digest("form", door.who, view.get("id"), view.get("hash"), origin.callback, *content)
    event = FormSubmitted(
        **door.head(id, door.now, origin.place(door.tenant)),
        callback=origin.callback,
        post=origin.ref(door.tenant),
        fields=fields,
    )
    return event, origin


def commanded(body: Json, door: Door, sent: str) -> Commanded:
    """``/fivefold …``; ``sent`` is the request's own time, as Slack gives commands no id."""
    origin = origin_of_command(body)
    origin = replace(origin, private=origin.private or door.private)
    text = str(body.get("text") or "").strip()
    id = digest("command", door.who, body.get("trigger_id"), sent, origin.channel, text)
    return Commanded(**door.head(id, door.now, origin.place(door.tenant)), text=text)


def asked_home(body: Json, door: Door) -> Commanded:
    """The home page was opened, or is to be drawn again."""
    id = str(body.get("event_id") or digest("home", door.who, str(door.now)))
    return Commanded(**door.head(id, door.now, None), text=HOME)


# -- the pieces


def moment(ts: object, now: datetime) -> datetime:
    """When Slack says that it happened, or now where it says nothing that can be."""
    try:
        at = datetime.fromtimestamp(float(str(ts)), UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return believed(at, now)


def is_deletion(event: Json) -> bool:
    """Whether a message event says that one was taken back.

    Of one with replies Slack leaves a stone: the message, changed to say that it was deleted.
    """
    stone = (event.get("message") or {}).get("subtype") == "tombstone"
    return event.get("subtype") == "message_deleted" or stone


def event_id(body: Json) -> str:
    """The id that Slack gave the event, the same whenever it is sent again."""
    event = body.get("event") or {}
    return str(body.get("event_id") or digest("event", json.dumps(event, sort_keys=True)))


def time_of(event: Json) -> object:
    """When an event says that it happened."""
    return event.get("event_ts") or event.get("ts")


def place_of(tenant: str, channel: str) -> Place:
    """A channel."""
    return Place(NAME, tenant, channel)


def _origin_of_view(view: Json) -> Origin:
    if view.get("type") == "home":
        return Origin(home=True)
    return Origin.decode(str(view.get("private_metadata") or ""))


def origin_of_command(body: Json) -> Origin:
    """Where a command was typed. Raises Unreadable."""
    channel = text_of(body.get("channel_id"), "channel_id")
    return Origin(channel=channel, private=_is_private(channel, body.get("channel_name")))


def _is_private(channel: str, name: object) -> bool:
    """Whether it is a talk with the bot, or one of several: no lesson's channel."""
    return channel[:1] == "D" or name == "directmessage" or str(name).startswith("mpdm-")


def _origin_of_message(body: Json) -> Origin:
    container, channel = body.get("container") or {}, body.get("channel") or {}
    id = channel.get("id") or container.get("channel_id")
    if not id:
        raise Unreadable("channel")
    ts = str(container.get("message_ts") or (body.get("message") or {}).get("ts") or "")
    thread = str(container.get("thread_ts") or "")
    # What only one person sees is no post.
    ephemeral = bool(container.get("is_ephemeral"))
    return Origin(
        channel=str(id),
        thread="" if thread == ts else thread,
        post="" if ephemeral else ts,
        private=_is_private(str(id), channel.get("name")),
    )


def text_of(value: object, name: str) -> str:
    """A text that has to be there. Raises Unreadable with the ``name`` of what is missing."""
    if not isinstance(value, str) or not value:
        raise Unreadable(name)
    return value
