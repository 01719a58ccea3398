"""A facilitator steers a run: nothing opens twice, no time is lost, and every run ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from bot.facilitation.changes import Changes
from bot.facilitation.controls import (
    MOST_MINUTES,
    Command,
    NotNow,
    Verb,
    command_of,
    control,
    parse_command,
    pause_for_facilitator,
    pause_for_late_cue,
)
from bot.facilitation.state import LOBBY, Cue, Opening
from bot.facilitation.timeline import is_too_late, next_due, perform
from tests.core.making import (
    START,
    a_lesson,
    a_phase,
    a_run,
    an_activity,
    applied,
    cues_of,
    minutes,
    waiting,
)

GRACE = minutes(2)
VERBS: tuple[Verb, ...] = ("start", "pause", "resume", "extend", "next", "close")


class Simulation:
    """A run with its cues, its openings and a clock, and nothing that sends or stores."""

    def __init__(self, *lengths: int, notes_only: int = 0) -> None:
        each = [an_activity(id=f"a{n}", minutes=length) for n, length in enumerate(lengths)]
        phases = [a_phase("Engage", *each[:2]), a_phase("Engage", *each[2:])]
        self.run = a_run(a_lesson(*phases, *(a_phase("Empty") for _ in range(notes_only))))
        self.cues = cues_of(self.run)
        self.openings: tuple[Opening, ...] = ()
        self.now = START - minutes(10)
        self.keys: list[str] = []

    def apply(self, changes: Changes) -> None:
        """Put the changes in place; the same message is never owed twice."""
        self.run = changes.run or self.run
        self.cues, self.openings = applied(changes, self.cues, self.openings)
        self.keys += [owed.key for owed in changes.owed]
        assert len(self.keys) == len(set(self.keys))

    def carry_out_due(self) -> None:
        """What the bot does when it wakes."""
        while self.run.status in ("scheduled", "running"):
            cue = next_due(self.cues, self.now)
            if cue is None:
                return
            if cue.waits:
                self.apply(pause_for_facilitator(self.run, cue, cue.activity, self.now))
            elif is_too_late(cue, self.run, self.cues, self.now, GRACE):
                self.apply(pause_for_late_cue(self.run, cue, self.now))
            else:
                self.apply(perform(cue, self.run, self.cues, self.openings, self.now))

    def pass_time(self, by: timedelta) -> None:
        """Time goes by and the bot wakes for every cue at its very moment."""
        until = self.now + by
        while self.run.status in ("scheduled", "running"):
            ahead = [cue for cue in waiting(self.cues) if cue.at <= until]
            if not ahead:
                break
            self.now = max(self.now, ahead[0].at)
            self.carry_out_due()
        self.now = until

    def do(self, verb: Verb, count: int = 0, days: int = 0) -> None:
        """The facilitator says so. Raises NotNow."""
        command = Command(verb, count, days)
        self.apply(control(command, self.run, self.cues, self.openings, self.now, "cli"))

    def ended(self) -> bool:
        """Whether the lesson is over."""
        return self.run.status == "ended"

    def open_now(self) -> list[Opening]:
        """What people are asked at this moment."""
        return [o for o in self.openings if o.is_open and o.activity != LOBBY]

    def opening(self, activity: str) -> Opening:
        """The one opening of an activity."""
        (found,) = [o for o in self.openings if o.activity == activity]
        return found

    def minutes_open(self, activity: str) -> float:
        """How long the activity was open by the clock."""
        opening = self.opening(activity)
        assert opening.closed_at
        return (opening.closed_at - opening.opened_at) / minutes(1)


def started(*lengths: int) -> Simulation:
    """A run at its start, its first activity just opened."""
    simulation = Simulation(*lengths)
    simulation.pass_time(START - simulation.now)
    return simulation


class Steering(RuleBasedStateMachine):
    """A facilitator who does anything at any time, and a bot that is sometimes away."""

    @initialize(lengths=st.lists(st.integers(1, 30), max_size=4), empty=st.integers(0, 1))
    def schedule(self, lengths: list[int], empty: int) -> None:
        self.it = Simulation(*lengths, notes_only=empty)
        self.lengths = {f"a{n}": minutes(length) for n, length in enumerate(lengths)}
        self.stood = dict.fromkeys(self.lengths, timedelta(0))
        self.cut = set[str]()
        self.done = dict[int, Cue]()

    @rule(seconds=st.integers(1, 3000))
    def time_passes(self, seconds: int) -> None:
        self.it.pass_time(timedelta(seconds=seconds))

    @rule(seconds=st.integers(1, 3000), wakes=st.booleans())
    def the_bot_is_away(self, seconds: int, wakes: bool) -> None:
        missed = [c for c in waiting(self.it.cues) if c.at < self.it.now + minutes(seconds / 60)]
        if self.it.run.status != "paused":
            self.cut |= {cue.activity for cue in missed}
        self.it.now += timedelta(seconds=seconds)
        if wakes:
            self.it.carry_out_due()

    @rule(verb=st.sampled_from(VERBS), count=st.integers(-1, MOST_MINUTES + 1))
    def the_facilitator_says(self, verb: Verb, count: int) -> None:
        it, before = self.it, (self.it.run, self.it.cues, self.it.openings)
        asked = [o.activity for o in it.open_now()]
        try:
            it.do(verb, count)
        except NotNow:
            assert (it.run, it.cues, it.openings) == before
            return
        run = before[0]
        assert run.status != "ended"
        assert it.run.revision == run.revision + 1
        for activity in asked:
            if verb == "extend":
                self.lengths[activity] += minutes(count)
            elif verb == "resume":
                assert run.paused_at
                self.stood[activity] += it.now - run.paused_at
            elif verb in ("next", "close"):
                self.cut.add(activity)
        it.carry_out_due()

    @invariant()
    def one_activity_at_most_is_open(self) -> None:
        assert len(self.it.open_now()) <= 1

    @invariant()
    def each_activity_opens_once(self) -> None:
        activities = [o.activity for o in self.it.openings]
        assert len(activities) == len(set(activities))

    @invariant()
    def deadlines_are_the_moments_of_closing(self) -> None:
        closes = {c.activity: c.at for c in waiting(self.it.cues) if c.kind == "close"}
        assert all(o.closes_at == closes[o.activity] for o in self.it.open_now())

    @invariant()
    def what_was_carried_out_never_moves(self) -> None:
        done = {cue.seq: cue for cue in self.it.cues if cue.state == "done"}
        assert self.done.items() <= done.items()
        self.done = done

    @invariant()
    def activities_open_in_the_order_of_the_lesson(self) -> None:
        opened = [o.activity for o in self.it.openings if o.activity != LOBBY]
        assert opened == [f"a{n}" for n in range(len(opened))]

    def teardown(self) -> None:
        if not hasattr(self, "it"):
            return
        for _ in range(len(self.it.cues) + 2):
            if self.it.run.status == "paused":
                self.the_facilitator_says("resume", 0)
            self.it.pass_time(timedelta(days=30))
        assert self.it.ended()
        assert not waiting(self.it.cues)
        assert not any(opening.is_open for opening in self.it.openings)
        assert {o.activity for o in self.it.openings} - {LOBBY} == self.lengths.keys()
        for activity, length in self.lengths.items():
            if activity not in self.cut:
                given_time = minutes(self.it.minutes_open(activity)) - self.stood[activity]
                assert given_time == length


TestSteering = Steering.TestCase
TestSteering.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_can_be_changed_after_the_end(verb: Verb) -> None:
    it = started(10)
    it.pass_time(minutes(10))
    with pytest.raises(NotNow, match="has ended"):
        it.do(verb, 5)


def test_starting_early_begins_now_and_keeps_every_length() -> None:
    it = Simulation(10, 20)
    it.do("start")
    it.carry_out_due()
    assert it.run.status == "running"
    assert it.run.start == it.now
    assert [o.activity for o in it.open_now()] == ["a0"]
    it.pass_time(minutes(30))
    assert (it.minutes_open("a0"), it.minutes_open("a1")) == (10, 20)
    assert it.ended()


def test_a_lesson_starts_once() -> None:
    it = started(10)
    with pytest.raises(NotNow, match="started already"):
        it.do("start")


def test_a_pause_stops_the_clock_and_gives_all_of_it_back() -> None:
    it = started(10)
    it.pass_time(minutes(4))
    it.do("pause")
    it.pass_time(minutes(60))
    assert it.open_now()
    it.do("resume")
    (opening,) = it.open_now()
    assert opening.closes_at == it.now + minutes(6)
    it.pass_time(minutes(6))
    assert it.ended()


def test_a_paused_lesson_cannot_be_paused_again_nor_a_running_one_resumed() -> None:
    it = started(10)
    with pytest.raises(NotNow, match="not paused"):
        it.do("resume")
    it.do("pause")
    with pytest.raises(NotNow, match="paused already"):
        it.do("pause")


def test_a_pause_before_the_start_delays_the_start() -> None:
    it = Simulation(10)
    it.do("pause")
    it.pass_time(minutes(30))
    it.do("resume")
    assert it.run.status == "scheduled"
    it.pass_time(minutes(9))
    assert not it.openings
    it.pass_time(minutes(1))
    assert it.open_now()


def test_a_lesson_that_waits_to_be_started_starts_when_it_is_told_to() -> None:
    it = Simulation(10)
    it.do("pause")
    it.pass_time(minutes(90))
    it.do("start")
    it.pass_time(minutes(0))
    assert it.run.status == "running"
    assert it.open_now()


def test_more_minutes_move_the_deadline_and_everything_after_it() -> None:
    it = started(10, 10)
    it.do("extend", 5)
    it.pass_time(minutes(25))
    assert (it.minutes_open("a0"), it.minutes_open("a1")) == (15, 10)
    assert it.run.ended_at == START + minutes(25)


def test_more_minutes_given_in_a_pause_come_on_top_of_it() -> None:
    it = started(10)
    it.do("pause")
    it.do("extend", 5)
    it.pass_time(minutes(7))
    it.do("resume")
    it.pass_time(minutes(15))
    assert it.minutes_open("a0") == 7 + 15


@pytest.mark.parametrize("count", [-1, 0, MOST_MINUTES + 1])
def test_only_a_sensible_number_of_minutes_is_given(count: int) -> None:
    with pytest.raises(NotNow, match=f"1 to {MOST_MINUTES}"):
        started(10).do("extend", count)


def test_next_closes_what_is_open_and_opens_the_next_now() -> None:
    it = started(10, 10, 10)
    it.pass_time(minutes(3))
    it.do("next")
    it.carry_out_due()
    assert it.minutes_open("a0") == 3
    assert [o.activity for o in it.open_now()] == ["a1"]
    it.pass_time(minutes(20))
    assert (it.minutes_open("a1"), it.minutes_open("a2")) == (10, 10)


def test_next_in_the_last_activity_ends_the_lesson() -> None:
    it = started(10)
    it.do("next")
    it.carry_out_due()
    assert it.ended()


def test_next_does_not_lose_the_notes_of_the_coming_phase() -> None:
    it = started(10, 10, 10)
    for _ in range(2):
        it.do("next")
        it.carry_out_due()
    assert [o.activity for o in it.open_now()] == ["a2"]
    notes = [cue for cue in it.cues if cue.kind == "notes"]
    assert all(cue.state == "done" for cue in notes)


def test_closing_now_closes_without_opening_anything() -> None:
    it = started(10, 10)
    it.pass_time(minutes(4))
    it.do("close")
    it.carry_out_due()
    assert it.minutes_open("a0") == 4
    assert not it.open_now()
    with pytest.raises(NotNow, match="Nothing is open"):
        it.do("close")
    it.pass_time(minutes(6))
    assert [o.activity for o in it.open_now()] == ["a1"]


@pytest.mark.parametrize("verb", ["extend", "next", "close"])
def test_a_lesson_that_has_not_started_cannot_be_moved_on(verb: Verb) -> None:
    with pytest.raises(NotNow, match="not started"):
        Simulation(10).do(verb, 5)


@pytest.mark.parametrize("verb", ["next", "close"])
def test_a_paused_lesson_is_resumed_before_it_moves_on(verb: Verb) -> None:
    it = started(10)
    it.do("pause")
    with pytest.raises(NotNow, match="resume"):
        it.do(verb)


@given(st.sampled_from(VERBS), st.integers(1, 9))
def test_every_change_is_audited_and_redraws_what_shows_a_deadline(verb: Verb, count: int) -> None:
    it = started(10, 10)
    if verb == "resume":
        it.do("pause")
    elif verb == "start":
        it = Simulation(10)
    command = Command(verb, count)
    changes = control(command, it.run, it.cues, it.openings, it.now, "p-grace")
    (audit,) = changes.audits
    assert (audit.by, audit.at, audit.what) == ("p-grace", it.now, command.item)
    assert changes.run
    assert audit.revision == changes.run.revision == it.run.revision + 1
    assert changes.dirty_run
    assert set(changes.dirty) == {opening.id for opening in it.open_now()}


@given(st.integers(3, 600), st.integers(0, 600), st.sampled_from(["start", "open", "end"]))
def test_a_late_cue_pauses_and_resuming_gives_the_full_time_back(
    late: int, waited: int, kind: str
) -> None:
    it = Simulation(10, 20)
    if kind != "start":
        it.pass_time(START - it.now + minutes(4 if kind == "open" else 14))
    due = next(cue for cue in waiting(it.cues) if cue.kind == kind)
    it.now = due.at + minutes(late)
    it.carry_out_due()
    assert it.run.status == "paused"
    assert it.run.paused_at == due.at
    said = f"{late} min" if late <= 90 else f"{round(late / 60)} h"
    assert f"could not run for {said}," in it.run.pause_reason
    assert next(cue for cue in it.cues if cue.seq == due.seq).state == "waiting"
    it.now += minutes(waited)
    it.do("resume")
    assert it.run.pause_reason == ""
    resumed = it.now
    it.pass_time(minutes(30))
    assert it.ended()
    owing = {"start": 30, "open": 20, "end": 0}[kind]
    assert it.run.ended_at == resumed + minutes(owing)
    assert it.minutes_open("a1") == (20 if kind != "end" else 20 + late)


def test_a_late_pause_tells_the_facilitators_and_raises_the_revision() -> None:
    it = started(10)
    cue = waiting(it.cues)[0]
    changes = pause_for_late_cue(it.run, cue, cue.at + minutes(9))
    assert changes.run
    assert changes.run.revision == it.run.revision + 1
    assert [owed.to for owed in changes.owed] == list(it.run.facilitators)
    assert changes.dirty_run


def test_resuming_never_takes_time_away_where_clocks_disagree() -> None:
    it = started(10)
    it.do("pause")
    it.now -= minutes(1)
    it.do("resume")
    (opening,) = it.open_now()
    assert opening.closes_at == START + minutes(10)


@pytest.mark.parametrize("verb", ["status", "help"])
def test_asking_is_no_change(verb: Verb) -> None:
    with pytest.raises(ValueError, match=verb):
        started(10).do(verb)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("pause", Command("pause")),
        ("  Pause. ", Command("pause")),
        ("RESUME!", Command("resume")),
        ("go on", Command("resume")),
        ("close  now", Command("close")),
        ("/fivefold next", Command("next")),
        ("fivefold status", Command("status")),
        ("panel", Command("status")),
        ("+5", Command("extend", 5)),
        ("+ 5 min", Command("extend", 5)),
        ("+10m", Command("extend", 10)),
        ("extend 15 minutes", Command("extend", 15)),
        ("extend 1 minute", Command("extend", 1)),
    ],
)
def test_commands_are_understood_as_people_write_them(words: str, command: Command) -> None:
    assert parse_command(words) == command


@pytest.mark.parametrize(
    "words", ["", "5", "+", "-5", "+5 hours", "+1000", "pause it all", "nextt", "fivefold"]
)
def test_other_words_are_no_command(words: str) -> None:
    assert parse_command(words) is None


@given(st.sampled_from([*VERBS, "end", "end-now", "status"]), st.integers(1, MOST_MINUTES))
def test_a_buttons_item_reads_back_as_its_command(verb: Verb, count: int) -> None:
    command = Command(verb, count if verb == "extend" else 0)
    assert command_of(command.item) == command


@pytest.mark.parametrize("words", ["end-now", "end–now", "fivefold end-now", "End-now!"])
def test_only_a_button_is_sure_to_end_it(words: str) -> None:
    assert parse_command(words) != Command("end-now")


@given(st.text())
def test_any_words_can_be_said(words: str) -> None:
    command = parse_command(words)
    assert command is None or command_of(command.item) == command
