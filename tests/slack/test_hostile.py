"""Hostile names and answers come alive nowhere in Slack, and are kept to the letter."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.chat.callback import Callback
from bot.evidence.data import evidence_json
from bot.service.reporting import report_run
from bot.storage.migrate import migrate
from tests.core.making import a_lesson, a_phase, an_activity
from tests.platforms.slack_rules import drawn_text
from tests.service.house import RUN, minutes, seconds
from tests.slack import payloads, strict
from tests.slack.crowd import Crowd, a_crowd
from tests.slack.hostile import STRINGS, alive
from tests.slack.recording import Called
from tests.slack.shapes import LESSON

Json = dict[str, Any]

KINDS = ("poll", "groups", "discussion", "reflection", "submission", "peer_review")
SPECS: dict[str, dict[str, Any]] = {
    "poll": {"other": True, "results": "live"},
    "groups": {"size": 30},
    "reflection": {"visible": "everyone"},
    "submission": {"visible": "everyone"},
    "peer_review": {"open": True, "reviews": 2},
}
A_LESSON = a_lesson(
    a_phase("Engage", *(an_activity(kind, id=kind, **SPECS.get(kind, {})) for kind in KINDS))
)
AUTHORS = ("U0", "U1", "U2")
LINE = "\n⁂\n"
"""Between strings that are sent in one answer."""


def numbered(act: Callable[[str, int, str], Coroutine[Any, Any, Any]]) -> list[Any]:
    """An act of each person with the words that are their own name."""
    return [act(f"U{n}", n, words) for n, words in enumerate(STRINGS)]


def chunks(count: int) -> list[str]:
    """All strings, in so many long answers."""
    return [LINE.join(STRINGS[n::count]) for n in range(count)]


async def test_no_string_comes_alive_and_every_one_is_kept(tmp_path: Path) -> None:
    assert len(STRINGS) >= 500
    url = f"sqlite:///{tmp_path}/fivefold.db"
    await migrate(url)
    async with a_crowd(url, STRINGS) as crowd:
        house = crowd.house
        await house.schedule(A_LESSON, main=LESSON)
        await house.run_for(seconds(20))
        await everybody_votes(crowd)
        await house.run_for(minutes(10))
        await some_join_a_group(crowd)
        await house.run_for(minutes(10))
        await everybody_talks(crowd)
        await house.run_for(minutes(10))
        await everybody_reflects(crowd)
        await house.run_for(minutes(10))
        await some_hand_in(crowd)
        await house.run_for(minutes(10))
        reviewed = await they_review_each_other(crowd)
        await everybody_looks_around(crowd)
        await house.run_for(minutes(30))
        nothing_is_alive(crowd.record.calls)
        everybody_reads(crowd.record.calls)
        async with house.store.reading() as reading:
            everything = json.loads(evidence_json(await report_run(reading, RUN)))
    everything_is_kept(everything, reviewed)


async def some_join_a_group(crowd: Crowd) -> None:
    """And see who else is in it."""
    join = Callback("join", (await crowd.house.opening("groups")).id).encode()
    await crowd.all(crowd.press(f"U{n}", join, does="pick") for n in range(20))


async def everybody_votes(crowd: Crowd) -> None:
    """In words of their own; before that, some talk to the bot."""
    callback, post = await crowd.house.callback("poll", "other"), await crowd.ref("poll")
    await crowd.form("U0", callback, post, other=STRINGS[0])
    await crowd.all(crowd.whisper("U0", n, words) for n, words in enumerate(STRINGS))
    await crowd.all(numbered(lambda who, n, words: crowd.form(who, callback, post, other=words)))


async def everybody_talks(crowd: Crowd) -> None:
    """In the thread; some in the channel instead."""
    post = await crowd.ref("discussion")
    await crowd.all(numbered(lambda who, n, words: crowd.reply(who, n, post, words)))
    await crowd.all(crowd.reply(f"U{n}", n, None, words) for n, words in enumerate(STRINGS[::10]))


async def everybody_reflects(crowd: Crowd) -> None:
    """By form; what was written is read by all, as far as it is shown at once."""
    callback, post = (
        await crowd.house.callback("reflection", "answer"),
        await crowd.ref("reflection"),
    )
    read = await crowd.house.callback("reflection", "answers")
    for n in range(0, len(STRINGS), 45):
        await crowd.all(
            crowd.form(f"U{k}", callback, post, q1=words, q2=words)
            for k, words in enumerate(STRINGS[n : n + 45], n)
        )
        await crowd.press("U0", read)


async def some_hand_in(crowd: Crowd) -> None:
    """All strings, in three works that everybody can read."""
    callback, post = (
        await crowd.house.callback("submission", "hand-in"),
        await crowd.ref("submission"),
    )
    for who, text in zip(AUTHORS, chunks(len(AUTHORS)), strict=True):
        await crowd.form(who, callback, post, text=text)
    await crowd.press("U7", await crowd.house.callback("submission", "works"))


async def they_review_each_other(crowd: Crowd) -> list[str]:
    """All strings in comments that one of them changes again and again, then all of them in the
    comments that reach an author. Gives the comments.
    """
    opening, post = await crowd.house.opening("peer_review"), await crowd.ref("peer_review")

    def judge(step: str) -> str:
        return Callback("judge-alone", opening.id, step).encode()

    first = chunks(20)
    for words in first:
        await crowd.form("U0", judge("r1-1"), post, level="3", comment=words)
    steps = [(who, f"r{n}-{step}") for who in AUTHORS for n in (1, 2) for step in (1, 2)]
    last = chunks(len(steps))
    for (who, step), words in zip(steps, last, strict=True):
        await crowd.form(who, judge(step), post, level="2", comment=words)
    for who in AUTHORS:
        await crowd.press(who, Callback("list", opening.id).encode())
        await crowd.press(who, Callback("review", opening.id, "r1-1").encode())
    return first + last


async def everybody_looks_around(crowd: Crowd) -> None:
    """At their home and part; they ask in private, and the facilitator sees it."""
    people = [f"U{n}" for n in range(0, len(STRINGS), 50)]
    ask, post = await crowd.house.callback("peer_review", "ask"), await crowd.ref("peer_review")
    for who in people:
        await crowd.home(who)
        await crowd.press(who, Callback("mine", RUN).encode(), home=True)
        await crowd.form(who, ask, post, words=crowd.names[who])
    board = Callback("board", (await crowd.house.opening("peer_review")).id).encode()
    await crowd.press("fay", board)
    await crowd.home("fay")
    await crowd.listeners.reception.settled()


def nothing_is_alive(calls: Sequence[Called]) -> None:
    """Neither in what was posted and shown, nor in an acknowledgement; and Slack takes it all."""
    assert {call.method for call in calls} >= {
        *("chat.postMessage", "chat.update", "chat.postEphemeral", "response_url"),
        *("views.open", "views.publish", "acknowledged"),
    }
    found = [f"{call.method}: {each}" for call in calls for each in alive(call.arguments)]
    assert found == []
    posts = [call.arguments for call in calls if call.method == "chat.postMessage"]
    assert all(post["unfurl_links"] is post["unfurl_media"] is False for post in posts)
    refused = [each for call in calls for each in strict.problems(call.method, call.arguments)]
    refused += [
        each
        for call in calls
        if call.arguments.get("response_action") == "update"
        for each in strict.problems("views.update", call.arguments)
    ]
    assert refused == []


def everybody_reads(calls: Sequence[Called]) -> None:
    """What somebody wrote for others is shown to them as they wrote it: nothing is left out of it,
    or replaced, for being hostile."""
    posted = "".join(
        drawn_text(call.arguments["blocks"])
        for call in calls
        if call.method in ("chat.postMessage", "chat.update")
    )
    assert [words for words in STRINGS if words not in posted] == []
    shown = "".join(
        drawn_text(call.arguments["view"]) for call in calls if "view" in call.arguments
    )
    assert [words for words in STRINGS if len(words) < 1_000 and words not in shown] == []


def everything_is_kept(everything: Json, reviewed: list[str]) -> None:
    """Names and answers, to the letter."""
    sent = set(STRINGS)
    assert sent - {person["name"] for person in everything["participants"]} == set()
    for activity in ("poll", "discussion", "reflection"):
        kept = {row["text"] for row in everything["answers"] if row["activity"] == activity}
        assert sent - kept == set(), activity
    works = {row["text"] for row in everything["answers"] if row["activity"] == "submission"}
    assert set(chunks(len(AUTHORS))) - works == set()
    comments = {row["comment"] for row in everything["reviews"]}
    assert set(reviewed) - comments == set()


@pytest.mark.parametrize(
    "sent",
    [
        {"text": "<!channel>"},
        {"text": "a & b"},
        {"text": "x", "link_names": True},
        {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]},
        {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": ":x:"}}]},
        {"blocks": payloads.rich(payloads.typed("see https://evil.example"), "b1")},
        {"blocks": payloads.rich([{"type": "broadcast", "range": "channel"}], "b1")},
        {"blocks": payloads.rich([{"type": "user", "user_id": "U1"}], "b1")},
        {"view": {"blocks": [{"type": "image", "image_url": "https://evil.example"}]}},
    ],
)
def test_what_is_alive_is_found(sent: Json) -> None:
    assert alive(sent) != []
