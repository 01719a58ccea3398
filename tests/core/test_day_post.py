"""A lesson over days posts once a day, and everything of the day stands in that post."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.callback import Callback
from bot.chat.message import Buttons, Choices, Deadline, Heading, Message
from bot.chat.plain import plain
from bot.facilitation.activities.scene import Scene
from bot.facilitation.day import day_post
from bot.facilitation.pace import Pace
from bot.facilitation.seeing import name_of, scene_of
from bot.facilitation.state import LOBBY, Opening, Owed, Run
from bot.facilitation.timeline import perform
from bot.lessons.lesson import Lesson
from bot.lessons.script import AFTER, BEFORE, Activity
from tests.core.making import (
    HELPS,
    MAIN,
    START,
    a_lesson,
    a_phase,
    a_run,
    an_activity,
    an_opening,
    applied,
    cues_of,
    waiting,
)

KINDS = ("prompt", "poll", "discussion", "reflection")
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = START.date()


def a_daily_run(lesson: Lesson, first: date = MONDAY) -> Run:
    """A run of the lesson over days from this date on."""
    return a_run(
        lesson, pace=Pace(), start=datetime(first.year, first.month, first.day, tzinfo=UTC)
    )


def carried_out(run: Run) -> tuple[Run, tuple[Opening, ...], list[Owed]]:
    """Every cue on time: the run at the end, its openings, and what went to the channel."""
    cues, openings, posts = cues_of(run), tuple[Opening, ...](), list[Owed]()
    while left := waiting(cues):
        changes = perform(left[0], run, cues, openings, left[0].at)
        run = changes.run or run
        cues, openings = applied(changes, cues, openings)
        posts += [owed for owed in changes.owed if owed.to == MAIN]
    return run, openings, posts


def kinds(phase: str, names: list[str]) -> list[Activity]:
    return [an_activity(kind, id=f"{phase}.{n}", phase=phase) for n, kind in enumerate(names)]


@st.composite
def lessons(draw: st.DrawFn) -> Lesson:
    """Phases of any kinds of activities, of some days each, and maybe more before and after."""
    of_kinds = st.lists(st.sampled_from(KINDS), max_size=5)
    shape = draw(st.lists(st.tuples(of_kinds, st.integers(0, 4)), min_size=1, max_size=4))
    phases = [
        a_phase(f"P{n}", *kinds(f"P{n}", names), days=days) for n, (names, days) in enumerate(shape)
    ]
    before, after = (tuple(kinds(side, draw(of_kinds))) for side in (BEFORE, AFTER))
    return a_lesson(*phases, before=before, after=after)


@settings(deadline=None)
@given(lessons(), st.dates(date(2026, 1, 1), date(2027, 1, 1)))
def test_there_is_one_channel_post_a_day_at_most_and_everything_has_its_place_in_one(
    lesson: Lesson, first: date
) -> None:
    run, openings, posts = carried_out(a_daily_run(lesson, first))
    assert run.status == "ended"
    dates = Counter(post.due_at.astimezone(BERLIN).date() for post in posts)
    assert set(dates.values()) == {1}
    # All that ever opened stands in a post, the welcome too.
    leads = {post.opening for post in posts if post.purpose in ("activity", "welcome")}
    assert {opening.post for opening in openings} == leads
    opened = [o.activity for o in openings if o.activity != LOBBY]
    assert sorted(opened) == sorted(a.id for a in lesson.script.activities())
    assert not any(opening.is_open for opening in openings)
    # The thread of a post is that of its first discussion.
    talking = {a.id for a in lesson.script.activities() if a.kind == "discussion"}
    for lead in leads:
        together = [o for o in openings if o.post == lead]
        talks = [o.id for o in together if o.activity in talking]
        assert lead == (talks[0] if talks else together[0].id)


def test_the_welcome_stands_in_the_first_days_post() -> None:
    lesson = a_lesson(a_phase("Engage", an_activity("prompt"), an_activity("discussion")))
    _, openings, posts = carried_out(a_daily_run(lesson))
    lobby = next(o for o in openings if o.activity == LOBBY)
    assert lobby.shown_in == posts[0].opening
    assert [post.purpose for post in posts] == ["activity", "closing"]


def test_a_first_day_without_anything_has_the_welcome_for_its_post() -> None:
    lesson = a_lesson(a_phase("Engage"), a_phase("Explore", an_activity(phase="Explore")))
    _, _, posts = carried_out(a_daily_run(lesson))
    assert [post.purpose for post in posts] == ["welcome", "activity", "closing"]


def test_what_runs_before_a_live_lesson_is_one_post_with_the_welcome_and_after_it_another() -> None:
    lesson = a_lesson(
        a_phase("Engage", an_activity("prompt"), an_activity("poll")),
        before=tuple(kinds(BEFORE, ["prompt", "reflection"])),
        after=tuple(kinds(AFTER, ["reflection", "discussion"])),
    )
    run, openings, posts = carried_out(a_run(lesson))
    assert [post.purpose for post in posts] == ["activity"] * 4
    shown = [[o.activity for o in openings if o.post == post.opening] for post in posts]
    assert shown == [
        [LOBBY, "before.0", "before.1"],
        ["Engage.prompt"],
        ["Engage.poll"],
        ["after.0", "after.1"],
    ]
    # Its thread is the discussion's; before, it is the welcome's.
    assert [post.opening.split("-")[1] for post in posts] == ["0", "3", "4", "6"]
    assert run.start == START
    assert run.ended_at == posts[3].due_at + timedelta(days=1)


# -- what the post says


def scenes(*names: str) -> list[Scene[Any]]:
    """The scenes of one day's post with these kinds, which its discussion leads, if it has one."""
    lesson = a_lesson(
        a_phase("Engage", *kinds("Engage", list(names))),
        welcome="Hello there.",
    )
    run = replace(a_daily_run(lesson), status="running")
    lobby = an_opening(run, LOBBY, shown_in="lead", closes_at=None)
    found = [scene_of(run, lobby)]
    for activity in lesson.script.activities():
        each = an_opening(run, activity.id)
        found.append(
            scene_of(run, each if activity.kind == "discussion" else replace(each, shown_in="lead"))
        )
    return found


def carried(message: Message) -> set[str]:
    """The openings that can be answered from a message's buttons and choices."""
    found = set()
    for block in message.blocks:
        if isinstance(block, Buttons):
            own = [button for button in block.buttons if button.label not in HELPS]
            found |= {Callback.decode(button.callback).target for button in own}
        if isinstance(block, Choices):
            found.add(Callback.decode(block.callback).target)
    return found


def test_the_days_post_has_the_welcome_then_the_phase_then_each_activity_and_its_buttons() -> None:
    together = scenes("prompt", "poll", "reflection", "discussion")
    message = day_post(together)
    text = plain(message)
    order = ["Hello there.", "# Engage", "parking permits", "Which part failed", "Look back"]
    places = [text.index(each) for each in (*order, "Reply in the thread")]
    assert places == sorted(places)
    assert text.count("# Engage\n") == 1
    asking = {
        scene.opening.id for scene in together if scene.activity.kind in ("poll", "reflection")
    }
    assert carried(message) == asking
    titles = [name_of(scene.run, scene.activity.id).split(": ")[-1] for scene in together[1:]]
    assert message.summary == f"Engage: {', '.join(titles)}"


def test_a_moment_at_which_everything_closes_is_told_once_at_the_end() -> None:
    message = day_post(scenes("prompt", "poll", "discussion"))
    assert [b for b in message.blocks if isinstance(b, Deadline)] == [message.blocks[-1]]


def test_moments_that_differ_are_told_with_what_closes_then() -> None:
    together = scenes("prompt", "poll")
    later = replace(together[1].opening, closes_at=START + timedelta(days=1))
    together[1] = replace(together[1], opening=later)
    deadlines = [b for b in day_post(together).blocks if isinstance(b, Deadline)]
    assert len(deadlines) == 2


def test_only_the_first_discussion_is_in_the_thread_and_another_is_answered_by_form() -> None:
    lesson = a_lesson(a_phase("Engage", *kinds("Engage", ["discussion", "discussion"])))
    run = replace(a_daily_run(lesson), status="running")
    first = an_opening(run, "Engage.0")
    second = an_opening(run, "Engage.1", shown_in=first.id)
    message = day_post([scene_of(run, first), scene_of(run, second)])
    assert plain(message).count("Reply in the thread of this post.") == 1
    assert carried(message) == {second.id}
    assert [b for b in message.blocks if isinstance(b, Heading) and b.level == 1] == [
        Heading("Engage", 1)
    ]
