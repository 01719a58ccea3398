"""Windows and home pages: any message and any form within every limit, and no word lost."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.chat.answer import Correct
from bot.chat.message import ChoiceField, Divider, Form, Heading, Message, Quote, Text, TextField
from bot.chat.platform import Rejected
from bot.chat.text import UserText, WhenStyle
from bot.platforms.slack import views
from bot.platforms.slack.adapter import SlackPlatform
from bot.platforms.slack.answers import Answering
from bot.platforms.slack.blocks import render_message
from bot.platforms.slack.form import more_room, render_form
from bot.platforms.slack.incoming import Origin
from bot.platforms.slack.reading import read_form, read_press
from bot.platforms.slack.views import first_input, home_view, said_view, view_of, with_note
from tests.platforms import slack_rules as rules
from tests.platforms.schemas import slack_problems
from tests.said import addresses, lost, said, told_once
from tests.slack.recording import Record, RecordingApi
from tests.slack.screens import state_values
from tests.slack.shapes import CHANNEL, REPLY, ROOT
from tests.slack.strict import stored
from tests.strategies import HOSTILE, forms, messages

Json = dict[str, Any]


ORIGIN = Origin("f.answer.o1...", CHANNEL, ROOT, REPLY)
MORE = "There is more"
notes = st.one_of(st.just(""), st.sampled_from([text for text in HOSTILE if text.strip()]))
PAGE = Message("Words", (Quote(UserText("x" * 3_000)),) * 9 + (Divider(),) * 60)


def stamp(at: datetime, style: WhenStyle) -> str:
    return str(int(at.timestamp()))


def size(view: Any) -> int:
    return len(json.dumps(view, ensure_ascii=False).encode(errors="surrogatepass"))


def as_kept(view: Json) -> Json:
    """A view as Slack keeps it and sends it back."""
    more = {"id": "V1", "hash": "h", "state": {"values": {}}, "root_view_id": "V1"}
    return {**view, **more, "blocks": stored(view["blocks"], "v")}


def texts_of(what: Message | Form) -> list[str]:
    """Every text of it, in order."""
    parts = what.blocks if isinstance(what, Message) else what.parts
    return [text for part in parts for text in said(part, stamp)]


def drawn(view: Json, rest: Message | None) -> str:
    """What a window and the message after it show."""
    posts = render_message(rest) if rest else ()
    assert [rules.message_problems(post) for post in posts] == [[] for _ in posts]
    return rules.drawn_text([view, *(post["blocks"] for post in posts)])


# -- windows


@given(messages, notes)
@example(Message("\r", ()), "")
@example(Message("[x](http://evil.example)", ()), "http://evil.example")
@example(Message("Aims", (Heading("Aims", 1),)), "")
@example(Message("long " * 8_000, (Divider(),) * 97), "Saved.")
def test_a_window_and_what_follows_it_lose_no_character_of_any_message(
    message: Message, note: str
) -> None:
    view, rest = view_of(message, ORIGIN, note)
    assert rules.modal_problems(view, size(view)) == []
    # A heading that only says what the title says is not drawn below it.
    titled = message.blocks[:1] in [(Heading(message.summary, level),) for level in (1, 2, 3)]
    told = texts_of(message)[1 if titled else 0 :]
    texts = told_once([message.summary, *told], addresses(message))
    noted = [b for b in view["blocks"] if str(b.get("block_id", "")).startswith(views.NOTE)]
    assert note in rules.drawn_text(noted)
    assert lost(texts, drawn({**view, "blocks": view["blocks"][len(noted) :]}, rest)) == []
    assert Origin.decode(view["private_metadata"]) == ORIGIN.asking("")


@given(forms(), notes)
def test_a_form_and_what_follows_it_lose_no_character(form: Form, note: str) -> None:
    try:
        view, rest = view_of(form, ORIGIN, note)
    except Rejected:
        # Its fields alone are too long for a window.
        assert size(render_each(form)) > 100_000 or len(render_each(form)) > 90
        return
    assert rules.modal_problems(view, size(view)) == []
    shown = drawn(view, rest)
    assert [text for text in (note, form.title, *texts_of(form)) if text not in shown] == []
    assert Origin.decode(view["private_metadata"]) == ORIGIN.asking(form.callback)


def render_each(form: Form) -> list[Json]:
    """The blocks of all fields of a form, each drawn in a form of its own."""
    each = [Form("", form.callback, (field,)) for field in form.fields]
    return [block for one in each for block in render_form(one)["blocks"]]


@given(messages, notes)
def test_a_home_page_keeps_every_limit_and_says_where_there_is_more(
    message: Message, note: str
) -> None:
    view = home_view(message, note)
    assert rules.home_problems(view, size(view)) == []
    shown = rules.drawn_text(view)
    assert note in shown
    missing = lost(told_once(texts_of(message), addresses(message)), shown)
    assert missing == [] or MORE in shown


def test_a_long_message_goes_on_below_where_the_window_ends() -> None:
    view, rest = view_of(PAGE, ORIGIN)
    assert rest is None
    long = Message("Words", (*PAGE.blocks, *PAGE.blocks))
    view, rest = view_of(long, ORIGIN, "Saved.")
    assert rest is not None
    assert len(view["blocks"]) <= 100
    shown = len(long.blocks) - len(rest.blocks)
    assert rest.blocks == long.blocks[shown:]
    assert "This goes on in your messages" in rules.drawn_text(view)
    assert not rest.invites_replies


def test_a_page_is_measured_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring all that stands before each further block would hold everybody up."""
    measured: list[int] = []

    def measure(value: object) -> int:
        measured.append(size(value))
        return measured[-1]

    monkeypatch.setattr(views, "_size", measure)
    view = home_view(PAGE)
    assert sum(measured) < 1.1 * size(view)


def test_a_long_title_stands_whole_above_the_matter() -> None:
    title = "What everybody said of the first question"
    view, _ = view_of(Message(title, (Divider(),)), ORIGIN)
    assert view["title"]["text"].endswith("…")
    assert rules.drawn_text(view["blocks"]) == title


def test_a_form_with_much_to_read_keeps_its_fields_and_the_reading_is_sent() -> None:
    reading = tuple(Quote(UserText("x" * 2_900 + str(n))) for n in range(99))
    form = Form("Review", "f.judge.o1...", (*reading, TextField("c", "Why?")))
    view, rest = view_of(form, ORIGIN, "Saved.")
    assert rest is not None
    assert rest.blocks == reading
    assert first_input(view).endswith(" c")
    assert "I have sent you what is to be read" in rules.drawn_text(view)
    assert "Saved." in rules.drawn_text(view)


def test_a_form_that_is_too_long_by_its_fields_is_refused_not_cut() -> None:
    essay = TextField("e", "Essay", value=UserText("x" * 40_000))
    with pytest.raises(Rejected, match="stays saved"):
        view_of(Form("Essays", "f.e.1...", (essay,) * 8), ORIGIN)


@given(st.sampled_from(["", " ", *HOSTILE]), st.sampled_from(["Saved", "x" * 100]))
def test_a_window_that_says_one_thing_keeps_every_limit(sentence: str, title: str) -> None:
    view = said_view(sentence, title)
    assert rules.modal_problems(view, size(view)) == []
    assert sentence in rules.drawn_text(view)


# -- notes


@given(forms(), st.one_of(notes, st.just("long " * 2_000)))
def test_a_note_leaves_every_input_and_fits(form: Form, note: str) -> None:
    try:
        view, _ = view_of(form, ORIGIN)
    except Rejected:
        return
    kept = as_kept(view)
    noted = with_note(kept, note)
    assert rules.modal_problems(noted, size(noted)) == []
    assert note in rules.drawn_text(noted["blocks"])
    assert state_values(noted["blocks"], {}) == state_values(kept["blocks"], {})
    assert noted["private_metadata"] == view["private_metadata"]
    assert noted["blocks"][len(noted["blocks"]) - len(kept["blocks"]) :] == kept["blocks"]


@pytest.mark.parametrize("note", ["Not yet.", "long " * 1_000])
def test_there_is_one_note_at_a_time(note: str) -> None:
    view, _ = view_of(PAGE, ORIGIN, note)
    for again in ("Later.", "words " * 1_000, ""):
        view = with_note(as_kept(view), again)
        assert note not in rules.drawn_text(view)
        note = again or "Later."
    assert rules.drawn_text(view["blocks"]) == rules.drawn_text(
        [post["blocks"] for post in render_message(PAGE)]
    )


def test_a_form_that_grew_to_its_end_still_has_room_for_a_note() -> None:
    fields = tuple(TextField(f"q{n}", "Why?") for n in range(12))
    view, _ = view_of(Form("Many", "f.e.1...", fields), ORIGIN)
    for number in range(12):
        for _ in range(14):
            room = f"{number}.room q{number}"
            if any(block.get("block_id") == room for block in view["blocks"]):
                view = more_room(as_kept(view), room)
    assert rules.modal_problems(view, size(view)) == []
    noted = with_note(as_kept(view), "It is closed.")
    assert rules.modal_problems(noted, size(noted)) == []


# -- errors


@given(forms(), st.data())
def test_errors_land_at_the_first_input_of_their_own_field(form: Form, data: st.DataObject) -> None:
    try:
        view = as_kept(view_of(form, ORIGIN)[0])
    except Rejected:
        return
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    asked = [f for f in form.fields if not isinstance(f, ChoiceField) or f.options]
    wrong = data.draw(st.lists(st.sampled_from(asked), unique=True)) if asked else []
    errors = {field.id: f"Look at {field.id}." for field in wrong}
    nobody = Answering(RecordingApi(Record()), cast(SlackPlatform, None))
    told, _ = nobody.to_form({"view": view}, ORIGIN, Correct(errors))
    assert told["response_action"] == "errors"
    assert told["errors"].keys() <= set(inputs)
    for field in wrong:
        first = next(id for id in inputs if id.partition(" ")[2] == field.id)
        assert told["errors"][first] == errors[field.id]


# -- what comes back of a window


def test_what_a_form_held_comes_back_from_its_window_under_a_note() -> None:
    words = "Words and 漢字.\n" * 600
    parts = (Heading("One", 2), TextField("q1", "Why?", value=UserText(words)), Text(("x",)))
    view, _ = view_of(Form("Why?", "f.a.o1...", parts), ORIGIN, "Saved.")
    noted = with_note(as_kept(view), "Not yet.")
    assert read_form(state_values(noted["blocks"], {})) == {"q1": (words,)}


@given(messages)
@settings(max_examples=30)
def test_every_button_in_a_window_means_what_it_means_in_the_post(message: Message) -> None:
    view, rest = view_of(message, ORIGIN)
    shown = [view["blocks"], *(post["blocks"] for post in (render_message(rest) if rest else ()))]
    posts = [post["blocks"] for post in render_message(message)]

    def presses(parts: list[list[Json]]) -> list[Any]:
        actions = [block for blocks in parts for block in blocks if block["type"] == "actions"]
        return [
            read_press({**element, "block_id": block["block_id"]}, {})
            for block in actions
            for element in block["elements"]
            if element["type"] == "button"
        ]

    assert presses(shown) == presses(posts)


# -- Slack's own types


@pytest.mark.peers
class TestSlacksOwnTypes:
    """The JSON schema that is made from the official ``@slack/types``."""

    @given(messages, notes)
    @settings(max_examples=30)
    def test_know_every_window_and_home_page(self, message: Message, note: str) -> None:
        assert slack_problems("Modal", view_of(message, ORIGIN, note)[0]) == []
        assert slack_problems("Home", home_view(message, note)) == []

    @given(forms(), notes)
    @settings(max_examples=30)
    def test_know_every_form_in_a_window(self, form: Form, note: str) -> None:
        try:
            view, _ = view_of(form, ORIGIN, note)
        except Rejected:
            return
        assert slack_problems("Modal", view) == []

    def test_refuse_what_is_wrong(self) -> None:
        view = home_view(PAGE)
        assert slack_problems("Home", {**view, "blocks": [{"type": "dividr"}]}) != []
        assert slack_problems("Modal", view) != []
