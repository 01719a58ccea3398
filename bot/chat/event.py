"""What was heard: facts from a platform, already verified by it.

``id`` is the platform's own and unique per tenant: the same id again is the same event again.
``at`` is when the person acted, in lesson time. ``name`` is what the platform calls them, if it
said. ``place`` is where it happened, or ``None`` for a private talk with the bot. ``zone`` is the
person's IANA zone, where the platform knows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from bot.chat.address import Person, Place, PostRef
from bot.chat.text import UserText

Fields = Mapping[str, tuple[str, ...]]
"""A form's values by field id: the one text, or the ids of the options chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What every event has."""

    id: str
    at: datetime
    who: Person
    place: Place | None = None
    name: UserText | None = None
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked(Heard):
    """A button was pressed or options were picked; ``options`` holds their ids.

    ``post`` is the post that it stands in, where the platform says so.
    """

    callback: str
    options: tuple[str, ...] = ()
    post: PostRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRequested(Heard):
    """A button that opens something was pressed. Answering it records nothing."""

    callback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmitted(Heard):
    """A form was sent."""

    callback: str
    post: PostRef | None = None
    fields: Fields = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(Heard):
    """Somebody wrote in the thread of ``post``; ``reply`` is the reply itself.

    ``ours`` says that the platform knows ``post`` to be the bot's own. ``callback`` is that of the
    button by which its author said, of something written elsewhere, what it answers.
    """

    post: PostRef
    reply: PostRef
    text: UserText
    ours: bool = False
    callback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyEdited(Heard):
    """A reply reads differently now. It may arrive before the reply itself."""

    post: PostRef
    reply: PostRef
    text: UserText


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDeleted(Heard):
    """A reply was taken back."""

    post: PostRef
    reply: PostRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Heard):
    """Somebody wrote ``post`` in the place itself, in no thread."""

    post: PostRef
    text: UserText


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Heard):
    """``who`` wants what somebody (``by``) said in ``post`` to be kept as evidence."""

    post: PostRef
    text: UserText
    by: Person
    by_name: UserText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded(Heard):
    """Words said to the bot itself: ``status``, ``pause``, ``+5`` …"""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Heard):
    """Somebody came into the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Heard):
    """Somebody left the place; without one, every place that they were in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed(Heard):
    """The bot was added to a tenant or place; ``who`` added it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed(Heard):
    """The bot was taken out of a tenant or place; ``who`` removed it."""


Event = (
    Picked
    | FormRequested
    | FormSubmitted
    | Replied
    | ReplyEdited
    | ReplyDeleted
    | Said
    | Kept
    | Commanded
    | Joined
    | Left
    | Installed
    | Removed
)
