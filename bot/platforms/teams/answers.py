"""Answers on their way back: in the answer to a press, or in the talk with whoever caused it.

The answer to an ``Action.Execute`` is a sentence, or a card that takes the pressed one's place for
this person alone; a press by which they go back gives them the posted one again. What came in any
other way is answered in their one-to-one talk, as Teams shows nothing to one person in a channel.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from bot.chat.address import Person, PostRef
from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.message import Form, Message, PeopleField, PlaceField
from bot.chat.platform import Rejected
from bot.platforms.sentences import as_message, under
from bot.platforms.teams.adapter import TeamsPlatform
from bot.platforms.teams.card import (
    corrected,
    form_in,
    is_form,
    noted,
    render_form,
    render_page,
    said_card,
    with_back,
)
from bot.platforms.teams.choosing import Choosing
from bot.platforms.teams.incoming import Door, Pressed
from bot.platforms.teams.inputs import NOTHING, Known
from bot.platforms.teams.patience import Patience
from bot.words import t

Json = dict[str, Any]

SENTENCE = "application/vnd.microsoft.activity.message"
CARD = "application/vnd.microsoft.card.adaptive"
SHOWN = "shown"
"""What a press carries that was made on a card shown to one person."""

MOST = 1_000
"""How many of the cards that were shown to one person are known, to say what is wrong in them:
each as it was first shown, by its person and the post in whose place it stands."""


@dataclass(frozen=True, slots=True)
class Answered:
    """``said`` goes back at once; ``rest`` is sent then, and ``instead`` stands in the post."""

    said: Json
    rest: Message | None = None
    instead: Json | None = None


class Answering:
    """Gives people what they get back for what they did."""

    def __init__(self, platform: TeamsPlatform, choosing: Choosing) -> None:
        self._platform = platform
        self._choosing = choosing
        self._patience = Patience()
        self._shown: OrderedDict[tuple[Person, str], Json] = OrderedDict()

    # -- to a press

    async def to_press(self, pressed: Pressed, door: Door, answer: Answer) -> Answered:
        """What goes back, and what has to follow it. Raises RecordsUnavailable."""
        match answer:
            case Saved(note):
                return await self._saved(pressed, door, note or t("Saved."))
            case Refused(why) | NotSaved(why):
                return Answered(sentence(why))
            case Correct(errors):
                return Answered(await self._corrected(pressed, door, errors))
            case Show(what, note):
                return await self._show(pressed, door, what, note)
            case _:
                assert_never(answer)

    async def after_press(self, pressed: Pressed, door: Door, answered: Answered) -> None:
        """What follows the answer to a press. Raises as the port does."""
        if answered.instead is not None:
            at, card = (door.who.tenant, door.talk, pressed.post), answered.instead
            await self._patience.give(lambda: self._platform.instead(*at, card))
        if answered.rest is not None:
            await self.go_on(door.who, answered.rest)

    async def back(self, pressed: Pressed, door: Door) -> Json:
        """The card that was posted, in the place of what was shown to this person."""
        posted = await self._posted(pressed, door)
        self._shown.pop((door.who, pressed.post), None)
        if posted is None:
            return sentence(t("This is not there any more."))
        return {"statusCode": 200, "type": CARD, "value": posted}

    async def _saved(self, pressed: Pressed, door: Door, note: str) -> Answered:
        if pressed.press.does != "form":
            return Answered(sentence(note))
        if await self._was_asked_in_talk(pressed, door):
            return self._ended(said_card(note), None)
        shown = pressed.data.get(SHOWN)
        said = said_card(note)
        return Answered(self._card(pressed, door, said) if shown else sentence(note))

    async def _show(
        self, pressed: Pressed, door: Door, what: Form | Message, note: str
    ) -> Answered:
        try:
            card, rest = await self._cards(door.who, what)
        except Rejected as too_long:
            return Answered(sentence(f"{note} {too_long}".strip()))
        if rest:
            goes_on = t("This goes on in your chat with me.")
            note = f"{note} {goes_on}".strip()
        ends = pressed.press.does == "form" and isinstance(what, Message)
        if ends and await self._was_asked_in_talk(pressed, door):
            return self._ended(noted(card, note), rest)
        return Answered(self._card(pressed, door, noted(card, note)), rest)

    async def _was_asked_in_talk(self, pressed: Pressed, door: Door) -> bool:
        """Whether what was posted is the form itself: once it is sent, there is no way back."""
        posted = await self._posted(pressed, door)
        return posted is not None and is_form(posted)

    def _ended(self, card: Json, rest: Message | None) -> Answered:
        return Answered({"statusCode": 200, "type": CARD, "value": card}, rest, card)

    async def _cards(self, who: Person, what: Form | Message) -> tuple[Json, Message | None]:
        """The first card of it, and the whole of a message that takes more. Raises Rejected."""
        if isinstance(what, Form):
            return render_form(what, await self._known(what, who)), None
        first, *others = render_page(what)
        return first, what if others else None

    async def _known(self, form: Form, who: Person) -> Known:
        """What there is to choose from in a form."""
        places = any(isinstance(field, PlaceField) for field in form.fields)
        people = any(isinstance(field, PeopleField) for field in form.fields)
        if not (places or people):
            return NOTHING
        return await self._choosing.known(who, places, people)

    async def _corrected(self, pressed: Pressed, door: Door, errors: Mapping[str, str]) -> Json:
        """The form again, with what was wrong and what they had written in it."""
        said = " ".join(errors.values())
        shown = pressed.data.get(SHOWN)
        held = self._shown.get((door.who, pressed.post)) if shown else None
        card = held or await self._posted(pressed, door)
        form = form_in(card, pressed.data) if card else None
        if form is None:
            return sentence(said)
        try:
            wrong = corrected(form, errors, pressed.data)
        except Rejected:
            return sentence(said)
        # What is wrong with what they send next is said in the form as it was.
        return self._card(pressed, door, wrong, form)

    async def _posted(self, pressed: Pressed, door: Door) -> Json | None:
        return await self._platform.card(door.who.tenant, door.talk, pressed.post)

    def _card(self, pressed: Pressed, door: Door, card: Json, first: Json | None = None) -> Json:
        """The answer that shows this card, from which one can go back; ``first`` is how it was
        shown before anything in it was corrected."""
        key = door.who, pressed.post
        self._shown[key] = first or card
        self._shown.move_to_end(key)
        while len(self._shown) > MOST:
            self._shown.popitem(last=False)
        return {"statusCode": 200, "type": CARD, "value": _marked(with_back(card))}

    # -- to words

    async def to_words(self, door: Door, answer: Answer) -> None:
        """Tell whoever wrote something, in their talk; nothing where nothing has to be said."""
        match answer:
            case Saved(note, again):
                if note and not again:
                    await self.tell(door.who, note)
            case Refused(why) | NotSaved(why):
                await self.tell(door.who, why)
            case Correct(errors):
                await self.tell(door.who, "\n".join(errors.values()))
            case Show(what, note):
                await self._send(door.who, what, note)
            case _:
                assert_never(answer)

    async def _send(self, who: Person, what: Form | Message, note: str) -> None:
        if isinstance(what, Message):
            await self.go_on(who, under(note, what))
            return
        try:
            card = noted(render_form(what, await self._known(what, who)), note)
        except Rejected as too_long:
            card = said_card(f"{note} {too_long}".strip())
        await self._patience.give(lambda: self._platform.show(who, card))

    async def tell(self, who: Person, words: str) -> None:
        """Say one thing to somebody in their talk."""
        await self.go_on(who, as_message(words))

    async def go_on(self, who: Person, message: Message) -> PostRef:
        """Send somebody a message in their talk."""
        return await self._patience.give(lambda: self._platform.post(who, message, key=""))


def sentence(words: str) -> Json:
    """The answer to an invoke that only says something."""
    return {"statusCode": 200, "type": SENTENCE, "value": words}


def _marked(drawn: Any) -> Any:
    """The card, whose presses say that it was shown to one person."""
    if isinstance(drawn, list):
        return [_marked(one) for one in drawn]
    if not isinstance(drawn, dict):
        return drawn
    marked = {name: _marked(value) for name, value in drawn.items()}
    if "fivefold" in marked:
        marked[SHOWN] = True
    return marked
