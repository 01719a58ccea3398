"""One organisation in Teams: its people, its teams and their channels, and all that stands there.

Ids look as Teams' own do, and differ as they do: who somebody is (an Entra id) is not how the bot
reaches them (``29:…``), and a team's id is that of its General channel.
"""

from __future__ import annotations

import itertools
import random
import string
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.chat.address import Person, Place, PostRef

Json = Any

TENANT = "11111111-2222-4333-8444-555555555555"
PEOPLE = {"fay": "Fay Moss", "ana": "Ana Ruiz", "bo": "Bo Lind", "cy": "Cy Okoro"}
TEAMS = {"Course": ("lesson", "second"), "Faculty": ("other",)}
GENERAL = "General"
MARK = ";messageid="
"""What stands between a channel's id and a thread's root in the thread's conversation id."""


@dataclass
class Someone:
    """``aad`` is their Entra id, ``id`` the address by which the bot reaches them."""

    aad: str
    id: str
    name: str
    zone: str = "America/New_York"


@dataclass
class Team:
    """``channels`` are ids by name, General among them; ``members`` Entra ids."""

    id: str
    group: str
    name: str
    channels: dict[str, str]
    members: list[str] = field(default_factory=list)
    has_bot: bool = False


@dataclass
class Talk:
    """What one person and the bot say to each other. ``gone`` is where their account is."""

    id: str
    aad: str
    blocked: bool = False
    gone: bool = False


@dataclass
class Message:
    """``author`` is an Entra id, or ``""`` for the bot; ``root`` is ``""`` for a thread's first.

    ``versions`` are the activities that it was, the first one first; a person's have text alone.
    """

    id: str
    channel: str
    root: str
    author: str
    versions: list[Json]
    deleted: bool = False

    @property
    def activity(self) -> Json:
        """What it reads now."""
        return self.versions[-1]

    @property
    def thread(self) -> str:
        """The id of the thread's first message."""
        return self.root or self.id

    @property
    def cards(self) -> list[Json]:
        """The cards in it."""
        return [one["content"] for one in self.activity.get("attachments") or ()]


class Organisation:
    """Everybody and everything in one tenant. ``now`` gives the seconds of what happens.

    ``people`` are those with a part in the tests by their handle, ``teams`` by their name.
    """

    def __init__(self, tenant: str = TENANT, now: Callable[[], float] = time.time) -> None:
        self.tenant = tenant
        self.now = now
        self.people: dict[str, Someone] = {}
        self.everybody: dict[str, Someone] = {}
        self.teams: dict[str, Team] = {}
        self.talks: dict[str, Talk] = {}
        self.messages: dict[str, Message] = {}
        self._numbers = itertools.count(1)
        self._last = 0
        for handle, name in PEOPLE.items():
            self.people[handle] = self.enter(name)
        for name, channels in TEAMS.items():
            everybody = [one.aad for one in self.people.values()]
            self.open_team(name, channels, everybody if name == "Course" else everybody[:1])

    # -- ids

    def _letters(self, count: int) -> str:
        source = random.Random(f"{self.tenant} {next(self._numbers)}")
        return "".join(source.choices(f"{string.ascii_letters}{string.digits}-_", k=count))

    def new_guid(self) -> str:
        """A GUID that was never given before."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.tenant} {next(self._numbers)}"))

    def _thread_id(self) -> str:
        return f"19:{uuid.UUID(self.new_guid()).hex}@thread.tacv2"

    def new_message_id(self) -> str:
        """Thirteen digits: the milliseconds of now, or the next ones that are free."""
        self._last = max(int(self.now() * 1000), self._last + 1)
        return str(self._last)

    # -- who and where

    def enter(self, name: str) -> Someone:
        """Somebody new, who is in no team yet."""
        someone = Someone(self.new_guid(), f"29:1{self._letters(84)}", name)
        self.everybody[someone.aad] = someone
        return someone

    def open_team(self, name: str, channels: Sequence[str], members: Sequence[str] = ()) -> Team:
        """A new team, in which the bot is not."""
        general = self._thread_id()
        ids = {GENERAL: general, **{channel: self._thread_id() for channel in channels}}
        self.teams[name] = Team(general, self.new_guid(), name, ids, list(members))
        return self.teams[name]

    def person(self, handle: str) -> Person:
        """Who has this handle."""
        return Person("teams", self.tenant, self.people[handle].aad)

    def place(self, channel: str, team: str = "") -> Place:
        """The channel of this name, of this team or of the first that has one."""
        having = (one for one in self.teams.values() if channel in one.channels)
        found = self.teams[team] if team else next(having)
        return Place("teams", self.tenant, found.channels[channel])

    def add_channel(self, team: Team, name: str) -> str:
        """A new channel of the team: its id."""
        team.channels[name] = self._thread_id()
        return team.channels[name]

    def team_of(self, channel: str) -> Team | None:
        """The team that has a channel of this id."""
        having = (one for one in self.teams.values() if channel in one.channels.values())
        return next(having, None)

    def who(self, id: str) -> Someone | None:
        """The person with this Entra id or this address."""
        return next((one for one in self.everybody.values() if id in (one.aad, one.id)), None)

    def knows_bot(self, aad: str) -> bool:
        """Whether the bot may begin to talk to this person."""
        return any(team.has_bot and aad in team.members for team in self.teams.values()) or any(
            talk.aad == aad for talk in self.talks.values()
        )

    def talk_with(self, aad: str) -> Talk:
        """The talk of this person and the bot, which is begun where there is none."""
        for talk in self.talks.values():
            if talk.aad == aad:
                return talk
        talk = Talk(f"a:1{self._letters(100)}", aad)
        return self.talks.setdefault(talk.id, talk)

    # -- what is said

    def add(self, channel: str, root: str, author: str, activity: Json) -> Message:
        """A new message in a channel or talk."""
        message = Message(self.new_message_id(), channel, root, author, [activity])
        self.messages[message.id] = message
        return message

    def ref(self, message: Message) -> PostRef:
        """The message as the bot names it."""
        return PostRef(Place("teams", self.tenant, message.channel, message.root), message.id)

    def standing(self, channel: str) -> Iterator[Message]:
        """What stands in a channel or talk now, thread by thread, oldest first."""
        here = [m for m in self.messages.values() if m.channel == channel and not m.deleted]
        yield from sorted(here, key=lambda one: (one.thread, one.id))
