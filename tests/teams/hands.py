"""What people do with the cards that the bot shows them: press, choose, fill in, send."""

from __future__ import annotations

from typing import Any

from bot.chat.address import Person, PostRef
from tests.teams import activities, strict
from tests.teams.cards import Found, actions, field_of, filled, inputs, matching, missing, value_of
from tests.teams.organisation import Message
from tests.teams.people import Acknowledged, People, View

Json = Any
TROUBLE = "Something went wrong. Please try again."
"""What Teams says where the bot does not answer as it should."""


class Hands(People):
    """People who act as well. Each act gives the bot's acknowledgement.

    ``android`` says that they do so on their phones. With ``old_client`` they have a client that
    knows no Action.Execute and takes its fallback.
    """

    android = False

    async def press(
        self,
        who: Person,
        what: str,
        *options: str,
        at: PostRef | None = None,
        old_client: bool = False,
    ) -> Acknowledged | None:
        """Press what carries this callback or title, or choose from it and send that.

        ``options`` are ids or titles of what to choose. ``at`` is where it stands, with what
        follows it in its thread: by default the newest message that has it. What an
        Action.ShowCard holds opens without the bot: then there is no acknowledgement. Raises
        AssertionError where nothing can be pressed so, or the client wants more filled in.
        """
        message, index, action = self._find(who, what, options, at)
        view = self.view(who, message)
        self.screen(who).latest = message.id
        if action.node["type"] == "Action.ShowCard":
            view.opened = action.node["card"]
            return None
        if options and "input" in action.data:
            asked = next(n for n in action.sent if n["id"] == action.data["input"])
            view.typed[asked["id"]] = filled(asked, options)
        wanted = missing(action, view.typed)
        assert not wanted, f"Teams asks to fill in {wanted!r}"
        return await self._act(who, message, index, action, old_client)

    def _find(
        self, who: Person, what: str, options: tuple[str, ...], at: PostRef | None
    ) -> tuple[Message, int, Found]:
        shown = [message for message in self.messages(who) if not message.author]
        if at is not None:
            shown = [message for message in shown if at.id in (message.id, message.root)]
        # The post itself goes before what follows it; else the newest goes first.
        shown.sort(key=lambda one: (one.id != (at and at.id), -int(one.id)))
        for message in shown:
            view = self.view(who, message)
            for index, card in enumerate(view.cards):
                for found in matching(card, what, options):
                    return message, index, found
        raise AssertionError(f"nothing here says {what!r} and {options!r}")

    async def _act(
        self, who: Person, message: Message, index: int, action: Found, old_client: bool
    ) -> Acknowledged:
        view = self.view(who, message)
        value = value_of(action, view.typed, android=self.android)
        node = action.node["fallback"] if old_client and "fallback" in action.node else action.node
        where = self.where(message.channel, message.thread)
        where["channelData"]["source"] = {"name": "message"}
        kind = "invoke" if node["type"] == "Action.Execute" else "message"
        sent = activities.pressed(node, value, message.id)
        answer = await self._happens(who, kind, where, **sent)
        if kind == "invoke":
            self._show(who, view, index, answer)
        elif answer.status >= 300:
            self.screen(who).notices.append(TROUBLE)
        return answer

    def _show(self, who: Person, view: View, index: int, answer: Acknowledged) -> None:
        """What Teams makes of the answer to an Action.Execute."""
        broken = strict.in_answer(answer.body) if answer.status == 200 else ["no answer"]
        if broken:
            self.connector.refused.extend(f"{answer.status}: {problem}" for problem in broken)
            self.screen(who).notices.append(TROUBLE)
        elif answer.body["type"] == strict.MESSAGE:
            self.screen(who).notices.append(answer.body["value"])
        else:
            view.cards[index] = answer.body["value"]
            view.typed.clear()
            view.opened = None

    # -- forms

    def _before(self, who: Person) -> list[Message]:
        """The messages of the bot's that they look at: where they did something last, then the
        newest first."""
        shown = [message for message in self.messages(who) if not message.author]
        latest = self.screen(who).latest
        return sorted(shown, key=lambda one: (one.id != latest, -int(one.id)))

    def fill(self, who: Person, field: str, *values: str, at: PostRef | None = None) -> None:
        """Type into, or choose in, the field with this id or label: of the form before them, or
        of the message ``at``. Raises AssertionError where there is none."""
        for message in self._before(who):
            if at is not None and message.id != at.id:
                continue
            view = self.view(who, message)
            for card in [view.opened] if view.opened else view.cards:
                for node in (one.node for one in inputs(card)):
                    if field in (node["id"], field_of(node["id"]), node.get("label")):
                        view.typed[node["id"]] = filled(node, values)
                        self.screen(who).latest = message.id
                        return
        raise AssertionError(f"no form before them has a field {field!r}")

    async def submit(self, who: Person, *, old_client: bool = False) -> Acknowledged:
        """Send the form before them; raises AssertionError where Teams would not let them."""
        for message in self._before(who):
            view = self.view(who, message)
            for index, card in enumerate(view.cards):
                for action in _sending(card, view.opened):
                    wanted = missing(action, view.typed)
                    assert not wanted, f"Teams asks to fill in {wanted!r}"
                    return await self._act(who, message, index, action, old_client)
        raise AssertionError("no form is open")


def _sending(card: Json, opened: Json) -> list[Found]:
    """The actions that send a form: of the card that was opened, or of the whole."""
    sends = [one for one in actions(card) if one.data.get("does") == "form"]
    return [one for one in sends if opened is None or one.cards[-1] is opened]
