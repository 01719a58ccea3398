"""A facilitator ends a lesson before its time, in whatever state it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings

from bot.facilitation.changes import Changes
from bot.facilitation.controls import Command, NotNow, Verb, control, parse_command
from bot.facilitation.ending import has_begun
from bot.facilitation.state import LOBBY
from bot.facilitation.timeline import is_too_late, next_due, perform
from bot.lessons.script import AFTER
from tests.core.making import (
    START,
    a_lesson,
    a_phase,
    a_run,
    an_activity,
    cues_of,
    minutes,
    waiting,
)
from tests.core.test_controls import GRACE, VERBS, Simulation, Steering, started
from tests.core.test_controls_before import Appointed
from tests.core.test_controls_daily import Daily, SteeringByDay

HOUR = timedelta(hours=1)


def ends(it: Simulation) -> list[str]:
    """End it; the bot then works with an hour between any two things. What it owes, by purpose."""
    begun, before = has_begun(it.cues), {o.id for o in it.openings}
    said: list[str] = []

    def apply(changes: Changes) -> None:
        it.apply(changes)
        said.extend(owed.purpose for owed in changes.owed)

    end = Command("end-now")
    apply(control(end, it.run, it.cues, it.openings, it.now, "cli"))
    for _ in range(len(it.cues)):
        cue = next_due(it.cues, it.now)
        if it.run.status == "ended" or cue is None:
            break
        assert it.run.status == "running"
        assert not is_too_late(cue, it.run, it.cues, it.now, GRACE)
        assert not cue.waits
        apply(perform(cue, it.run, it.cues, it.openings, it.now))
        it.now += HOUR
    assert it.run.status == "ended"
    assert it.run.ended_at
    assert not waiting(it.cues)
    assert not any(opening.is_open for opening in it.openings)
    assert {opening.id for opening in it.openings} == before
    assert begun or not (said or before)
    with pytest.raises(NotNow, match="has ended"):
        control(end, it.run, it.cues, it.openings, it.now, "cli")
    return said


class EndedAnyTime(Steering):
    """Whatever was done to a live lesson, it can be ended."""

    def teardown(self) -> None:
        if hasattr(self, "it") and not self.it.ended():
            ends(self.it)


class EndedAnyDay(SteeringByDay):
    """Whatever was done to a lesson over days, it can be ended."""

    def teardown(self) -> None:
        if hasattr(self, "it") and not self.it.ended():
            ends(self.it)


TestEndedAnyTime = EndedAnyTime.TestCase
TestEndedAnyTime.settings = settings(max_examples=80, stateful_step_count=12, deadline=None)
TestEndedAnyDay = EndedAnyDay.TestCase
TestEndedAnyDay.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)


def not_begun() -> Simulation:
    return Simulation(10, 10)


def open_now() -> Simulation:
    return started(10, 10)


def paused() -> Simulation:
    it = started(10, 10)
    it.do("pause")
    return it


def away_when_it_was_to_begin() -> Simulation:
    it = Simulation(10)
    it.now = START + HOUR
    it.carry_out_due()
    assert it.run.status == "paused"
    return it


def survey_open() -> Simulation:
    it = Appointed(on_call=True)
    it.pass_time(timedelta(days=3))
    assert it.run.status == "paused"
    assert it.open_now()
    return it


def over_days() -> Simulation:
    it = Daily(1, 2)
    it.pass_time(timedelta(hours=20))
    assert it.open_now()
    return it


@pytest.mark.parametrize("state", [open_now, paused, survey_open, over_days])
def test_what_has_begun_closes_and_says_goodbye_once(state: Callable[[], Simulation]) -> None:
    it = state()
    at = it.now
    asked = it.open_now()
    said = ends(it)
    assert said.count("closing") == said.count("report") == 1
    assert it.opening(asked[0].activity).closed_at == at


@pytest.mark.parametrize("state", [not_begun, away_when_it_was_to_begin])
def test_what_nobody_has_seen_is_over_without_a_word(state: Callable[[], Simulation]) -> None:
    it = state()
    assert ends(it) == []
    assert it.run.paused_at is None
    assert {cue.state for cue in it.cues if cue.kind != "notes"} == {"cancelled"}


def with_something_after() -> Simulation:
    it = Simulation(10)
    asked = an_activity(id="homework", phase=AFTER)
    it.run = a_run(a_lesson(a_phase("Engage", an_activity(id="a0", minutes=10)), after=(asked,)))
    it.cues = cues_of(it.run)
    it.pass_time(START - it.now)
    return it


def test_what_comes_after_the_lesson_never_opens_and_so_the_goodbye_is_a_post_of_its_own() -> None:
    it = with_something_after()
    said = ends(it)
    assert said.count("closing") == said.count("report") == 1
    assert {o.activity for o in it.openings} == {LOBBY, "a0"}


def test_while_what_comes_after_is_open_all_was_said_already() -> None:
    it = with_something_after()
    it.pass_time(minutes(10))
    assert [o.activity for o in it.open_now()] == ["homework"]
    assert not {"closing", "report"} & set(ends(it))


def test_a_rehearsal_is_over_at_once_and_says_what_it_was() -> None:
    it = started(10, 10)
    it.run = replace(it.run, rehearsal=True)
    changes = control(Command("end-now"), it.run, it.cues, it.openings, it.now, "fay")
    assert changes.run
    assert changes.run.status == "ended"
    assert [(owed.purpose, owed.to) for owed in changes.owed] == [
        ("report", it.run.facilitators[0])
    ]
    it.apply(changes)
    assert not waiting(it.cues)
    assert not any(opening.is_open for opening in it.openings)


@pytest.mark.parametrize("verb", [*VERBS, "end-now"])
def test_until_the_bot_has_ended_it_nothing_else_can_be_done(verb: Verb) -> None:
    it = started(10, 10)
    it.do("end-now")
    with pytest.raises(NotNow, match="ending just now"):
        it.do(verb, 5)


def test_an_end_is_audited_and_raises_the_revision() -> None:
    for it in (not_begun(), open_now()):
        changes = control(Command("end-now"), it.run, it.cues, it.openings, it.now, "p-grace")
        (audit,) = changes.audits
        assert changes.run
        assert (audit.by, audit.at, audit.what) == ("p-grace", it.now, "end-now")
        assert audit.revision == changes.run.revision == it.run.revision + 1
        assert changes.dirty_run == it.run.id


@pytest.mark.parametrize(
    "words",
    [
        "end",
        "End it.",
        "end the lesson",
        "cancel",
        "Cancel the lesson!",
        "stop",
        "stop the lesson",
        "end the rehearsal",
        "end now",
    ],
)
def test_no_words_end_it_without_a_question(words: str) -> None:
    assert parse_command(words) == Command("end")


@pytest.mark.parametrize("on_call", [False, True])
def test_next_begins_nothing(on_call: bool) -> None:
    it = Simulation(10)
    if on_call:
        it.run = replace(
            it.run, status="paused", paused_at=START, pause_reason="It begins when you say so."
        )
    with pytest.raises(NotNow, match="It has not started yet: say “start”"):
        it.do("next")
    it.do("start")
    it.carry_out_due()
    it.do("next")


def test_next_begins_nothing_that_something_comes_before_but_goes_on_from_that() -> None:
    early = Appointed()
    with pytest.raises(NotNow, match="say “start”"):
        early.do("next")
    it = Appointed(on_call=True)
    it.do("next")
    it.carry_out_due()
    assert it.is_open() == {"a0"}
