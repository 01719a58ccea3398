"""Budgets of calls, shared by all workers: at most so many in each stretch of time.

A budget keeps the moments of its late calls, so that the limit holds in every window, not only
in those that begin with the clock's minute.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.platform import Rate
from bot.storage.engine import insert
from bot.storage.tables import EPOCH, budgets

_MICROSECOND = timedelta(microseconds=1)


def room_at(calls: Sequence[datetime], rate: Rate) -> datetime | None:
    """From when one more call fits, given earlier ones in order; ``None`` for at once."""
    return calls[-rate.count] + rate.per if len(calls) >= rate.count else None


async def spend(
    connection: AsyncConnection, rates: Sequence[Rate], now: datetime
) -> datetime | None:
    """As `bot.service.store.Transaction.spend` promises."""
    kept = await _locked(connection, {rate.name for rate in rates})
    wait_until = now
    spent: dict[str, list[datetime]] = {}
    for name, group in groupby(sorted(rates, key=attrgetter("name")), attrgetter("name")):
        limits = list(group)
        calls, blocked_until = kept[name]
        wait_until = max(wait_until, blocked_until)
        for rate in limits:
            wait_until = max(wait_until, room_at(calls, rate) or now)
        most = max(rate.count for rate in limits)
        spent[name] = sorted([*calls, now])[-most:]
    if wait_until > now:
        return wait_until
    for name, calls in spent.items():
        await connection.execute(
            update(budgets).where(budgets.c.name == name).values(calls=_to_json(calls))
        )
    return None


async def block(connection: AsyncConnection, rates: Sequence[Rate], until: datetime) -> None:
    """As `bot.service.store.Transaction.block` promises."""
    kept = await _locked(connection, {rate.name for rate in rates})
    later = [name for name, (_, blocked_until) in kept.items() if blocked_until < until]
    await connection.execute(
        update(budgets).where(budgets.c.name.in_(later)).values(blocked_until=until)
    )


async def _locked(
    connection: AsyncConnection, names: set[str]
) -> dict[str, tuple[list[datetime], datetime]]:
    """The late calls and the block of each budget, locked in one order against deadlock."""
    if not names:
        return {}
    new = [{"name": name, "calls": "[]", "blocked_until": EPOCH} for name in sorted(names)]
    await connection.execute(insert(connection, budgets).on_conflict_do_nothing(), new)
    found = await connection.execute(
        select(budgets).where(budgets.c.name.in_(names)).order_by(budgets.c.name).with_for_update()
    )
    return {row.name: (_from_json(row.calls), row.blocked_until) for row in found}


def _to_json(calls: Sequence[datetime]) -> str:
    return json.dumps([(call - EPOCH) // _MICROSECOND for call in calls])


def _from_json(text: str) -> list[datetime]:
    return [EPOCH + timedelta(microseconds=call) for call in json.loads(text)]
