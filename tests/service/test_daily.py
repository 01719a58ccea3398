"""A lesson over days, and what comes days before and after a live one, on the memory platform."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.chat.answer import Answer, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import FormRequested, FormSubmitted
from bot.chat.message import Buttons, Choices, Form, Message
from bot.chat.plain import plain
from bot.chat.platform import Uncertain
from bot.chat.text import UserText
from bot.facilitation.controls import Command
from bot.facilitation.pace import DoesNotFit, Pace
from bot.facilitation.state import LOBBY, Run
from bot.lessons.lesson import Lesson
from bot.lessons.script import AFTER, BEFORE, Activity
from bot.platforms.memory import MemoryPost
from tests.core.making import HELPS, START, a_lesson, a_phase, an_activity
from tests.service.house import RUN, House, buttons, minutes

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = START.date()
ENGAGE = ("prompt", "poll", "discussion", "reflection")
LESSON = a_lesson(
    a_phase("Engage", *(an_activity(kind, id=kind) for kind in ENGAGE)),
    a_phase(
        "Explore",
        an_activity("discussion", id="talk", phase="Explore"),
        an_activity("discussion", id="more", phase="Explore"),
        days=2,
    ),
    a_phase(
        "Evaluate",
        an_activity("discussion", id="one", phase="Evaluate"),
        an_activity("discussion", id="two", phase="Evaluate"),
    ),
    welcome="Welcome, everybody.",
    closing="Goodbye.",
)


def at(text: str) -> datetime:
    """A time in January 2026 on the clocks of Berlin."""
    return datetime.fromisoformat(f"2026-01-{text}").replace(tzinfo=BERLIN).astimezone(UTC)


async def schedule(
    house: House,
    first: date = date(2026, 1, 6),
    days: int | None = None,
    lesson: Lesson = LESSON,
) -> Run:
    """The lesson over days from a Tuesday on, in Berlin."""
    return await house.managing.schedule_daily(
        lesson,
        run_id=RUN,
        main=house.main,
        facilitators=(house.fay,),
        zone="Europe/Berlin",
        first=first,
        pace=Pace(),
        days=days,
    )


def carried(message: Message) -> set[str]:
    """The openings that can be answered from a post's buttons and choices."""
    found = set()
    for block in message.blocks:
        if isinstance(block, Buttons):
            own = [button for button in block.buttons if button.label not in HELPS]
            found |= {Callback.decode(button.callback).target for button in own}
        if isinstance(block, Choices):
            found.add(Callback.decode(block.callback).target)
    return found


async def post_of(house: House, activity: str) -> MemoryPost:
    """The post in which an activity stands."""
    opening = await house.opening(activity)
    (key,) = [d.owed.key for d in await house.owed("activity") if d.owed.opening == opening.post]
    (post,) = house.posts(key)
    return post


async def leading(house: House, activity: str) -> str:
    """The activity that has the post in which this one stands."""
    post = (await house.opening(activity)).post
    async with house.store.reading() as reading:
        return next(o.activity for o in await reading.openings(RUN) if o.id == post)


async def verb(house: House, activity: str, verb: str) -> str:
    """The callback to an activity in the post in which it stands."""
    return Callback(
        verb, (await house.opening(activity)).id, "", (await post_of(house, activity)).key
    ).encode()


async def send(house: House, callback: str, **fields: str) -> Answer:
    """Ann sends a form."""
    texts = {key: (text,) for key, text in fields.items()}
    return await house.hear(FormSubmitted(**house.head("ann"), callback=callback, fields=texts))


async def channel_dates(house: House) -> Counter[date]:
    """How many posts came to the channel on each date there."""
    sent = [d.sent_at for d in await house.deliveries() if d.owed.to == house.main]
    return Counter(each.astimezone(BERLIN).date() for each in sent if each)


# -- one post a day


async def test_a_lesson_over_days_posts_once_a_day_and_comes_to_its_end(house: House) -> None:
    await schedule(house)
    await house.run_to(at("30T12:00"))
    assert (await house.run()).status == "ended"
    days = [date(2026, 1, day) for day in (6, 7, 8, 9, 12)]
    assert await channel_dates(house) == Counter(days)
    assert {d.state for d in await house.deliveries()} == {"sent"}
    assert [d.owed.purpose for d in await house.deliveries() if d.owed.to == house.main] == [
        *["activity"] * 4,
        "closing",
    ]


async def test_the_first_days_post_has_the_welcome_and_every_activity_with_its_buttons(
    house: House,
) -> None:
    await schedule(house)
    await house.run_to(at("06T10:00"))
    (post,) = house.stage.posted(house.main)
    assert plain(post.message).index("Welcome, everybody.") < plain(post.message).index("Engage")
    assert carried(post.message) == {
        (await house.opening(activity)).id for activity in ("poll", "reflection")
    }
    lead = await house.opening("discussion")
    assert {(await house.opening(each)).post for each in (LOBBY, *ENGAGE)} == {lead.id}


async def test_what_is_said_in_the_posts_thread_belongs_to_its_first_discussion(
    house: House,
) -> None:
    await schedule(house)
    await house.run_to(at("09T10:00"))
    await house.reply("ann", "About the first.", activity="one")
    answer = await send(house, await verb(house, "two", "answer"), answer="The second.")
    assert isinstance(answer, Saved)
    said = {each: await house.responses(each) for each in ("one", "two")}
    words = {each: r.given.text for each, (r,) in said.items() if r.given}
    assert words == {"one": UserText("About the first."), "two": UserText("The second.")}
    await house.work()
    post = (await post_of(house, "two")).message
    assert "The second." not in plain(post)
    # What came by form can be read by all, since no thread shows it.
    callback = buttons(post)["Read the answers"]
    shown = await house.hear(FormRequested(**house.head("ben"), callback=callback))
    assert isinstance(shown, Show)
    assert "The second." in plain(shown.what)


@pytest.mark.parametrize("kind", ["lobby", "poll", "prompt"])
async def test_a_reply_where_a_private_reflection_stands_is_kept_and_its_author_warned(
    house: House, kind: str
) -> None:
    """Whatever leads the post, as long as it does not talk in the thread itself."""
    reflection = an_activity("reflection", id="reflection")
    before = [] if kind == LOBBY else [a_phase("Engage", an_activity(kind, id="first"))]
    others = [] if kind == LOBBY else [an_activity(kind, id="lead")]
    await schedule(house, lesson=a_lesson(*before, a_phase("Explore", *others, reflection)))
    await house.run_to(at("06T10:00" if kind == LOBBY else "07T10:00"))
    lead = await leading(house, "reflection")
    assert lead == (LOBBY if kind == LOBBY else "lead")
    for answer in (
        await house.reply("ann", "I was afraid.", activity=lead),
        await house.edit_reply("ann", "I was not.", activity=lead),
    ):
        assert isinstance(answer, Saved)
        assert "everyone here can read" in answer.note
    assert await house.delete_reply("ann", activity=lead) == Saved()


async def test_a_reply_where_a_discussion_leads_or_nothing_is_private_needs_no_warning(
    house: House,
) -> None:
    lesson = a_lesson(
        a_phase(
            "Engage", an_activity("discussion", id="talk"), an_activity("reflection", id="back")
        ),
        a_phase("Explore", an_activity("poll", id="poll"), an_activity("prompt", id="prompt")),
    )
    await schedule(house, lesson=lesson)
    for day, lead in (("06", "talk"), ("07", "poll")):
        await house.run_to(at(f"{day}T10:00"))
        assert await house.reply("ann", "I see.", activity=lead, id=day) == Saved()


async def test_a_vote_in_the_days_post_is_kept_and_the_post_is_drawn_again(house: House) -> None:
    await schedule(house)
    await house.run_to(at("06T10:00"))
    before = len(house.stage.posts)
    callback = await verb(house, "poll", "vote")
    assert not isinstance(await house.vote("ann", "data", callback=callback), Refused)
    await house.work()
    (response,) = await house.responses("poll")
    assert response.given
    assert response.given.options == ("data",)
    post = await post_of(house, "poll")
    assert post.edits == 1
    assert "1 of 1" in plain(post.message)
    # The rest of it stands as it stood.
    assert "Welcome, everybody." in plain(post.message)
    assert len(house.stage.posts) == before


async def test_a_form_opens_from_the_days_post_and_what_it_gives_is_kept(house: House) -> None:
    await schedule(house)
    await house.run_to(at("06T10:00"))
    callback = await verb(house, "reflection", "answer")
    shown = await house.hear(FormRequested(**house.head("ann"), callback=callback))
    assert isinstance(shown, Show)
    assert isinstance(shown.what, Form)
    saved = await send(house, callback, q1="Less.", q2="Nothing.")
    assert isinstance(saved, Saved)
    assert len(await house.responses("reflection")) == 2


async def test_in_the_evening_the_days_post_closes_and_polls_take_no_more(house: House) -> None:
    await schedule(house)
    await house.run_to(at("06T17:00"))
    assert not (await house.opening("poll")).is_open
    assert (await house.opening(LOBBY)).is_open
    callback = await verb(house, "poll", "vote")
    assert isinstance(await house.vote("ann", "data", callback=callback), Refused)
    assert not await house.responses("poll")


async def test_days_of_the_whole_are_filled_or_refused_before_anything_is_planned(
    house: House,
) -> None:
    with pytest.raises(DoesNotFit, match="2 days are too few"):
        await schedule(house, days=2)
    async with house.store.reading() as reading:
        assert not await reading.runs()
    await schedule(house, days=8)
    await house.run_to(at("30T12:00"))
    dates = sorted(await channel_dates(house))
    # Two days for Engage, four for Explore and two for Evaluate; the end comes after the eighth.
    assert dates[-1] == date(2026, 1, 16)
    assert (await house.opening("more")).opened_at == at("12T09:00")


# -- steered


async def test_the_facilitators_controls_move_a_lesson_by_days(house: House) -> None:
    await schedule(house)
    await house.run_to(at("06T10:00"))
    assert isinstance(await house.say("fay", "+1 day"), Saved)
    await house.run_to(at("07T16:00"))
    assert (await house.opening("poll")).is_open
    assert await channel_dates(house) == Counter([date(2026, 1, 6)])
    assert isinstance(await house.say("fay", "pause"), Saved)
    await house.run_to(at("09T12:00"))
    assert isinstance(await house.say("fay", "resume"), Saved)
    await house.run_to(at("30T12:00"))
    days = [date(2026, 1, day) for day in (6, 12, 13, 14, 15)]
    assert await channel_dates(house) == Counter(days)
    assert (await house.run()).status == "ended"


async def test_a_panels_button_gives_a_lesson_over_days_a_day(house: House) -> None:
    await schedule(house)
    await house.run_to(at("06T10:00"))
    answer = await house.press("fay", house.panel(), "+1 day")
    assert isinstance(answer, Saved)
    assert (await house.opening("poll")).closes_at == at("07T17:00")


async def test_a_lesson_over_days_can_be_started_at_once(house: House) -> None:
    await schedule(house)
    await house.managing.carry_out(RUN, Command("start"), by="cli")
    await house.work()
    assert (await house.run()).start == house.now == START
    assert await channel_dates(house) == Counter([MONDAY])
    assert (await house.opening("poll")).closes_at == at("06T17:00")


# -- when the bot was away


async def test_a_days_post_that_was_missed_comes_late_while_there_is_time(house: House) -> None:
    await schedule(house)
    house.step(at("06T16:00") - house.now)
    await house.work()
    assert (await house.run()).status == "running"
    assert await channel_dates(house) == Counter([date(2026, 1, 6)])


async def test_a_days_post_whose_time_has_passed_is_not_posted_and_the_run_asks(
    house: House,
) -> None:
    await schedule(house)
    house.step(at("06T17:30") - house.now)
    await house.work()
    run = await house.run()
    assert run.status == "paused"
    assert not house.stage.posted(house.main)
    assert run.pause_reason in "".join(house.told())
    await house.say("fay", "resume")
    await house.run_to(at("07T10:00"))
    assert await channel_dates(house) == Counter([date(2026, 1, 7)])


# -- around a live lesson


def due_in(activity: Activity, days: int) -> Activity:
    return replace(activity, days=days)


AROUND = a_lesson(
    a_phase("Engage", an_activity("prompt", id="prompt"), an_activity("poll", id="poll")),
    welcome="Welcome, everybody.",
    closing="Goodbye.",
    before=(
        due_in(an_activity("prompt", id="entry", phase=BEFORE, text="What do you know?"), 2),
        an_activity("reflection", id="questions", phase=BEFORE),
    ),
    after=(
        due_in(an_activity("reflection", id="later", phase=AFTER), 90),
        an_activity("discussion", id="soon", phase=AFTER),
    ),
)


async def live(house: House, **given: object) -> Run:
    """A live lesson with something before and after it, on Friday 9 January at 10:00 in Berlin."""
    values: dict[str, object] = {"start": at("09T10:00")}
    return await house.managing.schedule(
        AROUND,
        run_id=RUN,
        main=house.main,
        facilitators=(house.fay,),
        zone="Europe/Berlin",
        **(values | given),  # type: ignore[arg-type]
    )


async def test_the_welcome_and_the_entry_questions_are_one_post_days_ahead(house: House) -> None:
    await live(house)
    await house.run_to(at("09T09:00"))
    (post,) = house.stage.posted(house.main)
    text = plain(post.message)
    assert text.index("Welcome, everybody.") < text.index("What do you know?")
    assert (await house.opening("questions")).id in carried(post.message)
    assert (await house.opening("entry")).opened_at == at("07T10:00")
    await house.run_to(at("09T10:00"))
    assert (await house.opening("entry")).closed_at == at("09T10:00")
    assert (await house.run()).start == (await house.opening("prompt")).opened_at == at("09T10:00")


async def test_start_during_what_comes_before_begins_the_lesson(house: House) -> None:
    await live(house)
    await house.run_to(at("08T10:00"))
    assert isinstance(await house.press("fay", house.panel(), "Start the lesson"), Saved)
    await house.work()
    opening = await house.opening("prompt")
    assert opening.opened_at == at("08T10:00")
    assert opening.closes_at == at("08T10:10")
    assert not (await house.opening("entry")).is_open
    assert (await house.run()).start == at("08T10:00")


async def test_on_call_what_comes_before_is_posted_at_once_and_start_begins_the_lesson(
    house: House,
) -> None:
    await live(house, start=house.now, by_itself=False)
    await house.work()
    assert (await house.opening("entry")).opened_at == START
    # Its time comes and passes: it waits.
    await house.run_to(at("20T12:00"))
    assert (await house.run()).status == "paused"
    assert len(house.stage.posted(house.main)) == 1
    assert isinstance(await house.say("fay", "start"), Saved)
    await house.work()
    assert (await house.opening("prompt")).opened_at == at("20T12:00")
    assert (await house.run()).status == "running"


async def test_what_comes_after_is_one_post_due_at_the_same_local_time_and_ends_the_run(
    house: House,
) -> None:
    await live(house)
    await house.run_to(at("09T10:20"))
    over = at("09T10:20")
    soon, later = await house.opening("soon"), await house.opening("later")
    assert soon.opened_at == later.opened_at == over
    assert soon.post == later.post == soon.id
    assert soon.closes_at == over + timedelta(days=1)
    # By then the clocks of Berlin have gone forward.
    assert later.closes_at == over + timedelta(days=90, hours=-1)
    await house.run_to(later.closes_at - minutes(1))
    assert (await house.run()).status == "running"
    assert not (await house.opening("soon")).is_open
    await house.run_to(later.closes_at)
    run = await house.run()
    assert (run.status, run.ended_at) == ("ended", later.closes_at)
    texts = [plain(post.message) for post in house.stage.posted(house.main)]
    assert len(texts) == 1 + 2 + 1
    # The goodbye comes with what is left to do, not after it.
    assert texts[-1].index("Goodbye.") < texts[-1].index("After the lesson")
    assert "no more answers" not in texts[-1]


async def test_what_comes_before_is_posted_late_while_there_is_time(house: House) -> None:
    await live(house)
    house.step(at("08T12:00") - house.now)
    await house.work()
    assert (await house.run()).status == "running"
    assert (await house.opening("entry")).opened_at == at("08T12:00")
    house.step(at("09T11:00") - house.now)
    await house.work()
    # The lesson itself is not poured out late.
    assert (await house.run()).status == "paused"
    assert len(house.stage.posted(house.main)) == 1


# -- when nobody knows whether it arrived


async def test_using_anything_in_a_days_post_in_doubt_proves_that_it_arrived(
    deaf_house: House,
) -> None:
    house = deaf_house
    await schedule(house)
    await house.run_to(at("06T08:59"))
    house.stage.fail_next(Uncertain(), call="post", received=True)
    await house.run_to(at("06T09:30"))
    (delivery,) = await house.owed("activity")
    assert delivery.state == "uncertain"
    poll = await house.opening("poll")
    assert poll.post == delivery.owed.opening != poll.id
    callback = Callback("vote", poll.id, "", delivery.owed.key).encode()
    (post,) = house.stage.posted(house.main)
    await house.hear(await house.a_vote("ann", "data", callback=callback, post=post.ref))
    (delivery,) = await house.owed("activity")
    assert (delivery.state, delivery.ref) == ("sent", post.ref)
