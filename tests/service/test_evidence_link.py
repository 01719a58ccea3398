"""Whoever leads a lesson gets its evidence from where they are, and nobody else does."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.chat.address import Person
from bot.chat.answer import Answer, NotSaved, Refused, Show
from bot.chat.callback import Callback
from bot.chat.event import FormRequested
from bot.chat.message import Message, Resource
from bot.chat.plain import plain
from bot.chat.platform import RecordsUnavailable
from bot.facilitation.activities import KINDS
from bot.lessons.library import CONTENT, Library
from bot.service.group_commit import GroupCommit
from bot.service.hearing import Hearing
from tests.core.making import a_lesson, a_phase, an_activity
from tests.service.house import House, buttons, minutes, one_of

ADDRESS = "https://lessons.example.org/evidence/"


@dataclass
class Desk:
    """Hands out numbered links, and remembers for whom; ``open`` says whether it has an address."""

    open: bool = True
    broken: bool = False
    issued: list[tuple[str, Person]] = field(default_factory=list)

    async def issue(self, run: str, person: Person) -> str | None:
        """The next link."""
        if self.broken:
            raise RecordsUnavailable("the database is away")
        self.issued.append((run, person))
        return f"{ADDRESS}{len(self.issued)}" if self.open else None


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def ended(house: House, desk: Desk) -> House:
    """A lesson that ann took part in and fay led has ended; it is heard with links."""
    hearing = Hearing(
        house.store,
        GroupCommit(house.store),
        house.managing,
        lambda platform: house.stage.capabilities,
        lambda run, who: f"{run}-{who.id}",
        Library(CONTENT, lambda: KINDS),
        desk,
    )
    house.stage.hear = hearing.hear
    await house.schedule(one_of("discussion"))
    await house.work()
    await house.reply("ann", "Mine.")
    await house.run_for(minutes(20))
    assert (await house.run()).status == "ended"
    return house


def page(answer: Answer) -> Message:
    assert isinstance(answer, Show)
    assert isinstance(answer.what, Message)
    return answer.what


def links(answer: Answer) -> list[str]:
    return [block.url for block in page(answer).blocks if isinstance(block, Resource)]


async def press(house: House, who: str | Person, run: str = "r1") -> Answer:
    """Somebody presses "Evidence" in a private message."""
    callback = Callback("evidence", run).encode()
    return await house.hear(FormRequested(**house.head(who, place=None), callback=callback))


async def test_the_panel_and_the_report_have_the_button_that_leads_to_the_link(
    ended: House, desk: Desk
) -> None:
    posts = [p for p in ended.stage.posted(ended.fay) if "Evidence" in buttons(p.message)]
    assert {p.message.summary.partition(":")[0] for p in posts} == {
        (await ended.run()).lesson.plan.title,
        "The lesson has ended; its evidence is ready.",
    }
    for n, post in enumerate(posts, 1):
        callback = buttons(post.message)["Evidence"]
        asked = FormRequested(**ended.head("fay", place=None), callback=callback)
        assert links(await ended.hear(asked)) == [f"{ADDRESS}{n}"]
    assert desk.issued == [("r1", ended.fay)] * len(posts)


async def test_what_is_gathered_so_far_is_all_of_it_once_the_lesson_has_ended(
    ended: House,
) -> None:
    await ended.schedule(one_of("poll"), id="r2")
    await ended.work()
    assert "gathered so far in" in plain(page(await press(ended, "fay", "r2")))
    over = plain(page(await press(ended, "fay")))
    assert "All that was gathered in" in over
    assert "so far" not in over


async def test_the_link_says_how_often_and_how_long_it_works(ended: House) -> None:
    said = plain(page(await press(ended, "fay")))
    assert "works once, for 10 minutes" in said
    assert (await ended.run()).lesson.plan.title in said


@pytest.mark.parametrize("words", ["evidence", "Evidence!", "/fivefold evidence"])
@pytest.mark.parametrize("private", [True, False])
async def test_words_do_the_same_as_the_button(ended: House, words: str, private: bool) -> None:
    place = None if private else ended.main
    assert links(await ended.say("fay", words, place=place)) == [f"{ADDRESS}1"]


async def test_nobody_but_those_who_lead_the_run_gets_a_link(ended: House, desk: Desk) -> None:
    elsewhere = Person(ended.fay.platform, "another-tenant", ended.fay.id)
    answers = [
        *[await press(ended, who) for who in ("ann", "zoe", elsewhere)],
        await press(ended, "fay", "r2"),
        *[await ended.say(who, "evidence") for who in ("ann", "zoe")],
        await ended.say("ann", "evidence", place=None),
    ]
    assert answers == [Refused("Only those who lead a lesson can get its evidence.")] * len(answers)
    assert desk.issued == []


async def test_a_leader_of_one_run_gets_nothing_of_another(ended: House, desk: Desk) -> None:
    gus, place = ended.stage.person("gus"), ended.stage.place("C2")
    await ended.managing.schedule(
        one_of("poll"),
        run_id="r2",
        main=place,
        facilitators=(gus,),
        zone="UTC",
        start=ended.now,
    )
    assert isinstance(await press(ended, "gus", "r1"), Refused)
    assert isinstance(await press(ended, "fay", "r2"), Refused)
    # Words are about what they lead themselves, wherever they say them.
    assert links(await ended.say("gus", "evidence", place=ended.main))
    assert links(await ended.say("fay", "evidence", place=place))
    assert desk.issued == [("r2", gus), ("r1", ended.fay)]


async def test_words_mean_what_goes_on_before_what_ended_before_what_is_to_come(
    ended: House, desk: Desk
) -> None:
    for run_id, starts in (("later", minutes(60)), ("now", minutes(0))):
        await ended.managing.schedule(
            a_lesson(a_phase("Engage", an_activity("poll"))),
            run_id=run_id,
            main=ended.main,
            facilitators=(ended.fay,),
            zone="UTC",
            start=ended.now + starts,
        )
        await ended.work()
        await ended.say("fay", "evidence")
    assert [run for run, _ in desk.issued] == ["r1", "now"]


async def test_without_an_address_the_command_is_said_instead(ended: House, desk: Desk) -> None:
    desk.open = False
    for answer in (await press(ended, "fay"), await ended.say("fay", "evidence")):
        assert links(answer) == []
        assert "fivefold evidence r1" in plain(page(answer))


async def test_a_link_that_cannot_be_made_is_no_link(ended: House, desk: Desk) -> None:
    desk.broken = True
    answer = await press(ended, "fay")
    assert isinstance(answer, NotSaved)
    assert "try again" in answer.why


async def test_help_names_it_for_those_who_lead(house: House) -> None:
    await house.schedule(one_of("discussion"))
    await house.work()
    assert "evidence" in plain(page(await house.say("fay", "help")))
    assert "evidence" not in plain(page(await house.say("ann", "help")))
