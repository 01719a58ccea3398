"""What a browser posted, as events.

Every form carries an id that was drawn with it. Together with what was chosen or written it makes
the event's id: a double click is one event, and another choice from the same page another.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import assert_never

from bot.chat.address import Place, PostRef
from bot.chat.event import (
    Commanded,
    Fields,
    FormRequested,
    FormSubmitted,
    Joined,
    Left,
    Picked,
    Replied,
    ReplyDeleted,
    ReplyEdited,
)
from bot.chat.message import (
    ChoiceField,
    DateField,
    Field,
    Form,
    PeopleField,
    PlaceField,
    TextField,
    TimeField,
)
from bot.chat.text import UserText
from bot.pages.forms import Posted, only
from bot.platforms.acts import digest
from bot.platforms.room.adapter import place, private_channel
from bot.platforms.room.board import Post
from bot.platforms.room.draw import new_event_id
from bot.platforms.room.visitor import Visitor
from bot.words import t

NEWCOMER = "p-"
"""How the ids of people begin who came by the cohort's link."""
MY_PART = "my part"
"""The words by which anybody asks for what is due for them and what is theirs."""
LONGEST_TEXT = 40_000
"""Characters of one text that somebody writes; a longer one is refused, never cut."""


def picked(visitor: Visitor, posted: Posted, at: datetime) -> Picked:
    """A button was pressed."""
    callback, options = only(posted, "callback"), posted.get("option", ())
    return Picked(
        id=_event_id(visitor, posted, "pick", callback, *options),
        at=at,
        who=visitor.person,
        place=_place(visitor, posted),
        name=visitor.name,
        callback=callback,
        options=options,
        post=_post(visitor, posted),
    )


def form_requested(visitor: Visitor, asked: Posted, at: datetime) -> FormRequested:
    """A button that opens something was pressed."""
    return FormRequested(
        id=new_event_id(),
        at=at,
        who=visitor.person,
        place=_place(visitor, asked),
        name=visitor.name,
        callback=only(asked, "callback"),
    )


def form_submitted(visitor: Visitor, form: Form, posted: Posted, at: datetime) -> FormSubmitted:
    """A form was sent."""
    fields = read_fields(form, posted)
    content = [part for id, values in fields.items() for part in (id, *values, "")]
    return FormSubmitted(
        id=_event_id(visitor, posted, "form", form.callback, *content),
        at=at,
        who=visitor.person,
        place=_place(visitor, posted),
        name=visitor.name,
        callback=form.callback,
        post=_post(visitor, posted),
        fields=fields,
    )


def replied(visitor: Visitor, root: str, posted: Posted, at: datetime) -> Replied:
    """Somebody wrote in a thread. The same form sent again with other words is the same reply."""
    reply = digest("reply", visitor.id, only(posted, "event"))
    text = only(posted, "text")
    return Replied(
        id=_event_id(visitor, posted, "reply", root, text),
        at=at,
        who=visitor.person,
        place=visitor.place,
        name=visitor.name,
        post=PostRef(visitor.place, root),
        reply=PostRef(place(visitor.channel, root), reply),
        text=UserText(text),
        # Nobody but the bot can begin a thread in a room.
        ours=True,
    )


def reply_edited(visitor: Visitor, was: Post, posted: Posted, at: datetime) -> ReplyEdited:
    """A reply reads differently now."""
    text = only(posted, "text")
    return ReplyEdited(
        # With the version that is changed: from A to B and back to A are two edits.
        id=_event_id(visitor, posted, "edit", was.id, str(was.changed), text),
        at=at,
        who=visitor.person,
        place=visitor.place,
        name=visitor.name,
        post=PostRef(visitor.place, was.thread),
        reply=PostRef(place(visitor.channel, was.thread), was.id),
        text=UserText(text),
    )


def reply_deleted(visitor: Visitor, was: Post, posted: Posted, at: datetime) -> ReplyDeleted:
    """A reply was taken back."""
    return ReplyDeleted(
        id=_event_id(visitor, posted, "delete", was.id, str(was.changed)),
        at=at,
        who=visitor.person,
        place=visitor.place,
        name=visitor.name,
        post=PostRef(visitor.place, was.thread),
        reply=PostRef(place(visitor.channel, was.thread), was.id),
    )


def commanded(visitor: Visitor, posted: Posted, at: datetime) -> Commanded:
    """Words said to the bot."""
    text = only(posted, "text").strip()
    return Commanded(
        id=_event_id(visitor, posted, "say", text),
        at=at,
        who=visitor.person,
        place=visitor.place,
        name=visitor.name,
        text=text,
    )


def asked_for_part(visitor: Visitor, at: datetime) -> Commanded:
    """Somebody asked for their part; it is read anew each time."""
    return commanded(visitor, {"text": (MY_PART,)}, at)


def joined(visitor: Visitor, posted: Posted, at: datetime) -> Joined:
    """Somebody came in."""
    return Joined(
        id=_event_id(visitor, posted, "join", visitor.name.text),
        at=at,
        who=visitor.person,
        place=visitor.place,
        name=visitor.name,
    )


def left(visitor: Visitor, posted: Posted, at: datetime) -> Left:
    """Somebody went out."""
    return Left(
        id=_event_id(visitor, posted, "leave"),
        at=at,
        who=visitor.person,
        place=visitor.place,
        name=visitor.name,
    )


def newcomer_id(posted: Posted, session: str) -> str:
    """A person id for whoever sent this entry form; sent twice, it is one person."""
    return NEWCOMER + digest("newcomer", session, only(posted, "event"))


def read_fields(form: Form, posted: Posted) -> Fields:
    """What the form's fields hold, in their order; a field left empty holds nothing."""
    return {f.id: tuple(v for v in posted.get(f"f.{f.id}", ()) if v) for f in form.fields}


def too_long(text: str) -> str:
    """Why this text is not taken, if it is longer than `LONGEST_TEXT`; else ``""``."""
    if len(text) <= LONGEST_TEXT:
        return ""
    return t(
        "This is longer than {count} characters, so it was not saved: "
        "please make it shorter, or send it in parts.",
        count=LONGEST_TEXT,
    )


def unfit(form: Form, fields: Fields) -> Mapping[str, str]:
    """What is wrong with what the fields hold, by field: nothing is heard until it is put right."""
    found = ((field.id, _unfit(field, fields[field.id])) for field in form.fields)
    return {id: why for id, why in found if why}


def _unfit(field: Field, values: tuple[str, ...]) -> str:
    if not values:
        return t("Please answer this one.") if field.required else ""
    match field:
        case TextField() | PeopleField() | PlaceField():
            return next(filter(None, map(too_long, values)), "")
        case ChoiceField(options=options, multiple=multiple):
            known = {option.id for option in options}
            fits = known.issuperset(values) and (multiple or len(values) == 1)
            return "" if fits else t("Please choose from what is offered.")
        case DateField():
            return "" if _reads(date, values[0]) else t("Please write the day like 2026-01-31.")
        case TimeField():
            return "" if _reads(time, values[0]) else t("Please write the time like 14:30.")
        case _:
            assert_never(field)


def _reads(kind: type[date] | type[time], text: str) -> bool:
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True


def _place(visitor: Visitor, posted: Posted) -> Place | None:
    return None if only(posted, "private") else visitor.place


def _post(visitor: Visitor, posted: Posted) -> PostRef | None:
    """The post that the control stands in: never one of another room or person."""
    post = only(posted, "post")
    if not post:
        return None
    if only(posted, "private"):
        return PostRef(place(private_channel(visitor.id)), post)
    return PostRef(place(visitor.channel, only(posted, "thread")), post)


def _event_id(visitor: Visitor, posted: Posted, *content: str) -> str:
    return digest(visitor.id, only(posted, "event") or new_event_id(), *content)
