"""However much is owed at once, it goes out no faster than Teams allows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.chat.address import Person, Place, PostRef, Recipient
from bot.chat.message import Message
from bot.chat.platform import Lane
from bot.clock import SystemClock
from bot.platforms.memory import MemoryPlatform
from bot.platforms.teams.adapter import TeamsPlatform
from bot.storage.migrate import migrate
from tests.service.house import House, one_of, open_house

CARDS = 2
"""In each message: a question, and its tally beside it."""

IN_A_THREAD = ((7, 1.0), (8, 2.0), (60, 30.0), (1_800, 3_600.0))
IN_A_TENANT = ((30, 1.0),)
"""Cards in so many seconds, from Microsoft's page "Optimize your bot with rate limiting"."""


@dataclass
class Sent:
    """When each message and edit went out, on the machine's clock, and in which lane."""

    calls: list[tuple[datetime, str]] = field(default_factory=list)

    def most(self, seconds: float, lane: str = "") -> int:
        """The most cards in any stretch of so many seconds, of one lane or all."""
        times = [at for at, where in self.calls if lane in ("", where)]
        within, first = 0, 0
        for last, at in enumerate(times):
            while at - times[first] >= timedelta(seconds=seconds):
                first += 1
            within = max(within, last - first + 1)
        return within * CARDS

    @property
    def lanes(self) -> set[str]:
        """Where anything was sent."""
        return {where for _, where in self.calls}


def lanes() -> TeamsPlatform:
    """Teams as far as its lanes go."""
    return TeamsPlatform(*(cast(Any, None),) * 4, SystemClock())


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    url = f"sqlite:///{tmp_path}/fivefold.db"
    await migrate(url)
    async with open_house(url) as house:
        yield house


@pytest.fixture
def sent(house: House, monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What goes out of the house, in the lanes of Teams."""
    found = Sent()
    post, edit = MemoryPlatform.post, MemoryPlatform.edit
    teams = lanes()

    async def posted(stage: Any, to: Place | Person, message: Message, *, key: str) -> PostRef:
        found.calls.append((house.machine.now(), teams.lane(to).id))
        return await post(stage, to, message, key=key)

    async def edited(stage: Any, ref: PostRef, message: Message) -> None:
        found.calls.append((house.machine.now(), teams.lane(ref.place).id))
        await edit(stage, ref, message)

    def lane(stage: Any, to: Recipient) -> Lane:
        return teams.lane(to)

    monkeypatch.setattr(MemoryPlatform, "post", posted)
    monkeypatch.setattr(MemoryPlatform, "edit", edited)
    monkeypatch.setattr(MemoryPlatform, "lane", lane)
    return found


def keeps_within(sent: Sent) -> None:
    """Whether no stretch of time has more than Teams allows."""
    for most, seconds in IN_A_TENANT:
        assert sent.most(seconds) <= most
    for lane in sent.lanes:
        for most, seconds in IN_A_THREAD:
            assert sent.most(seconds, lane) <= most, lane


async def test_a_burst_in_one_channel_goes_out_as_fast_as_teams_allows_and_no_faster(
    house: House, sent: Sent
) -> None:
    for number in range(40):
        await house.schedule(one_of("prompt"), id=f"r{number}")
    await house.run_for(timedelta(minutes=4))
    keeps_within(sent)
    lane = str(house.main)
    assert len([at for at, where in sent.calls if where == lane]) >= 80
    assert sent.most(1, lane) == 6
    assert sent.most(2, lane) == 8
    assert sent.most(30, lane) == 60


async def test_many_channels_share_what_the_tenant_is_allowed(house: House, sent: Sent) -> None:
    for number in range(40):
        await house.schedule(
            one_of("prompt"), id=f"r{number}", main=house.stage.place(f"19:{number}@thread.tacv2")
        )
    await house.run_for(timedelta(minutes=2))
    keeps_within(sent)
    assert len(sent.lanes) == 41
    assert sent.most(1) == 30


async def test_somebody_who_never_stops_keeps_within_the_hours_share(house: House) -> None:
    """Whoever sends whenever there is room, in one channel and for more than an hour."""
    lane, begun, sent = lanes().lane(house.main), house.machine.now(), Sent()
    while house.machine.now() < begun + timedelta(minutes=65):
        async with house.store.transaction() as tx:
            room_at = await tx.spend(lane.posts, now=house.machine.now())
        if room_at:
            house.machine.step_to(room_at)
        else:
            sent.calls.append((house.machine.now(), lane.id))
    keeps_within(sent)
    assert sent.most(3_600) == 1_800
