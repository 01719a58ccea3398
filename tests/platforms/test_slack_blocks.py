"""Slack: any message and any form within every limit, every word in it, nothing of it live."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from slackblocks import _limits, _surfaces

from bot.chat.codec import dumps
from bot.chat.message import (
    Bar,
    Button,
    Buttons,
    ChoiceField,
    Choices,
    DateField,
    Divider,
    Field,
    Form,
    Heading,
    Message,
    Option,
    PeopleField,
    PlaceField,
    Quote,
    Tally,
    Text,
    TextField,
    TimeField,
)
from bot.chat.platform import Rejected
from bot.chat.text import Link, UserText, When, WhenStyle
from bot.platforms.slack.blocks import render_message
from bot.platforms.slack.form import more_room, render_form
from bot.platforms.slack.reading import Press, read_form, read_press
from tests.platforms import slack_rules as rules
from tests.platforms.schemas import slack_problems
from tests.said import addresses, lost, said, told_once
from tests.strategies import HOSTILE, forms, messages

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def _stamp(at: datetime, style: WhenStyle) -> str:
    return str(int(at.timestamp()))


def _bytes(view: Any) -> int:
    return len(json.dumps(view, ensure_ascii=False).encode(errors="surrogatepass"))


@given(messages)
def test_any_message_keeps_every_limit_and_loses_no_text(message: Message) -> None:
    posts = render_message(message)
    assert [rules.message_problems(post) for post in posts] == [[] for _ in posts]
    texts = [text for block in message.blocks for text in said(block, _stamp)]
    texts = told_once(texts, addresses(message))
    assert lost(texts, rules.drawn_text([post["blocks"] for post in posts])) == []


@given(messages)
def test_only_the_authors_links_are_live(message: Message) -> None:
    drawn = [node for node in rules.nodes(list(render_message(message))) if "type" in node]
    assert {node["url"] for node in drawn if "url" in node} <= addresses(message)
    inline = {"text", "link", "date", "plain_text"}
    assert {node["type"] for node in drawn if "text" in node} <= inline | {"button", "header"}
    assert {node["type"] for node in drawn} & {"user", "channel", "broadcast", "emoji"} == set()


def _is_long(form: Form) -> bool:
    """Whether a form may be refused: not while it is less than 50 KB to store."""
    return len(dumps(form).encode(errors="surrogatepass")) > 50_000


@given(forms())
def test_any_form_keeps_every_limit_and_loses_no_text(form: Form) -> None:
    try:
        view = render_form(form)
    except Rejected:
        assert _is_long(form)
        return
    assert rules.modal_problems(view, _bytes(view)) == []
    drawn = rules.drawn_text(view)
    texts = [form.title, form.submit, *(text for p in form.parts for text in said(p, _stamp))]
    assert [text for text in texts if text not in drawn] == []


def _submitted(view: Any) -> dict[str, Any]:
    """What Slack sends of a view that nobody changed."""
    initial = {
        "initial_value": "value",
        "initial_date": "selected_date",
        "initial_time": "selected_time",
        "initial_option": "selected_option",
        "initial_options": "selected_options",
        "initial_users": "selected_users",
        "initial_conversation": "selected_conversation",
    }
    values = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            state = {given: element[key] for key, given in initial.items() if key in element}
            if element["type"] in ("checkboxes", "multi_static_select"):
                state.setdefault("selected_options", [])
            if element["type"] == "multi_users_select":
                state.setdefault("selected_users", [])
            values[block["block_id"]] = {element["action_id"]: {"value": None, **state}}
    return dict(reversed(values.items()))


def _held(field: Field) -> tuple[str, ...]:
    match field:
        case TextField(value=UserText(text)):
            return (text,) if text else ()
        case ChoiceField(value=chosen):
            return chosen
        case DateField(value=day) if day:
            return (day.isoformat(),)
        case TimeField(value=at) if at:
            return (at.strftime("%H:%M"),)
        case PeopleField(value=people):
            return people
        case PlaceField(value=place):
            return (place,) if place else ()
        case _:
            return ()


@given(forms())
def test_a_form_sent_unchanged_gives_back_what_it_held(form: Form) -> None:
    asked = [f for f in form.fields if not isinstance(f, ChoiceField) or f.options]
    expected = {field.id: _held(field) for field in asked}
    try:
        view = render_form(form)
    except Rejected:
        assert _is_long(form)
        return
    assert read_form(_submitted(view)) == expected


def test_forty_thousand_characters_stand_in_one_form_and_come_back() -> None:
    text = ("Words and words, 漢字 and 👩‍👧.\n" * 2_000)[:40_000]
    view = render_form(
        Form("Essay", "f.essay.1...", (TextField("e", "Essay", "", UserText(text)),))
    )
    assert rules.modal_problems(view, _bytes(view)) == []
    assert read_form(_submitted(view)) == {"e": (text,)}


def test_what_is_typed_in_a_further_input_is_parted_by_a_line_break() -> None:
    values = {
        "0.2 e": {"value": {"value": "The rest."}},
        "0.1 e": {"value": {"value": "The beginning"}},
    }
    assert read_form(values) == {"e": ("The beginning\nThe rest.",)}


def test_more_room_adds_inputs_until_there_is_room_for_forty_thousand() -> None:
    view = render_form(
        Form("Essay", "f.essay.1...", (TextField("e", "Essay"), TextField("g", "G")))
    )
    room = "0.room e"
    for boxes in range(2, 15):
        view = more_room(view, room)
        inputs = [
            b for b in view["blocks"] if b["type"] == "input" and b["block_id"].endswith(" e")
        ]
        assert len(inputs) == boxes
        assert rules.modal_problems(view, _bytes(view)) == []
    assert 14 * 3_000 >= 40_000
    assert room not in [block.get("block_id") for block in view["blocks"]]
    assert "1.room g" in [block.get("block_id") for block in view["blocks"]]


def test_a_form_too_long_for_a_modal_is_refused_not_cut() -> None:
    field = TextField("e", "Essay", "", UserText("x" * 40_000))
    with pytest.raises(Rejected, match="stays saved"):
        render_form(Form("Essays", "f.e.1...", (field,) * 8))


def test_a_question_with_too_many_options_is_refused_not_cut() -> None:
    options = tuple(Option(str(n), f"Option {n}") for n in range(501))
    with pytest.raises(Rejected, match="at most 500"):
        render_message(Message("", (Choices("f.vote.1...", options, "Which?"),)))


def _pressed(message: Message, pick: int = 0) -> list[Press | None]:
    """What each control of a message means when it is used, with option ``pick`` chosen."""
    presses = []
    for block in render_message(message)[0]["blocks"]:
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            offered = element.get("options", [])
            some = {"selected_options": offered[pick : pick + 2]}
            ticked = next((e for e in block["elements"] if "options" in e), None)
            values = (
                {block["block_id"]: {"t": {"selected_options": ticked["options"][:2]}}}
                if ticked
                else {}
            )
            one = {"selected_option": offered[pick]} if offered else {}
            action = {**element, **some, "block_id": block["block_id"]}
            if element["type"] in ("radio_buttons", "static_select"):
                action = {**element, **one, "block_id": block["block_id"]}
            presses.append(read_press(action, values))
    return presses


OPTIONS = tuple(Option(f"o{n}", f"Option {n}") for n in range(12))


def test_a_button_brings_back_its_callback_and_what_it_does() -> None:
    buttons = Buttons((Button("Go", "f.go.1..."), Button("See", "f.see.1...", "open")))
    assert _pressed(Message("", (buttons,))) == [
        Press("f.go.1...", "pick"),
        Press("f.see.1...", "open"),
    ]


@pytest.mark.parametrize("count", [2, 8, 12])
def test_a_pick_brings_back_callback_and_option(count: int) -> None:
    message = Message("", (Choices("f.vote.1...", OPTIONS[:count], "Which?"),))
    assert _pressed(message, 1)[-1] == Press(
        "f.vote.1...", "pick", ("o1",) if count > 5 else (f"o{count - 1}",)
    )


@pytest.mark.parametrize("count", [2, 12])
def test_ticks_are_sent_with_the_button_only(count: int) -> None:
    message = Message("", (Choices("f.vote.1...", OPTIONS[:count], "Which?", multiple=True),))
    assert _pressed(message) == [None, Press("f.vote.1...", "pick", ("o0", "o1"))]


def test_a_foreign_action_is_no_press() -> None:
    assert read_press({"action_id": "abc", "block_id": "x", "value": "1"}, {}) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words_in_blocks_and_in_the_fallback(text: str) -> None:
    blocks = (Quote(UserText(text), UserText(text)), Text((UserText(text), Link(text, text))))
    [post] = render_message(Message(text, blocks))
    assert rules.message_problems(post) == []
    written = [node for node in rules.nodes(post["blocks"]) if "text" in node]
    assert sum(node["type"] == "link" for node in written) == text.startswith("http://")
    assert all(mark not in post["text"] for mark in ("<!", "<@", "<#", "<http"))


def test_a_moment_is_shown_in_the_readers_zone_with_utc_to_fall_back_on() -> None:
    [post] = render_message(Message("", (Text((When(NINE),)),)))
    assert post["blocks"][0]["elements"][0]["elements"] == [
        {"type": "date", "timestamp": 1767603600, "format": "{time}", "fallback": "09:00 UTC"}
    ]


def test_a_heading_goes_to_the_next_post_with_what_it_is_about() -> None:
    filler = (Text(("x" * 2_900,)),) * 4
    first, second = render_message(Message("", (*filler, Heading("Next", 1), *filler)))
    assert first["blocks"][-1]["type"] == "rich_text"
    assert second["blocks"][0]["type"] == "header"


def test_a_short_message_is_one_post_and_its_summary_is_escaped() -> None:
    [post] = render_message(Message("A & B <!here>", (Heading("Engage", 1), Divider())))
    assert post["text"] == "A &amp; B &lt;!here&gt;"
    assert post["blocks"] == [
        {"type": "header", "text": {"type": "plain_text", "text": "Engage", "emoji": False}},
        {"type": "divider"},
    ]


def test_a_tally_draws_bars_and_tells_the_numbers() -> None:
    [post] = render_message(Message("", (Tally("First?", (Bar("Tests", 3), Bar("Docs", 0)), 4),)))
    assert rules.drawn_text(post["blocks"]) == (
        "First? (4 people answered)\nTests\n█████████░░░ 3 (75%)\nDocs\n░░░░░░░░░░░░ 0 (0%)"
    )


def test_our_rules_are_those_of_an_independent_library() -> None:
    ours = rules.LENGTHS
    assert ours["header", "text"] == _limits.HEADER_TEXT_MAX_LENGTH
    assert ours["button", "text"] == _limits.BUTTON_TEXT_MAX_LENGTH
    assert ours["button", "value"] == _limits.BUTTON_VALUE_MAX_LENGTH
    assert ours["option", "text"] == _limits.OPTION_TEXT_MAX_LENGTH
    assert ours["option", "value"] == _limits.OPTION_VALUE_MAX_LENGTH
    assert ours["option", "description"] == _limits.OPTION_DESCRIPTION_MAX_LENGTH
    assert ours["option_group", "label"] == _limits.OPTION_GROUP_LABEL_MAX_LENGTH
    assert ours["input", "label"] == _limits.INPUT_LABEL_MAX_LENGTH
    assert ours["input", "hint"] == _limits.INPUT_HINT_MAX_LENGTH
    assert ours["view", "title"] == _limits.VIEW_TITLE_MAX_LENGTH
    assert ours["view", "submit"] == _limits.VIEW_SUBMIT_MAX_LENGTH
    assert ours["view", "close"] == _limits.VIEW_CLOSE_MAX_LENGTH
    assert ours["private_metadata", ""] == _limits.VIEW_PRIVATE_METADATA_MAX_LENGTH
    assert ours["block_id", ""] == _limits.BLOCK_ID_MAX_LENGTH
    counts = rules.COUNTS
    assert counts["message"] == _limits.MESSAGE_BLOCKS_MAX_ITEMS
    assert counts["modal"] == counts["home"] == _limits.VIEW_BLOCKS_MAX_ITEMS
    assert counts["actions"] == _limits.ACTIONS_ELEMENTS_MAX_ITEMS
    assert counts["options"] == _limits.SELECT_OPTIONS_MAX_ITEMS
    assert counts["rows"] == _limits.TABLE_ROWS_MAX_ITEMS
    assert counts["columns"] == _limits.TABLE_COLUMNS_MAX_ITEMS
    surfaces = _surfaces._BLOCK_TYPES_BY_SURFACE
    assert surfaces["message"] >= rules.MESSAGE_BLOCKS
    assert surfaces["modal"] >= rules.MODAL_BLOCKS
    assert surfaces["home"] >= rules.HOME_BLOCKS


@pytest.mark.peers
class TestSlacksOwnTypes:
    """The JSON schema that is made from the official ``@slack/types``."""

    @given(messages)
    def test_know_every_message(self, message: Message) -> None:
        for post in render_message(message):
            assert slack_problems("MessageBlocks", post["blocks"]) == []

    @given(forms())
    def test_know_every_form(self, form: Form) -> None:
        try:
            view = render_form(form)
        except Rejected:
            assert _is_long(form)
            return
        assert slack_problems("Modal", view) == []

    def test_refuse_what_is_wrong(self) -> None:
        assert slack_problems("MessageBlocks", [{"type": "dividr"}]) != []
