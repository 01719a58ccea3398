"""The people of a workspace: they write, press, fill in and look, and Slack tells the bot.

`Person` and `PostRef` name people and messages as the bot does: platform ``slack``, the team as
tenant. A message that stands on its own has no thread in its place.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from typing import Any

from bot.chat.address import Person, Place, PostRef
from tests.slack import payloads
from tests.slack.delivery import Acknowledged, Deliver
from tests.slack.finding import delivery_key
from tests.slack.gateway import Gateway
from tests.slack.screens import Modal, Screen, Whisper, read_modal, shown
from tests.slack.workspace import BOT_USER, Workspace

Json = Any


class People:
    """Everybody in the workspaces behind ``gateway``. ``now`` gives the seconds of what happens."""

    def __init__(
        self, gateway: Gateway, deliver: Deliver, *, now: Callable[[], float] = time.time
    ) -> None:
        self.gateway = gateway
        self.deliver = deliver
        self.now = now
        self._numbers = itertools.count(1)

    def workspace(self, who: Person | Place) -> Workspace:
        """Where they are."""
        return self.gateway.workspaces[who.tenant]

    def screen(self, who: Person) -> Screen:
        """What they alone see."""
        return self.gateway.screens.of(who.tenant, who.id)

    # -- events

    async def tell(self, team: str, event: Mapping[str, Any], **envelope: Any) -> Acknowledged:
        """Slack tells the bot of an event; ``envelope`` replaces parts of what is around it."""
        workspace, at = self.gateway.workspaces[team], self.now()
        whole = {"event_ts": f"{at:.6f}", **event}
        id = f"Ev{team}{next(self._numbers)}"
        self.last_event = {**payloads.envelope(workspace, whole, id, at), **envelope}
        return await self.deliver("events_api", self.last_event)

    async def tell_again(self, retry: int = 1) -> Acknowledged:
        """Slack tells the last event once more."""
        return await self.deliver("events_api", self.last_event, retry=retry)

    async def say(
        self,
        who: Person,
        place: Place,
        text: str = "",
        *,
        elements: list[Json] | None = None,
        told: bool = True,
    ) -> PostRef:
        """Somebody writes in a channel or thread. Where not ``told``, the bot hears nothing yet."""
        made = payloads.typed(text) if elements is None else elements
        thread = {"thread_ts": place.thread} if place.thread else {}
        posted = await self.workspace(who).ask(
            "chat.postMessage",
            who.id,
            channel=place.channel,
            text=payloads.as_text(made),
            blocks=payloads.rich(made, f"u{next(self._numbers)}"),
            client_msg_id=f"00000000-0000-4000-8000-{next(self._numbers):012}",
            **thread,
        )
        ref = PostRef(place, posted["ts"])
        if told:
            await self.tell(who.tenant, await self._message_event(who, ref))
        return ref

    async def hear(self, who: Person, ref: PostRef) -> Acknowledged:
        """Slack tells the bot of a message, as it stands now."""
        return await self.tell(who.tenant, await self._message_event(who, ref))

    async def _message_event(self, who: Person, ref: PostRef) -> dict[str, Any]:
        channel = ref.place.channel
        place = {
            "channel": channel,
            "channel_type": payloads.channel_type(self.workspace(who), channel),
        }
        return {**await self._message(who, ref), **place, "event_ts": ref.id}

    async def _message(self, who: Person, ref: PostRef) -> dict[str, Any]:
        message = await self.workspace(who).message(who.id, ref)
        parent = {"parent_user_id": BOT_USER} if ref.place.thread else {}
        return {**message, "team": who.tenant, **parent}

    async def edit(self, who: Person, ref: PostRef, text: str) -> Acknowledged:
        """Somebody changes what they wrote."""
        before, made = await self._message(who, ref), payloads.typed(text)
        channel = ref.place.channel
        await self.workspace(who).ask(
            "chat.update",
            who.id,
            channel=channel,
            ts=ref.id,
            text=payloads.as_text(made),
            blocks=payloads.rich(made, before["blocks"][0]["block_id"]),
        )
        after = await self._message(who, ref)
        return await self._changed(who, ref, "message_changed", message=after, previous=before)

    async def delete(self, who: Person, ref: PostRef) -> Acknowledged:
        """Somebody takes back what they wrote."""
        before = await self._message(who, ref)
        channel = ref.place.channel
        await self.workspace(who).ask("chat.delete", who.id, channel=channel, ts=ref.id)
        return await self._changed(who, ref, "message_deleted", previous=before, deleted_ts=ref.id)

    async def _changed(
        self, who: Person, ref: PostRef, subtype: str, *, previous: Json, **more: Any
    ) -> Acknowledged:
        channel = ref.place.channel
        return await self.tell(
            who.tenant,
            {
                "type": "message",
                "subtype": subtype,
                "hidden": True,
                "channel": channel,
                "channel_type": payloads.channel_type(self.workspace(who), channel),
                "ts": f"{self.now():.6f}",
                "previous_message": previous,
                **more,
            },
        )

    async def comes_in(self, place: Place, name: str, handle: str = "") -> Person:
        """Somebody of this name comes into a channel: a newcomer, or who has this handle."""
        workspace = self.workspace(place)
        handle = handle or min(workspace.spare.keys() - workspace.people.keys(), key=_by_number)
        user = workspace.people.setdefault(handle, workspace.spare.get(handle, ""))
        if name:
            known = {"real_name": name, "display_name": name}
            workspace.profiles.setdefault(user, {}).update(real_name=name, profile=known)
        await workspace.ask("conversations.join", user, channel=place.channel)
        await self._moved("member_joined_channel", place, user)
        return Person("slack", place.tenant, user)

    async def leaves(self, who: Person, place: Place) -> Acknowledged:
        """Somebody leaves a channel."""
        await self.workspace(who).ask("conversations.leave", who.id, channel=place.channel)
        return await self._moved("member_left_channel", place, who.id)

    async def invites_bot(self, who: Person, place: Place) -> Acknowledged:
        """Somebody brings the bot into a channel."""
        channel = place.channel
        await self.workspace(who).ask(
            "conversations.invite", who.id, channel=channel, users=[BOT_USER]
        )
        return await self._moved("member_joined_channel", place, BOT_USER, inviter=who.id)

    async def removes_bot(self, who: Person, place: Place) -> Acknowledged:
        """Somebody takes the bot out of a channel."""
        channel = place.channel
        await self.workspace(who).ask("conversations.kick", who.id, channel=channel, user=BOT_USER)
        return await self._moved("member_left_channel", place, BOT_USER)

    async def _moved(self, kind: str, place: Place, user: str, **more: Any) -> Acknowledged:
        event = {"user": user, "channel": place.channel, "channel_type": "C", "team": place.tenant}
        return await self.tell(place.tenant, {"type": kind, **event, **more})

    async def changes(self, who: Person, **profile: Any) -> Acknowledged:
        """An account reads differently now: ``deleted=True`` deactivates it."""
        workspace = self.workspace(who)
        workspace.profiles.setdefault(who.id, {}).update(profile)
        known = (await workspace.ask("users.info", user=who.id))["user"]
        user = self.gateway.user(workspace, known)
        return await self.tell(who.tenant, {"type": "user_change", "user": user})

    async def archives(self, place: Place) -> Acknowledged:
        """A channel is archived."""
        workspace, channel = self.workspace(place), place.channel
        owner = workspace.people["admin"]
        await workspace.ask("conversations.archive", owner, channel=channel)
        event = {"type": "channel_archive", "channel": channel, "user": owner, "is_moved": 0}
        return await self.tell(place.tenant, event)

    async def uninstalls(self, team: str) -> Acknowledged:
        """A workspace takes the app out: its token is revoked, and Slack says so twice."""
        self.gateway.revoke(team)
        event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}}
        await self.tell(team, event)
        return await self.tell(team, {"type": "app_uninstalled"})

    # -- what they see

    async def posts(self, who: Person) -> list[tuple[PostRef, Json]]:
        """Every message that they can read, channel by channel, oldest first."""
        workspace, found = self.workspace(who), []
        for channel in await workspace.seen_channels(who.id):
            for message in await workspace.messages(who.id, channel["id"]):
                thread = message.get("thread_ts", "")
                root = "" if thread == message["ts"] else thread
                place = Place("slack", who.tenant, channel["id"], root)
                found.append((PostRef(place, message["ts"]), message))
        return found

    async def sees(self, who: Person) -> str:
        """All that they can read now: messages, threads, whispers, the home tab, the window on
        top with what stands in it, and what Slack told them went wrong.

        The parts of one long post of the bot's are read as one.
        """
        told, before = [], ""
        for _, message in await self.posts(who):
            key = delivery_key(message)
            told += ["" if key and key == before else "\n", shown(message)]
            before = key
        screen = self.screen(who)
        whispers = [shown(whisper.payload) for whisper in screen.whispers]
        windows = [read_modal(one) for one in (screen.home, *screen.modals[-1:]) if one]
        return "\n".join(["".join(told), *whispers, *windows, *screen.notices])

    def modal(self, who: Person) -> Modal:
        """The window before them; raises AssertionError where there is none."""
        assert self.screen(who).modals, "no window is open"
        return self.screen(who).modals[-1]

    def whisper(self, who: Person) -> Whisper:
        """What was said to them alone last; raises AssertionError where nothing was."""
        assert self.screen(who).whispers, "nothing was said to them alone"
        return self.screen(who).whispers[-1]


def _by_number(handle: str) -> int:
    return int(handle.removeprefix("guest"))
