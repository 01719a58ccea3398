"""What people write in Slack, and where they come and go, as events."""

from __future__ import annotations

import pytest

from bot.chat.address import Person, Place, PostRef
from bot.chat.event import (
    Commanded,
    Event,
    Joined,
    Kept,
    Left,
    Picked,
    Replied,
    ReplyDeleted,
    ReplyEdited,
    Said,
)
from bot.chat.text import UserText
from bot.platforms.slack import incoming_messages
from bot.platforms.slack.incoming import (
    Door,
    Unreadable,
    actor_of,
)
from bot.platforms.slack.profiles import Profile
from tests.slack.shapes import (
    ACTED,
    ADA,
    BOT,
    CHANNEL,
    DOOR,
    IN_THREAD,
    LESSON,
    NOW,
    ROOT,
    TALK,
    TEAM,
    THREAD,
    TS,
    Json,
    a_message,
    a_shortcut,
    changed,
    envelope,
    kept_message,
)


def heard(event: Json, door: Door = DOOR) -> Event | None:
    return incoming_messages.heard(envelope(event), door)


def test_a_message_in_the_channel_is_said_there() -> None:
    assert heard(a_message()) == Said(
        id="Ev0001",
        at=ACTED,
        who=Person("slack", TEAM, ADA),
        place=LESSON,
        name=UserText("Ada"),
        zone="Europe/Berlin",
        post=PostRef(LESSON, TS),
        text=UserText("I think so."),
    )


def test_a_message_in_a_thread_replies_to_its_root() -> None:
    event = heard(a_message(**IN_THREAD))
    assert isinstance(event, Replied)
    assert (event.post, event.reply) == (PostRef(LESSON, ROOT), PostRef(THREAD, TS))
    assert event.ours
    assert event.place == LESSON


def test_a_thread_of_somebody_else_is_not_ours() -> None:
    for more in ({"parent_user_id": "U0BO"}, {}):
        event = heard(a_message(thread_ts=ROOT, **more))
        assert isinstance(event, Replied)
        assert not event.ours


def test_a_reply_that_is_sent_to_the_channel_too_is_a_reply() -> None:
    root = {"user": BOT, "ts": ROOT, "thread_ts": ROOT}
    event = heard(a_message(subtype="thread_broadcast", thread_ts=ROOT, root=root))
    assert isinstance(event, Replied)
    assert event.text == UserText("I think so.")


def test_a_message_that_begins_a_thread_is_no_reply() -> None:
    assert isinstance(heard(a_message(thread_ts=TS)), Said)


def test_files_sent_along_are_kept_by_name_and_address() -> None:
    address = "https://acme.slack.example/files/U0ADA/F1/poster.pdf"
    files = [{"id": "F1", "name": "poster.pdf", "title": "poster", "permalink": address}]
    event = heard(a_message("Ours:", subtype="file_share", files=files, **IN_THREAD))
    assert isinstance(event, Replied)
    assert event.text == UserText(f"Ours:\nposter.pdf ({address})")
    event = heard(a_message("", subtype="file_share", blocks=[], files=files, **IN_THREAD))
    assert isinstance(event, Replied)
    assert event.text == UserText(f"poster.pdf ({address})")


def test_what_somebody_says_of_themselves_is_their_words() -> None:
    """``/me agrees``."""
    event = heard(a_message("agrees", subtype="me_message", blocks=[]))
    assert isinstance(event, Said)
    assert event.text == UserText("agrees")


def test_words_to_the_bot_alone_are_a_command() -> None:
    event = heard(a_message(" status ", channel=TALK, channel_type="im"))
    assert isinstance(event, Commanded)
    assert (event.text, event.place) == ("status", None)


def test_a_group_message_answers_in_threads_only_and_has_no_place() -> None:
    group = {"channel": "G0GROUP", "channel_type": "mpim"}
    assert heard(a_message(**group)) is None
    event = heard(a_message(**group, **IN_THREAD))
    assert isinstance(event, Replied)
    assert event.place is None
    assert event.post == PostRef(Place("slack", TEAM, "G0GROUP"), ROOT)


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "bot_message", "bot_id": "B2", "username": "other bot"},
        {"bot_id": "B2"},
        {"subtype": "channel_join", "text": "<@U0ADA> has joined the channel"},
        {"subtype": "channel_leave"},
        {"subtype": "channel_topic", "topic": "x"},
        {"subtype": "channel_archive"},
        {"subtype": "pinned_item"},
        {"subtype": "reminder_add"},
        {"subtype": "message_replied"},
    ],
)
def test_what_nobody_said_is_nothing(more: Json) -> None:
    assert heard(a_message(**more)) is None
    assert heard(a_message(**more, **IN_THREAD)) is None


def test_a_reply_that_is_reworded_is_an_edit() -> None:
    after = kept_message("No.", **IN_THREAD, edited={"user": ADA, "ts": TS})
    event = heard(changed(after, kept_message(**IN_THREAD)))
    assert isinstance(event, ReplyEdited)
    assert (event.post, event.reply) == (PostRef(LESSON, ROOT), PostRef(THREAD, TS))
    assert (event.text, event.at) == (UserText("No."), ACTED)


def test_an_edit_in_the_channel_is_about_the_post_itself() -> None:
    event = heard(changed(kept_message("No."), kept_message()))
    assert isinstance(event, ReplyEdited)
    assert event.post == event.reply == PostRef(LESSON, TS)


def test_an_edit_of_which_slack_forgot_what_was_before_is_an_edit() -> None:
    event = heard(changed(kept_message("No.", **IN_THREAD), {}))
    assert isinstance(event, ReplyEdited)


@pytest.mark.parametrize(
    "more",
    [
        {"attachments": [{"from_url": "https://example.org", "title": "Example"}]},
        {"reply_count": 1, "thread_ts": TS, "latest_reply": "1767603700.1"},
        {"reactions": [{"name": "+1", "users": ["U0BO"], "count": 1}]},
        {"pinned_to": [CHANNEL]},
    ],
    ids=["unfolded link", "reply counted", "reaction", "pin"],
)
def test_what_slack_itself_changes_is_no_edit(more: Json) -> None:
    assert heard(changed(kept_message(**more), kept_message())) is None


def test_an_edit_of_a_bots_message_is_nothing() -> None:
    ours = {"bot_id": "B1", "user": BOT}
    assert heard(changed(kept_message("b", **ours), kept_message("a", **ours))) is None


def test_a_message_that_is_deleted_is_taken_back() -> None:
    gone = changed({}, kept_message(**IN_THREAD), subtype="message_deleted", deleted_ts=TS)
    del gone["message"]
    event = heard(gone)
    assert isinstance(event, ReplyDeleted)
    assert (event.post, event.reply) == (PostRef(LESSON, ROOT), PostRef(THREAD, TS))


def test_a_message_with_replies_that_is_deleted_is_taken_back_by_who_wrote_it() -> None:
    """Slack leaves a stone in its place."""
    stone = {
        "type": "message",
        "subtype": "tombstone",
        "text": "This message was deleted.",
        "user": "USLACKBOT",
        "hidden": True,
        "ts": TS,
        "thread_ts": TS,
        "reply_count": 2,
    }
    gone = changed(stone, kept_message(thread_ts=TS, reply_count=2))
    assert actor_of({"event": gone}) == ADA
    event = heard(gone)
    assert isinstance(event, ReplyDeleted)
    assert event.post == event.reply == PostRef(LESSON, TS)


def test_a_bots_message_that_is_deleted_is_nothing() -> None:
    ours = kept_message(bot_id="B1", user=BOT)
    assert heard(changed({}, ours, subtype="message_deleted")) is None


@pytest.mark.parametrize("subtype", ["message_changed", "message_deleted"])
def test_what_is_changed_in_a_private_talk_is_nothing(subtype: str) -> None:
    talk = {"channel": TALK, "channel_type": "im", "subtype": subtype}
    assert heard(changed(kept_message("b"), kept_message("a"), **talk)) is None


def test_a_message_without_a_channel_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        heard(a_message(channel=None))


def test_the_shortcut_keeps_what_somebody_said() -> None:
    door = Door(TEAM, "U0FAY", NOW, bot=BOT)
    event = incoming_messages.kept(a_shortcut(kept_message(**IN_THREAD)), door)
    assert event == Kept(
        id=event.id,
        at=ACTED,
        who=Person("slack", TEAM, "U0FAY"),
        place=LESSON,
        post=PostRef(THREAD, TS),
        text=UserText("I think so."),
        by=Person("slack", TEAM, ADA),
    )


def test_a_bots_message_is_kept_as_of_whoever_keeps_it() -> None:
    door = Door(TEAM, "U0FAY", NOW, bot=BOT)
    message = kept_message(bot_id="B2", user=BOT)
    assert incoming_messages.kept(a_shortcut(message), door).by.id == "U0FAY"


@pytest.mark.parametrize(
    ("kind", "expected"), [("member_joined_channel", Joined), ("member_left_channel", Left)]
)
def test_people_come_and_go(kind: str, expected: type[Event]) -> None:
    event = {"type": kind, "user": ADA, "channel": CHANNEL, "channel_type": "C", "event_ts": TS}
    moved = incoming_messages.moved(envelope(event), DOOR)
    assert isinstance(moved, expected)
    assert (moved.place, moved.at, moved.id) == (LESSON, ACTED, "Ev0001")


def test_somebody_whose_account_is_no_more_leaves_wherever_they_were() -> None:
    event = {"type": "user_change", "user": {"id": ADA, "deleted": True}, "event_ts": TS}
    left = incoming_messages.deactivated(envelope(event), DOOR)
    assert (left.who.id, left.place) == (ADA, None)


def test_somebody_can_only_adopt_what_they_wrote_themselves() -> None:
    head = DOOR.head("e1", NOW, LESSON)
    picked = Picked(**head, callback="f.adopt.o1.1767603629-123456..")
    post = PostRef(LESSON, TS)
    found = incoming_messages.adopted(kept_message(), picked, post)
    assert found is not None
    assert (found.text, found.at, found.callback) == (
        UserText("I think so."),
        ACTED,
        picked.callback,
    )
    assert incoming_messages.adopted(kept_message(user="U0BO"), picked, post) is None
    assert incoming_messages.adopted(kept_message(ts="1.2"), picked, post) is None
    assert incoming_messages.adopted({}, picked, post) is None


def test_what_is_kept_bears_the_name_of_whoever_wrote_it() -> None:
    body = a_shortcut(a_message())
    author = Profile(UserText("Bo"))
    assert incoming_messages.kept(body, DOOR, author).by_name == UserText("Bo")
    assert incoming_messages.kept(body, DOOR).by_name is None
