"""Ana at a card of the bot's: what she presses, what she is answered, and what she sees then."""

from __future__ import annotations

import json

from bot.chat.address import PostRef
from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved
from bot.chat.message import (
    Button,
    Buttons,
    Form,
    Message,
    Quote,
    Text,
    TextField,
)
from bot.chat.text import UserText
from tests.conformance.driving import ASKING, FORM
from tests.teams.opened import Opened
from tests.teams.people import Acknowledged

PAGE = Message("My part", (Text(("Nothing to do.",)),))
LONG = Message("Long", tuple(Quote(UserText(f"{n}. " + "x" * 30_000)) for n in range(3)))
TOO_LONG = Form(
    "Essays",
    "f.answer.o1...",
    tuple(TextField(f"q{n}", "Essay", value=UserText("x" * 40_000)) for n in range(3)),
)
HELD = Message(
    "A question",
    (Buttons((Button("In my words", "f.words.o1...", does="open", form=FORM),)),),
)
CLOSED = "It is closed."
TOLD: list[Answer] = [Saved(CLOSED), Refused(CLOSED), NotSaved(CLOSED), Correct({"why": CLOSED})]


async def posted(port: Opened, message: Message = ASKING) -> PostRef:
    """What stands in the channel."""
    return await port.teams.platform.post(port.lesson, message, key="k1")


async def presses(
    port: Opened,
    what: str,
    *options: str,
    old: bool = False,
    ref: PostRef | None = None,
    who: str = "ana",
) -> Acknowledged | None:
    """Somebody presses something: Ana, unless told otherwise."""
    person = port.world.person(who)
    answer = await port.people.press(person, what, *options, at=ref, old_client=old)
    await port.teams.settled()
    return answer


async def sends(port: Opened, *, old: bool = False) -> None:
    """Ana fills in the form before her, and sends it."""
    ana = port.world.person("ana")
    port.people.fill(ana, "why", "Because.")
    port.people.fill(ana, "sure", "1")
    await port.people.submit(ana, old_client=old)
    await port.teams.settled()


def hears(port: Opened, *answers: Answer) -> None:
    """What Ana is answered next."""
    port.ear.answers += answers


async def sees(port: Opened, handle: str = "ana") -> str:
    """What somebody reads."""
    return await port.people.sees(port.world.person(handle))


def notices(port: Opened) -> list[str]:
    """The sentences that Teams showed Ana for a while."""
    return port.people.screen(port.world.person("ana")).notices


def talk(port: Opened, handle: str = "ana") -> list[str]:
    """The cards of what the bot said to somebody alone."""
    there = port.people.talk(port.world.person(handle)).id
    standing = port.world.organisation.standing(there)
    return [json.dumps(one.cards, ensure_ascii=False) for one in standing if not one.author]


async def nobody_else_sees_anything_new(port: Opened, before: str) -> None:
    """Neither in the channel, nor alone."""
    assert await sees(port, "bo") == before
    assert CLOSED not in await sees(port, "fay")
