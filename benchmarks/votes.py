"""Votes through HTTP: how many in a second, how long each waits, and a peer beside it.

``python -m benchmarks.votes`` serves a room (``fivefold serve``) and the peer (`plain_app`), each
in a process of its own on SQLite, and lets the same crowd vote in both, in turns. Two loads are
measured: all at once, which shows the throughput, and evenly over five seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.service.scenes import ACTIVITY
from tests.load.crowd import OPTIONS, RUN, a_room, come_in, lines_of, post, vote

Send = Callable[[int, str], Awaitable[bool]]
"""Lets the voter of this number vote; whether it was acknowledged."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One load: votes in a second, and the median and 99th percentile of the answers' times."""

    rate: float
    p50: float
    p99: float

    def __str__(self) -> str:
        return f"{self.rate:6.0f} votes/s   p50 {self.p50:7.1f} ms   p99 {self.p99:7.1f} ms"


async def measure(send: Send, count: int, seconds: float) -> Measured:
    """So many votes, evenly over so many seconds (0: all at once)."""
    began = time.monotonic()

    async def one(number: int) -> float:
        await asyncio.sleep(began + seconds * number / count - time.monotonic())
        sent = time.monotonic()
        assert await send(number, OPTIONS[number % len(OPTIONS)])
        return 1000 * (time.monotonic() - sent)

    took = await asyncio.gather(*map(one, range(count)))
    whole = time.monotonic() - began
    return Measured(count / whole, statistics.median(took), statistics.quantiles(took, n=100)[98])


@contextmanager
def plain_app(folder: Path) -> Iterator[str]:
    """The peer's address."""
    command = [sys.executable, "-m", "benchmarks.plain_app", str(folder / "plain.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@asynccontextmanager
async def crowds(folder: Path, count: int) -> AsyncIterator[tuple[Send, Send]]:
    """How the same crowd votes in Fivefold's room and in the peer."""
    async with a_room(folder) as (room, app):
        async with lines_of() as lines:
            voters = await come_in(room, lines, count)

        async def in_the_room(number: int, option: str) -> bool:
            return (await vote(voters[number], option)).answer == "200 saved"

        with plain_app(folder) as address:

            async def in_the_peer(number: int, option: str) -> bool:
                fields = {"voter": f"voter {number}", "option": option}
                status, _, said = await post(f"{address}/vote", fields.items(), {})
                return (status, said) == (200, "saved")

            yield in_the_room, in_the_peer
        async with app.store.reading() as reading:
            for delivery in await reading.deliveries(RUN):
                if delivery.owed.purpose == ACTIVITY:
                    say(f"edits of the poll's post in all: {delivery.edits}")


async def main(count: int, rounds: int) -> None:
    """Measure and print."""
    loads = {"all at once": 0.0, f"{count} votes in 5 s": 5.0}
    found: dict[tuple[str, str], list[Measured]] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with crowds(Path(folder), count) as (in_the_room, in_the_peer):
            for _ in range(rounds):
                for load, seconds in loads.items():
                    for name, send in (("Fivefold", in_the_room), ("peer", in_the_peer)):
                        measured = await measure(send, count, seconds)
                        found.setdefault((load, name), []).append(measured)
    for load in loads:
        ours, peers = (middle(found[load, name]) for name in ("Fivefold", "peer"))
        say(f"{load}, median of {rounds} rounds")
        say(f"  Fivefold {ours}")
        say(f"  peer     {peers}")
        say(
            f"  ratio    {ours.rate / peers.rate:6.2f} of its votes/s, "
            f"{ours.p50 / peers.p50:.2f} of its p50, {ours.p99 / peers.p99:.2f} of its p99"
        )


def say(line: str) -> None:
    """Print it."""
    sys.stdout.write(f"{line}\n")


def middle(measured: Sequence[Measured]) -> Measured:
    """The median of each figure."""
    return Measured(
        statistics.median(each.rate for each in measured),
        statistics.median(each.p50 for each in measured),
        statistics.median(each.p99 for each in measured),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--votes", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(main(given.votes, given.rounds))
