"""Laws of what stands, whatever the order in which it arrives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.text import UserText
from bot.facilitation.changes import Changes
from bot.facilitation.state import Given, Response
from bot.storage.migrate import migrate
from bot.storage.rows import given_from_json, given_to_json
from bot.storage.store import SqlStore, open_store
from tests.conformance.values import a_run, at, lane_of
from tests.strategies import texts

openings = (f"o{n}" for n in count())

given_values = st.one_of(
    st.none(),
    st.builds(
        Given,
        st.lists(st.text(max_size=5), max_size=3).map(tuple),
        st.one_of(st.none(), texts.map(UserText)),
    ),
)
acts = st.tuples(
    st.sampled_from(("p1", "p2")),
    st.sampled_from(("", "q1")),
    st.integers(0, 5),
    st.sampled_from(("a", "b", "c")),
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    url = f"sqlite:///{tmp_path}/fivefold.db"
    await migrate(url)
    async with open_store(url, lane_of=lane_of) as store:
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
        yield store


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arrivals=st.lists(acts, max_size=12).flatmap(
        lambda acts: st.permutations(acts + acts[: len(acts) // 2])
    ),
    together=st.integers(1, 5),
)
async def test_an_older_action_that_arrives_late_is_an_earlier_version_and_the_newest_stands(
    store: SqlStore, arrivals: list[tuple[str, str, int, str]], together: int
) -> None:
    """In any order, any number at a time, some of them twice."""
    opening = next(openings)
    responses = [
        Response(
            run="r1",
            opening=opening,
            owner=owner,
            item=item,
            at=at(second),
            given=Given((choice,)),
            event=f"{owner}{item}{second}{choice}",
        )
        for owner, item, second, choice in arrivals
    ]
    for start in range(0, len(responses), together):
        async with store.transaction() as tx:
            await tx.apply(Changes(responses=tuple(responses[start : start + together])))
    newest: dict[tuple[str, str], Response] = {}
    for response in sorted(responses, key=lambda r: (r.at, r.event)):
        newest[response.owner, response.item] = response
    async with store.reading() as reading:
        assert await reading.responses(opening) == tuple(newest[key] for key in sorted(newest))
        kept = [one for one in await reading.versions("r1") if one.opening == opening]
    assert kept == sorted(set(responses), key=lambda r: (r.at, r.event))


@given(given_values)
def test_what_was_given_is_read_as_it_was_written(given: Given | None) -> None:
    text = given_to_json(given)
    assert text is None or text.isascii()
    assert given_from_json(text) == given
