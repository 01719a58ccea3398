"""What people write in Slack, and where they come and go, as events. Pure, as `incoming` is."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.address import Person, Place, PostRef
from bot.chat.event import (
    Commanded,
    Event,
    Joined,
    Kept,
    Left,
    Picked,
    Replied,
    ReplyDeleted,
    ReplyEdited,
    Said,
)
from bot.chat.text import UserText
from bot.platforms.acts import digest
from bot.platforms.slack.adapter import NAME
from bot.platforms.slack.incoming import (
    Door,
    Json,
    event_id,
    is_deletion,
    moment,
    place_of,
    text_of,
    time_of,
)
from bot.platforms.slack.profiles import Profile
from bot.platforms.slack.wording import words_of

SPOKEN = frozenset({"", "file_share", "me_message", "thread_broadcast"})
"""The subtypes of messages that are people's own words."""


def author_of(body: Json, door: Door) -> Person:
    """Who said what the shortcut "Add to evidence" is about."""
    message = body.get("message") or {}
    # What a bot said is nobody's answer: it is kept as of whoever keeps it.
    author = "" if message.get("bot_id") else str(message.get("user") or "")
    return Person(NAME, door.tenant, author or door.who)


def kept(body: Json, door: Door, author: Profile | None = None) -> Kept:
    """The shortcut "Add to evidence" on somebody's message; ``author`` is who wrote that."""
    message, channel = body.get("message") or {}, (body.get("channel") or {}).get("id")
    channel, ts = text_of(channel, "channel"), text_of(message.get("ts"), "ts")
    id = digest("keep", door.who, channel, ts, body.get("trigger_id"))
    place = place_of(door.tenant, channel)
    return Kept(
        **door.head(id, moment(body.get("action_ts"), door.now), place),
        post=PostRef(_within(message, place), ts),
        text=UserText(words_of(message)),
        by=author_of(body, door),
        by_name=author.name if author else None,
    )


def heard(body: Json, door: Door) -> Event | None:
    """What a message event means for us; ``None`` where it is nothing that somebody said."""
    event = body.get("event") or {}
    channel, subtype = text_of(event.get("channel"), "channel"), str(event.get("subtype") or "")
    private = event.get("channel_type") == "im"
    if is_deletion(event):
        return None if private else _deleted(body, event, channel, door)
    if subtype == "message_changed":
        return None if private else _edited(body, event, channel, door)
    if subtype not in SPOKEN or event.get("bot_id"):
        return None
    at = moment(event.get("ts"), door.now)
    if private:
        head = door.head(event_id(body), at, None)
        return Commanded(**head, text=words_of(event).strip())
    ts = text_of(event.get("ts"), "ts")
    shared = _is_shared(event, door)
    place = place_of(door.tenant, channel)
    head = door.head(event_id(body), at, None if shared else place)
    text = UserText(words_of(event))
    within = _within(event, place)
    if within.thread:
        ours = bool(door.bot) and event.get("parent_user_id") == door.bot
        root, reply = PostRef(place, within.thread), PostRef(within, ts)
        return Replied(**head, post=root, reply=reply, text=text, ours=ours)
    return None if shared else Said(**head, post=PostRef(place, ts), text=text)


def adopted(message: Json, picked: Picked, post: PostRef) -> Replied | None:
    """What stands in ``post``, as the answer that its author says it is; ``None`` if they did not
    write it."""
    if message.get("ts") != post.id or message.get("user") != picked.who.id:
        return None
    return Replied(
        id=picked.id,
        at=moment(message.get("ts"), picked.at),
        who=picked.who,
        place=picked.place,
        name=picked.name,
        zone=picked.zone,
        post=post,
        reply=post,
        text=UserText(words_of(message)),
        callback=picked.callback,
    )


def _edited(body: Json, event: Json, channel: str, door: Door) -> ReplyEdited | None:
    message, before = event.get("message") or {}, event.get("previous_message") or {}
    said = words_of(message)
    # Slack also "changes" a message when it unfolds a link or counts a reply.
    if message.get("bot_id") or not message.get("user") or said == words_of(before):
        return None
    place = place_of(door.tenant, channel)
    within, ts = _within(message, place), text_of(message.get("ts"), "ts")
    seen = None if _is_shared(event, door) else place
    return ReplyEdited(
        **door.head(event_id(body), moment(time_of(event), door.now), seen),
        post=PostRef(place, within.thread or ts),
        reply=PostRef(within, ts),
        text=UserText(said),
    )


def _deleted(body: Json, event: Json, channel: str, door: Door) -> ReplyDeleted | None:
    before = event.get("previous_message") or {}
    if before.get("bot_id") or not before.get("user"):
        return None
    place = place_of(door.tenant, channel)
    within, ts = _within(before, place), text_of(before.get("ts"), "ts")
    seen = None if _is_shared(event, door) else place
    return ReplyDeleted(
        **door.head(event_id(body), moment(time_of(event), door.now), seen),
        post=PostRef(place, within.thread or ts),
        reply=PostRef(within, ts),
    )


def moved(body: Json, door: Door) -> Joined | Left:
    """Somebody came into a channel or left it."""
    event = body.get("event") or {}
    place = place_of(door.tenant, text_of(event.get("channel"), "channel"))
    head = door.head(event_id(body), moment(time_of(event), door.now), place)
    return Joined(**head) if event.get("type") == "member_joined_channel" else Left(**head)


def deactivated(body: Json, door: Door) -> Left:
    """Somebody's account is no more: they leave wherever they were."""
    return Left(**door.head(event_id(body), moment(time_of(body["event"]), door.now), None))


def _is_shared(event: Json, door: Door) -> bool:
    """Whether it was said in a private talk of several, the channel of no lesson."""
    return door.private or event.get("channel_type") == "mpim"


def _within(message: Json, place: Place) -> Place:
    """The thread that a message stands in; the channel where it is in none, or begins one."""
    thread = str(message.get("thread_ts") or "")
    return replace(place, thread=thread) if thread and thread != message.get("ts") else place
