"""One worker on two platforms: what hangs on one of them holds up nothing on the other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.chat.address import Person, Place, PostRef
from bot.chat.message import Message
from bot.platforms.memory import MemoryPlatform
from bot.service.sending import Sending
from bot.service.worker import Worker
from tests.service.house import House, minutes, one_of
from tests.service.test_worker import Naps

WIDTH = 2
MANY = 3 * WIDTH


@dataclass
class Hanging(MemoryPlatform):
    """Another platform, which answers nothing until it is let go."""

    asked: int = 0
    hung: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def name(self) -> str:
        return "elsewhere"

    async def post(self, to: Place | Person, message: Message, *, key: str) -> PostRef:
        self.asked += 1
        if self.asked == WIDTH:
            self.hung.set()
        await self.let_go.wait()
        return await MemoryPlatform.post(self, to, message, key=key)


@pytest.fixture
def elsewhere() -> Hanging:
    """A platform with more to do than there are hands."""
    return Hanging()


def both(house: House, elsewhere: Hanging) -> Sending:
    """The hands of a worker that has both platforms."""
    return Sending(
        house.store,
        {"memory": house.stage, "elsewhere": elsewhere},
        lesson=house.lesson,
        machine=house.machine,
        owner="both",
        width=WIDTH,
    )


async def crowd(house: House, elsewhere: Hanging) -> None:
    """Lessons begin in many channels elsewhere, all of them before anything here."""
    for number in range(MANY):
        await house.managing.schedule(
            one_of("prompt"),
            run_id=f"far-{number}",
            main=elsewhere.place(f"C{number}"),
            facilitators=(elsewhere.person("fay"),),
            zone="UTC",
            start=house.now,
        )
    await house.cueing.run_due()
    house.step(minutes(1))


async def test_a_platform_that_hangs_takes_no_hand_from_another(
    either_house: House, elsewhere: Hanging
) -> None:
    house = either_house
    await crowd(house, elsewhere)
    sending = both(house, elsewhere)
    naps = Naps(100_000)
    worker = asyncio.create_task(
        Worker(house.store, house.cueing, sending, naps).run(naps.stopping)
    )
    async with asyncio.timeout(20):
        await elsewhere.hung.wait()
        await house.schedule(one_of("prompt"))
        while len(house.stage.posts) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert elsewhere.asked == WIDTH, "each platform has its own hands"
    assert elsewhere.posts == []
    elsewhere.let_go.set()
    while await waiting(house):
        await sending.send_due()
    naps.stopping.set()
    await worker
    far = [d for n in range(MANY) for d in await house.deliveries(f"far-{n}")]
    sent = [d.owed.key for d in far if d.state == "sent"]
    assert sorted(sent) == sorted(post.key for post in elsewhere.posts)
    assert len(sent) > MANY


async def waiting(house: House) -> int:
    """How many deliveries have not left yet."""
    owed = [d for n in range(MANY) for d in await house.deliveries(f"far-{n}")]
    return sum(d.state in ("waiting", "sending") and d.owed.due_at <= house.now for d in owed)


async def test_a_worker_sleeps_while_all_that_is_due_waits_for_a_platform_that_hangs(
    house: House, elsewhere: Hanging
) -> None:
    await crowd(house, elsewhere)
    sending = both(house, elsewhere)
    naps = Naps(100_000)
    worker = asyncio.create_task(
        Worker(house.store, house.cueing, sending, naps).run(naps.stopping)
    )
    async with asyncio.timeout(20):
        await elsewhere.hung.wait()
        seen = len(naps.taken)
        while len(naps.taken) < seen + 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
    due = naps.taken[-1]
    assert due.delivery_at is None or due.delivery_at > house.now
    assert due.lane_at is None or due.lane_at > house.machine.now()
    elsewhere.let_go.set()
    naps.stopping.set()
    await worker
