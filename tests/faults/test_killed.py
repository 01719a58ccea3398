"""kill -9 at any moment of a run: nothing that was acknowledged is lost, and no post is doubled."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.faults.checking import Ended, assert_nothing_lost, assert_whole
from tests.faults.conftest import Databases, Nursery
from tests.faults.journal import read_journal
from tests.faults.nursery import Order
from tests.faults.world import MAIN, Paced, World

POINTS = 12
BLIND_POINTS = 3
MANY = 120
"""At how many moments a run of either pace is killed: as a habit, on a platform that cannot be
asked, and in the long run."""

PACED = pytest.mark.parametrize("paced", ["live", "daily"])
READ_BACK = pytest.mark.parametrize("read_back", [True, False], ids=["read back", "blind"])


@dataclass(frozen=True, slots=True)
class Unkilled:
    """A run that was left alone: the moments at which it could have been killed, and its end.

    ``posted`` has the posts of the channel first, of which the second asks something.
    """

    kinds: tuple[str, ...]
    posted: tuple[int, ...]
    edited: tuple[int, ...]
    ended: Ended

    def moments(self, count: int) -> tuple[int, ...]:
        """So many moments to be killed at.

        The sharpest ones come first: just after a post, when only the platform knows of it, which
        is half of them; just after somebody was told that something is saved; just before the last
        edit of a post, after which nothing would mark it again. All others are taken evenly.
        """
        told = tuple(n for n, kind in enumerate(self.kinds, 1) if kind == "told")
        posted, share = self.posted[: (count + 1) // 2], count // 6
        sharp = dict.fromkeys((*posted, *evenly(told, share), *evenly(self.edited, share)))
        rest = tuple(n for n in range(1, len(self.kinds) + 1) if n not in sharp)
        return (*sharp, *evenly(rest, count - len(sharp)))[:count]


class Whole:
    """Runs that were not killed, to compare with: one of each kind, made when it is asked for."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._known: dict[tuple[str, bool, Paced], Unkilled] = {}

    async def run(
        self, databases: Databases, read_back: bool, paced: Paced, folder: Path
    ) -> Unkilled:
        """The one of this kind."""
        key = (databases.name, read_back, paced)
        if key not in self._known:
            folder = folder / "whole"
            folder.mkdir()
            async with databases.fresh(folder) as url:
                world = World(url, folder, read_back, paced)
                order = Order("carry on", url, str(folder), read_back, paced)
                assert self._nursery.raise_one(order) == 0, (folder / "said").read_text()
                ended = await assert_whole(world)
            kinds = tuple(json.loads((folder / "steps").read_text()))
            calls = [n for n, kind in enumerate(kinds, 1) if kind == "call"]
            lines = list(zip(read_journal(world.journal), calls[::2], calls[1::2], strict=True))
            posts = [(line.to != str(MAIN), after) for line, _, after in lines if line.do == "post"]
            posted = tuple(after for _, after in sorted(posts))
            edited = {line.ref: before for line, before, _ in lines if line.do == "edit"}
            self._known[key] = Unkilled(kinds, posted, tuple(edited.values()), ended)
        return self._known[key]


@pytest.fixture(scope="session")
def whole(nursery: Nursery) -> Whole:
    """The runs to compare with."""
    return Whole(nursery)


async def killed_and_gone_on(
    nursery: Nursery,
    databases: Databases,
    folder: Path,
    read_back: bool,
    paced: Paced,
    *die_at: int,
) -> Ended:
    """What a run comes to whose process dies at these moments of its life, one after the other.

    After each death all is looked for that was acknowledged before it.
    """
    async with databases.fresh(folder) as url:
        world = World(url, folder, read_back, paced)
        order = Order("carry on", url, str(folder), read_back, paced)
        for moment in die_at:
            assert nursery.raise_one(replace(order, die_at=moment)) == -signal.SIGKILL
            await assert_nothing_lost(world)
        assert nursery.raise_one(order) == 0, (folder / "said").read_text()
        return await assert_whole(world)


@PACED
@pytest.mark.parametrize("nth", range(POINTS))
async def test_a_killed_run_goes_on_where_it_was(
    nursery: Nursery, databases: Databases, whole: Whole, tmp_path: Path, nth: int, paced: Paced
) -> None:
    """Where the platform can be asked what was posted, it ends like a run that was not killed."""
    unkilled = await whole.run(databases, True, paced, tmp_path)
    moment = unkilled.moments(POINTS)[nth]
    ended = await killed_and_gone_on(nursery, databases, tmp_path, True, paced, moment)
    assert ended.answers == unkilled.ended.answers


@PACED
@pytest.mark.parametrize("nth", range(BLIND_POINTS))
async def test_what_cannot_be_read_back_is_left_to_the_facilitator(
    nursery: Nursery, databases: Databases, whole: Whole, tmp_path: Path, nth: int, paced: Paced
) -> None:
    """Where the platform cannot be asked, at most the one post that was on its way is in doubt."""
    moment = (await whole.run(databases, False, paced, tmp_path)).moments(BLIND_POINTS)[nth]
    ended = await killed_and_gone_on(nursery, databases, tmp_path, False, paced, moment)
    assert len(ended.uncertain) <= 1


@pytest.mark.parametrize(("read_back", "paced"), [(True, "daily"), (False, "live")])
async def test_a_run_killed_again_while_it_recovers_goes_on_all_the_same(
    nursery: Nursery,
    databases: Databases,
    whole: Whole,
    tmp_path: Path,
    read_back: bool,
    paced: Paced,
) -> None:
    unkilled = await whole.run(databases, read_back, paced, tmp_path)
    steps = len(unkilled.kinds)
    moments = (unkilled.posted[1], 1, steps // 10, steps // 5)
    ended = await killed_and_gone_on(nursery, databases, tmp_path, read_back, paced, *moments)
    assert len(ended.uncertain) <= (0 if read_back else len(moments))
    if read_back:
        assert ended.answers == unkilled.ended.answers


@pytest.mark.long
@PACED
@READ_BACK
@pytest.mark.parametrize("nth", range(MANY))
async def test_a_run_killed_at_any_of_many_moments_goes_on(
    nursery: Nursery,
    databases: Databases,
    whole: Whole,
    tmp_path: Path,
    read_back: bool,
    paced: Paced,
    nth: int,
) -> None:
    unkilled = await whole.run(databases, read_back, paced, tmp_path)
    moment = unkilled.moments(MANY)[nth]
    ended = await killed_and_gone_on(nursery, databases, tmp_path, read_back, paced, moment)
    assert len(ended.uncertain) <= (0 if read_back else 1)
    if read_back:
        assert ended.answers == unkilled.ended.answers


def evenly(moments: Sequence[int], count: int) -> tuple[int, ...]:
    """At most so many of the moments, spread over all of them."""
    most = min(count, len(moments))
    return tuple(moments[(2 * n + 1) * len(moments) // (2 * most)] for n in range(most))
