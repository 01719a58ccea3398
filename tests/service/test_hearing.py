"""What people give: decided, recorded, committed, and only then answered."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.event import Event, Installed, Joined, Removed
from bot.chat.message import Form
from bot.chat.plain import plain
from bot.facilitation.changes import Changes
from bot.facilitation.controls import Command
from bot.facilitation.state import Given
from bot.service.hearing import Hearing
from bot.service.store import StoreUnavailable, Transaction
from tests.service.house import House, minutes, of_each_kind, one_of, seconds


@pytest.fixture
async def polling(house: House) -> House:
    """A poll is open and posted."""
    await house.schedule(one_of("poll", results="live"))
    await house.work()
    return house


def saved(answer: Answer) -> bool:
    """Whether somebody was told that it is kept."""
    return isinstance(answer, Saved | Show)


def options(given: Given | None) -> tuple[str, ...]:
    """The options given."""
    assert given
    return given.options


# -- after the commit


class Broken:
    """Makes the store's next commits fail, after everything was written."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
        self.left = 1
        self._transaction = house.store.transaction
        self._failure = failure
        monkeypatch.setattr(house.store, "transaction", self.transaction)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A transaction that rolls back while ``left``."""
        async with self._transaction() as tx:
            yield tx
            if self.left:
                self.left -= 1
                raise self._failure


@pytest.mark.parametrize(
    "failure", [StoreUnavailable("The disk is full."), ZeroDivisionError("a mistake")]
)
async def test_what_is_not_committed_is_answered_as_not_saved_and_can_be_given_again(
    polling: House, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    house = polling
    vote = await house.a_vote("ann", "data")
    Broken(house, monkeypatch, failure)
    answer = await house.hear(vote)
    assert answer == NotSaved("That was not saved. Please try again in a moment.")
    assert await house.responses("poll") == ()
    assert await house.people() == {}
    assert saved(await house.hear(vote))
    (kept,) = await house.responses("poll")
    assert options(kept.given) == ("data",)


async def test_when_showing_fails_what_was_saved_stays_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.schedule(one_of("poll", results="after"))
    await house.work()

    def fail(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.facilitation.activities.poll.Poll.view", fail)
    answer = await house.vote("ann", "data")
    assert isinstance(answer, Saved)
    assert "saved" in answer.note
    assert len(await house.responses("poll")) == 1


async def test_after_ones_vote_one_sees_the_results(house: House) -> None:
    await house.schedule(one_of("poll", results="after"))
    await house.work()
    await house.vote("bob", "model")
    answer = await house.vote("ann", "data")
    assert isinstance(answer, Show)
    assert not isinstance(answer.what, Form)
    text = plain(answer.what)
    assert "Your vote is saved" in text
    assert "The data: 1 (50%)" in text
    assert "The model: 1 (50%)" in text


# -- once, and the newest stands


async def test_the_same_event_twice_is_one_response_and_both_are_told_it_is_saved(
    either_house: House,
) -> None:
    house = either_house
    await house.schedule(one_of("poll"))
    await house.work()
    vote = await house.a_vote("ann", "data")
    assert saved(await house.hear(vote))
    assert saved(await house.hear(vote))
    assert len(await house.versions()) == 1


async def test_the_same_event_in_two_processes_at_once_is_one_response(
    either_house: House,
) -> None:
    house = either_house
    await house.schedule(one_of("poll"))
    await house.work()
    hearings = [house.another_hearing() for _ in range(4)]
    for number in range(10):
        vote = await house.a_vote(f"p{number}", "data")
        answers = await asyncio.gather(*(hearing.hear(vote) for hearing in hearings))
        assert all(map(saved, answers))
    assert len(await house.versions()) == 10
    assert len(await house.people()) == 10


async def test_an_older_action_that_arrives_late_is_an_earlier_version(polling: House) -> None:
    house = polling
    older = await house.a_vote("ann", "data")
    house.step(seconds(1))
    await house.vote("ann", "model")
    assert saved(await house.hear(older))
    (kept,) = await house.responses("poll")
    assert options(kept.given) == ("model",)
    assert [options(v.given) for v in await house.versions()] == [("data",), ("model",)]


async def test_a_vote_can_be_changed_until_the_poll_closes(polling: House) -> None:
    house = polling
    for option in ("data", "model", "people"):
        house.step(seconds(1))
        assert saved(await house.vote("ann", option))
    (kept,) = await house.responses("poll")
    assert options(kept.given) == ("people",)
    assert len(await house.versions()) == 3
    await house.managing.carry_out("r1", Command("close"), by="cli")
    await house.work()
    assert await house.vote("ann", "data") == Refused("This is closed, so this was not saved.")
    (kept,) = await house.responses("poll")
    assert options(kept.given) == ("people",)


async def test_one_failing_event_of_many_is_its_own_and_the_others_are_kept(
    polling: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = polling
    enrol = house.hearing._new_id

    def fail_for_one(run: str, who: object) -> str:
        if who == house.stage.person("p7"):
            raise ZeroDivisionError
        return enrol(run, who)  # type: ignore[arg-type]

    monkeypatch.setattr(house.hearing, "_new_id", fail_for_one)
    votes = [await house.a_vote(f"p{n}", "data") for n in range(20)]
    answers = await asyncio.gather(*(house.hear(vote) for vote in votes))
    assert [n for n, answer in enumerate(answers) if not saved(answer)] == [7]
    assert isinstance(answers[7], NotSaved)
    assert len(await house.responses("poll")) == 19


async def test_an_event_that_nobody_can_understand_is_not_a_crash(
    polling: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling.hearing, "_dispatch", None)
    assert isinstance(await polling.vote("ann", "data"), NotSaved)


async def test_being_installed_and_removed_is_heard(house: House) -> None:
    assert await house.hear(Installed(**house.head("ann"))) == Saved()
    assert await house.hear(Removed(**house.head("ann"))) == Saved()


# -- forms


async def test_opening_a_form_records_nothing(house: House) -> None:
    await house.schedule(one_of("reflection"))
    await house.work()
    answer = await house.open_form("ann", "reflection")
    assert isinstance(answer, Show)
    assert isinstance(answer.what, Form)
    assert await house.versions() == ()
    assert await house.people() == {}
    async with house.store.reading() as reading:
        assert not await reading.heard("memory/local", "e00001")


async def test_a_form_opens_with_ones_own_words_and_nobody_elses(house: House) -> None:
    await house.schedule(one_of("reflection"))
    await house.work()
    await house.submit("ann", "reflection", q1="Mine.")
    await house.submit("bob", "reflection", q1="Not hers.")
    answer = await house.open_form("ann", "reflection")
    assert isinstance(answer, Show)
    assert "Mine." in plain(answer.what)
    assert "Not hers." not in plain(answer.what)


async def test_an_empty_form_is_to_be_corrected_and_nothing_is_kept(house: House) -> None:
    await house.schedule(one_of("reflection"))
    await house.work()
    assert isinstance(await house.submit("ann", "reflection", q1="  "), Correct)
    assert await house.versions() == ()


async def test_no_form_opens_when_nothing_more_is_taken(house: House) -> None:
    await house.schedule(one_of("reflection"))
    await house.run_for(minutes(15))
    answer = await house.open_form("ann", "reflection")
    assert isinstance(answer, Refused)
    assert "has ended" in answer.why


async def test_a_late_answer_counts_and_is_marked_late(house: House) -> None:
    await house.schedule()
    await house.run_for(minutes(25))
    assert not (await house.opening("prompt")).is_open
    await house.submit("ann", "discussion", answer="In time.")
    await house.run_for(minutes(10))
    assert saved(await house.submit("ann", "discussion", answer="Too late?"))
    assert [v.late for v in await house.versions()] == [False, True]
    (kept,) = await house.responses("discussion")
    assert kept.given
    assert kept.given.text
    assert kept.given.text.text == "Too late?"


async def test_after_the_end_nothing_more_is_taken(house: House) -> None:
    await house.schedule()
    await house.run_for(minutes(31))
    callback = await house.callback("reflection", "answer")
    reply = await house.a_reply("ann", "Late.", "discussion", "m1")
    await house.run_for(minutes(15))
    for answer in (
        await house.submit("ann", "reflection", q1="Late."),
        await house.hear(reply),
        await house.vote("ann", "data", callback=callback),
    ):
        assert isinstance(answer, Refused)
        assert "has ended" in answer.why
    assert await house.versions() == ()


# -- words survive


WORDS = {
    "NUL": "be\x00fore",
    "a lone surrogate": "half \ud83d of a face",
    "right to left": "\u202eשלום\u202c مرحبا",
    "forty thousand characters": "Ünïcödé 漢字 👩‍👩‍👧 " * 2_000,
    "control characters": "\x01\x1b[31m\x7f\r\n\t",
    "nothing but blanks around": "   x   ",
}


async def test_words_are_kept_as_they_were_written(either_house: House) -> None:
    house = either_house
    await house.schedule(of_each_kind(other=True))
    await house.run_for(minutes(31))
    for number, words in enumerate(WORDS.values()):
        who, reply = f"p{number}", f"m{number}"
        assert saved(await house.submit(who, "reflection", q1=words))
        assert saved(await house.submit(who, "discussion", answer=words))
        assert saved(await house.reply(who, words, "discussion", reply))
        house.step(seconds(1))
        assert saved(await house.edit_reply(who, words + "!", "discussion", reply))
        house.step(seconds(1))
    kept = [v.given.text.text for v in await house.versions() if v.given and v.given.text]
    expected = [[words, words, words, words + "!"] for words in WORDS.values()]
    assert kept == [words for written in expected for words in written]


async def test_own_words_in_a_poll_are_shown_as_they_were_written(house: House) -> None:
    await house.schedule(one_of("poll", other=True, results="live"))
    await house.work()
    for who, words in WORDS.items():
        assert saved(await house.submit(who, "poll", "other", other=words))
    await house.work()
    text = await house.text("poll")
    assert [words for words in WORDS.values() if words not in text] == []


async def test_names_are_kept_as_they_are(either_house: House) -> None:
    house = either_house
    await house.schedule(one_of("poll"))
    await house.work()
    await house.join("ann", "A\x00n\ud800n <b>")
    assert (await house.people())["ann"].name.text == "A\x00n\ud800n <b>"


# -- at the instant of closing


async def after(turns: int, hearing: Hearing, event: Event) -> Answer:
    """Let others go first for so many turns."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return await hearing.hear(event)


@pytest.mark.parametrize("rounds", [40, pytest.param(1_000, marks=pytest.mark.long)])
async def test_at_the_instant_of_closing_what_was_accepted_is_what_is_counted(
    either_house: House, rounds: int
) -> None:
    house = either_house
    await house.schedule(one_of("poll"))
    await house.work()
    hearings = [house.another_hearing() for _ in range(2)]
    opening = await house.opening("poll")
    async with house.store.reading() as reading:
        cue = next(cue for cue in await reading.cues("r1") if cue.kind == "close")
    delivery = await house.delivery("poll")
    outcomes = set()
    for round_ in range(rounds):
        again = replace(opening, id=f"r1-1-{round_ + 2}", n=round_ + 2)
        async with house.store.transaction() as tx:
            await tx.apply(
                Changes(openings=(again,), cues=(replace(cue, seq=100 + round_, at=house.now),))
            )
        callback = f"f.vote.{again.id}..{delivery.owed.key}."
        votes = [
            await house.a_vote(f"p{n}", "data", callback=callback, id=f"{round_}-{n}")
            for n in range(5)
        ]

        racing = [
            asyncio.create_task(after(round_ * n % 17, hearings[n % 2], vote))
            for n, vote in enumerate(votes)
        ]
        await house.cueing.run_due()
        answers = [await each for each in racing]
        while await house.cueing.run_due():
            pass
        async with house.store.reading() as reading:
            tally = len(await reading.responses(again.id))
            assert not (await reading.opening(again.id) or again).is_open
        accepted = sum(map(saved, answers))
        assert not any(isinstance(answer, NotSaved) for answer in answers)
        assert tally == accepted
        outcomes.add(accepted)
    assert len(outcomes) > 1, "the race was never close"


async def test_when_several_processes_hear_everything_at_once_nobody_is_turned_away(
    either_house: House,
) -> None:
    """Nothing waits in a circle: not people, not the facilitator, not the worker."""
    house = either_house
    await house.schedule(of_each_kind(results="live"))
    await house.run_for(minutes(11))
    hearings = [house.another_hearing() for _ in range(3)]
    people = [f"p{n}" for n in range(10)]
    for round_ in range(3):
        events: list[Event] = []
        for who in people:
            events += [
                Joined(**house.head(who)),
                await house.a_vote(who, "data"),
                await house.a_reply(who, "To the prompt.", "prompt", f"{who}-{round_}"),
                await house.a_reply(who, "To the poll.", "poll", f"{who}-{round_}"),
            ]
        random.Random(round_).shuffle(events)
        answers, *_ = await asyncio.gather(
            asyncio.gather(*(hearings[n % 3].hear(event) for n, event in enumerate(events))),
            house.managing.carry_out("r1", Command("extend", 1), by="cli"),
            house.sending.send_due(),
            house.cueing.run_due(),
        )
        assert [answer for answer in answers if not saved(answer)] == []
    assert len(await house.people()) == len(people)
    assert len(await house.versions()) == 3 * 3 * len(people)


async def test_whoever_changes_what_they_gave_has_heard_already_that_it_is_saved(
    house: House,
) -> None:
    await house.schedule(of_each_kind())
    await house.run_for(minutes(31))
    await house.managing.carry_out("r1", Command("extend", 10), by="cli")

    async def each(number: int) -> list[Answer]:
        house.step(seconds(1))
        words = f"Take {number}."
        return [
            await house.submit("ann", "reflection", q1=words),
            await house.submit("ann", "discussion", answer=words),
        ]

    first, second = await each(1), await each(2)
    assert [a.again for a in first if isinstance(a, Saved)] == [False, False]
    assert [a.again for a in second if isinstance(a, Saved)] == [True, True]
    assert [a.note for a in second if isinstance(a, Saved)] == [
        a.note for a in first if isinstance(a, Saved)
    ]


async def test_a_second_vote_is_saved_again_and_one_after_taking_it_back_is_not(
    polling: House,
) -> None:
    house = polling
    answers = []
    for option in ("data", "model"):
        answers.append(await house.vote("ann", option))
        house.step(seconds(1))
    await house.submit("ann", "poll", "withdraw")
    house.step(seconds(1))
    answers.append(await house.vote("ann", "people"))
    assert [isinstance(a, Saved) and a.again for a in answers] == [False, True, False]
