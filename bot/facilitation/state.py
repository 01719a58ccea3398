"""The nouns of a run, as they are stored: frozen values, changed only through `Changes`.

Every moment here is aware, in UTC, and in lesson time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.chat.address import Person, Place, Recipient
from bot.chat.text import UserText
from bot.facilitation.pace import Pace
from bot.lessons.lesson import Lesson

RunStatus = Literal["scheduled", "running", "paused", "ended"]
CueKind = Literal["notes", "start", "open", "wake", "close", "end"]
CueState = Literal["waiting", "done", "cancelled"]
OnDoubt = Literal["ask", "drop", "again"]
Role = Literal["learner", "facilitator"]
AssignmentState = Literal["held", "lapsed", "dropped"]

LOBBY = "lobby"
"""The activity id of the conversation around a lesson: replies to its welcome and closing."""


@dataclass(frozen=True, slots=True)
class Run:
    """One lesson for one cohort.

    ``id`` is letters and digits. ``start`` is when the lesson began or is to begin; ``zone`` is
    the facilitator's IANA zone. ``revision`` rises with every change of plan.
    ``paused_at`` is the moment from which time stands still, while ``status`` is "paused";
    ``pause_reason`` is said to the facilitator where the bot itself paused. With a ``pace`` it
    runs over days, without one it is live.

    A ``rehearsal`` is held with made-up people, in private, for the one facilitator that it has;
    its ``main`` is a place that no platform knows.
    """

    id: str
    lesson: Lesson
    main: Place
    facilitators: tuple[Person, ...]
    zone: str
    start: datetime
    seed: int = 0
    status: RunStatus = "scheduled"
    revision: int = 1
    paused_at: datetime | None = None
    pause_reason: str = ""
    ended_at: datetime | None = None
    pace: Pace | None = None
    rehearsal: bool = False

    @property
    def audience(self) -> Place | Person:
        """Where that is said which everybody is to see."""
        return self.facilitators[0] if self.rehearsal else self.main


@dataclass(frozen=True, slots=True)
class Cue:
    """The moment at which the bot does a thing; ``seq`` orders a run's cues and names them.

    ``planned`` is the moment first promised, ``at`` the one now due, ``done_at`` when it was
    carried out. ``activity`` or ``phase`` says what it is about. One that ``waits`` is not carried
    out when it comes due: the run stands still until the facilitator goes on.
    """

    run: str
    seq: int
    kind: CueKind
    at: datetime
    planned: datetime
    phase: str = ""
    activity: str = ""
    state: CueState = "waiting"
    done_at: datetime | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """One time that an activity is open; a second one of the same activity has ``n`` 2.

    ``id`` is letters, digits and ``-``, so that callbacks can carry it. ``shown_in`` is the id of
    the opening in whose post it stands, where that is not its own.
    """

    id: str
    run: str
    activity: str
    n: int
    opened_at: datetime
    closes_at: datetime | None
    closed_at: datetime | None = None
    shown_in: str = ""

    @property
    def post(self) -> str:
        """The id of the opening that has the post in which this one stands."""
        return self.shown_in or self.id

    @property
    def is_open(self) -> bool:
        """Whether it takes answers in time."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Participant:
    """A person in a run. ``id`` is a surrogate, the owner of their responses."""

    id: str
    run: str
    person: Person
    name: UserText
    role: Role
    joined_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What was given: ids of options, words, or both ("other", in own words)."""

    options: tuple[str, ...] = ()
    text: UserText | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What an owner, a participant or a group, gave to one item of an opening, at one time.

    The newest ``at`` of (opening, owner, item) stands; earlier ones are kept as versions.
    ``given`` is ``None`` where it was withdrawn or its reply deleted.
    ``late`` marks what came after the opening closed. ``event`` is the id of what was heard.
    ``by`` is the participant who gave it for their group or, of what was said in a chat, the
    facilitator who wanted it kept; "" where that is the owner.
    """

    run: str
    opening: str
    owner: str
    item: str
    at: datetime
    given: Given | None
    event: str
    late: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a participant was dealt in an opening: a group to be in, or a work to review.

    ``n`` counts a participant's own from 1, and names it to them. ``what`` is the group's id, or
    the owner of the work, and never changes. "lapsed": not done in time, so that others may have
    been dealt the same, though it may still be done; "dropped": it is theirs no more.
    """

    run: str
    opening: str
    who: str
    n: int
    what: str
    at: datetime
    state: AssignmentState = "held"


@dataclass(frozen=True, slots=True)
class Owed:
    """A message owed: what to say (``purpose``), of what, to whom, from when, until when.

    ``key`` is unique and opaque: the same thing owed twice is owed once.
    After ``not_after`` it is held back as late and the facilitator told, never posted.
    ``on_doubt`` says what becomes of it when nobody knows whether it was posted: a facilitator is
    asked, it is dropped, or it is posted again, where twice is better than not at all.
    ``parent`` is the key of the delivery in whose thread it goes; it waits for that one's post.
    ``about`` names what of the opening it is about, where that is not all of it.
    """

    key: str
    run: str
    purpose: str
    to: Recipient
    due_at: datetime
    not_after: datetime
    opening: str = ""
    cue: int | None = None
    n: int = 1
    on_doubt: OnDoubt = "ask"
    parent: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """What somebody did to a run. ``by`` is a participant's id, ``system`` or ``cli``."""

    run: str
    at: datetime
    by: str
    what: str
    revision: int
