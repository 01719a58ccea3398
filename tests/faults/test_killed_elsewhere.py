"""kill -9 while the database is made, and of the command that people type; and SIGTERM."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.storage.migrate import migrate
from bot.storage.store import SqlStore, open_store
from tests.cli.conftest import PLAN
from tests.conformance.values import a_run, lane_of
from tests.faults.conftest import Databases, Nursery
from tests.faults.nursery import Order

DEMOS = 2
MANY_DEMOS = 40
SAME = ("polls.csv", "reflections.csv", "responses.csv", "participants.csv")
"""What the evidence of a run that was killed has in common with that of one that was not."""


@pytest.mark.parametrize("nth", range(2))
async def test_a_killed_migration_is_done_by_the_next(
    nursery: Nursery, databases: Databases, tmp_path: Path, nth: int
) -> None:
    async with databases.fresh(tmp_path, migrated=False) as url:
        order = Order("migrate", url, str(tmp_path))
        assert nursery.raise_one(order) == 0, (tmp_path / "said").read_text()
    moment = moment_of(tmp_path, nth, 2)
    folder = tmp_path / "killed"
    folder.mkdir()
    async with databases.fresh(folder, migrated=False) as url:
        order = Order("migrate", url, str(folder), die_at=moment)
        assert nursery.raise_one(order) == -signal.SIGKILL
        assert (await migrate(url)).before is None
        async with open_store(url, lane_of=lane_of) as store, store.transaction() as tx:
            await tx.add_run(a_run(), ())


@pytest.fixture(scope="module")
def unkilled_demo(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo that was left alone."""
    folder = tmp_path_factory.mktemp("unkilled")
    order = demo(folder, f"sqlite:///{folder / 'run.db'}")
    assert nursery.raise_one(order) == 0, (folder / "said").read_text()
    return folder


@pytest.mark.parametrize("nth", range(DEMOS))
async def test_a_demo_that_was_killed_is_gone_on_with_and_gives_the_same_evidence(
    nursery: Nursery, unkilled_demo: Path, tmp_path: Path, nth: int
) -> None:
    order = demo(tmp_path, f"sqlite:///{tmp_path / 'run.db'}")
    kill_and_repeat(nursery, order, unkilled_demo, nth, DEMOS)


@pytest.mark.long
@pytest.mark.parametrize("nth", range(MANY_DEMOS))
async def test_a_demo_that_was_killed_at_any_of_many_moments_gives_the_same_evidence(
    nursery: Nursery, databases: Databases, unkilled_demo: Path, tmp_path: Path, nth: int
) -> None:
    async with databases.fresh(tmp_path, migrated=False) as url:
        kill_and_repeat(nursery, demo(tmp_path, url), unkilled_demo, nth, MANY_DEMOS)


def demo(folder: Path, url: str) -> Order:
    """``fivefold demo --headless`` of a small plan."""
    # Its name is the lesson's, and every choice of the cohort hangs on the lesson.
    (folder / "water.md").write_text(PLAN, "utf-8")
    return Order("demo", url, str(folder))


def kill_and_repeat(nursery: Nursery, order: Order, unkilled: Path, nth: int, of: int) -> None:
    """Kill it once, let it run again, and compare."""
    folder = Path(order.folder)
    moment = moment_of(unkilled, nth, of)
    assert nursery.raise_one(replace(order, die_at=moment)) == -signal.SIGKILL
    assert nursery.raise_one(order) == 0, (folder / "said").read_text()
    for name in SAME:
        assert (folder / "out" / name).read_text() == (unkilled / "out" / name).read_text()


def moment_of(unkilled: Path, nth: int, of: int) -> int:
    """The ``nth`` of so many moments, spread evenly over the life of one that was not killed."""
    steps = len(json.loads((unkilled / "steps").read_text()))
    return 1 + (2 * nth + 1) * steps // (2 * of)


@pytest.mark.parametrize("command", [("work",), ("serve", "--port", "0")], ids=lambda c: c[0])
async def test_sigterm_ends_the_work_cleanly(command: tuple[str, ...], tmp_path: Path) -> None:
    """It exits with 0 and without complaints, and leaves nothing half done."""
    (tmp_path / "plan.md").write_text(PLAN, "utf-8")
    url = f"sqlite:///{tmp_path / 'run.db'}"
    await migrate(url)
    with running(url, "schedule", str(tmp_path / "plan.md")) as scheduling:
        assert scheduling.wait(60) == 0
    async with open_store(url, lane_of=lane_of) as store:
        with running(url, *command) as process:
            for _ in range(600):
                if "sent" in await states(store):
                    break
                await asyncio.sleep(0.1)
            process.terminate()
            _, complaints = process.communicate(timeout=60)
        assert (process.returncode, complaints) == (0, "")
        assert await states(store) <= {"sent", "waiting"}


async def states(store: SqlStore) -> set[str]:
    """Where the messages of the only run are."""
    async with store.reading() as reading:
        [run] = await reading.runs()
        return {delivery.state for delivery in await reading.deliveries(run.id)}


@contextmanager
def running(url: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, which is gone at the end of the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        env=os.environ | {"FIVEFOLD_DATABASE": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
