"""A message: blocks that every platform can draw, and the forms that people fill in.

A renderer is one exhaustive ``match`` over `Block` (and one over `Part` for forms).
A posted message looks the same to everyone; what differs by person is a `Form` or an answer.
Nothing here is cut to a platform's limits: that is the renderer's work, without losing text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from bot.chat.text import Inline, Line, UserText

ButtonStyle = Literal["plain", "primary", "danger"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; ``level`` 1 opens a phase, 2 an activity, 3 a part of one."""

    text: str
    level: Literal[1, 2, 3] = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. A newline in it is a line break."""

    line: Line


@dataclass(frozen=True, slots=True)
class Note:
    """A small line beside the matter: who sees the answers, what is kept."""

    line: Line


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, numbered or not; every item is one line."""

    items: tuple[Line, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Lines whose spacing matters; drawn in a fixed-width face."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; every row has as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said, with who said it, or ``None`` where that is not for the readers."""

    said: UserText
    by: UserText | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose. ``id`` is stable within its question; ``detail`` explains it."""

    id: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Options to pick from in the post itself; a pick arrives as `Picked` with ``callback``.

    Single: one tap is the answer. ``multiple``: tick, then send with ``submit``.
    """

    callback: str
    options: tuple[Option, ...]
    label: str
    multiple: bool = False
    submit: str = "Send"


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a tally: ``count`` of the `Tally.people` who answered chose ``label``."""

    label: Inline
    count: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How a question was answered: bars with their numbers in text.

    ``people`` answered (with several choices the counts may add up to more).
    """

    label: str
    bars: tuple[Bar, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something closes. ``state`` tells a coming deadline from one that passed or moved."""

    at: datetime
    state: Literal["open", "closed", "moved"] = "open"


@dataclass(frozen=True, slots=True)
class People:
    """Names under a title: a group, who takes part. Never a live mention."""

    label: str
    names: tuple[UserText, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press.

    ``does`` "pick": arrives as `Picked`, something is done.
    ``does`` "open": arrives as `FormRequested`, a form or page is shown and nothing is recorded;
    with ``form``, a platform that cannot open forms draws it in the post instead.
    """

    label: str
    callback: str
    does: Literal["pick", "open"] = "pick"
    style: ButtonStyle = "plain"
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons side by side."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """A link to something outside, on a line of its own; shown, never fetched."""

    label: str
    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between two matters."""


@dataclass(frozen=True, slots=True)
class Live:
    """What changes while people answer: how many have, what they wrote. Drawn where it stands.

    Where an edit disturbs whoever is writing in a post, a platform may show it beside the post,
    with every `Tally` and `Deadline`, which change by themselves.
    """

    blocks: tuple[FormText, ...]


Block = (
    Heading
    | Text
    | Note
    | Listing
    | Preformatted
    | Table
    | Quote
    | Choices
    | Tally
    | Deadline
    | People
    | Buttons
    | Resource
    | Divider
    | Live
)


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted. ``summary`` is the one line for notifications and screen readers.

    ``invites_replies`` is False where what people write belongs in no thread: a place for it is
    then not held out to them, though it may be there.
    """

    summary: str
    blocks: tuple[Block, ...]
    invites_replies: bool = True


@dataclass(frozen=True, slots=True)
class TextField:
    """Words to write. ``value`` stands in it already; no length is refused below 40,000."""

    id: str
    label: str
    hint: str = ""
    value: UserText | None = None
    multiline: bool = True
    required: bool = True


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """Options to choose in a form; ``value`` holds the ids chosen already."""

    id: str
    label: str
    options: tuple[Option, ...]
    multiple: bool = False
    value: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class DateField:
    """A calendar day."""

    id: str
    label: str
    value: date | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class TimeField:
    """A wall-clock time, hours and minutes."""

    id: str
    label: str
    value: time | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class PeopleField:
    """People of the platform's tenant, by their ids in it."""

    id: str
    label: str
    value: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class PlaceField:
    """One channel of the platform's tenant, by its id in it."""

    id: str
    label: str
    value: str = ""
    required: bool = True


Field = TextField | ChoiceField | DateField | TimeField | PeopleField | PlaceField
FormText = Heading | Text | Note | Listing | Quote | Table | Preformatted | Divider
Part = Field | FormText


@dataclass(frozen=True, slots=True)
class Form:
    """Fields with text between them; sending it arrives as `FormSubmitted` with ``callback``."""

    title: str
    callback: str
    parts: tuple[Part, ...]
    submit: str = "Send"

    @property
    def fields(self) -> tuple[Field, ...]:
        """The parts that can be filled in, in order."""
        return tuple(part for part in self.parts if isinstance(part, Field))
