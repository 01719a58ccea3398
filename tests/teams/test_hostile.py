"""Hostile names and answers come alive nowhere in Teams, and are kept to the letter."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from bot.chat.callback import Callback
from bot.evidence.data import evidence_json
from bot.service.reporting import report_run
from bot.storage.migrate import migrate
from tests.core.making import a_lesson, a_phase, an_activity
from tests.service.house import RUN, minutes, seconds
from tests.teams.cards import drawn
from tests.teams.crowd import Crowd, Record, a_crowd
from tests.teams.hostile import STRINGS, alive
from tests.teams.strict import LARGEST, size

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
AUTHORS = ("u0", "u1", "u2")
LINE = "\n⁂\n"
"""Between strings that are sent in one answer."""

NO_EDITORS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xa0\ud800-\udfff]|^\n|\n$")
"""What Teams' editor cannot hold; it makes a space of its own of every hard one."""


def numbered(act: Callable[[str, int, str], Coroutine[Any, Any, Any]]) -> list[Any]:
    """An act of each person with the words that are their own name."""
    return [act(f"u{n}", n, words) for n, words in enumerate(STRINGS)]


def chunks(count: int) -> list[str]:
    """All strings, in so many long answers."""
    return [LINE.join(STRINGS[n::count]) for n in range(count)]


async def test_no_string_comes_alive_and_every_one_is_kept(tmp_path: Path) -> None:
    assert len(STRINGS) >= 606
    url = f"sqlite:///{tmp_path}/fivefold.db"
    await migrate(url)
    async with a_crowd(url, STRINGS) as crowd:
        house = crowd.house
        await house.schedule(A_LESSON)
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
        nothing_is_alive(crowd.record)
        everybody_reads(crowd.record)
        async with house.store.reading() as reading:
            everything = json.loads(evidence_json(await report_run(reading, RUN)))
    everything_is_kept(everything, reviewed)


async def everybody_votes(crowd: Crowd) -> None:
    """In words of their own, some with old clients; before that, some talk to the bot."""
    callback, post = await crowd.house.callback("poll", "other"), await crowd.ref("poll")
    await crowd.form("u0", callback, post, other=STRINGS[0])
    await crowd.all(crowd.whisper("u0", words, html=n % 2 > 0) for n, words in enumerate(STRINGS))
    await crowd.all(
        numbered(
            lambda who, n, words: crowd.form(who, callback, post, other=words, old=n % 20 == 0)
        )
    )


async def some_join_a_group(crowd: Crowd) -> None:
    """And see who else is in it."""
    join = Callback("join", (await crowd.house.opening("groups")).id).encode()
    await crowd.all(crowd.press(f"u{n}", join, does="pick") for n in range(20))


async def everybody_talks(crowd: Crowd) -> None:
    """In the thread, as plain text and from Teams' editor; some in the channel instead."""
    post = await crowd.ref("discussion")
    await crowd.all(numbered(lambda who, n, words: crowd.writes(who, post.id, words)))
    edited = [words for words in STRINGS if not NO_EDITORS.search(words)]
    assert len(edited) > 500
    await crowd.all(
        crowd.writes(f"editor{n}", post.id, words, html=True) for n, words in enumerate(edited)
    )
    await crowd.all(crowd.writes(f"u{n}", "", words) for n, words in enumerate(STRINGS[::10]))


async def everybody_reflects(crowd: Crowd) -> None:
    """By form; what was written is read by all, as far as it is shown at once."""
    callback = await crowd.house.callback("reflection", "answer")
    post = await crowd.ref("reflection")
    read = await crowd.house.callback("reflection", "answers")
    for n in range(0, len(STRINGS), 45):
        await crowd.all(
            crowd.form(f"u{k}", callback, post, q1=words, q2=words)
            for k, words in enumerate(STRINGS[n : n + 45], n)
        )
        await crowd.press("u0", read, old=n == 0)


async def some_hand_in(crowd: Crowd) -> None:
    """All strings, in three works that everybody can read."""
    callback = await crowd.house.callback("submission", "hand-in")
    post = await crowd.ref("submission")
    for who, text in zip(AUTHORS, chunks(len(AUTHORS)), strict=True):
        await crowd.form(who, callback, post, text=text)
    await crowd.press("u7", await crowd.house.callback("submission", "works"))


async def they_review_each_other(crowd: Crowd) -> list[str]:
    """All strings in comments that one of them changes again and again, then all of them in the
    comments that reach an author. Gives the comments.
    """
    opening, post = await crowd.house.opening("peer_review"), await crowd.ref("peer_review")

    def judge(step: str) -> str:
        return Callback("judge-alone", opening.id, step).encode()

    first = chunks(20)
    for words in first:
        await crowd.form("u0", judge("r1-1"), post, level="3", comment=words)
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
    people = [f"u{n}" for n in range(0, len(STRINGS), 50)]
    ask, post = await crowd.house.callback("peer_review", "ask"), await crowd.ref("peer_review")
    for who in people:
        await crowd.whisper(who, "home")
        await crowd.press(who, Callback("mine", RUN).encode())
        await crowd.form(who, ask, post, words=crowd.names[who])
    board = Callback("board", (await crowd.house.opening("peer_review")).id).encode()
    await crowd.press("fay", board)
    await crowd.whisper("fay", "home")
    await crowd.teams.settled()


def nothing_is_alive(record: Record) -> None:
    """Neither in what was posted, nor in an answer; and no card is larger than Teams takes."""
    assert {call for call, _ in record.shown} >= {
        *("begin", "reply", "change", "whisper", "answer", "sentence")
    }
    cards = [card for call, card in record.shown if call != "sentence"]
    assert [found for card in cards for found in alive(card)] == []
    assert max(map(size, cards)) < LARGEST
    # A sentence is shown as it is; the bot's own have no words of anybody's in them.
    said = [str(said) for said in record.cards("sentence")]
    assert [
        words for words in said if any(each in words for each in STRINGS if len(each) > 9)
    ] == []


def everybody_reads(record: Record) -> None:
    """What somebody wrote for others is shown to them as they wrote it: nothing is left out of it,
    or replaced, for being hostile."""
    posted = drawn(record.cards("begin", "reply", "change"), {})
    # What is too long for one answer goes on in the talk.
    shown = drawn(record.cards("answer", "whisper"), {})
    short = [words for words in STRINGS if len(words) < 1_000]
    assert [words for words in short if words not in posted] == []
    assert [words for words in short if words not in shown] == []


def everything_is_kept(everything: Json, reviewed: list[str]) -> None:
    """Names and answers, to the letter."""
    sent = set(STRINGS)
    assert sent - {person["name"] for person in everything["participants"]} == set()
    for activity in ("poll", "discussion", "reflection"):
        kept = {row["text"] for row in everything["answers"] if row["activity"] == activity}
        assert sent - kept == set(), activity
    talked = [row["text"] for row in everything["answers"] if row["activity"] == "discussion"]
    edited = [words for words in STRINGS if not NO_EDITORS.search(words)]
    assert [words for words in edited if talked.count(words) < 2] == []
    works = {row["text"] for row in everything["answers"] if row["activity"] == "submission"}
    assert set(chunks(len(AUTHORS))) - works == set()
    comments = {row["comment"] for row in everything["reviews"]}
    assert set(reviewed) - comments == set()


@pytest.mark.parametrize(
    "card",
    [
        {"type": "TextBlock", "text": "[your bank](https://evil.example)"},
        {"type": "TextBlock", "text": "see https://evil.example"},
        {"type": "TextBlock", "text": "*loud*"},
        {"type": "TextBlock", "text": "{{DATE(2026-01-05T09:00:00Z, x)}}"},
        {"type": "TextRun", "text": "{{DATE(2026-01-05T09:00:00Z)}}"},
        {"type": "TextRun", "text": "x", "selectAction": {"type": "Action.OpenUrl"}},
        {"type": "Image", "url": "https://evil.example/x.png"},
        {"type": "AdaptiveCard", "msteams": {"entities": []}},
        {"type": "FactSet", "facts": []},
        {"type": "Input.ChoiceSet", "choices": [{"title": "<b>b</b>", "value": "a"}]},
        {"type": "Input.ChoiceSet", "choices": [{"title": "[x](https://x.y)", "value": "a"}]},
        {"type": "Input.ChoiceSet", "choices": [{"title": "{{TIME(9)}}", "value": "a"}]},
        {"type": "Input.Text", "label": "{{DATE(2026-01-05T09:00:00Z)}}"},
    ],
)
def test_what_is_alive_is_found(card: Json) -> None:
    assert alive({"type": "AdaptiveCard", "body": [card]}) != []
