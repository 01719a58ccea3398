"""A full disk, a database that may not be written, one that is locked: told at once, kept in hand,
and over when it is over."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from bot.app import App, open_app
from bot.chat.address import PostRef
from bot.chat.answer import NotSaved
from bot.chat.callback import Callback
from bot.chat.event import FormSubmitted, Replied
from bot.chat.message import Message
from bot.chat.plain import plain
from bot.chat.text import UserText
from bot.cli.app import invoke
from bot.cli.errors import guarded
from bot.facilitation.state import LOBBY
from bot.platforms.room.adapter import person, place
from bot.service.reporting import report_run
from bot.service.store import StoreUnavailable
from bot.settings import read_settings
from bot.storage import engine
from bot.storage.migrate import migrate
from tests.cli.conftest import PLAN
from tests.core.making import a_lesson, a_phase, an_activity
from tests.web.browser import Browser

RUN = "run1"
ROOM = f"/room/{RUN}"
LESSON = a_lesson(
    a_phase("Engage", an_activity("reflection")), a_phase("Evaluate", an_activity("discussion"))
)
WORDS = "Was <b>wir</b> gelernt haben: 😀 \\ 'quoted'\n" + "and so on, at length\n" * 1_900
"""More than fits into what room a full database has left."""


@pytest.fixture
async def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[App]:
    """A room in which the first activity, a reflection, is open and posted."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    settings = read_settings({"FIVEFOLD_DATABASE": f"sqlite:///{tmp_path / 'run.db'}"})
    await migrate(settings.database)
    async with open_app(settings) as app:
        main = await app.room.open_channel(RUN, "Permits")
        now = datetime.now(UTC)
        await app.managing.schedule(
            LESSON, run_id=RUN, main=main, facilitators=(), zone="UTC", start=now
        )
        await app.worker.turn()
        yield app
        app.room.bell.close()


@contextmanager
def every_connection(pragma: str) -> Iterator[None]:
    """Every connection that is made to a database is told this first."""

    def tell(connection: Any, record: Any) -> None:
        connection.execute(f"PRAGMA {pragma}")

    event.listen(Pool, "connect", tell)
    try:
        yield
    finally:
        event.remove(Pool, "connect", tell)


@asynccontextmanager
async def full(app: App) -> AsyncIterator[None]:
    """The database has no page left, as on a full disk."""
    async with _connecting_with(app, "max_page_count=1"):
        yield


@asynccontextmanager
async def read_only(app: App) -> AsyncIterator[None]:
    """The database can be read and not written."""
    async with _connecting_with(app, "query_only=ON"):
        yield


@asynccontextmanager
async def _connecting_with(app: App, pragma: str) -> AsyncIterator[None]:
    # What is closed is opened again when it is needed.
    await app.store.database.close()
    with every_connection(pragma):
        yield
        await app.store.database.close()


@asynccontextmanager
async def locked(app: App) -> AsyncIterator[None]:
    """Another process writes for longer than anybody waits."""
    with closing(sqlite3.connect(str(app.store.database.path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


Trouble = Callable[[App], AbstractAsyncContextManager[None]]
TROUBLES = pytest.mark.parametrize("trouble", [full, read_only, locked], ids=lambda t: t.__name__)


SMALL_TROUBLES = pytest.mark.parametrize("trouble", [read_only, locked], ids=lambda t: t.__name__)
"""Those in which not even a few letters can be kept: they fit into a full database's last page."""


@TROUBLES
async def test_what_is_heard_meanwhile_is_not_called_saved_and_can_be_said_again(
    app: App, trouble: Trouble
) -> None:
    said = await a_reply(app)
    async with trouble(app):
        answer = await app.hearing.hear(said)
        assert isinstance(answer, NotSaved)
        assert "try again" in answer.why
    assert not isinstance(await app.hearing.hear(said), NotSaved)
    assert [text for text in await kept(app) if text == WORDS] == [WORDS]


@TROUBLES
async def test_the_room_says_so_and_keeps_the_words_in_the_form(app: App, trouble: Trouble) -> None:
    ada = await come_in(app, "Ada")
    form = (await ada.get(await form_link(ada))).form(ends="/form")
    async with trouble(app):
        page = await ada.send(form, {"f.q1": WORDS})
        assert page.status == 503
        assert "not saved" in page.text
        assert "try again" in page.text
        again = page.form(ends="/form")
        assert again.value("f.q1") == WORDS
        assert await kept(app) == []
    assert (await ada.send(again)).status == 200
    assert await kept(app) == [WORDS]


@TROUBLES
async def test_a_reply_in_a_thread_keeps_its_words_too(app: App, trouble: Trouble) -> None:
    ada = await come_in(app, "Ada")
    form = (await ada.get(ROOM)).form(ends="/reply")
    async with trouble(app):
        page = await ada.send(form, {"text": WORDS})
        assert page.status == 503
        again = page.form(ends="/reply")
        assert again.value("text") == WORDS
    page = await ada.send(again)
    assert page.status == 200
    assert page.text.count("and so on, at length\n" * 1_900) >= 1


@SMALL_TROUBLES
async def test_nobody_comes_in_half(app: App, trouble: Trouble) -> None:
    """Whoever was told that it did not work is in no list, and comes in by the same form later."""
    bo = Browser(app.web())
    link = app.room.entry_link(RUN)
    form = (await bo.get(link)).form(ends=link.partition("?")[0])
    async with trouble(app):
        page = await bo.send(form, {"name": "Bo"})
        assert page.status == 503
        assert await app.room.members(place(RUN)) == ()
        form = page.form(ends=link.partition("?")[0])
    assert (await bo.send(form)).status == 200
    assert [m.name.text for m in await app.room.members(place(RUN))] == ["Bo"]


@SMALL_TROUBLES
async def test_the_worker_goes_on_when_it_is_over(app: App, trouble: Trouble) -> None:
    await app.hearing.hear(await an_answer(app))
    async with trouble(app):
        with pytest.raises(StoreUnavailable):
            await app.worker.turn()
    assert await app.worker.turn()
    [post, *_] = (await app.room.board.posts(RUN))[1:]
    assert isinstance(post.body, Message)
    assert "1 of 1" in plain(post.body)


async def come_in(app: App, name: str) -> Browser:
    """Somebody in the room."""
    browser = Browser(app.web())
    await browser.enter(app.room.entry_link(RUN), name)
    return browser


async def form_link(browser: Browser) -> str:
    """Where the form of the reflection is opened."""
    page = await browser.get(ROOM)
    return next(link.address for link in page.links if "callback=f.answer." in link.address)


async def kept(app: App) -> list[str | None]:
    """The words that stand."""
    async with app.store.reading() as reading:
        return [row.text for row in (await report_run(reading, RUN)).standing()]


async def an_answer(app: App) -> FormSubmitted:
    """Ada sends the reflection's form."""
    async with app.store.reading() as reading:
        openings = await reading.openings(RUN)
    opening = next(each for each in openings if each.activity != LOBBY)
    return FormSubmitted(
        id="e2",
        at=datetime.now(UTC),
        who=person("ada"),
        place=place(RUN),
        name=UserText("Ada"),
        callback=Callback("answer", opening.id).encode(),
        fields={"q1": (WORDS,)},
    )


async def a_reply(app: App) -> Replied:
    """Ada writes in the thread of the reflection's post."""
    async with app.store.reading() as reading:
        deliveries = await reading.deliveries(RUN)
    post = next(d.ref for d in deliveries if d.owed.purpose == "activity")
    assert post is not None
    return Replied(
        id="e1",
        at=datetime.now(UTC),
        who=person("ada"),
        place=place(RUN),
        name=UserText("Ada"),
        post=post,
        reply=PostRef(post.thread, "reply1"),
        text=UserText(WORDS),
    )


# -- the command line


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan, with a database of its own that is not made yet."""
    monkeypatch.setenv("FIVEFOLD_DATABASE", f"sqlite:///{tmp_path / 'run.db'}")
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    (tmp_path / "water.md").write_text(PLAN, "utf-8")
    return tmp_path / "water.md"


def typed(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    """The command's exit code, and what it said on standard error."""
    code = guarded(lambda: invoke([str(word) for word in words]))
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("pragma", "sentence"),
    [
        ("max_page_count=1", "The disk that holds the database is full"),
        ("query_only=ON", "The database can be read but not written"),
    ],
    ids=["full", "read-only"],
)
@pytest.mark.parametrize("command", ["migrate", "schedule", "demo"])
def test_a_command_that_cannot_write_says_why_in_one_line(
    plan: Path, capsys: pytest.CaptureFixture[str], command: str, pragma: str, sentence: str
) -> None:
    words: tuple[object, ...] = {
        "migrate": ("migrate",),
        "schedule": ("schedule", plan),
        "demo": ("demo", plan, "--headless", "--people", "3", "--out", plan.parent / "out"),
    }[command]
    if command == "schedule":
        assert typed(capsys, "migrate") == (0, "")
    with every_connection(pragma):
        code, said = typed(capsys, *words)
    assert code == 1
    assert said.startswith(f"fivefold: {sentence}")
    assert said.count("\n") == 1


def test_a_run_in_a_database_that_cannot_be_written_is_not_steered_and_can_be_read(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(capsys, "migrate") == (0, "")
    assert guarded(lambda: invoke(["schedule", str(plan), "--json"])) == 0
    run = json.loads(capsys.readouterr().out)["run"]
    with every_connection("query_only=ON"):
        code, said = typed(capsys, "run", run, "start")
        assert code == 1
        assert said.startswith("fivefold: The database can be read but not written")
        assert said.count("\n") == 1
        assert typed(capsys, "runs") == (0, "")
        assert typed(capsys, "evidence", run, "--out", plan.parent / "out") == (0, "")
    assert typed(capsys, "run", run, "start") == (0, "")


def test_a_command_meets_a_locked_database_with_one_line(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(capsys, "migrate") == (0, "")
    with closing(sqlite3.connect(plan.parent / "run.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, said = typed(capsys, "schedule", plan)
    assert code == 1
    assert said.startswith("fivefold: The database is busy")
    assert said.count("\n") == 1
    assert typed(capsys, "schedule", plan)[0] == 0
