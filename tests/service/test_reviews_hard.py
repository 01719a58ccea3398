"""Reviews under hard use: forged, repeated and late events, several processes, and time that moves.

Whatever comes, nobody reviews their own work or one work twice, and no word that was sent is lost.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.chat.answer import Answer, Correct, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import FormRequested, FormSubmitted, Picked
from bot.chat.message import Form
from bot.chat.plain import plain
from bot.chat.platform import Gone
from bot.facilitation.pace import Pace
from bot.facilitation.state import Assignment, Cue
from bot.lessons.lesson import Lesson
from bot.service.hearing import Hearing
from tests.core.making import a_lesson, a_phase, an_activity
from tests.service.house import RUN, House, minutes
from tests.service.test_reviews import Desk, buttons, form, message, reviewing

REVIEW = "peer_review"
PEOPLE = ("ada", "ben", "cem")


async def everything(house: House) -> tuple[Any, ...]:
    """All that could be changed."""
    async with house.store.reading() as reading:
        openings = await reading.openings(RUN)
        return (
            await reading.run(RUN),
            await reading.cues(RUN),
            openings,
            await reading.participants(RUN),
            await reading.versions(RUN),
            await reading.deliveries(RUN),
            await reading.audits(RUN),
            [await reading.assignments(opening.id) for opening in openings],
        )


async def dealt(house: House, who: str = "") -> list[Assignment]:
    """What was dealt to be reviewed, to everybody or to one."""
    opening = await house.opening(REVIEW)
    async with house.store.reading() as reading:
        found = await reading.assignments(opening.id)
    return [each for each in found if not who or each.who == f"r1-{who}"]


async def held(house: House, who: str = "") -> list[str]:
    """Whose works somebody is to review, or everybody is."""
    return [each.what for each in await dealt(house, who) if each.state == "held"]


async def slot_of(house: House, who: str, author: str) -> str:
    """Under which slot somebody reviews an author's work."""
    return next(f"r{a.n}" for a in await dealt(house, who) if a.what == f"r1-{author}")


async def is_lawful(house: House, authors: Sequence[str]) -> None:
    """Nobody has their own work or one twice, and each author gives and gets some; of work that
    was taken back, or of its author's, only reviews that were begun are left."""
    live = [each for each in await dealt(house) if each.state == "held"]
    assert all(each.who != each.what for each in live)
    assert max(Counter((each.who, each.what) for each in live).values()) == 1
    ids = {f"r1-{name}" for name in authors}
    between = [each for each in live if {each.who, each.what} <= ids]
    assert {each.who for each in between} == ids
    assert {each.what for each in between} == ids
    said = {(r.owner, r.item.partition(".")[0]) for r in await house.responses(REVIEW)}
    assert all((each.who, f"r{each.n}") in said for each in live if each not in between)


async def words(house: House) -> set[str]:
    """Every text that was ever kept."""
    kept = await house.versions()
    return {v.given.text.text for v in kept if v.given and v.given.text}


async def waking(house: House) -> list[Cue]:
    """The cues at which the reviews look at how things stand, in order."""
    async with house.store.reading() as reading:
        return [cue for cue in await reading.cues(RUN) if cue.kind == "wake"]


async def a_form(house: House, who: str, verb: str, item: str, **fields: str) -> FormSubmitted:
    """The event of a form of the reviews."""
    texts = {key: (text,) for key, text in fields.items()}
    callback = await house.callback(REVIEW, verb, item)
    return FormSubmitted(**house.head(who), callback=callback, fields=texts)


async def judge(house: House, who: str, item: str, comment: str = "Why", **more: Any) -> Answer:
    """Somebody sends one step."""
    event = await a_form(house, who, "judge", item, level="3", comment=comment)
    return await house.hear(event)


async def feedback(house: House, who: str) -> list[str]:
    """The messages with reviews that somebody got, as they read now."""
    return [text for text in house.told(house.stage.person(who)) if "Feedback on your work" in text]


def and_then(lesson: Lesson) -> Lesson:
    """The lesson with ten minutes of something else after it."""
    after = a_phase("Goodbye", an_activity("prompt", id="goodbye"))
    return a_lesson(*lesson.script.phases, after)


async def begun(house: House, *people: str, **review: Any) -> Desk:
    """These have handed in and the reviews are open; something else comes after them."""
    await house.schedule(and_then(reviewing(**review)))
    await house.work()
    desk = Desk(house)
    for who in people:
        await desk.hand_in(who, f"The work of {who}")
    await house.run_for(minutes(10))
    return desk


# -- forged


FORMS = [
    ("judge", "r99-1"),
    ("judge", "r1-0"),
    ("judge", "r1-3"),
    ("judge", "r1"),
    ("judge", ""),
    ("judge", "self-1"),
    ("judge", "f_r1-ben-1"),
    ("judge", "r1-ben-1"),
    ("judge-alone", "r99-1"),
    ("judge-alone", "f_r1-ben-1"),
    ("assess", "f_r1-ben-1"),
    ("assess", "f_r1-ben-3"),
    ("problem", "r99"),
    ("problem", "f_r1-ben"),
    ("problem", ""),
    ("change", ""),
    ("respond", "r1-ben_x"),
    ("respond", ""),
    ("release", ""),
    ("more", ""),
    ("hand-in", ""),
    ("withdraw", ""),
    ("board", ""),
    ("vote", ""),
]


async def test_a_form_that_is_not_theirs_changes_nothing(house: House) -> None:
    await begun(house, *PEOPLE)
    before = await everything(house)
    sent = {"level": "3", "comment": "x", "words": "x", "text": "x", "counts": "instead"}
    for verb, item in FORMS:
        answer = await house.hear(await a_form(house, "ada", verb, item, **sent))
        assert isinstance(answer, Refused), (verb, item)
        assert answer.why.endswith(".")
    assert await everything(house) == before


async def test_a_button_that_is_not_theirs_changes_nothing(house: House) -> None:
    await begun(house, *PEOPLE)
    before = await everything(house)
    for verb in ("release", "judge", "board", "work", "respond", "received", "x"):
        callback = await house.callback(REVIEW, verb, "r1-1")
        answer = await house.hear(Picked(**house.head("ada"), callback=callback))
        assert isinstance(answer, Refused), verb
    assert await everything(house) == before


async def test_what_is_not_theirs_does_not_open(house: House) -> None:
    await begun(house, *PEOPLE)
    for verb, item in (
        ("board", ""),
        ("work", "r1-ben"),
        ("review", "f_r1-ben"),
        ("review", "r99"),
        ("review", "r1-99"),
        ("review", ""),
        ("problem", "r99"),
        ("respond", "r1-ben_x"),
        ("received", ""),
        ("change", ""),
        ("works", ""),
    ):
        for activity in (REVIEW, "submission"):
            callback = await house.callback(activity, verb, item)
            answer = await house.hear(FormRequested(**house.head("ada"), callback=callback))
            assert isinstance(answer, Refused), (verb, item)


async def test_a_step_that_lacks_something_is_handed_back(house: House) -> None:
    await begun(house, *PEOPLE)
    before = await everything(house)
    cases: list[dict[str, str]] = [
        {},
        {"level": "5", "comment": "x"},
        {"level": "", "comment": "x"},
        {"level": "3"},
        {"level": "3", "comment": " "},
        {"comment": "x"},
        {"level": "-1", "comment": "x"},
        {"level": "3.0", "comment": "x"},
    ]
    for fields in cases:
        answer = await house.hear(await a_form(house, "ada", "judge", "r1-1", **fields))
        assert isinstance(answer, Correct), fields
    callback = await house.callback(REVIEW, "judge", "r1-1")
    two = {"level": ("3", "4"), "comment": ("x",)}
    event = FormSubmitted(**house.head("ada"), callback=callback, fields=two)
    assert isinstance(await house.hear(event), Correct)
    assert await everything(house) == before


async def test_what_belongs_to_another_run_or_activity_is_refused(house: House) -> None:
    await begun(house, *PEOPLE)
    await house.schedule(reviewing(), id="r2", main=house.stage.place("C2"))
    await house.work()
    before = await everything(house)
    async with house.store.reading() as reading:
        other = (await reading.openings("r2"))[-1]
    fields = {"text": ("x",), "level": ("3",), "comment": ("x",)}
    targets = [
        Callback("hand-in", other.id),
        Callback("judge", other.id, "r1-1"),
        Callback("judge", (await house.opening("submission")).id, "r1-1"),
        Callback("hand-in", (await house.opening(REVIEW)).id),
        Callback("judge", "r1-99-1", "r1-1"),
        Callback("judge", "", "r1-1"),
    ]
    for target in targets:
        event = FormSubmitted(**house.head("ada"), callback=target.encode(), fields=fields)
        assert isinstance(await house.hear(event), Refused)
    assert await everything(house) == before


async def test_a_stranger_who_forges_becomes_no_participant(house: House) -> None:
    await begun(house, *PEOPLE)
    for verb, item in (("judge", "r1-1"), ("assess", "f_r1-ben-1"), ("problem", "r1")):
        event = await a_form(house, "eva", verb, item, level="3", comment="x", words="x")
        assert isinstance(await house.hear(event), Refused)
    assert "eva" not in await house.people()


# -- repeated, and in another order


async def test_an_event_that_comes_twice_counts_once(house: House) -> None:
    """Of a review the same step is shown again."""
    await begun(house, *PEOPLE)
    step = await a_form(house, "ada", "judge", "r1-1", level="3", comment="Why")
    answer = await house.hear(step)
    assert isinstance(answer, Show)
    after = await everything(house)
    again = await house.hear(step)
    assert isinstance(again, Show)
    assert again.what == answer.what
    assert await everything(house) == after
    problem = await a_form(house, "ada", "problem", "r2", words="Empty")
    hand_in = FormSubmitted(
        **house.head("eva"),
        callback=await house.callback("submission", "hand-in"),
        fields={"text": ("Late work",)},
    )
    for event in (problem, hand_in):
        assert isinstance(await house.hear(event), Show | Saved)
        after = await everything(house)
        assert await house.hear(event) == Saved("Saved already.")
        assert await everything(house) == after


async def test_steps_may_come_in_any_order_and_an_older_one_does_not_undo_a_newer(
    house: House,
) -> None:
    await begun(house, "ada", "ben")
    older = await a_form(house, "ada", "judge", "r1-1", level="1", comment="First thought")
    house.step(timedelta(seconds=5))
    await judge(house, "ada", "r1-2", "Clear")
    await judge(house, "ada", "r1-1", "Second thought")
    await house.hear(older)
    await house.run_for(minutes(10))
    (text,) = await feedback(house, "ben")
    assert "Second thought" in text
    assert "First thought" not in text
    assert "First thought" in await words(house)


async def test_work_that_arrives_after_it_was_taken_back_is_kept_and_dealt_to_nobody(
    house: House,
) -> None:
    desk = await begun(house, "ada", "ben")
    late = FormSubmitted(
        **house.head("cem"),
        callback=await house.callback("submission", "hand-in"),
        fields={"text": ("An older version",)},
    )
    house.step(timedelta(seconds=5))
    await desk.hand_in("cem", "A newer version")
    await house.submit("cem", "submission", "withdraw")
    await house.hear(late)
    assert "An older version" in await words(house)
    await is_lawful(house, ("ada", "ben"))


async def test_release_twice_at_once_sends_one_message_to_each(either_house: House) -> None:
    house = either_house
    desk = await begun(house, *PEOPLE, release="facilitator")
    for who in PEOPLE:
        await desk.review_all(who)
    await house.run_for(minutes(10))
    callback = await house.callback(REVIEW, "release")
    other = house.another_hearing()
    presses = [Picked(**house.head("fay"), callback=callback) for _ in range(4)]
    heard = [(house.hearing, other)[n % 2].hear(event) for n, event in enumerate(presses)]
    answers = await asyncio.gather(*heard)
    assert all(isinstance(answer, Saved) for answer in answers)
    await house.work()
    for who in PEOPLE:
        assert len(await feedback(house, who)) == 1


# -- works that come and go


async def test_what_is_said_of_a_work_that_was_taken_back_is_kept_and_not_delivered(
    house: House,
) -> None:
    desk = await begun(house, *PEOPLE)
    slot = await slot_of(house, "ada", "cem")
    step = form(await desk.request("ada", await house.callback(REVIEW, "review", slot)))
    await house.submit("cem", "submission", "withdraw")
    answer = await desk.send("ada", step, level="2", comment="Words for nobody")
    assert isinstance(answer, Saved)
    assert "Words for nobody" in await words(house)
    assert "Words for nobody" not in plain(await desk.listed("ada"))
    await house.run_for(minutes(10))
    assert await feedback(house, "cem") == []
    assert isinstance(await house.open_form("cem", REVIEW, "received"), Refused)


async def test_a_form_that_was_open_when_its_work_was_dealt_anew_still_counts(
    house: House,
) -> None:
    """Late work takes the place of one that nobody had begun; both reviews stand then."""
    desk = await begun(house, "ada", "ben", "cem", "dan")
    names = ("ada", "ben", "cem", "dan")
    first = {who: {a.n: a.what for a in await dealt(house, who)} for who in names}
    await desk.hand_in("eva", "Late work")
    gone = [a for a in await dealt(house) if a.state == "dropped"]
    assert len(gone) == 3
    (one, *_) = gone
    who = one.who.removeprefix("r1-")
    assert first[who][one.n] == one.what
    for n in (1, 2):
        await judge(house, who, f"r{one.n}-{n}", "Already written")
    assert one.what in await held(house, who)
    await is_lawful(house, (*names, "eva"))
    await house.run_for(minutes(10))
    (text,) = await feedback(house, one.what.removeprefix("r1-"))
    assert text.count("Already written") == 2


async def hear_all(processes: Sequence[Hearing], events: Sequence[Any]) -> list[Answer]:
    """All at once, in turns by several processes."""
    each = [processes[n % len(processes)].hear(event) for n, event in enumerate(events)]
    return await asyncio.gather(*each)


async def test_two_processes_hearing_hand_ins_and_withdrawals_at_once_keep_the_ring_whole(
    either_house: House,
) -> None:
    house = either_house
    names = [f"n{n}" for n in range(6)]
    desk = await begun(house, *names[:4])
    processes = [house.hearing, house.another_hearing()]
    for who in names[4:]:
        await house.join(who)
    hand_in = await house.callback("submission", "hand-in")
    withdraw = await house.callback("submission", "withdraw")

    def handing_in(who: str, text: str) -> FormSubmitted:
        return FormSubmitted(**house.head(who), callback=hand_in, fields={"text": (text,)})

    def taking_back(who: str) -> FormSubmitted:
        return FormSubmitted(**house.head(who), callback=withdraw)

    events = [
        handing_in("n4", "Late"),
        taking_back("n0"),
        handing_in("n5", "Late, too"),
        taking_back("n1"),
        *[await a_form(house, w, "judge", "r1-1", level="3", comment=w) for w in ("n2", "n3")],
    ]
    answers = await hear_all(processes, events)
    assert not [each for each in answers if isinstance(each, Refused | Correct)]
    await is_lawful(house, names[2:])
    assert {"Late", "Late, too", "n2", "n3"} <= await words(house)
    house.step(timedelta(seconds=1))
    again = [handing_in(who, "Anew") for who in ("n0", "n1")] + [taking_back("n2")]
    answers = await hear_all(processes, again)
    assert all(isinstance(each, Saved) for each in answers)
    await is_lawful(house, ["n0", "n1", *names[3:]])
    for who in ("n0", "n1", *names[3:]):
        await desk.review_all(who)
    await house.run_for(minutes(10))
    for who in ("n0", "n1", *names[3:]):
        assert len(await feedback(house, who)) == 1


async def test_somebody_unknown_who_hands_in_twice_at_once_is_one_author(
    either_house: House,
) -> None:
    house = either_house
    await begun(house, *PEOPLE)
    callback = await house.callback("submission", "hand-in")
    events = [
        FormSubmitted(**house.head("eva"), callback=callback, fields={"text": (f"Text {n}",)})
        for n in range(2)
    ]
    await hear_all([house.hearing, house.another_hearing()], events)
    eva = (await house.people())["eva"].id
    assert {"Text 0", "Text 1"} <= await words(house)
    assert Counter(a.who for a in await dealt(house) if a.state == "held")[eva] == 3
    assert (await held(house)).count(eva) == 3


# -- people who come, go and move


async def test_somebody_unknown_until_their_first_press_is_dealt_reviews(house: House) -> None:
    desk = await begun(house, *PEOPLE)
    assert "eva" not in await house.people()
    assert isinstance(await desk.hand_in("eva", "My first words"), Saved)
    assert len(await held(house, "eva")) == 3
    await is_lawful(house, (*PEOPLE, "eva"))


async def test_somebody_unknown_who_is_not_seen_in_the_channel_hands_in_nothing(
    house: House,
) -> None:
    await begun(house, *PEOPLE)
    before = await everything(house)
    callback = await house.callback("submission", "hand-in")
    head = house.head("eva", place=None)
    event = FormSubmitted(**head, callback=callback, fields={"text": ("x",)})
    assert isinstance(await house.hear(event), Refused)
    assert await everything(house) == before


async def test_an_author_who_leaves_the_channel_is_still_reviewed_and_gets_no_message(
    house: House,
) -> None:
    desk = await begun(house, *PEOPLE)
    await house.leave("cem")
    for who in ("ada", "ben"):
        await desk.review_all(who)
    await house.run_for(minutes(10))
    assert await feedback(house, "cem") == []
    assert len(await feedback(house, "ada")) == 1
    await house.join("cem")
    got = plain(message(await house.open_form("cem", REVIEW, "received")))
    assert "ada says why" in got
    assert "ben says why" in got


async def test_whoever_comes_back_by_handing_in_has_a_place_in_the_ring(house: House) -> None:
    await house.schedule(reviewing())
    await house.work()
    desk = Desk(house)
    for who in ("ada", "ben"):
        await desk.hand_in(who, f"The work of {who}")
    await house.join("cem")
    await house.leave("cem")
    await house.run_for(minutes(10))
    await desk.hand_in("cem", "Here I am again")
    await is_lawful(house, PEOPLE)


async def test_facilitators_who_hand_in_and_press_everything_are_dealt_nothing(
    house: House,
) -> None:
    await house.schedule(reviewing())
    await house.work()
    desk = Desk(house)
    for who in ("ada", "ben", "fay"):
        await desk.hand_in(who, f"The work of {who}")
    await house.run_for(minutes(10))
    await house.hear(Picked(**house.head("fay"), callback=await house.callback(REVIEW, "more")))
    await judge(house, "fay", "r1-1")
    await is_lawful(house, ("ada", "ben"))
    assert "You each review 1 work" in await house.text(REVIEW)
    for who in ("ada", "ben"):
        await desk.review_all(who)
    await house.run_for(minutes(10))
    assert not [text for text in house.told() if "Works without a review" in text]


def in_groups() -> Any:
    """A lesson in which groups hand in, and the work is reviewed."""
    return a_lesson(
        a_phase(
            "Elaborate",
            an_activity("groups", id="groups"),
            an_activity("submission", id="submission", by="group"),
        ),
        a_phase("Evaluate", an_activity(REVIEW, id=REVIEW, reviews=2)),
    )


async def test_whoever_moves_into_another_group_does_not_review_its_work(house: House) -> None:
    names = ("ada", "ben", "cem", "dan", "eva", "flo")
    # Over days all three can be open together; otherwise groups that have worked stay as they are.
    together = a_phase("Elaborate", *(one for part in in_groups().script.phases
                                      for one in part.activities))  # fmt: skip
    await house.managing.schedule_daily(
        a_lesson(together), run_id=RUN, main=house.main, facilitators=(house.fay,), zone="UTC",
        first=date(2026, 1, 6), pace=Pace(),
    )  # fmt: skip
    for who in names:
        await house.join(who)
    await house.run_to(datetime(2026, 1, 6, 10, tzinfo=UTC))
    desk = Desk(house)
    for who in names:
        await desk.hand_in(who, f"By {who}")
    other = (await held(house, "ada"))[0]
    slot = next(f"r{a.n}" for a in await dealt(house, "ada") if a.what == other)
    before = plain(await desk.listed("ada")).count("Work ")
    assert isinstance(await house.submit("ada", "groups", "move", group=other), Saved)
    assert plain(await desk.listed("ada")).count("Work ") == before - 1
    refused = await desk.request("ada", await house.callback(REVIEW, "review", slot))
    assert isinstance(refused, Refused)


# -- time that moves


async def test_after_an_absence_over_both_looks_the_reviews_of_the_absent_are_given_on(
    house: House,
) -> None:
    desk = await begun(house, "ada", "ben", "cem", "dan", reviews=1)
    for who in ("ada", "ben"):
        await desk.review_all(who)
    house.step(minutes(9))
    await house.work()
    assert {cue.state for cue in await waking(house)} == {"done"}
    states = Counter(a.state for a in await dealt(house))
    assert states["lapsed"] == 2
    for who in ("ada", "ben"):
        await desk.review_all(who)
    await house.run_for(minutes(1))
    for who in ("ada", "ben", "cem", "dan"):
        assert len(await feedback(house, who)) == 1


async def test_after_an_absence_over_the_closing_everybody_still_gets_theirs(house: House) -> None:
    desk = await begun(house, *PEOPLE)
    for who in PEOPLE:
        await desk.review_all(who)
    house.step(minutes(30))
    await house.work()
    for who in PEOPLE:
        assert len(await feedback(house, who)) == 1


async def test_the_looks_stand_still_in_a_pause(house: House) -> None:
    await begun(house, "ada", "ben")
    before = [cue.at for cue in await waking(house)]
    assert len(before) == 2
    await house.run_for(minutes(3))
    await house.say("fay", "pause")
    await house.run_for(minutes(20))
    assert {cue.state for cue in await waking(house)} == {"waiting"}
    assert {a.state for a in await dealt(house)} == {"held"}
    await house.say("fay", "resume")
    assert [cue.at for cue in await waking(house)] == [at + minutes(20) for at in before]
    await house.run_for(minutes(3))
    assert [cue.state for cue in await waking(house)] == ["done", "waiting"]


async def test_the_looks_move_when_minutes_are_given(house: House) -> None:
    await begun(house, "ada", "ben")
    before = [cue.at for cue in await waking(house)]
    await house.say("fay", "+5")
    assert [cue.at for cue in await waking(house)] == [at + minutes(5) for at in before]


async def test_reviews_that_were_closed_early_are_looked_at_no_more(house: House) -> None:
    desk = await begun(house, "ada", "ben")
    await desk.review_all("ada")
    await house.say("fay", "close")
    await house.work()
    assert len(await feedback(house, "ben")) == 1
    before = await dealt(house)
    await house.run_for(minutes(9))
    assert await dealt(house) == before


async def test_over_days_the_looks_come_within_the_days_and_move_with_one_more(
    house: House,
) -> None:
    lesson = a_lesson(
        a_phase("Elaborate", an_activity("submission", id="submission", phase="Elaborate")),
        a_phase("Evaluate", an_activity(REVIEW, id=REVIEW, phase="Evaluate"), days=2),
    )
    await house.managing.schedule_daily(
        lesson, run_id=RUN, main=house.main, facilitators=(house.fay,), zone="UTC",
        first=date(2026, 1, 6), pace=Pace(),
    )  # fmt: skip
    desk = Desk(house)
    await house.run_to(datetime(2026, 1, 6, 12, tzinfo=UTC))
    for who in PEOPLE:
        await desk.hand_in(who, f"The work of {who}")
    await house.run_to(datetime(2026, 1, 7, 12, tzinfo=UTC))
    await is_lawful(house, PEOPLE)
    opening = await house.opening(REVIEW)
    assert opening.closes_at
    before = [cue.at for cue in await waking(house)]
    assert [opening.opened_at < at < opening.closes_at for at in before] == [True, True]
    await house.say("fay", "+1 day")
    assert [cue.at for cue in await waking(house)] == [at + timedelta(days=1) for at in before]
    for who in PEOPLE[:2]:
        await desk.review_all(who)
    await house.run_to(before[1] + timedelta(days=1, minutes=1))
    assert {a.state for a in await dealt(house, "cem")} == {"lapsed"}
    await house.run_for(timedelta(days=4))
    assert (await house.run()).status == "ended"
    for who in PEOPLE:
        assert len(await feedback(house, who)) == 1
    change = await house.open_form("ada", REVIEW, "change")
    assert isinstance(change, Show)
    assert isinstance(change.what, Form)
    assert isinstance(await desk.send("ada", change.what, words="I will draw it"), Show)
    assert "I will draw it" in await words(house)


# -- troubles of the platform


async def test_an_open_review_that_cannot_be_posted_is_listed_and_the_panel_stands(
    house: House,
) -> None:
    desk = await begun(house, "ada", "ben", open=True)
    house.stage.fail_next(Gone(), call="post")
    await desk.review("ada")
    await house.work()
    assert [d.state for d in await house.owed("open-review")] == ["failed"]
    assert "A review that everyone can read" in plain(house.trouble().message)
    assert isinstance(await house.say("fay", "status"), Show)


async def test_a_late_review_is_seen_in_the_message_that_the_author_has(house: House) -> None:
    desk = await begun(house, *PEOPLE)
    slot = await slot_of(house, "ada", "cem")
    for n in (1, 2):
        await judge(house, "ada", f"{slot}-{n}", "In time")
    await house.run_for(minutes(10))
    late = await slot_of(house, "ben", "cem")
    for n in (1, 2):
        await judge(house, "ben", f"{late}-{n}", "Better late")
    await house.run_for(minutes(1))
    (text,) = await feedback(house, "cem")
    assert "In time" in text
    assert "Better late" in text
    assert buttons(await desk.listed("ben"))


async def test_the_author_of_a_work_whose_first_review_comes_late_is_told(house: House) -> None:
    desk = Desk(house)
    await house.schedule(reviewing())
    await house.work()
    for who in ("ada", "ben"):
        await desk.hand_in(who, f"The work of {who}")
    await house.run_for(minutes(19))
    await house.say("fay", "close")
    await house.work()
    ada = house.stage.person("ada")
    assert "ben says why" not in "".join(house.told(ada))
    await desk.review("ben")
    await house.work()
    assert "ben says why" in "".join(house.told(ada))
