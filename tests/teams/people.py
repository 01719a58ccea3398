"""The people of an organisation: they come and go, write and look, and Teams tells the bot.

`Person` and `PostRef` name people and messages as the bot does: platform ``teams``, the Entra id,
a message's channel and thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from bot.chat.address import Person, Place, PostRef
from tests.teams import activities, cards
from tests.teams.connector import Connector
from tests.teams.entra import BOT
from tests.teams.keys import KeyServer
from tests.teams.organisation import Message, Organisation, Someone, Talk, Team

Json = Any
PATH = "/api/messages"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The bot's answer: an HTTP status and a body."""

    status: int
    body: Json = None


@dataclass
class View:
    """How one person has one message before them.

    ``card`` is what the bot answered to them in place of one of its cards. ``version`` is that of
    the message when they began: once it is edited, all of this is gone. ``opened`` is the card in
    an Action.ShowCard that they opened last.
    """

    version: int
    cards: list[Json]
    typed: dict[str, str] = field(default_factory=dict)
    opened: Json = None


@dataclass
class Screen:
    """One person's. ``notices`` are sentences that Teams showed them for a while."""

    views: dict[str, View] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    latest: str = ""
    """The id of the message in which they did something last."""


class People:
    """Everybody. ``bot`` is a client whose base URL is the bot's.

    With ``hears`` the bot is told of all that is written in channels, without it only of what
    mentions it. ``now`` gives the seconds of what happens. ``told`` are all activities that were
    sent to the bot, oldest first, ``answers`` what came back.
    """

    def __init__(
        self,
        connector: Connector,
        keys: KeyServer,
        bot: httpx.AsyncClient,
        *,
        hears: bool,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.connector = connector
        self.keys = keys
        self.bot = bot
        self.hears = hears
        self.now = now
        self.told: list[Json] = []
        self.answers: list[Acknowledged] = []
        self._screens: dict[str, Screen] = {}

    @property
    def organisation(self) -> Organisation:
        """Where they are."""
        return self.connector.organisation

    def someone(self, who: Person) -> Someone:
        """What Teams knows of this person."""
        return self.organisation.everybody[who.id]

    def talk(self, who: Person) -> Talk:
        """Their talk with the bot, which is begun where there is none."""
        return self.organisation.talk_with(who.id)

    def screen(self, who: Person) -> Screen:
        """What they alone see."""
        return self._screens.setdefault(who.id, Screen())

    def team(self, place: Place) -> Team:
        """The team of a channel."""
        team = self.organisation.team_of(place.channel)
        assert team is not None, f"no channel {place}"
        return team

    # -- to the bot

    async def tell(self, told: Json) -> Acknowledged:
        """Teams tells the bot: signed, and waits for what it answers."""
        token = self.keys.token(
            audience=BOT.removeprefix("28:"),
            service_url=told["serviceUrl"],
            now=datetime.fromtimestamp(self.now(), UTC),
        )
        self.told.append(told)
        headers = {"Authorization": f"Bearer {token}"}
        response = await self.bot.post(PATH, json=told, headers=headers)
        is_json = response.headers.get("content-type", "").startswith("application/json")
        body = response.json() if is_json and response.content else response.text or None
        self.answers.append(Acknowledged(response.status_code, body))
        return self.answers[-1]

    async def tell_again(self, *, new_id: bool = False) -> Acknowledged:
        """Teams tells the last activity once more, as it does when the bot was slow; sometimes it
        then has another id."""
        again = dict(self.told[-1])
        if new_id:
            again["id"] = self.organisation.new_message_id()
        return await self.tell(again)

    async def _happens(self, who: Person, kind: str, where: Json, **more: Json) -> Acknowledged:
        """Something that a person does with a client of theirs."""
        url, someone = self.connector.service_url, self.someone(who)
        whole = {**where, **more}
        return await self.tell(
            activities.activity(self.organisation, url, someone, kind, self.now(), **whole)
        )

    async def _changes(self, who: Person, kind: str, where: Json, **more: Json) -> Acknowledged:
        """Something that a person's doing changed."""
        url, someone = self.connector.service_url, self.someone(who)
        whole = {**where, **more}
        return await self.tell(
            activities.update(self.organisation, url, someone, kind, self.now(), **whole)
        )

    # -- what they write

    def where(self, channel: str, root: str = "") -> Json:
        """The conversation of an activity: a channel, one of its threads, or a talk."""
        team = self.organisation.team_of(channel)
        if team is None:
            return activities.in_talk(self.organisation, channel)
        return activities.in_channel(self.organisation, team, channel, root)

    async def say(
        self, who: Person, place: Place, text: str, *, mention: bool = False, told: bool = True
    ) -> PostRef:
        """Somebody writes in a channel or thread, perhaps to the bot. Where not ``told``, the bot
        hears nothing yet."""
        written = {"text": text, "mention": mention}
        message = self.organisation.add(place.channel, place.thread, who.id, written)
        if told:
            await self.hear(self.organisation.ref(message))
        return self.organisation.ref(message)

    async def whisper(self, who: Person, text: str) -> PostRef:
        """Somebody writes to the bot alone."""
        talk = self.talk(who)
        message = self.organisation.add(talk.id, "", who.id, {"text": text, "mention": False})
        await self.hear(self.organisation.ref(message))
        return self.organisation.ref(message)

    async def hear(self, ref: PostRef) -> Acknowledged | None:
        """Teams tells the bot of a message, where it may hear it."""
        return await self._speaks(ref, "message")

    async def edit(self, ref: PostRef, text: str) -> Acknowledged | None:
        """The author changes what they wrote."""
        message = self.organisation.messages[ref.id]
        message.versions.append({**message.activity, "text": text})
        return await self._speaks(ref, "messageUpdate", "editMessage")

    async def delete(self, ref: PostRef) -> Acknowledged | None:
        """The author takes back what they wrote."""
        self.organisation.messages[ref.id].deleted = True
        return await self._speaks(ref, "messageDelete", "softDeleteMessage")

    async def undelete(self, ref: PostRef) -> Acknowledged | None:
        """The author brings it back."""
        self.organisation.messages[ref.id].deleted = False
        return await self._speaks(ref, "messageUpdate", "undeleteMessage")

    async def _speaks(self, ref: PostRef, kind: str, event: str = "") -> Acknowledged | None:
        message = self.organisation.messages[ref.id]
        author = Person("teams", self.organisation.tenant, message.author)
        where = self.where(message.channel, message.thread)
        mention = message.activity["mention"]
        in_talk = message.channel in self.organisation.talks
        if not in_talk and not self._is_heard(message):
            return None
        if event:
            where["channelData"]["eventType"] = event
        said = activities.words(
            self.someone(author), message.activity["text"], mention=mention and not in_talk
        )
        if kind == "messageDelete":
            said = {}
        return await self._happens(author, kind, where, id=message.id, **said)

    def _is_heard(self, message: Message) -> bool:
        team = self.organisation.team_of(message.channel)
        return bool(team and team.has_bot and (self.hears or message.activity["mention"]))

    # -- who comes and goes

    async def adds_bot(self, who: Person, place: Place) -> None:
        """Somebody adds the bot to a team, with this channel before them."""
        team = self.team(place)
        team.has_bot = True
        where = activities.in_team(self.organisation, team, "teamMemberAdded", place.channel)
        await self._changes(who, "conversationUpdate", where, membersAdded=[{"id": BOT}])
        here = {"channel": {"id": place.channel}, "source": {"name": "message"}}
        where = activities.in_team(self.organisation, team, "", place.channel, **here)
        await self._changes(who, "installationUpdate", where, action="add", locale="en-US")

    async def removes_bot(self, who: Person, place: Place) -> None:
        """Somebody takes the bot out of a team."""
        team = self.team(place)
        team.has_bot = False
        where = activities.in_team(self.organisation, team, "teamMemberRemoved")
        await self._changes(who, "conversationUpdate", where, membersRemoved=[{"id": BOT}])
        where = activities.in_team(self.organisation, team, "")
        await self._changes(who, "installationUpdate", where, action="remove")

    async def installs(self, who: Person) -> None:
        """Somebody adds the bot for themselves."""
        where = activities.in_talk(self.organisation, self.talk(who).id)
        added = [{"id": BOT}, {"id": self.someone(who).id, "aadObjectId": who.id}]
        await self._changes(who, "conversationUpdate", where, membersAdded=added)
        await self._changes(who, "installationUpdate", where, action="add")

    async def uninstalls(self, who: Person) -> None:
        """Somebody takes the bot away for themselves; the talk takes nothing more."""
        talk = self.talk(who)
        talk.blocked = True
        where = activities.in_talk(self.organisation, talk.id)
        await self._changes(who, "installationUpdate", where, action="remove")

    async def comes_in(self, place: Place, name: str, handle: str = "") -> Person:
        """Somebody of this name comes into a team: a newcomer, or who has this handle."""
        people = self.organisation.people
        someone = people[handle] if handle else self.organisation.enter(name)
        someone.name = name or someone.name
        self.team(place).members.append(someone.aad)
        who = Person("teams", self.organisation.tenant, someone.aad)
        await self._moved(who, place, "teamMemberAdded", "membersAdded")
        return who

    async def leaves(self, who: Person, place: Place) -> None:
        """Somebody leaves a team."""
        self.team(place).members.remove(who.id)
        await self._moved(who, place, "teamMemberRemoved", "membersRemoved")

    async def dismissed(self, who: Person) -> None:
        """Somebody's account is deleted: they leave their teams, and nobody can write to them."""
        self.talk(who).gone = True
        for team in self.organisation.teams.values():
            if who.id in team.members:
                await self.leaves(who, Place("teams", who.tenant, team.id))

    async def _moved(self, who: Person, place: Place, event: str, what: str) -> None:
        """Teams tells the bot, where it is there."""
        team = self.team(place)
        if team.has_bot:
            where = activities.in_team(self.organisation, team, event)
            moved = [{"id": self.someone(who).id, "aadObjectId": who.id}]
            await self._changes(who, "conversationUpdate", where, **{what: moved})

    async def opens_channel(self, who: Person, place: Place, name: str) -> Place:
        """Somebody opens a channel of this name in the team of another."""
        team = self.team(place)
        id = self.organisation.add_channel(team, name)
        known = {"id": id, "name": name}
        where = activities.in_team(self.organisation, team, "channelCreated", channel=known)
        await self._changes(who, "conversationUpdate", where)
        return Place("teams", place.tenant, id)

    # -- what they see

    def look_again(self, who: Person) -> None:
        """They go away and come back: what was shown to them alone is gone, notices too."""
        self._screens[who.id] = Screen()

    def view(self, who: Person, message: Message) -> View:
        """How this person has a message of the bot's before them."""
        views, version = self.screen(who).views, len(message.versions)
        if message.id not in views or views[message.id].version != version:
            views[message.id] = View(version, list(message.cards))
        return views[message.id]

    def messages(self, who: Person) -> list[Message]:
        """Every message that they can read, channel by channel, thread by thread."""
        channels = [
            channel
            for team in self.organisation.teams.values()
            if who.id in team.members
            for channel in team.channels.values()
        ]
        talks = [talk.id for talk in self.organisation.talks.values() if talk.aad == who.id]
        return [m for channel in (*channels, *talks) for m in self.organisation.standing(channel)]

    async def sees(self, who: Person) -> str:
        """All that they can read now: messages, what the bot answered them in place of a card,
        what stands in its inputs, and the notices that Teams showed them.

        What the bot says in one thread is read as one.
        """
        told, before = [], ""
        for message in self.messages(who):
            here = "" if message.author else message.thread
            told += ["" if here and here == before else "\n", self._reads(who, message)]
            before = here
        return "\n".join(["".join(told), *self.screen(who).notices])

    def _reads(self, who: Person, message: Message) -> str:
        view = self.view(who, message)
        text = str(message.activity.get("text") or "")
        return text + cards.drawn(view.cards, view.typed)
