"""Addresses and callbacks travel as text and come back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.address import Party, Person, Place, PostRef, Recipient, lane_name, parse_recipient
from bot.chat.callback import MAX_LENGTH, BadCallback, Callback

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
persons = st.builds(Person, names, names, names)
places = st.builds(Place, names, names, names, names)


@st.composite
def parties(draw: st.DrawFn) -> Party:
    platform, tenant, key, name = (draw(names) for _ in range(4))
    ids = draw(st.lists(names, min_size=1, max_size=9))
    people = tuple(Person(platform, tenant, id) for id in ids)
    return Party(platform, tenant, key, name, people)


@given(st.one_of(persons, places, parties()))
def test_a_recipient_is_read_back_from_its_text(recipient: Recipient) -> None:
    assert parse_recipient(str(recipient)) == recipient


@given(st.one_of(persons, places, parties()), st.one_of(persons, places, parties()))
def test_no_two_channels_people_or_parties_share_a_lane(one: Recipient, other: Recipient) -> None:
    def of(to: Recipient) -> object:
        match to:
            case Party(platform, tenant, key):
                return platform, tenant, key
            case Place():
                return to.root
            case Person():
                return to

    assert (lane_name(one) == lane_name(other)) == (of(one) == of(other))


@pytest.mark.parametrize("people", [(), (Person("slack", "T2", "U1"),)], ids=["none", "elsewhere"])
def test_a_party_is_people_of_its_tenant(people: tuple[Person, ...]) -> None:
    with pytest.raises(ValueError, match="one tenant"):
        Party("slack", "T1", "k", "permits-group-1", people)


@given(places, names)
def test_a_post_is_read_back_from_its_text(place: Place, id: str) -> None:
    ref = PostRef(place, id)
    assert PostRef.parse(str(ref)) == ref


@given(places, names)
def test_the_thread_of_a_post_hangs_in_its_channel(place: Place, id: str) -> None:
    thread = PostRef(place, id).thread
    assert thread.thread == id
    assert thread.root == place.root


@pytest.mark.parametrize("text", ["", "slack", "slack/T1"])
def test_other_text_is_no_recipient(text: str) -> None:
    with pytest.raises(ValueError, match="an address of"):
        parse_recipient(text)


parts = st.text("abcXYZ019_-", max_size=20)
callbacks = st.builds(Callback, parts, parts, parts, parts, st.integers(0, 10**9))


@given(callbacks)
def test_a_callback_is_read_back_from_its_text(callback: Callback) -> None:
    text = callback.encode()
    assert len(text) <= MAX_LENGTH
    assert Callback.decode(text) == callback


@given(st.text(max_size=200))
def test_any_other_text_is_refused_as_a_callback_or_encodes_to_itself(text: str) -> None:
    try:
        callback = Callback.decode(text)
    except BadCallback:
        return
    assert Callback.decode(callback.encode()) == callback


@pytest.mark.parametrize(
    "text", ["", "f", "f.a.b.c.d", "f.a.b.c.d.e", "f.a.b.c.d.١", "g.a.b.c.d.1", "f.a b.b.c.d.1"]
)
def test_a_forged_callback_is_refused(text: str) -> None:
    with pytest.raises(BadCallback):
        Callback.decode(text)


@pytest.mark.parametrize(
    "callback", [Callback("vote", "a.b"), Callback("vote", "ü"), Callback("vote", "x" * 150)]
)
def test_a_callback_that_could_not_travel_is_not_made(callback: Callback) -> None:
    with pytest.raises(ValueError, match="not a callback that can travel"):
        callback.encode()
