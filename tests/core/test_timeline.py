"""A lesson and a start make cues, and cues that come due make openings and messages owed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facilitation.pace import Pace
from bot.facilitation.planning import NOTES_AHEAD, plan_live
from bot.facilitation.seeing import activity_of, scene_of
from bot.facilitation.state import LOBBY, Cue, Opening, Run
from bot.facilitation.timeline import is_too_late, next_due, opening_id, perform
from bot.lessons.lesson import Lesson
from tests.core.making import (
    ADA,
    MAIN,
    START,
    a_lesson,
    a_phase,
    a_run,
    an_activity,
    an_opening,
    applied,
    cues_of,
    minutes,
    waiting,
)

PHASES = st.lists(
    st.tuples(
        st.sampled_from(["Engage", "Explore", "Explain"]),
        st.lists(st.integers(1, 60), max_size=4),
    ),
    max_size=5,
)


def lesson_of(shape: list[tuple[str, list[int]]]) -> Lesson:
    """Phases that may be empty and may share a name; activity ids are unique all the same."""
    phases = [
        a_phase(name, *(an_activity(id=f"{n}.{m}", minutes=long) for m, long in enumerate(lengths)))
        for n, (name, lengths) in enumerate(shape)
    ]
    return a_lesson(*phases, *(() if phases else (a_phase("Engage"),)))


LESSONS = PHASES.map(lesson_of)


def of(cues: tuple[Cue, ...], kind: str) -> list[Cue]:
    return [cue for cue in cues if cue.kind == kind]


@given(LESSONS)
def test_cues_come_in_the_order_of_their_numbers(lesson: Lesson) -> None:
    cues = plan_live("run1", lesson, START)
    assert [cue.seq for cue in cues] == list(range(1, len(cues) + 1))
    assert [cue.at for cue in cues] == sorted(cue.at for cue in cues)
    assert all(cue.at == cue.planned and cue.state == "waiting" for cue in cues)


@given(LESSONS)
def test_each_activity_opens_once_and_closes_once_after_its_minutes(lesson: Lesson) -> None:
    cues = plan_live("run1", lesson, START)
    activities = lesson.script.activities()
    assert [cue.activity for cue in of(cues, "open")] == [a.id for a in activities]
    assert [cue.activity for cue in of(cues, "close")] == [a.id for a in activities]
    for opens, closes, activity in zip(
        of(cues, "open"), of(cues, "close"), activities, strict=True
    ):
        assert closes.at - opens.at == minutes(activity.minutes)
        assert closes.seq > opens.seq


@given(LESSONS)
def test_the_next_activity_opens_at_the_moment_the_last_one_closes_and_after_it(
    lesson: Lesson,
) -> None:
    cues = plan_live("run1", lesson, START)
    for closes, opens in zip(of(cues, "close"), of(cues, "open")[1:], strict=False):
        assert opens.at == closes.at
        assert opens.seq > closes.seq


@given(LESSONS)
def test_a_lesson_lasts_as_long_as_its_activities(lesson: Lesson) -> None:
    cues = plan_live("run1", lesson, START)
    (start,), (end,) = of(cues, "start"), of(cues, "end")
    assert start.at == START
    assert end.at - start.at == minutes(lesson.script.minutes())
    assert end.seq == len(cues)


@given(LESSONS)
def test_every_phases_notes_come_before_anything_of_it_opens(lesson: Lesson) -> None:
    cues = plan_live("run1", lesson, START)
    notes = of(cues, "notes")
    assert [cue.phase for cue in notes] == [phase.name for phase in lesson.script.phases]
    for note, phase in zip(notes, lesson.script.phases, strict=True):
        ids = {activity.id for activity in phase.activities}
        opens = [cue for cue in cues if cue.kind == "open" and cue.activity in ids]
        assert all(note.seq < cue.seq for cue in opens)
        assert not opens or opens[0].at - note.at == NOTES_AHEAD


def test_the_first_notes_come_before_the_start() -> None:
    first, second, *_ = plan_live("run1", a_lesson(), START)
    assert (first.kind, second.kind) == ("notes", "start")


@given(st.lists(st.integers(-30, 30), max_size=6), st.integers(-30, 30))
def test_what_is_due_is_the_earliest_waiting_cue_that_has_come(ats: list[int], now: int) -> None:
    cues = [
        Cue(
            "run1", n, "open", START + minutes(at), START, state="done" if n % 3 == 2 else "waiting"
        )
        for n, at in enumerate(ats)
    ]
    due = next_due(cues, START + minutes(now))
    come = [cue for cue in waiting(cues) if cue.at <= START + minutes(now)]
    assert due == (come[0] if come else None)


@pytest.mark.parametrize(("kind", "asks"), [("start", 1), ("open", 1), ("end", 1), ("notes", 0)])
def test_a_person_is_asked_about_late_beginnings_and_ends_only(kind: str, asks: int) -> None:
    run = a_run()
    cues = cues_of(run)
    cue = next(cue for cue in cues if cue.kind == kind)
    grace = minutes(2)
    assert is_too_late(cue, run, cues, cue.at + grace + timedelta(seconds=1), grace) is bool(asks)
    assert not is_too_late(cue, run, cues, cue.at + grace, grace)


@pytest.mark.parametrize(
    ("kind", "late", "asks"),
    [
        ("start", 7 * 60 + 59, False),
        ("start", 8 * 60, True),
        ("open", 7 * 60 + 59, False),
        ("open", 8 * 60, True),
        ("close", 5 * 24 * 60, False),
        ("notes", 5 * 24 * 60, False),
        ("end", 5 * 24 * 60, False),
    ],
)
def test_over_days_a_person_is_asked_once_what_should_have_opened_should_have_closed(
    kind: str, late: int, asks: bool
) -> None:
    """Days are open from nine to five."""
    run = a_run(pace=Pace())
    cues = cues_of(run)
    cue = next(cue for cue in cues if cue.kind == kind)
    assert is_too_late(cue, run, cues, cue.at + minutes(late), minutes(2)) is asks


@pytest.mark.parametrize(("phase", "late", "asks"), [("before", 60, False), ("Engage", 60, True)])
def test_around_a_live_lesson_things_may_open_late_and_in_it_they_may_not(
    phase: str, late: int, asks: bool
) -> None:
    lesson = a_lesson(
        a_phase("Engage", an_activity()), before=(an_activity(id="b", phase="before"),)
    )
    run = a_run(lesson)
    cues = cues_of(run)
    opens = next(cue for cue in cues if cue.kind == "open" and cue.phase == phase)
    assert is_too_late(opens, run, cues, opens.at + minutes(late), minutes(2)) is asks
    if phase == "before":
        start = next(cue for cue in cues if cue.kind == "start")
        assert not is_too_late(start, run, cues, start.at + minutes(late), minutes(2))
        assert is_too_late(start, run, cues, run.start, minutes(2))


def carry_out_all(run: Run) -> tuple[Run, list[Opening], list[str]]:
    """Every cue on time: the run at the end, its openings, and the purposes owed in order."""
    cues, openings, owed = cues_of(run), tuple[Opening, ...](), list[str]()
    keys = set[str]()
    while left := waiting(cues):
        changes = perform(left[0], run, cues, openings, left[0].at)
        run = changes.run or run
        cues, openings = applied(changes, cues, openings)
        owed += [each.purpose for each in changes.owed]
        keys |= {each.key for each in changes.owed}
        assert len(keys) == len(owed)
    return run, list(openings), owed


@given(LESSONS)
def test_a_lesson_carried_out_on_time_opens_and_closes_all_and_ends(lesson: Lesson) -> None:
    run, openings, owed = carry_out_all(a_run(lesson))
    activities = [o for o in openings if o.activity != LOBBY]
    assert run.status == "ended"
    assert run.ended_at == START + minutes(lesson.script.minutes())
    assert [o.activity for o in activities] == [a.id for a in lesson.script.activities()]
    assert all(o.closed_at == o.closes_at for o in activities)
    assert not any(o.is_open for o in openings)
    assert owed.count("activity") == len(activities)
    assert owed.count("notes") == len(lesson.script.phases)
    assert [owed.count(once) for once in ("welcome", "panel", "closing", "report")] == [1] * 4


def test_what_is_for_facilitators_goes_to_them_and_the_rest_to_the_channel() -> None:
    run = a_run()
    cues, openings = cues_of(run), tuple[Opening, ...]()
    for cue in cues:
        changes = perform(cue, run, cues, openings, cue.at)
        run = changes.run or run
        cues, openings = applied(changes, cues, openings)
        for owed in changes.owed:
            private = owed.purpose in ("notes", "panel", "report", "board")
            assert owed.to == (ADA if private else MAIN)


def test_a_post_is_not_worth_sending_after_its_activity_closed() -> None:
    run = a_run(status="running")
    cues = cues_of(run)
    opens = next(cue for cue in cues if cue.kind == "open")
    (opening,) = perform(opens, run, cues, (), opens.at).openings
    (post,) = perform(opens, run, cues, (), opens.at).owed
    assert post.not_after == opening.closes_at == START + minutes(10)


def test_opening_an_activity_again_makes_a_new_opening_with_a_new_key() -> None:
    run = a_run(status="running")
    cues = cues_of(run)
    opens = next(cue for cue in cues if cue.kind == "open")
    first = perform(opens, run, cues, (), opens.at)
    second = perform(opens, run, cues, first.openings, opens.at)
    assert [o.n for o in (*first.openings, *second.openings)] == [1, 2]
    assert first.openings[0].id != second.openings[0].id
    assert first.owed[0].key != second.owed[0].key


@given(LESSONS)
def test_every_opening_has_an_id_of_its_own_that_a_callback_can_carry(lesson: Lesson) -> None:
    run = a_run(lesson)
    ids = [LOBBY, *(activity.id for activity in lesson.script.activities())]
    made = {opening_id(run, activity, n) for activity in ids for n in (1, 2)}
    assert len(made) == 2 * len(ids)
    for opening in made:
        scene = scene_of(run, an_opening(run, LOBBY, id=opening))
        assert opening in scene.callback("answer")


def test_the_lobby_is_an_activity_and_an_unknown_id_is_none() -> None:
    assert activity_of(a_run(), LOBBY).kind == LOBBY
    with pytest.raises(KeyError):
        activity_of(a_run(), "Engage.karaoke")
