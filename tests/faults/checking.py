"""What must hold of a run that was killed and went on: nothing lost, nothing doubled, all told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bot.chat.plain import plain
from bot.evidence.pack import write_evidence
from bot.service.reporting import RunReport, report_run
from bot.service.scenes import ACTIVITY, message_of, trouble_of
from bot.service.store import Delivery, Reading
from bot.storage.store import open_store
from tests.faults.journal import Line, read_acknowledged, read_journal
from tests.faults.world import LEADER, RUN, World, lane_of


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that came to its end: its evidence, and what it left in doubt."""

    report: RunReport
    uncertain: tuple[Delivery, ...]

    @property
    def answers(self) -> list[tuple[object, ...]]:
        """Everything that anybody gave, with the time at which they gave it."""
        return [
            (row.opening, row.activity, row.item, row.name, row.option_ids, row.text, row.at)
            for row in self.report.answers
        ]


async def assert_nothing_lost(world: World) -> None:
    """All that anybody was told is saved is there.

    To be asked before the run goes on: its cohort then does everything again.
    """
    async with open_store(world.url, lane_of=lane_of) as store, store.reading() as reading:
        kept = {version.event for version in await reading.versions(RUN)}
        inside = {str(someone.person) for someone in await reading.participants(RUN)}
    told = read_acknowledged(world.acknowledged)
    assert {one.event for one in told if not one.joined} <= kept
    assert {one.who for one in told} <= inside


async def assert_whole(world: World) -> Ended:
    """The run has ended, with all that was acknowledged, and each post stands once, up to date."""
    await assert_nothing_lost(world)
    journal = read_journal(world.journal)
    async with open_store(world.url, lane_of=lane_of) as store, store.reading() as reading:
        report = await report_run(reading, RUN)
        assert report.run.status == "ended"
        _nothing_doubled(report, journal)
        uncertain = _everything_posted(world, report, journal)
        await _every_post_is_up_to_date(world, reading, report, journal)
    if uncertain:
        _doubt_is_told(report, uncertain, journal)
    write_evidence(report, world.folder / "evidence")
    return Ended(report, uncertain)


def _nothing_doubled(report: RunReport, journal: list[Line]) -> None:
    posted = Counter(line.key for line in journal if line.do == "post")
    twice = {key for key, count in posted.items() if count > 1}
    # Nobody could be asked about the question itself, so it is asked again rather than lost.
    asked = {d.owed.key for d in report.deliveries if d.owed.on_doubt == "again"}
    assert twice <= asked, posted
    assert set(posted) <= {delivery.owed.key for delivery in report.deliveries}


def _everything_posted(
    world: World, report: RunReport, journal: list[Line]
) -> tuple[Delivery, ...]:
    refs = {line.key: line.ref for line in journal if line.do == "post"}
    sent = [delivery for delivery in report.deliveries if delivery.state == "sent"]
    assert all(str(delivery.ref) == refs[delivery.owed.key] for delivery in sent)
    rest = tuple(delivery for delivery in report.deliveries if delivery.state != "sent")
    assert all(delivery.state == "uncertain" and not world.read_back for delivery in rest), rest
    opened = [opening for asked in report.activities for opening in asked.openings]
    owed = [d.owed.opening for d in report.deliveries if d.owed.purpose == ACTIVITY]
    assert sorted({opening.post for opening in opened}) == sorted(owed)
    assert len(opened) == len(world.lesson.script.activities())
    assert len(owed) == (2 if world.paced == "daily" else len(opened))
    return rest


async def _every_post_is_up_to_date(
    world: World, reading: Reading, report: RunReport, journal: list[Line]
) -> None:
    shown = {line.ref: line.shows for line in journal}
    for delivery in report.deliveries:
        message = await message_of(reading, delivery, lambda platform: world.capabilities)
        if delivery.state == "sent" and message is not None:
            assert shown[str(delivery.ref)] == plain(message), delivery.owed.purpose


def _doubt_is_told(report: RunReport, uncertain: tuple[Delivery, ...], journal: list[Line]) -> None:
    """In one message to the facilitator, which names each; its own doubt alone goes untold."""
    [told] = [d for d in report.deliveries if d.owed.purpose == "trouble"]
    assert told.owed.to == LEADER
    if told not in uncertain:
        says = {line.ref: line.shows for line in journal}[str(told.ref)]
        assert all(trouble_of(report.run, d).what in says for d in uncertain)
