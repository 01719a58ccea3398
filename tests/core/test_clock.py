"""Clocks: where the time comes from, and how long to wait for a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import ScaledClock, SteppedClock, SystemClock

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Machine:
    """The machine's own steady clock, in a test's hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 1_000.0
        monkeypatch.setattr("bot.clock.time.monotonic", lambda: self.seconds)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_the_systems_clock_is_aware_and_in_utc() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_systems_clock_waits_no_negative_time() -> None:
    clock = SystemClock()
    assert clock.seconds_until(clock.now() - timedelta(days=1)) == 0
    assert 50 < clock.seconds_until(clock.now() + timedelta(seconds=60)) <= 60


def test_a_stepped_clock_moves_only_when_it_is_told() -> None:
    clock = SteppedClock(START)
    assert clock.now() == START
    assert clock.seconds_until(START) == 0
    assert clock.seconds_until(after(1)) == float("inf")
    clock.step_to(after(60))
    assert clock.now() == after(60)
    assert clock.seconds_until(after(1)) == 0


def test_a_stepped_clock_never_goes_back() -> None:
    clock = SteppedClock(START)
    clock.step_to(after(60))
    clock.step_to(after(30))
    assert clock.now() == after(60)


def test_a_scaled_clock_runs_so_many_times_as_fast(machine: Machine) -> None:
    clock = ScaledClock(START, 180)
    machine.seconds += 60
    assert clock.now() == after(3 * 3600)
    assert clock.seconds_until(after(4 * 3600)) == pytest.approx(20)
    assert clock.seconds_until(START) == 0


def test_a_scaled_clock_can_be_stopped_and_go_on_from_there(machine: Machine) -> None:
    clock = ScaledClock(START, 10)
    machine.seconds += 6
    clock.stop()
    machine.seconds += 1_000
    assert clock.stopped
    assert clock.now() == after(60)
    assert clock.seconds_until(after(61)) == float("inf")
    assert clock.seconds_until(after(60)) == 0
    clock.go()
    machine.seconds += 1
    assert clock.now() == after(70)


def test_changing_the_rate_loses_no_time(machine: Machine) -> None:
    clock = ScaledClock(START, 10)
    machine.seconds += 6
    clock.set_rate(100)
    assert clock.rate == 100
    assert clock.now() == after(60)
    machine.seconds += 1
    assert clock.now() == after(160)


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_is_above_zero(rate: float) -> None:
    clock = ScaledClock(START, 10)
    with pytest.raises(ValueError, match="above 0"):
        clock.set_rate(rate)
    assert clock.rate == 10


def test_a_stopped_clock_can_be_set_faster_and_stays_stopped(machine: Machine) -> None:
    clock = ScaledClock(START, 10)
    clock.stop()
    clock.set_rate(20)
    machine.seconds += 5
    assert clock.now() == START
    clock.go()
    machine.seconds += 5
    assert clock.now() == after(100)


def test_a_scaled_clock_jumps_ahead_and_never_back(machine: Machine) -> None:
    clock = ScaledClock(START, 10)
    clock.jump_to(after(500))
    assert clock.now() == after(500)
    clock.jump_to(after(100))
    assert clock.now() == after(500)
    clock.stop()
    clock.jump_to(after(900))
    assert clock.now() == after(900)
    assert clock.stopped


def test_whoever_waits_hears_of_every_use_of_the_hand(machine: Machine) -> None:
    clock = ScaledClock(START, 10)
    turned = []
    clock.on_turn(lambda: turned.append(clock.now()))
    clock.stop()
    clock.jump_to(after(60))
    clock.set_rate(5)
    clock.go()
    assert turned == [START, after(60), after(60), after(60)]
