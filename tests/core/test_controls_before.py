"""A live lesson that something comes before: its start is an appointment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.facilitation.controls import NotNow
from bot.facilitation.planning import plan_live, plan_on_call
from bot.facilitation.state import LOBBY
from bot.lessons.script import BEFORE
from tests.core.making import START, a_lesson, a_phase, a_run, an_activity, minutes
from tests.core.test_controls import Simulation

DAY = timedelta(days=1)


class Appointed(Simulation):
    """A lesson of two activities of ten minutes at `START`, with a survey a day before; it waits
    for its facilitator where it is held on call."""

    def __init__(self, on_call: bool = False) -> None:
        super().__init__(10)
        asked = an_activity(id="survey", phase=BEFORE)
        phase = a_phase("Engage", *(an_activity(id=f"a{n}", minutes=10) for n in range(2)))
        self.run = a_run(a_lesson(phase, before=(asked,)))
        self.now = START - 2 * DAY
        plan = plan_on_call if on_call else plan_live
        begin = self.now if on_call else START
        self.cues = plan(self.run.id, self.run.lesson, begin, "UTC")
        self.carry_out_due()

    def until(self, moment: datetime) -> None:
        self.pass_time(moment - self.now)

    def opens(self, activity: str) -> datetime:
        cue = next(c for c in self.cues if c.kind == "open" and c.activity == activity)
        return cue.done_at or cue.at

    def is_open(self) -> set[str]:
        return {o.activity for o in self.openings if o.is_open and o.activity != LOBBY}


def test_a_pause_while_the_survey_is_open_does_not_move_the_lesson() -> None:
    it = Appointed()
    it.until(START - timedelta(hours=20))
    it.do("pause")
    it.now += timedelta(hours=17)
    it.do("resume")
    it.carry_out_due()
    assert it.opens("a0") == START
    assert it.is_open() == {"survey"}


def test_a_pause_over_the_start_begins_the_lesson_when_it_is_gone_on_with() -> None:
    it = Appointed()
    it.until(START - minutes(30))
    it.do("pause")
    it.now = START + minutes(5)
    it.do("resume")
    it.carry_out_due()
    assert it.opens("a0") == it.now
    assert it.opens("a1") == it.now + minutes(10)
    assert it.is_open() == {"a0"}


def test_starting_early_opens_the_survey_and_starting_again_begins_the_lesson() -> None:
    it = Appointed()
    it.do("start")
    it.carry_out_due()
    assert (it.is_open(), it.opens("a0")) == ({"survey"}, START)
    it.now += minutes(30)
    it.do("start")
    it.carry_out_due()
    assert (it.is_open(), it.opens("a0")) == ({"a0"}, it.now)
    with pytest.raises(NotNow, match="started already"):
        it.do("start")


def test_more_minutes_before_the_lesson_move_nothing() -> None:
    it = Appointed()
    it.until(START - minutes(30))
    with pytest.raises(NotNow, match="not begun yet"):
        it.do("extend", 5)
    assert it.opens("a0") == START


def test_being_away_while_the_survey_should_open_moves_nothing_but_the_survey() -> None:
    it = Appointed()
    it.now = START - timedelta(hours=3)
    it.carry_out_due()
    assert it.is_open() == {"survey"}
    assert it.opens("a0") == START


def test_on_call_the_survey_stays_open_until_the_facilitator_begins() -> None:
    it = Appointed(on_call=True)
    assert it.is_open() == {"survey"}
    it.until(it.now + 3 * DAY)
    assert it.run.status == "paused"
    assert it.is_open() == {"survey"}
    it.do("start")
    it.carry_out_due()
    assert it.is_open() == {"a0"}
    assert it.opens("a1") == it.now + minutes(10)
