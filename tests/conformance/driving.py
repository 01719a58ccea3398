"""What the platform contract says to a platform, what hears for it, and the people in it.

A driver plays the people: it presses, fills in and writes as they would, on the platform's side.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from bot.chat.address import Party, Person, Place, PostRef
from bot.chat.answer import Answer, Saved
from bot.chat.event import (
    Event,
)
from bot.chat.message import (
    Button,
    Buttons,
    ChoiceField,
    Choices,
    Form,
    Message,
    Option,
    Text,
    TextField,
)
from bot.chat.platform import Platform

HELLO = Message("Hello", (Text(("Hello, all.",)),))
ASKING = Message(
    "A question",
    (
        Choices("f.pick.o1...", (Option("a", "Apples"), Option("b", "Pears")), "Which?"),
        Choices(
            "f.tick.o1...",
            (Option("x", "Red"), Option("y", "Green"), Option("z", "Blue")),
            "Which ones?",
            multiple=True,
        ),
        Buttons(
            (
                Button("I am done", "f.done.o1..."),
                Button("In my words", "f.open.o1...", does="open"),
            )
        ),
    ),
)
FORM = Form(
    "In your words",
    "f.words.o1...",
    (
        TextField("why", "Why is that?"),
        ChoiceField("sure", "How sure are you?", (Option("1", "Quite"), Option("2", "Hardly"))),
    ),
)
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)> &amp; &lt;b&gt; ]]>',
    "@channel @here <!channel> <@U012AB3CD> <at>everyone</at>",
    "*bold* _italic_ ~struck~ `code` [a link](https://evil.example) <https://evil.example|x>",
    "https://evil.example/?a=b&c=d and evil.example",
    "\u202egnirts a \u2066\u200bhidden\u200d\ufeff words שלום مرحبا",
    "🧑‍🚀 e\u0301 ﷽ 𝕏 {{ 7*7 }} ${7*7} %s {0}",
    "=1+1\ttabbed   spaced\n\n  a second line",
    "words " * 6_600,
]


class Ear:
    """What hears for a test: keeps every event, and answers as it was told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.answers: list[Answer] = []

    async def __call__(self, event: Event) -> Answer:
        """The next answer that was given to it, or that it is saved."""
        self.events.append(event)
        return self.answers.pop(0) if self.answers else Saved()

    @property
    def last(self) -> Event:
        """What was heard last."""
        return self.events[-1]


class Driver(ABC):
    """The people of a platform, and what they see. ``place`` and ``elsewhere`` are two channels."""

    platform: Platform
    ear: Ear
    place: Place
    elsewhere: Place

    @abstractmethod
    async def comes_in(self, name: str) -> Person:
        """Somebody of this name comes into ``place``."""

    @abstractmethod
    async def pick(
        self, person: Person, ref: PostRef, callback: str, options: tuple[str, ...] = ()
    ) -> None:
        """The person presses the button in the post, or ticks the options and sends them."""

    @abstractmethod
    async def open(self, person: Person, ref: PostRef, callback: str) -> None:
        """The person presses a button that opens something."""

    @abstractmethod
    async def submit(self, person: Person, fields: Mapping[str, tuple[str, ...]]) -> None:
        """The person sends the form that is open before them, with these fields filled in."""

    @abstractmethod
    async def reply(self, person: Person, ref: PostRef, text: str) -> None:
        """The person writes in the thread of the post."""

    @abstractmethod
    async def edit_reply(self, person: Person, reply: PostRef, text: str) -> None:
        """The person changes what they wrote."""

    @abstractmethod
    async def delete_reply(self, person: Person, reply: PostRef) -> None:
        """The person takes back what they wrote."""

    @abstractmethod
    async def command(self, person: Person, text: str) -> None:
        """The person says something to the bot."""

    @abstractmethod
    async def sees(self, person: Person) -> str:
        """Everything that the person can read now: posts, private messages, and the answer or
        form before them, with what stands in its fields."""


def a_party(key: str, *people: Person) -> Party:
    """These together, in the place with this key."""
    return Party(people[0].platform, people[0].tenant, key, "Permits, Group 1", people)
