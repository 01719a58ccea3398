"""A lesson is rehearsed: at once, in one person's messages, with made-up people."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.chat.address import Person
from bot.chat.answer import Answer, Correct, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import Event, FormRequested, FormSubmitted, Picked
from bot.chat.message import Choices, Form
from bot.chat.plain import plain
from bot.chat.platform import Capabilities
from bot.facilitation.beginning import NEW, REHEARSE
from bot.facilitation.rehearsing import PERSONAS, at_rehearsal_pace
from bot.facilitation.state import Run
from bot.lessons.lesson import Lesson
from bot.lessons.library import CONTENT
from bot.rehearsal.attending import MOST, Attending
from bot.rehearsal.cohort import Cohort
from bot.service.reporting import report_run
from tests.service.house import (
    MOST_STEPS,
    House,
    buttons,
    minutes,
    of_each_kind,
    one_of,
    open_house,
    seconds,
)

LESSON = "mlops-core-components"
LESSONS = sorted(folder.name for folder in CONTENT.iterdir() if (folder / "plan.md").is_file())


def form(answer: Answer) -> Form:
    """The form that somebody is shown."""
    assert isinstance(answer, Show), answer
    assert isinstance(answer.what, Form)
    return answer.what


class Stagehand:
    """Somebody who rehearses, and the people who come for that."""

    def __init__(self, house: House, who: str = "zoe") -> None:
        self.house = house
        self.who = house.stage.person(who)
        self.attending = self.another_process()
        self.callback = ""

    def another_process(self) -> Attending:
        """What another process sends people with."""
        house = self.house
        hear = house.another_hearing().hear
        return Attending(house.store, hear, lambda name: house.stage.capabilities, house.lesson)

    async def send(self, lesson: str = LESSON, **more: Any) -> Answer:
        """Send the form, asked for anew where there was none."""
        if not self.callback:
            self.callback = form(await self.house.say(self.who, "rehearse", place=None)).callback
        head = self.house.head(self.who, place=None, **more)
        chosen = {"lesson": (lesson,)}
        return await self.house.hear(FormSubmitted(**head, callback=self.callback, fields=chosen))

    async def rehearse(self, lesson: str = LESSON) -> Run:
        """A rehearsal that begins now."""
        self.callback = ""
        answer = await self.send(lesson)
        assert isinstance(answer, Show), answer
        return (await self.rehearsals())[0]

    async def short(self, lesson: Lesson | None = None) -> Run:
        """A rehearsal of a lesson that is no library's."""
        quick = at_rehearsal_pace(lesson or of_each_kind())
        return await self.house.managing.rehearse(quick, run_id="abc123", who=self.who, zone="UTC")

    async def rehearsals(self) -> tuple[Run, ...]:
        """Those that are going on."""
        async with self.house.store.reading() as reading:
            return await reading.rehearsals()

    async def play(self, run: Run, *cohorts: Cohort, until: timedelta | None = None) -> None:
        """Let all act and the lesson go on, to its end or for so long."""
        house, start = self.house, self.house.now
        cohorts = cohorts or (self.attending.cohort(run),)
        for _ in range(MOST_STEPS):
            await house.work()
            for cohort in cohorts:
                await cohort.look()
                await cohort.act_until(house.now)
            if (await house.run(run.id)).status == "ended" and not until:
                await house.work()
                return
            if until and house.now >= start + until:
                return
            house.step(seconds(15))
        raise AssertionError("the rehearsal does not come to its end")


@pytest.fixture
def zoe(house: House) -> Stagehand:
    return Stagehand(house)


# -- the way in


async def test_words_and_button_lead_to_one_form_with_the_lessons_of_the_library(
    house: House,
) -> None:
    shown = form(await house.say("zoe", "rehearse a lesson"))
    assert LESSON in [option.id for option in shown.fields[0].options]  # type: ignore[union-attr]
    assert "nobody but you sees" in plain(shown)
    callback = Callback(REHEARSE, NEW).encode()
    pressed = form(await house.hear(FormRequested(**house.head("zoe"), callback=callback)))
    assert replace(pressed, callback="") == replace(shown, callback="")


@pytest.mark.parametrize("words", ["home", "panel"])
async def test_it_stands_beside_scheduling(house: House, words: str) -> None:
    answer = await house.say("zoe", words)
    assert isinstance(answer, Show)
    assert list(buttons(answer.what))[:2] == ["Schedule a lesson", "Rehearse a lesson"]  # type: ignore[arg-type]


@pytest.mark.parametrize("missing", [{"knows_people": False}, {"direct": False}])
async def test_where_people_are_not_known_or_not_reached_nobody_rehearses(
    house: House, missing: dict[str, bool]
) -> None:
    house.stage.capabilities = replace(Capabilities(), **missing)
    assert isinstance(await house.say("zoe", "rehearse"), Refused)


async def test_what_is_no_lesson_is_not_rehearsed(zoe: Stagehand) -> None:
    answer = await zoe.send("nothing-like-that")
    assert isinstance(answer, Correct)
    assert await zoe.rehearsals() == ()


async def test_a_form_sent_twice_is_one_rehearsal_that_begins_at_once(
    house: House, zoe: Stagehand
) -> None:
    first, second = await zoe.send(), await zoe.send()
    assert first == second
    (run,) = await zoe.rehearsals()
    assert run.rehearsal
    assert run.facilitators == (zoe.who,)
    assert (run.start, run.pace) == (house.now, None)
    assert all(1 <= a.minutes <= 2 and not a.wait for a in run.lesson.script.activities())
    await house.work()
    assert (await house.run(run.id)).status == "running"


async def test_another_rehearsal_of_the_same_person_ends_the_one_before(
    house: House, zoe: Stagehand
) -> None:
    first = await zoe.rehearse()
    await zoe.play(first, until=minutes(2))
    second = await zoe.rehearse()
    yan = Stagehand(house, "yan")
    third = await yan.rehearse()
    assert {run.id for run in await zoe.rehearsals()} == {second.id, third.id}
    before = len(house.told(zoe.who))
    house.step(minutes(1))
    await house.work()
    assert (await house.run(first.id)).status == "ended"
    later = house.told(zoe.who)[before:]
    assert later
    assert not [words for words in later if "That was a rehearsal" in words]


# -- the lesson


@pytest.mark.parametrize("lesson", LESSONS)
async def test_a_lesson_plays_to_its_end_for_one_person_alone(
    house: House, zoe: Stagehand, lesson: str
) -> None:
    run = await zoe.rehearse(lesson)
    await zoe.play(run)
    assert {post.to for post in house.stage.posts} == {zoe.who}
    async with house.store.reading() as reading:
        report = await report_run(reading, run.id)
    states = {delivery.owed.to: set[str]() for delivery in report.deliveries}
    for delivery in report.deliveries:
        states[delivery.owed.to].add(delivery.state)
    assert states.pop(zoe.who) <= {"sent"}
    assert set().union(*states.values()) <= {"cancelled"}
    assert len([p for p in report.participants if p.person.id.startswith("persona-")]) == PERSONAS
    asked = [a for a in report.activities if a.questions]
    answered = {answer.activity for answer in report.answers}
    assert len(answered) > len(asked) / 2
    assert [o for a in report.activities for o in a.openings if o.is_open] == []
    last = house.told(zoe.who)[-1]
    assert "That was a rehearsal" in last
    assert "Schedule a lesson" in last


async def test_votes_of_made_up_people_and_of_the_facilitator_are_counted(
    house: House, zoe: Stagehand
) -> None:
    run = await zoe.short(one_of("poll", results="live"))
    await zoe.play(run, until=seconds(45))
    post = next(
        p for p in house.stage.posts if any(isinstance(b, Choices) for b in p.message.blocks)
    )
    choices = next(b for b in post.message.blocks if isinstance(b, Choices))
    before = len(await house.responses("poll", run.id))
    assert before >= PERSONAS / 4
    head = house.head(zoe.who, place=None)
    picked = Picked(
        **head, callback=choices.callback, options=(choices.options[0].id,), post=post.ref
    )
    assert isinstance(await house.hear(picked), Saved)
    assert len(await house.responses("poll", run.id)) == before + 1


async def test_nothing_is_answered_in_threads(house: House, zoe: Stagehand) -> None:
    run = await zoe.short(one_of("discussion"))
    await zoe.play(run, until=seconds(45))
    assert "thread" not in await house.text("discussion", run.id)
    given = await house.responses("discussion", run.id)
    assert given
    assert not [response for response in given if response.item.startswith("m")]


async def test_two_processes_and_a_restart_do_what_one_would_have_done(
    house: House, zoe: Stagehand, migrated: Path, tmp_path: Path
) -> None:
    run = await zoe.short()
    other = zoe.another_process()
    await zoe.play(run, zoe.attending.cohort(run), other.cohort(run), until=minutes(2))
    await zoe.play(run, zoe.another_process().cohort(run))
    async with open_house(f"sqlite:///{shutil.copy(migrated, tmp_path / 'alone.db')}") as alone:
        undisturbed = Stagehand(alone)
        await undisturbed.play(await undisturbed.short())
        once = [version.event for version in await alone.versions(run.id)]
    versions = [version.event for version in await house.versions(run.id)]
    assert len(versions) > PERSONAS
    assert sorted(versions) == sorted(once)
    people = await house.people(run.id)
    assert len([id for id in people if id.startswith("persona-")]) == PERSONAS
    keys = [post.key for post in house.stage.posts]
    assert len(keys) == len(set(keys))


async def test_the_panel_says_what_it_is_and_steers_it(house: House, zoe: Stagehand) -> None:
    run = await zoe.rehearse()
    await zoe.play(run, until=seconds(20))
    panel = next(p for p in house.stage.posts if plain(p.message).startswith("## Your panel"))
    assert "nobody but you sees it" in plain(panel.message)
    await house.press(zoe.who, panel, "Pause")
    assert (await house.run(run.id)).status == "paused"


# -- beside real lessons


async def test_in_private_it_is_asked_whether_the_rehearsal_is_meant_or_a_real_lesson(
    house: House, zoe: Stagehand
) -> None:
    run = await zoe.rehearse()
    real = await house.managing.schedule(
        one_of("poll"),
        run_id="real",
        main=house.main,
        facilitators=(zoe.who,),
        zone="UTC",
        start=house.now - minutes(1),
    )
    await house.work()
    answer = await house.say(zoe.who, "pause", place=None)
    assert isinstance(answer, Show)
    asked = plain(answer.what)
    assert asked.index(real.lesson.plan.title) < asked.index("A rehearsal with made-up people.")
    assert {(await house.run(each.id)).status for each in (run, real)} == {"running"}


async def test_what_does_not_fit_a_lesson_to_come_steers_the_rehearsal(
    house: House, zoe: Stagehand
) -> None:
    run = await zoe.rehearse()
    await house.managing.schedule(
        one_of("poll"),
        run_id="real",
        main=house.main,
        facilitators=(zoe.who,),
        zone="UTC",
        start=house.now + timedelta(days=1),
    )
    await house.work()
    assert isinstance(await house.say(zoe.who, "next", place=None), Saved)
    assert await house.audits(run.id) == ["next"]
    assert (await house.run("real")).status == "scheduled"


async def test_home_shows_a_rehearsal_to_its_own_person_while_it_goes_on(
    house: House, zoe: Stagehand
) -> None:
    async def shown(who: str | Person) -> str:
        answer = await house.say(who, "home", place=None)
        assert isinstance(answer, Show)
        return plain(answer.what)

    run = await zoe.short()
    await house.work()
    title = run.lesson.plan.title
    assert title in await shown(zoe.who)
    assert title not in await shown("yan")
    await zoe.play(run)
    assert title not in await shown(zoe.who)


# -- who lets people act


async def test_people_come_to_rehearsals_alone_and_to_so_many_at_once(house: House) -> None:
    await house.schedule(one_of("poll"))
    hands = [Stagehand(house, f"z{n}") for n in range(MOST + 1)]
    runs = []
    for each in hands:
        runs.append(await each.rehearse())
        house.step(seconds(1))
    attending = hands[0].attending
    await attending.look()
    assert attending.attended == {run.id for run in runs[1:]}
    await house.work()
    await hands[0].play(runs[0], until=seconds(5))
    stopping = asyncio.Event()
    stopping.set()
    await attending.run(stopping)
    assert attending.attended == set()
    assert await house.people() == {}


async def test_people_act_as_the_clock_goes_until_all_is_stopped(
    house: House, zoe: Stagehand
) -> None:
    run = await zoe.short(one_of("poll", results="live"))
    await house.work()
    house.step(seconds(50))
    stopping = asyncio.Event()
    heard: list[Event] = []

    async def hears(event: Event) -> Answer:
        heard.append(event)
        if any(isinstance(each, Picked) for each in heard):
            stopping.set()
        return await house.hearing.hear(event)

    attending = Attending(house.store, hears, lambda name: house.stage.capabilities, house.lesson)
    async with asyncio.timeout(20):
        await attending.run(stopping)
    assert attending.attended == set()
    assert {event.place for event in heard if isinstance(event, Picked)} == {run.main}
    assert await house.responses("poll", run.id)


async def test_people_who_fail_are_called_again_and_the_others_go_on(
    house: House, zoe: Stagehand, monkeypatch: pytest.MonkeyPatch
) -> None:
    await zoe.rehearse()
    called: list[str] = []

    async def fails(cohort: Cohort, *_: object) -> None:
        called.append("")
        raise RuntimeError("something of ours")

    monkeypatch.setattr(Cohort, "live", fails)
    for _ in range(4):
        await zoe.attending.look()
        await asyncio.sleep(0)
    assert len(called) >= 2
