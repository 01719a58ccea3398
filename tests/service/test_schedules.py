"""Events come twice, late and in any order; what stands is what a simple model says.

The model knows nothing of databases: of each thing that somebody gave, the action with the latest
moment stands, and what came after a poll had closed was never given.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.address import PostRef
from bot.chat.answer import Answer, NotSaved, Refused, Saved, Show
from bot.chat.event import Event, Picked, Replied, ReplyDeleted, ReplyEdited
from bot.chat.text import UserText
from bot.facilitation.controls import Command
from bot.facilitation.state import Given
from bot.service.hearing import Hearing
from tests.core.making import START, a_lesson, a_phase, an_activity
from tests.service.house import House, open_house

LESSON = a_lesson(
    a_phase(
        "Engage",
        an_activity("discussion", id="discussion"),
        an_activity("poll", id="poll"),
    )
)
PEOPLE = ("ann", "bob", "cleo")
WORDS = ("yes", "no", "", "\x00", "\ud800", "שלום")


@dataclass(frozen=True)
class Act:
    """Something that somebody did, ``at`` seconds into the poll; ``n`` names the act."""

    n: int
    who: str
    what: str
    thing: str
    at: int

    @property
    def item(self) -> str:
        """What it is about: the vote, or one reply."""
        return "vote" if self.what == "vote" else f"reply:{self.who}-{self.thing}"

    @property
    def key(self) -> tuple[int, str]:
        """How acts about one thing are ordered."""
        return self.at, f"e{self.n:02}"

    def given(self) -> Given | None:
        """What it gives."""
        match self.what:
            case "vote":
                return Given((("data", "model", "people")[self.n % 3],))
            case "delete":
                return None
            case _:
                return Given(text=UserText(f"{WORDS[self.n % len(WORDS)]}{self.n}"))


@dataclass(frozen=True)
class Schedule:
    """In which groups acts are heard, those of a group at once. The poll closes before ``closing``
    groups have come, the run ends before ``ending`` have."""

    groups: tuple[tuple[Act, ...], ...]
    closing: int
    ending: int


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Acts in any order, some twice, some together."""
    count = draw(st.integers(1, 10))
    acts = [
        Act(
            n,
            draw(st.sampled_from(PEOPLE)),
            draw(st.sampled_from(("vote", "vote", "say", "edit", "delete"))),
            draw(st.sampled_from("xy")),
            draw(st.integers(0, 5)),
        )
        for n in range(count)
    ]
    again = draw(st.lists(st.sampled_from(acts), max_size=5))
    heard = draw(st.permutations(acts + again))
    groups = []
    while heard:
        size = draw(st.integers(1, 4))
        groups.append(tuple(heard[:size]))
        heard = heard[size:]
    closing = draw(st.integers(0, len(groups) + 1))
    return Schedule(tuple(groups), closing, draw(st.integers(closing, len(groups) + 2)))


@dataclass
class Model:
    """What should stand, told act by act in the order of hearing."""

    kept: dict[tuple[str, str], dict[str, Act]] = field(default_factory=dict)
    heard: set[int] = field(default_factory=set)

    def hear(self, act: Act, *, closed: bool, ended: bool) -> bool:
        """Whether it is saved."""
        if act.n in self.heard:
            return True
        if (closed and act.what == "vote") or (ended and act.what != "delete"):
            return False
        self.heard.add(act.n)
        self.kept.setdefault((act.who, act.item), {})[act.key[1]] = act
        return True

    def standing(self) -> dict[tuple[str, str], Given | None]:
        """Of each thing, what the latest act gave."""
        return {
            thing: max(acts.values(), key=lambda act: act.key).given()
            for thing, acts in self.kept.items()
        }

    def versions(self) -> int:
        """How many acts were kept."""
        return sum(map(len, self.kept.values()))


class Play:
    """One schedule, played in a run of its own."""

    def __init__(self, house: House, number: int, hearings: list[Hearing]) -> None:
        self.house = house
        self.id = f"r{number}"
        self.place = house.stage.place(f"C{number}")
        self.hearings = hearings
        self.callback = ""
        self.post = PostRef(self.place, "none")

    async def play(self, schedule: Schedule) -> None:
        """Play it, and compare what stands with the model."""
        house, model = self.house, Model()
        # Without a facilitator there are fewer messages to wait for.
        await house.managing.schedule(
            LESSON, run_id=self.id, main=self.place, facilitators=(), zone="UTC", start=house.now
        )
        await house.cueing.run_due()
        await self.control("next")
        await house.work()
        self.callback = await house.callback("poll", "vote", id=self.id)
        self.post = (await house.post("poll", self.id)).ref
        for number in range(len(schedule.groups) + 3):
            if number == schedule.closing:
                await self.control("close")
            if number == schedule.ending:
                await self.control("next")
            closed, ended = number >= schedule.closing, number >= schedule.ending
            group = schedule.groups[number] if number < len(schedule.groups) else ()
            answers = await asyncio.gather(*(self.hear(n, act) for n, act in enumerate(group)))
            for act, answer in zip(group, answers, strict=True):
                assert not isinstance(answer, NotSaved)
                saved = model.hear(act, closed=closed, ended=ended)
                assert isinstance(answer, Saved | Show if saved else Refused)
        await self.compare(model)

    async def control(self, verb: str) -> None:
        """The facilitator goes on."""
        await self.house.managing.carry_out(self.id, Command(verb), by="cli")  # type: ignore[arg-type]
        await self.house.cueing.run_due()

    async def hear(self, number: int, act: Act) -> Answer:
        """One of several processes hears of an act."""
        return await self.hearings[number % len(self.hearings)].hear(self.event(act))

    def event(self, act: Act) -> Event:
        """The act as a platform tells of it."""
        head = self.house.head(
            act.who,
            id=f"{self.id}-e{act.n:02}",
            at=START + timedelta(seconds=act.at),
            place=self.place,
        )
        if act.what == "vote":
            given = act.given()
            return Picked(**head, callback=self.callback, options=given.options if given else ())
        head["post"] = self.post
        head["reply"] = PostRef(self.post.thread, f"{act.who}-{act.thing}")
        given = act.given()
        if given is None or given.text is None:
            return ReplyDeleted(**head)
        kind = Replied if act.what == "say" else ReplyEdited
        return kind(**head, text=given.text)

    async def compare(self, model: Model) -> None:
        """Nothing more and nothing less stands, and every version is kept."""
        people = {p.id: who for who, p in (await self.house.people(self.id)).items()}
        stands = {
            (people[r.owner], r.item): r.given for r in await self.house.responses("poll", self.id)
        }
        assert stands == model.standing()
        assert len(await self.house.versions(self.id)) == model.versions()


class Theatre:
    """An event loop and a house that outlast the examples."""

    def __init__(self, runner: asyncio.Runner, house: House, processes: int) -> None:
        self.runner = runner
        self.numbers = 0
        self.house = house
        self.hearings = [house.hearing, *(house.another_hearing() for _ in range(processes - 1))]

    def play(self, schedule: Schedule) -> None:
        """Play a schedule in a channel that nobody was in."""
        self.numbers += 1
        self.runner.run(Play(self.house, self.numbers, self.hearings).play(schedule))


@pytest.fixture
def theatre(url: str) -> Iterator[Theatre]:
    with asyncio.Runner() as runner:
        opened = open_house(url)
        house = runner.run(opened.__aenter__())
        yield Theatre(runner, house, processes=2)
        runner.run(opened.__aexit__(None, None, None))


def check(theatre: Theatre, examples: int) -> None:
    """Play so many schedules."""

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(schedules())
    def plays_as_the_model_says(schedule: Schedule) -> None:
        theatre.play(schedule)

    plays_as_the_model_says()


def test_events_in_any_order_come_out_as_the_model_says(theatre: Theatre) -> None:
    check(theatre, 20)


@pytest.mark.long
def test_a_thousand_schedules_come_out_as_the_model_says(theatre: Theatre) -> None:
    check(theatre, 1_000)


def test_the_model_can_be_wrong() -> None:
    """A schedule in which the order matters, so that the test above is no empty one."""
    early, late = Act(0, "ann", "vote", "x", 0), Act(1, "ann", "vote", "x", 1)
    for order in ((early, late), (late, early)):
        model = Model()
        for act in order:
            assert model.hear(act, closed=False, ended=False)
        assert model.standing() == {("ann", "vote"): Given(("model",))}
    assert not Model().hear(early, closed=True, ended=False)
