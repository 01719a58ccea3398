"""What people do with what the bot shows them: press, choose, fill in, send, command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.chat.address import Person, Place, PostRef
from tests.slack import payloads
from tests.slack.delivery import Acknowledged, Kind
from tests.slack.finding import boxes, chosen, delivery_key, inputs, matching, meant
from tests.slack.people import People
from tests.slack.screens import MANY, STATEFUL, Modal, States, Whisper, elements, state_values
from tests.slack.workspace import APP, BOT

Json = Any
Context = Callable[[], dict[str, Any]]
_TROUBLE = "This app responded with Status Code {status}. "


class Hands(People):
    """People who act as well. Each act gives the bot's acknowledgement."""

    async def press(
        self, who: Person, what: str, *options: str, at: PostRef | Modal | Whisper | None = None
    ) -> Acknowledged:
        """Press what carries this callback, this id or these words, or choose from it.

        ``options`` are ids or words of what to choose; ticks are sent with the button beside
        them. ``at`` is where it stands: by default in their newest message that has it.
        """
        if isinstance(at, Modal):
            return await self._press_in_view(who, at, what, options)
        if isinstance(at, Whisper):
            return await self._press_in_whisper(who, at, what, options)
        ref, message = await self._message_with(who, at, what, *options)
        typed = self.screen(who).ticked.setdefault(ref.id, {})
        return await self._press_in_message(who, ref, message, typed, what, options)

    async def _message_with(
        self, who: Person, at: PostRef | None, what: str, *options: str
    ) -> tuple[PostRef, Json]:
        posts = await self.posts(who)
        if at is not None:
            # A long post goes on in others, which have its key.
            key = next(delivery_key(message) for ref, message in posts if ref == at)
            posts = [(r, m) for r, m in posts if r == at or (key and delivery_key(m) == key)]
        having = [(r, m) for r, m in posts if any(matching(m.get("blocks", []), what, *options))]
        assert having, f"no message shows {what!r}"
        return max(having, key=lambda one: one[0].id)

    async def _press_in_message(
        self,
        who: Person,
        ref: PostRef,
        message: Json,
        typed: States,
        what: str,
        options: tuple[str, ...],
    ) -> Acknowledged:
        channel, workspace = ref.place.channel, self.workspace(who)
        thread = {"thread_ts": ref.place.thread} if ref.place.thread else {}
        container = {"type": "message", "message_ts": ref.id, "channel_id": channel, **thread}

        def context() -> dict[str, Any]:
            return {
                "container": {**container, "is_ephemeral": False},
                "channel": payloads.channel_named(workspace, channel),
                "message": {"bot_id": BOT, "app_id": APP, "team": who.tenant, **message},
                "state": {"values": state_values(message["blocks"], typed)},
                "response_url": self.gateway.response_url(workspace, who.id, channel, ref.id),
            }

        return await self._act(who, message["blocks"], typed, what, options, context)

    async def _press_in_whisper(
        self, who: Person, at: Whisper, what: str, options: tuple[str, ...]
    ) -> Acknowledged:
        workspace, blocks = self.workspace(who), at.payload["blocks"]
        typed = self.screen(who).ticked.setdefault(at.ts, {})
        place = {"message_ts": at.ts, "channel_id": at.channel}

        def context() -> dict[str, Any]:
            return {
                "container": {"type": "message", **place, "is_ephemeral": True},
                "channel": payloads.channel_named(workspace, at.channel),
                "state": {"values": state_values(blocks, typed)},
                "response_url": self.gateway.response_url(workspace, who.id, at.channel, at.ts),
            }

        return await self._act(who, blocks, typed, what, options, context)

    async def _press_in_view(
        self, who: Person, at: Modal, what: str, options: tuple[str, ...]
    ) -> Acknowledged:
        def context() -> dict[str, Any]:
            return {
                "container": {"type": "view", "view_id": at.view["id"]},
                "view": {**at.view, "state": {"values": at.values}},
            }

        view_id = at.view["id"] if at.view["type"] == "modal" else ""
        return await self._act(who, at.view["blocks"], at.typed, what, options, context, view_id)

    async def _act(
        self,
        who: Person,
        blocks: list[Json],
        typed: States,
        what: str,
        options: tuple[str, ...],
        context: Context,
        view_id: str = "",
    ) -> Acknowledged:
        """One press, or a choice and, after ticks, the press of the button beside them."""
        found = list(matching(blocks, what, *options))
        assert found, f"nothing here says {what!r} and {options!r}"
        block, element = found[0]
        acts = [(block, element)]
        if element["type"] in STATEFUL:
            state = chosen(element, options or meant(element, what))
            typed[block["block_id"], element["action_id"]] = state
            beside = [one for one in block.get("elements", []) if one["type"] == "button"]
            acts += [(block, one) for one in beside if element["type"] in MANY]
        answer = Acknowledged(200)
        for block, element in acts:
            state = typed.get((block["block_id"], element["action_id"]), {})
            at = f"{self.now():.6f}"
            workspace = self.workspace(who)
            payload = {
                **payloads.acting(workspace, "block_actions", who.id),
                "trigger_id": await self.gateway.trigger(workspace, who.id, view_id),
                **context(),
                "actions": [payloads.action(block, element, state, at)],
            }
            answer = await self._deliver(who, "interactive", payload)
        return answer

    async def _deliver(self, who: Person, kind: Kind, payload: Json) -> Acknowledged:
        answer = await self.deliver(kind, payload)
        if answer.status != 200:
            self.screen(who).notices.append(_TROUBLE.format(status=answer.status))
        return answer

    # -- windows

    async def fill(self, who: Person, field: str, *values: str) -> None:
        """Type into, or choose in, the field with this id of the window before them.

        Words too long for its boxes are typed on in others, which "More room" adds.
        """
        modal = self.modal(who)
        first = inputs(modal, field)[0]
        if first["element"]["type"] != "plain_text_input":
            state = chosen(first["element"], values)
            modal.typed[first["block_id"], first["element"]["action_id"]] = state
            return
        rest = boxes("".join(values))
        number = 0
        while rest or number < len(inputs(modal, field)):
            if number == len(inputs(modal, field)):
                await self._more_room(who, modal, field)
            box = inputs(modal, field)[number]
            value = rest.pop(0) if rest else None
            state = {"type": "plain_text_input", "value": value}
            modal.typed[box["block_id"], box["element"]["action_id"]] = state
            number += 1

    async def _more_room(self, who: Person, modal: Modal, field: str) -> None:
        before = len(inputs(modal, field))
        button = next(
            element
            for block, element in elements(modal.view["blocks"])
            if block["block_id"].endswith(f".room {field}")
        )
        await self.press(who, button["action_id"], at=modal)
        assert len(inputs(modal, field)) == before + 1, f"no more room for {field!r}"

    async def submit(self, who: Person) -> Acknowledged:
        """Send the window before them; raises AssertionError where Slack would not let them."""
        modal = self.modal(who)
        for block, element in elements(modal.view["blocks"]):
            if block["type"] == "input" and not block["optional"]:
                state = modal.values[block["block_id"]][element["action_id"]]
                given = state[STATEFUL[element["type"]][0]]
                assert given, f"Slack asks to fill in {block['label']['text']!r}"
        workspace = self.workspace(who)
        payload = {
            **payloads.acting(workspace, "view_submission", who.id),
            "trigger_id": await self.gateway.trigger(workspace, who.id, modal.view["id"]),
            "view": {**modal.view, "state": {"values": modal.values}},
            "response_urls": [],
        }
        answer = await self._deliver(who, "interactive", payload)
        if answer.status == 200:
            await self._apply(who, modal, answer.body or {})
        return answer

    async def _apply(self, who: Person, modal: Modal, answer: Json) -> None:
        """What the bot's answer does to the windows."""
        windows, workspace = self.screen(who).modals, self.workspace(who)
        match answer.get("response_action"):
            case "errors":
                known = {block["block_id"] for block in modal.view["blocks"]}
                assert answer["errors"].keys() <= known, "an error at no input"
                modal.errors = answer["errors"]
            case "update":
                view = self.gateway.keep_view(workspace, answer["view"])
                asked = {"view_id": modal.view["id"], "view": view}
                modal.replace((await workspace.ask("views.update", **asked))["view"])
            case "push":
                view = self.gateway.keep_view(workspace, answer["view"])
                trigger = await self.gateway.trigger(workspace, who.id, modal.view["id"])
                asked = {"trigger_id": trigger, "view": view}
                windows.append(Modal((await workspace.ask("views.push", **asked))["view"]))
            case "clear":
                windows.clear()
            case _ if modal in windows:
                windows.remove(modal)

    async def close(self, who: Person) -> None:
        """Close the window before them; the bot hears of it where the view asks for that."""
        modal = self.screen(who).modals.pop()
        if modal.view.get("notify_on_close"):
            told = payloads.acting(self.workspace(who), "view_closed", who.id)
            view = {**modal.view, "state": {"values": modal.values}}
            await self._deliver(who, "interactive", {**told, "view": view, "is_cleared": False})

    # -- beside the messages

    async def command(self, who: Person, text: str, place: Place) -> Acknowledged:
        """Somebody types ``/fivefold`` and these words in a channel."""
        workspace, channel = self.workspace(who), place.channel
        trigger = await self.gateway.trigger(workspace, who.id)
        url = self.gateway.response_url(workspace, who.id, channel)
        payload = payloads.command(workspace, who.id, channel, text, trigger, url)
        answer = await self._deliver(who, "slash_commands", payload)
        said = {"text": answer.body} if isinstance(answer.body, str) else answer.body
        if answer.status == 200 and said:
            ts = f"s{next(self._numbers)}"
            self.screen(who).whispers.append(Whisper(ts, channel, said))
        return answer

    async def opens_home(self, who: Person, tab: str = "home") -> Acknowledged:
        """Somebody looks at the app's home, or at its messages."""
        home = self.screen(who).home
        shows = {"view": home.view} if home and tab == "home" else {}
        channel = await self.workspace(who).direct(who.id)
        event = {"type": "app_home_opened", "user": who.id, "channel": channel, "tab": tab}
        return await self.tell(who.tenant, {**event, **shows})

    async def shortcut(
        self, who: Person, ref: PostRef, callback_id: str = "add_to_evidence"
    ) -> Acknowledged:
        """Somebody uses a shortcut on a message."""
        workspace, channel = self.workspace(who), ref.place.channel
        payload = {
            **payloads.acting(workspace, "message_action", who.id),
            "callback_id": callback_id,
            "action_ts": f"{self.now():.6f}",
            "trigger_id": await self.gateway.trigger(workspace, who.id),
            "response_url": self.gateway.response_url(workspace, who.id, channel, ref.id),
            "channel": payloads.channel_named(workspace, channel),
            "message_ts": ref.id,
            "message": {**await workspace.message(who.id, ref), "team": who.tenant},
        }
        return await self._deliver(who, "interactive", payload)
