"""A facilitator steers a lesson over days: it moves by lesson days and keeps its times of day."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.facilitation.changes import Changes
from bot.facilitation.controls import (
    MOST_DAYS,
    Command,
    NotNow,
    Verb,
    control,
    parse_command,
)
from bot.facilitation.pace import Pace
from bot.facilitation.state import LOBBY, Cue
from bot.facilitation.timeline import next_due
from tests.core.making import MAIN, START, a_lesson, a_phase, a_run, an_activity, cues_of, waiting
from tests.core.test_controls import VERBS, Simulation

MONDAY = START.date()
BERLIN = ZoneInfo("Europe/Berlin")


class Daily(Simulation):
    """A run over days in Berlin, of phases named by their place; each has so many activities,
    which are called ``P0.0`` and so on, and as many days."""

    def __init__(self, *parts: int, first: date = MONDAY, pace: Pace | None = None) -> None:
        super().__init__()
        phases = [
            a_phase(
                f"P{n}",
                *(an_activity(id=f"P{n}.{m}", phase=f"P{n}") for m in range(size)),
                days=size,
            )
            for n, size in enumerate(parts)
        ]
        begin = datetime.combine(first, time(12), UTC)
        self.run = a_run(a_lesson(*phases), pace=pace or Pace(), start=begin)
        self.cues = cues_of(self.run)
        self.now = self.cues[0].at - timedelta(hours=15)
        self.posted: list[datetime] = []

    def apply(self, changes: Changes) -> None:
        super().apply(changes)
        self.posted += [self.now for owed in changes.owed if owed.to == MAIN]

    def go_to(self, text: str) -> None:
        """Until this time on the clocks of Berlin, the bot being there all the while."""
        self.pass_time(at(text) - self.now)

    def away_until(self, text: str) -> None:
        """The same without the bot, which then looks what is due."""
        self.now = at(text)
        self.carry_out_due()

    def says(self, words: str) -> None:
        """The facilitator does. Raises NotNow."""
        command = parse_command(words)
        assert command
        self.do(command.verb, command.minutes, command.days)
        self.carry_out_due()

    def times(self, kind: str) -> list[str]:
        """When cues of this kind come, or came, on the clocks of Berlin."""
        return [there(cue.done_at or cue.at) for cue in self.cues if cue.kind == kind]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN).astimezone(UTC)


def there(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%m-%d %H:%M}"


def a_week() -> Daily:
    """Three phases of a day each, from Monday 5 January on, one thing a day."""
    return Daily(1, 1, 1)


# -- pausing


def test_a_pause_over_a_missed_morning_moves_everything_by_whole_lesson_days() -> None:
    it = a_week()
    it.go_to("01-05 12:00")
    it.says("pause")
    it.go_to("01-07 10:00")
    it.says("resume")
    # Monday's post was to close two days ago.
    assert it.times("close") == ["01-07 17:00", "01-08 17:00", "01-09 17:00"]
    assert it.times("open")[1:] == ["01-08 09:00", "01-09 09:00"]
    assert it.times("notes")[1:] == ["01-08 08:00", "01-09 08:00"]
    assert it.times("end") == ["01-12 09:00"]
    assert there(it.open_now()[0].closes_at or it.now) == "01-07 17:00"


def test_a_pause_over_a_weekend_is_no_pause_at_all() -> None:
    it = Daily(1, 1, first=date(2026, 1, 9))
    it.go_to("01-09 18:00")
    it.says("pause")
    it.go_to("01-12 08:30")
    it.says("resume")
    assert it.times("open") == ["01-09 09:00", "01-12 09:00"]
    # The notes that were due in the pause come now.
    assert it.times("notes")[1] == "01-12 08:30"


def test_resuming_before_anything_was_missed_moves_nothing() -> None:
    it = a_week()
    it.go_to("01-05 10:00")
    before = it.cues
    it.says("pause")
    it.go_to("01-05 16:59")
    it.says("resume")
    assert it.cues == before


def test_a_pause_over_a_change_of_the_clocks_keeps_the_times_of_day() -> None:
    it = Daily(1, 1, 1, first=date(2026, 3, 26))
    it.go_to("03-26 12:00")
    it.says("pause")
    it.go_to("03-30 12:00")
    it.says("resume")
    assert it.times("close") == ["03-30 17:00", "03-31 17:00", "04-01 17:00"]
    assert it.times("open")[1:] == ["03-31 09:00", "04-01 09:00"]
    assert [cue.at.hour for cue in waiting(it.cues) if cue.kind == "open"] == [7, 7]


def test_a_pause_before_the_first_day_lets_it_begin_on_the_next_after_resuming() -> None:
    it = a_week()
    it.says("pause")
    it.go_to("01-06 18:00")
    it.says("resume")
    assert it.run.status == "scheduled"
    assert not it.openings
    assert it.times("open") == ["01-07 09:00", "01-08 09:00", "01-09 09:00"]


def test_ten_minutes_of_pause_over_an_opening_cost_ten_minutes_and_no_day() -> None:
    it = a_week()
    it.go_to("01-06 08:55")
    it.says("pause")
    it.go_to("01-06 09:05")
    it.says("resume")
    assert it.times("close")[-2:] == ["01-06 17:00", "01-07 17:00"]
    assert sorted(o.activity for o in it.openings if o.is_open and o.activity != LOBBY)


def test_a_pause_of_many_weeks_is_gone_on_with() -> None:
    it = a_week()
    it.go_to("01-05 12:00")
    it.says("pause")
    it.go_to("06-05 18:00")
    it.says("resume")
    assert it.run.status == "running"
    assert it.times("close") == ["06-08 17:00", "06-09 17:00", "06-10 17:00"]


def test_starting_twice_before_the_bot_acts_is_starting_once() -> None:
    it = Daily(1, 1, first=date(2026, 1, 8))
    it.go_to("01-07 10:00")
    cues = it.cues
    it.apply(control(Command("start"), it.run, it.cues, it.openings, it.now, "fay"))
    assert it.cues != cues
    with pytest.raises(NotNow, match="just now"):
        control(Command("start"), it.run, it.cues, it.openings, it.now, "fay")


# -- giving time


def test_a_day_more_moves_all_that_is_to_come_by_a_lesson_day() -> None:
    it = Daily(1, 1, first=date(2026, 1, 9))
    it.go_to("01-09 12:00")
    it.says("+1 day")
    assert it.times("close") == ["01-12 17:00", "01-13 17:00"]
    assert it.times("open") == ["01-09 09:00", "01-13 09:00"]
    assert it.times("end") == ["01-14 09:00"]
    assert it.open_now()[0].closes_at == at("01-12 17:00")


def test_minutes_more_move_only_the_closing_of_what_stands_in_todays_post() -> None:
    it = a_week()
    it.go_to("01-05 12:00")
    it.says("+30")
    assert it.times("close") == ["01-05 17:30", "01-06 17:00", "01-07 17:00"]
    assert it.times("open") == ["01-05 09:00", "01-06 09:00", "01-07 09:00"]
    assert it.open_now()[0].closes_at == at("01-05 17:30")


def test_minutes_past_midnight_do_not_cost_a_day_when_days_are_given() -> None:
    it = Daily(1, 1, pace=Pace(time(9), time(23, 50)))
    it.go_to("01-05 12:00")
    it.says("+30")
    assert it.times("close")[0] == "01-06 00:20"
    it.says("+1 day")
    assert it.times("close") == ["01-06 23:50", "01-07 23:50"]


@pytest.mark.parametrize("days", [MOST_DAYS + 1, 99])
def test_only_a_sensible_number_of_days_is_given(days: int) -> None:
    it = a_week()
    it.go_to("01-05 12:00")
    with pytest.raises(NotNow, match=f"1 to {MOST_DAYS}"):
        it.says(f"+{days} days")


def test_a_lesson_in_one_sitting_is_given_no_days() -> None:
    it = Simulation(10)
    it.pass_time(timedelta(minutes=12))
    with pytest.raises(NotNow, match="give minutes"):
        it.do("extend", days=1)


# -- moving on


def test_next_closes_what_is_open_and_brings_tomorrows_post_now_and_leaves_the_rest() -> None:
    it = a_week()
    it.go_to("01-05 14:00")
    it.says("next")
    assert it.times("open") == ["01-05 09:00", "01-05 14:00", "01-07 09:00"]
    assert it.times("close") == ["01-05 14:00", "01-06 17:00", "01-07 17:00"]
    assert [o.activity for o in it.open_now()] == ["P1.0"]
    assert it.times("notes")[1] == "01-05 14:00"


def test_next_on_the_last_day_ends_the_lesson() -> None:
    it = Daily(1)
    it.go_to("01-05 14:00")
    it.says("next")
    assert it.ended()
    assert it.times("end") == ["01-05 14:00"]


def test_next_within_a_long_phase_leaves_open_what_is() -> None:
    it = Daily(2, 1)
    it.go_to("01-05 14:00")
    it.says("next")
    assert [o.activity for o in it.open_now()] == ["P0.0", "P0.1"]
    assert it.times("close")[:2] == ["01-06 17:00"] * 2


def test_close_closes_what_is_in_the_post_and_moves_nothing() -> None:
    it = a_week()
    it.go_to("01-05 14:00")
    it.says("close")
    assert not it.open_now()
    assert it.times("close") == ["01-05 14:00", "01-06 17:00", "01-07 17:00"]
    assert it.times("open") == ["01-05 09:00", "01-06 09:00", "01-07 09:00"]


def test_start_before_the_first_day_brings_its_post_now_and_leaves_the_rest() -> None:
    it = a_week()
    it.now = at("01-04 18:00")
    it.says("start")
    assert it.run.status == "running"
    assert it.run.start == it.now
    assert it.times("open") == ["01-04 18:00", "01-06 09:00", "01-07 09:00"]
    assert it.times("close") == ["01-05 17:00", "01-06 17:00", "01-07 17:00"]


def test_start_after_days_were_missed_in_a_pause_brings_one_day_and_no_more() -> None:
    it = a_week()
    it.says("pause")
    it.go_to("01-07 18:00")
    it.says("start")
    assert it.times("open") == ["01-07 18:00", "01-09 09:00", "01-12 09:00"]
    assert it.times("close") == ["01-08 17:00", "01-09 17:00", "01-12 17:00"]


# -- when the bot was away


def test_a_post_that_was_missed_comes_late_as_long_as_it_has_not_closed() -> None:
    it = a_week()
    it.go_to("01-05 18:00")
    it.away_until("01-06 16:00")
    assert it.run.status == "running"
    assert it.times("open")[1] == "01-06 16:00"
    assert it.open_now()[0].closes_at == at("01-06 17:00")


def test_a_post_whose_time_has_passed_pauses_the_lesson_and_asks() -> None:
    it = a_week()
    it.go_to("01-05 18:00")
    it.away_until("01-06 17:00")
    assert it.run.status == "paused"
    assert "paused the lesson instead of posting late" in it.run.pause_reason
    it.says("resume")
    assert it.times("open")[1:] == ["01-07 09:00", "01-08 09:00"]


def test_a_beginning_that_was_missed_comes_late_or_asks_like_any_other_day() -> None:
    late, too_late = a_week(), a_week()
    late.away_until("01-05 16:59")
    assert [o.activity for o in late.open_now()] == ["P0.0"]
    too_late.away_until("01-05 17:00")
    assert too_late.run.status == "paused"
    assert not too_late.openings


def test_days_of_a_phase_that_were_missed_come_late_in_one_post() -> None:
    it = Daily(3)
    it.go_to("01-05 18:00")
    it.away_until("01-07 10:00")
    assert [o.activity for o in it.open_now()] == ["P0.0", "P0.1", "P0.2"]
    assert [o.post for o in it.open_now()[1:]] == [it.opening("P0.1").id] * 2
    assert [there(moment) for moment in it.posted] == ["01-05 09:00", "01-07 10:00"]


# -- anything


class SteeringByDay(RuleBasedStateMachine):
    """A facilitator who does anything at any time over days, and a bot that is sometimes away."""

    @initialize(
        parts=st.lists(st.integers(0, 3), max_size=4).filter(any),
        first=st.sampled_from([MONDAY, date(2026, 3, 26), date(2026, 10, 22)]),
        pace=st.sampled_from(
            [Pace(), Pace(time(2, 30), time(2, 45), (5, 6)), Pace(time(0), time(23))]
        ),
    )
    def schedule(self, parts: list[int], first: date, pace: Pace) -> None:
        self.it = Daily(*parts, first=first, pace=pace)
        self.ids = [a.id for a in self.it.run.lesson.script.activities()]
        self.more = Counter[date]()
        self.done = dict[int, Cue]()

    def another_post(self) -> None:
        """One more may come today than on other days."""
        self.more[self.it.now.astimezone(BERLIN).date()] += 1

    def catches_up(self) -> None:
        """What comes late may come on a day that has a post of its own."""
        if next_due(self.it.cues, self.it.now):
            self.another_post()
        self.it.carry_out_due()

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.catches_up()
        self.it.pass_time(timedelta(hours=hours))

    @rule(hours=st.integers(1, 40), wakes=st.booleans())
    def the_bot_is_away(self, hours: int, wakes: bool) -> None:
        self.it.now += timedelta(hours=hours)
        if wakes:
            self.catches_up()

    @rule(verb=st.sampled_from(VERBS), minutes=st.integers(1, 240), days=st.integers(0, 2))
    def the_facilitator_says(self, verb: Verb, minutes: int, days: int) -> None:
        it, before = self.it, (self.it.run, self.it.cues, self.it.openings)
        late = next_due(it.cues, it.now)
        try:
            it.do(verb, minutes, days)
        except NotNow:
            assert (it.run, it.cues, it.openings) == before
            return
        if late or verb in ("start", "next"):
            self.another_post()
        it.carry_out_due()

    @invariant()
    def each_activity_opens_once_in_the_order_of_the_lesson(self) -> None:
        opened = [o.activity for o in self.it.openings if o.activity != LOBBY]
        assert opened == self.ids[: len(opened)]

    @invariant()
    def there_is_one_post_a_day_unless_another_is_asked_for_or_late(self) -> None:
        posts = Counter(moment.astimezone(BERLIN).date() for moment in self.it.posted)
        assert all(count <= 1 + self.more[day] for day, count in posts.items())

    @invariant()
    def deadlines_are_the_moments_of_closing(self) -> None:
        closes = {c.activity: c.at for c in waiting(self.it.cues) if c.kind == "close"}
        assert all(o.closes_at == closes[o.activity] for o in self.it.open_now())

    @invariant()
    def what_was_carried_out_never_moves(self) -> None:
        done = {cue.seq: cue for cue in self.it.cues if cue.state == "done"}
        assert self.done.items() <= done.items()
        self.done = done

    def teardown(self) -> None:
        if not hasattr(self, "it"):
            return
        for _ in range(len(self.it.cues) + 2):
            if self.it.run.status == "paused":
                self.the_facilitator_says("resume", 1, 0)
            self.it.pass_time(timedelta(days=30))
        assert self.it.ended()
        assert not waiting(self.it.cues)
        assert not any(opening.is_open for opening in self.it.openings)
        assert {o.activity for o in self.it.openings} - {LOBBY} == set(self.ids)


TestSteeringByDay = SteeringByDay.TestCase
TestSteeringByDay.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
