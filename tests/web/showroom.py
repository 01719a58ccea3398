"""A room with something of everything in it, served to real browsers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.chat.answer import Answer, Correct, Refused, Saved, Show
from bot.chat.event import Commanded, Event, FormRequested, FormSubmitted, Picked
from bot.chat.message import (
    Bar,
    Button,
    Buttons,
    ChoiceField,
    Choices,
    DateField,
    Deadline,
    Divider,
    Form,
    Heading,
    Listing,
    Message,
    Note,
    Option,
    People,
    Preformatted,
    Quote,
    Resource,
    Table,
    Tally,
    Text,
    TextField,
    TimeField,
)
from bot.chat.text import Code, Emphasis, Link, Strong, UserText, When
from bot.platforms.room.adapter import FACILITATOR, person, place
from bot.platforms.room.routes import room_routes
from bot.web.server import build_web, listen, serve
from tests.conformance.driving import Ear
from tests.web.rooms import START, House, a_house

expect.set_options(timeout=15_000)

MAIN = place("main")
LIVE = "html[data-script=live]"
"""The page once its scripts have run."""
PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1366, height=768)
OPTIONS = (
    Option("data", "The data changed and nobody saw it"),
    Option("model", "Nobody could say which model was live", "Neither then nor now"),
    Option("watch", "Nobody watched what it decided"),
)
LEVELS = tuple(
    Option(str(4 - n), label)
    for n, label in enumerate(("Exemplary", "Accomplished", "Developing", "Beginning"))
)
SOON = START + timedelta(minutes=20)


def opens(label: str, name: str) -> Button:
    """A button that opens what `ANSWERS` holds under this name."""
    return Button(label, f"f.open.{name}...", does="open")


PROMPT = Message(
    "Engage: Over to you",
    (
        Heading("Engage", 1),
        Heading("The winter that Lowport went dark", 2),
        Text(("In October a committee ", Strong("began"), " to ", Emphasis("use"), " a model.")),
        Listing((("Who decided?",), ("See ", Link("the report", "https://example.org/report")))),
        Listing((("Read.",), ("Write ", Code("one line"), " at ", When(SOON), ".")), ordered=True),
        Preformatted("name   count\nmodel  1"),
        Table(("Part", "Who"), ((("Data",), (UserText("Añà"),)),)),
        Table(("", "Then", "Now"), ((("Data",), ("yes",), ("no",)), (("Model",), ("?",), ("?",)))),
        Quote(UserText("I never saw it."), UserText("Añà")),
        People("With you", (UserText("Añà"), UserText("بلال"))),
        Resource("The slides", "https://example.org/slides", "20 pages"),
        Divider(),
        Buttons(tuple(opens(f"Read: Paper {n}", "handout") for n in range(1, 5))),
        Note(("Everyone here can read what you write.",)),
        Deadline(SOON, "moved"),
    ),
)
POLL = Message(
    "Engage: Quick poll",
    (
        Heading("Quick poll", 2),
        Text(("What went wrong first?",)),
        Choices("f.vote.o1...", OPTIONS, "Choose one"),
        Buttons((opens("Something else …", "form"), opens("See results", "results"))),
        Note(("3 of 24 have answered",)),
        Deadline(SOON),
    ),
    invites_replies=False,
)
TICKS = Message(
    "Engage: What do you know?",
    (
        Heading("What do you know?", 2),
        Choices("f.tick.o2...", OPTIONS, "Choose all that fit", multiple=True, submit="Send"),
        Deadline(SOON),
    ),
)
TALLY = Tally("Results", (Bar("The data changed", 2), Bar(UserText("<b>Mine</b>"), 1)), 3)
CLOSED = Message(
    "Engage: What do you think happened?",
    (Heading("What do you think happened?", 2), TALLY, Deadline(START, "closed")),
)
TALK = Message(
    "Explain: Let’s talk",
    (
        Heading("Explain", 1),
        Heading("Let’s talk", 2),
        Text(("Reply in the thread of this post.",)),
        Buttons((Button("I’m stuck", "f.stuck.o3..."), opens("Ask privately", "form"))),
        Deadline(SOON),
    ),
)
HANDOUT = Message("Paper", (Heading("Paper", 1), Text(("Much to read.",)), Heading("Part", 2)))
RESULTS = Message("Results so far", (Text(("Your vote is saved.",)), TALLY))
FORM = Form(
    "Your reflection",
    "f.all.o1...",
    (
        Text(("Take your time.",)),
        TextField("why", "Why is that?", hint="A few sentences."),
        TextField("short", "In one line", multiline=False, required=False),
        ChoiceField("sure", "How sure are you?", OPTIONS, required=False),
        ChoiceField("parts", "Which parts?", OPTIONS, multiple=True, required=False),
        DateField("day", "By when?", required=False),
        TimeField("hour", "At what time?", required=False),
    ),
    submit="Save",
)
FEEDBACK = Message(
    "My part",
    (
        Heading("Your part", 2),
        Text(("Due: your feedback, and your reflection.",)),
        Buttons(
            (
                replace(opens("Give feedback", "step"), style="primary"),
                opens("Write my reflection", "form"),
                Button("Take it back", "f.take.o1...", style="danger"),
            )
        ),
        Note(("Your facilitator sees your answers; nobody else does.",)),
    ),
)


def step(n: int) -> Form:
    """One criterion of a review, of which there are two."""
    return Form(
        f"Criterion {n} of 2",
        f"f.step.o1.c{n}..",
        (ChoiceField("level", "Which level?", LEVELS), TextField("comment", "Why?")),
        submit="Save and go on",
    )


def panel(state: str) -> Message:
    """The facilitator's panel."""
    return Message(
        f"The lesson: {state}",
        (
            Heading("Your panel", 2),
            Text((Strong("The main room"), "\n", state)),
            Deadline(SOON),
            Buttons(
                (
                    Button("Pause", "f.run.r1.pause.."),
                    Button("Next", "f.run.r1.next..", style="primary"),
                    Button("Status", "f.run.r1.status.."),
                )
            ),
            Note(("Or say: pause, next, status.",)),
        ),
    )


NOTES = Message(
    "Your notes for Engage",
    (Heading("Your notes for Engage", 2), Text(("Begin slowly.",)), Heading("At a glance", 2)),
)
ANSWERS: Mapping[str, Answer] = {
    "f.open.handout...": Show(HANDOUT),
    "f.open.form...": Show(FORM),
    "f.open.results...": Show(RESULTS),
    "f.open.step...": Show(step(1)),
    "f.step.o1.c1..": Show(step(2)),
    "f.step.o1.c2..": Show(Message("Thank you", (Text(("Your feedback is saved.",)),))),
    "f.vote.o1...": Show(RESULTS),
    "f.run.r1.status..": Show(panel("Running.")),
    "f.stuck.o3...": Refused("This is closed, so this was not saved."),
}


@dataclass
class Answers(Ear):
    """Answers as a lesson would; ``part`` is what everybody's part is."""

    part: Answer = Show(FEEDBACK)  # noqa: RUF009

    def __post_init__(self) -> None:
        super().__init__()

    async def __call__(self, event: Event) -> Answer:
        """What `ANSWERS` holds, or that it is saved."""
        await super().__call__(event)
        match event:
            case Commanded(text="my part"):
                return self.part
            case FormSubmitted(fields={"why": ("short",)}):
                return Correct({"why": "Say a little more.", "sure": "Choose one."})
            case FormRequested() | Picked() | FormSubmitted():
                return ANSWERS.get(event.callback, Saved("Saved. You can change it."))
            case Commanded():
                return Refused("I understand: my part.")
            case _:
                return Saved()


@dataclass
class Showroom:
    """The room at its address, with who hears."""

    house: House
    ear: Answers
    address: str

    async def visit(
        self, browser: Browser, name: str = "Ada", who: str | None = None, **how: object
    ) -> Page:
        """Somebody in the room, in a browser of their own."""
        page = await self.stranger(browser, **how)
        await page.goto(self.address + self.house.room.entry_link("main", who))
        await page.get_by_label("Your name").fill(name)
        await page.get_by_role("button", name="Come in").click()
        live = "" if how.get("java_script_enabled") is False else LIVE
        await page.locator(f"{live} #posts").wait_for()
        return page

    async def stranger(self, browser: Browser, **how: object) -> Page:
        """A page of somebody who is not in the room; mistakes in it are kept as ``mistakes``."""
        settings = {"timezone_id": "UTC", "locale": "en-GB", "reduced_motion": "reduce", **how}
        context = await browser.new_context(**settings)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        return await context.new_page()


@asynccontextmanager
async def a_showroom(folder: Path) -> AsyncIterator[Showroom]:
    """Served on loopback for as long as the block lasts."""
    async with a_house(folder) as house:
        ear = Answers()
        house.room.hear = ear
        app = build_web(room_routes(house.room))
        with listen("127.0.0.1", 0) as socket:
            port = socket.getsockname()[1]
            stop = house.room.bell.close
            serving = asyncio.create_task(serve(app, "127.0.0.1", port, [socket], stopping=stop))
            try:
                yield Showroom(house, ear, f"http://127.0.0.1:{port}")
            finally:
                serving.cancel()
                await asyncio.wait({serving})


async def furnish(house: House) -> None:
    """Post one of everything."""
    for n, message in enumerate((PROMPT, POLL, TICKS, CLOSED, TALK)):
        await house.room.post(MAIN, message, key=f"p{n}")
    for n, message in enumerate((panel("Waiting."), NOTES, panel("Running."), HANDOUT)):
        await house.room.post(person(FACILITATOR), message, key=f"m{n}")
