"""What the Bot Connector does when the bot calls it, and what it will not do. No network."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.teams import strict
from tests.teams.faults import Call, error
from tests.teams.organisation import MARK, Message, Organisation, Someone, Talk, Team

Json = Any
LEAST, USUAL, MOST = 50, 200, 500
"""How many members are on a page: at least, where nothing is asked for, and at most."""


class Refusal(Exception):
    """What Teams will not do."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.answer = error(status, code, message)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of Teams' own."""

    status: int
    body: Json = None


@dataclass
class Service:
    """Changes the organisation as it is asked to.

    ``most`` is the longest page of members. For ``refused`` and ``edited_while_open`` see
    `connector.Connector`.
    """

    organisation: Organisation
    most: int = MOST
    refused: list[str] = field(default_factory=list)
    edited_while_open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._pages: dict[str, list[Someone]] = {}
        self._numbers = itertools.count(1)
        self._does: dict[tuple[str, str], Callable[..., Answered]] = {
            ("POST", r"/v3/conversations/?"): self._create,
            ("POST", r"/v3/conversations/([^/]+)/activities/?"): self._post,
            ("POST", r"/v3/conversations/([^/]+)/activities/([^/]+)"): self._post,
            ("PUT", r"/v3/conversations/([^/]+)/activities/([^/]+)"): self._edit,
            ("DELETE", r"/v3/conversations/([^/]+)/activities/([^/]+)"): self._delete,
            ("GET", r"/v3/conversations/([^/]+)/pagedmembers"): self._members,
            ("GET", r"/v3/conversations/([^/]+)/members/([^/]+)"): self._member,
            ("GET", r"/v3/teams/([^/]+)/conversations"): self._channels,
            ("GET", r"/v3/teams/([^/]+)"): self._team,
        }

    def answer(self, call: Call) -> Answered:
        """Do what a call asks for, or say why not."""
        try:
            for (method, pattern), does in self._does.items():
                found = re.fullmatch(pattern, call.path)
                if found and method == call.method:
                    return does(call, *found.groups())
            raise Refusal(404, "NotFound", "No such call.")
        except Refusal as refusal:
            return Answered(refusal.status, refusal.answer)

    # -- the calls

    def _create(self, call: Call) -> Answered:
        """A new thread of a channel, or the talk with one person."""
        asked = call.body or {}
        data = asked.get("channelData") or {}
        channel = (data.get("channel") or {}).get("id")
        if channel:
            if not asked.get("isGroup") or not asked.get("activity"):
                raise self._wrong("a thread is of a group and begins with an activity")
            self._place(channel)
            message = self._add(channel, "", asked["activity"])
            return Answered(201, {"id": f"{channel}{MARK}{message.id}", "activityId": message.id})
        tenant = asked.get("tenantId") or (data.get("tenant") or {}).get("id")
        if tenant != self.organisation.tenant:
            raise self._wrong("a talk is begun in a tenant")
        match asked.get("members"):
            case [{"id": str(id)}] if not asked.get("activity"):
                return Answered(201, {"id": self._begin(id).id})
            case _:
                raise self._wrong("a talk is with one person, and is begun with no activity")

    def _begin(self, id: str) -> Talk:
        someone = self.organisation.who(id)
        if someone is None:
            raise Refusal(400, "BadArgument", "Failed to decrypt pairwise id")
        if not self.organisation.knows_bot(someone.aad):
            raise Refusal(403, "ForbiddenOperationException", "The bot is not installed there.")
        return self.organisation.talk_with(someone.aad)

    def _post(self, call: Call, id: str, to: str = "") -> Answered:
        channel, _, thread = id.partition(MARK)
        place = self._place(channel)
        if isinstance(place, Talk):
            thread = to = ""
        thread = thread or (self._standing(channel, to).thread if to else "")
        if thread and not self._is_thread(channel, thread):
            raise Refusal(404, "ConversationNotFound", "Conversation not found.")
        if (call.body or {}).get("type") == "typing":
            return Answered(202, {})
        return Answered(201, {"id": self._add(channel, thread, call.body).id})

    def _edit(self, call: Call, id: str, message_id: str) -> Answered:
        message = self._own(id, message_id)
        activity = self._taken(call.body)
        cards = [one["content"] for one in activity.get("attachments") or ()]
        if strict.has_text_input(message.cards) and strict.has_text_input(cards):
            self.edited_while_open.append(message.id)
        message.versions.append(activity)
        return Answered(200, {"id": message.id})

    def _delete(self, call: Call, id: str, message_id: str) -> Answered:
        self._own(id, message_id).deleted = True
        return Answered(200)

    def _members(self, call: Call, id: str) -> Answered:
        asked = int(call.query.get("pageSize") or USUAL)
        count = min(max(asked, LEAST), self.most)
        token = call.query.get("continuationToken", "")
        if token and token not in self._pages:
            raise self._wrong("an unknown continuation token")
        waiting = self._pages.pop(token) if token else self._there(id.partition(MARK)[0])
        answer: Json = {"members": [self._as_member(one) for one in waiting[:count]]}
        if waiting[count:]:
            answer["continuationToken"] = f"token-{next(self._numbers)}"
            self._pages[answer["continuationToken"]] = waiting[count:]
        return Answered(200, answer)

    def _member(self, call: Call, id: str, member: str) -> Answered:
        for someone in self._there(id.partition(MARK)[0]):
            if member in (someone.id, someone.aad):
                return Answered(200, self._as_member(someone))
        raise Refusal(404, "MemberNotFoundInConversation", "The member is not there.")

    def _there(self, channel: str) -> list[Someone]:
        place = self._place(channel)
        ids = place.members if isinstance(place, Team) else [place.aad]
        return [self.organisation.everybody[aad] for aad in ids]

    def _as_member(self, someone: Someone) -> Json:
        first, _, last = someone.name.partition(" ")
        address = f"{someone.aad[:8]}@agency.example"
        return {
            "id": someone.id,
            "name": someone.name,
            "objectId": someone.aad,
            "aadObjectId": someone.aad,
            "givenName": first,
            "surname": last,
            "email": address,
            "userPrincipalName": address,
            "tenantId": self.organisation.tenant,
            "userRole": "user",
        }

    def _channels(self, call: Call, id: str) -> Answered:
        team = self._team_called(id)
        # General has no name of its own.
        named = [
            {"id": channel, "name": None if channel == team.id else name}
            for name, channel in team.channels.items()
        ]
        return Answered(200, {"conversations": named})

    def _team(self, call: Call, id: str) -> Answered:
        team = self._team_called(id)
        counts = {"channelCount": len(team.channels), "memberCount": len(team.members)}
        known = {"id": team.id, "name": team.name, "aadGroupId": team.group, "type": "standard"}
        return Answered(200, {**known, **counts, "tenantId": self.organisation.tenant})

    # -- what Teams asks of it

    def _wrong(self, why: str) -> Refusal:
        self.refused.append(why)
        return Refusal(400, "BadSyntax", why)

    def _place(self, channel: str) -> Team | Talk:
        """Where the bot may write and look."""
        talk = self.organisation.talks.get(channel)
        team = self.organisation.team_of(channel)
        if talk is not None and not talk.gone:
            if talk.blocked:
                raise Refusal(403, "MessageWritesBlocked", "The user has blocked the bot.")
            return talk
        if team is None:
            raise Refusal(404, "ConversationNotFound", "Conversation not found.")
        if not team.has_bot:
            raise Refusal(403, "BotNotInConversationRoster", "The bot is not in the roster.")
        return team

    def _team_called(self, id: str) -> Team:
        place = self._place(id)
        if not isinstance(place, Team) or place.id != id:
            raise Refusal(404, "TeamNotFound", "There is no such team.")
        return place

    def _is_thread(self, channel: str, root: str) -> bool:
        first = self.organisation.messages.get(root)
        return first is not None and first.channel == channel and not first.root

    def _standing(self, channel: str, message_id: str) -> Message:
        message = self.organisation.messages.get(message_id)
        if message is None or message.deleted or message.channel != channel:
            raise Refusal(404, "ActivityNotFoundInConversation", "The activity was not found.")
        return message

    def _own(self, id: str, message_id: str) -> Message:
        """A message of the bot's, in this conversation."""
        channel, _, thread = id.partition(MARK)
        self._place(channel)
        message = self._standing(channel, message_id)
        if thread not in ("", message.thread):
            raise Refusal(404, "ActivityNotFoundInConversation", "The activity was not found.")
        if message.author:
            raise Refusal(403, "NotEnoughPermissions", "The message is somebody else's.")
        return message

    def _taken(self, activity: Json) -> Json:
        """The activity, where Teams takes it."""
        if strict.size(activity) > strict.LARGEST:
            self.refused.append(f"an activity of {strict.size(activity)} bytes")
            raise Refusal(413, "MessageSizeTooBig", "The message is too big.")
        broken = strict.problems(activity)
        if broken:
            raise self._wrong("; ".join(broken))
        return activity

    def _add(self, channel: str, root: str, activity: Json) -> Message:
        return self.organisation.add(channel, root, "", self._taken(activity))
