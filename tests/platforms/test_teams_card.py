"""Teams: any message and any form in cards of the right size, every word in it, nothing live."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.chat.message import (
    Bar,
    Button,
    Buttons,
    ChoiceField,
    Choices,
    DateField,
    Deadline,
    Divider,
    Form,
    Heading,
    Message,
    Option,
    People,
    PeopleField,
    PlaceField,
    Preformatted,
    Quote,
    Tally,
    Text,
    TextField,
    TimeField,
)
from bot.chat.plain import moment, plain
from bot.chat.platform import Rejected
from bot.chat.text import UserText, When, WhenStyle
from bot.platforms.teams.card import holds_inputs, render_form, render_message
from bot.platforms.teams.reading import Press, read_form, read_press
from tests.platforms.schemas import rendered
from tests.said import addresses, lost, said, told_once
from tests.strategies import HOSTILE, forms, messages

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
LARGEST_CARD = 80_000
MACRO = re.compile(r"\{\{(?:DATE|TIME)\([0-9TZ:-]+(?:, LONG)?\)\}\}")
OPTIONS = tuple(Option(f"o,{n}%", f"Option {n}") for n in range(14))


def _size(card: Any) -> int:
    return len(json.dumps(card, ensure_ascii=False).encode("utf-16-le", "surrogatepass"))


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


def _drawn(value: Any) -> str:
    """What a person can read or follow, in order; hard spaces as the spaces that they stand for.

    The address of a link that goes on in the next run is told once, behind its last words.
    """
    told, address = [], ""
    for node in _nodes(value):
        if node.get("type") in ("TextRun", "TextBlock"):
            url = node.get("selectAction", {}).get("url", "")
            told += [address] if url != address else []
            address = url
        keys = ("text", "title", "label", "value")
        told += [node[key] for key in keys if isinstance(node.get(key), str)]
    return "".join((*told, address)).replace("\u00a0", " ")


def _utc(at: datetime, style: WhenStyle) -> str:
    return moment(at, style)


def _iso(at: datetime, style: WhenStyle) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _problems(card: Any) -> list[str]:
    """What Teams, or we, would refuse in a card."""
    found = []
    if _size(card) > LARGEST_CARD:
        found.append(f"{_size(card)} bytes")
    inputs = [n for n in _nodes(card) if str(n.get("type")).startswith("Input.")]
    twice = [id for id, count in Counter(n["id"] for n in inputs).items() if count > 1]
    found += [f"input {id} twice" for id in twice]
    found += [f"input {n['id']} without label" for n in inputs if not n["label"].strip()]
    for node in _nodes(card):
        if len(node.get("actions", [])) > 6:
            found.append("more than six actions side by side")
        if node.get("type") == "TextBlock" and re.search(
            r"[*_\[\]()#`~>\\<&\n]|^[-+\d]", MACRO.sub("", node["text"])
        ):
            found.append(f"Markdown could change {node['text']!r}")
        if node.get("type") == "TextRun" and MACRO.search(node["text"]):
            found.append(f"a moment in words: {node['text']!r}")
        if node.get("type") == "Input.ChoiceSet":
            values = [choice["value"] for choice in node["choices"]]
            if len(set(values)) < len(values) or not values or "," in "".join(values):
                found.append(f"values of {node['id']}")
    return found


@given(messages)
def test_any_message_keeps_every_limit_and_loses_no_text(message: Message) -> None:
    cards = render_message(message)
    assert [_problems(card) for card in cards] == [[] for _ in cards]
    drawn = _drawn([card["body"] for card in cards])
    for block in message.blocks:
        when = _iso if isinstance(block, Deadline) else _utc
        texts = [text.replace("\u00a0", " ") for text in said(block, when)]
        assert lost(told_once(texts, addresses(message)), drawn) == []


@given(messages)
def test_only_the_authors_links_are_live(message: Message) -> None:
    nodes = list(_nodes(list(render_message(message))))
    assert {node["url"] for node in nodes if "url" in node} <= addresses(message)
    assert all("entities" not in node and "msteams" not in node for node in nodes)


@given(messages)
def test_a_tally_never_shares_a_card_with_something_to_fill_in(message: Message) -> None:
    tally = Tally("The tally", (Bar("One", 1),), 1)
    cards = render_message(Message("", (tally, *message.blocks)))
    if any(holds_inputs(card) for card in cards):
        assert not any(holds_inputs(card) for card in cards if "The tally" in _drawn(card["body"]))


@given(forms())
def test_any_form_keeps_every_limit_and_loses_no_text(form: Form) -> None:
    try:
        card = render_form(form)
    except Rejected:
        assert _size(plain(form)) > LARGEST_CARD // 2
        return
    assert _problems(card) == []
    drawn = _drawn(card["body"])
    texts = [form.title, form.submit, *(text for part in form.parts for text in said(part, _utc))]
    assert [text for text in texts if text.replace("\u00a0", " ") not in drawn] == []


def _submitted(card: Any) -> dict[str, Any]:
    """What Teams sends of a form that nobody changed."""
    inputs = [n for n in _nodes(card) if str(n.get("type")).startswith("Input.")]
    [data] = [n["data"] for n in _nodes(card) if n.get("type") == "Action.Submit"]
    return {**{node["id"]: node.get("value", "") for node in inputs}, **data}


@given(forms())
@settings(suppress_health_check=[HealthCheck.filter_too_much])
def test_a_form_sent_unchanged_gives_back_what_it_held(form: Form) -> None:
    try:
        value = _submitted(render_form(form))
    except Rejected:
        return
    expected: dict[str, tuple[str, ...]] = {}
    for field in form.fields:
        match field:
            case TextField(id, value=held):
                expected[id] = (held.text,) if held and held.text else ()
            case ChoiceField(id, _, offered, _, chosen) if offered:
                expected[id] = chosen
            case DateField(id, _, day):
                expected[id] = (day.isoformat(),) if day else ()
            case TimeField(id, _, at):
                expected[id] = (at.strftime("%H:%M"),) if at else ()
            case PeopleField(id, _, people):
                expected[id] = people
            case PlaceField(id, _, place):
                expected[id] = (place,) if place else ()
            case _:
                pass
    assert read_form(value) == expected
    assert read_press(value) == Press(form.callback, "form")


def test_a_form_too_long_for_a_card_is_refused_not_cut() -> None:
    field = TextField("e", "Essay", "", UserText("x" * 40_000))
    with pytest.raises(Rejected, match="stays saved"):
        render_form(Form("Essay", "f.e.1...", (field, field)))


def _actions(message: Message) -> list[Any]:
    found = chain.from_iterable(_nodes(card) for card in render_message(message))
    return [node for node in found if node.get("type", "").startswith("Action.")]


def test_a_button_brings_back_its_callback_and_what_it_does() -> None:
    buttons = Buttons((Button("Go", "f.go.1..."), Button("See", "f.see.1...", "open")))
    presses = [read_press(action["data"]) for action in _actions(Message("", (buttons,)))]
    assert presses == [Press("f.go.1...", "pick"), Press("f.see.1...", "open")]


def test_a_button_with_a_form_shows_it_in_place() -> None:
    form = Form("Reflect", "f.write.1...", (TextField("why", "Why?"),))
    button = Button("Write", "f.open.1...", "open", form=form)
    shown, send = _actions(Message("", (Buttons((button, button)),)))[:2]
    assert shown["type"] == "Action.ShowCard"
    answer = {"0.0 text why": "Because", "0.1 text why": "another's", **send["data"]}
    assert read_press(answer) == Press("f.write.1...", "form")
    assert read_form(answer) == {"why": ("Because",)}


def test_a_single_choice_of_few_is_buttons() -> None:
    message = Message("", (Choices("f.vote.1...", OPTIONS[:3], "Which?"),))
    presses = [read_press(action["data"]) for action in _actions(message)]
    assert presses == [Press("f.vote.1...", "pick", (option.id,)) for option in OPTIONS[:3]]


@pytest.mark.parametrize(("count", "multiple"), [(14, False), (8, False), (3, True), (14, True)])
def test_other_choices_are_sent_with_a_button(count: int, multiple: bool) -> None:
    message = Message("", (Choices("f.vote.1...", OPTIONS[:count], "Which?", multiple),))
    [card] = render_message(message)
    [chosen] = [node for node in _nodes(card) if node.get("type") == "Input.ChoiceSet"]
    picked = [choice["value"] for choice in chosen["choices"][: 1 + multiple]]
    [send] = _actions(message)
    answer = {chosen["id"]: ",".join(picked), **send["data"]}
    ids = tuple(option.id for option in OPTIONS[: 1 + multiple])
    assert read_press(answer) == Press("f.vote.1...", "pick", ids)
    assert read_press({**answer, chosen["id"]: ""}) == Press("f.vote.1...", "pick")


@pytest.mark.parametrize("value", [{}, {"does": "pick"}, {"fivefold": "f", "does": "no"}])
def test_a_foreign_value_is_no_press(value: dict[str, Any]) -> None:
    assert read_press(value) is None


def test_the_tally_of_an_open_question_is_the_last_card() -> None:
    form = Form("Reflect", "f.write.1...", (TextField("why", "Why?"),))
    write = Buttons((Button("Write", "f.open.1...", "open", form=form),))
    tally = Tally("So far", (Bar("Yes", 1),), 2)
    prompt, live = render_message(Message("Why?", (Heading("Why?"), tally, write)))
    assert holds_inputs(prompt)
    assert "So far" not in _drawn(prompt["body"])
    assert _drawn(live["body"]) == "So far (2 people answered)Yes\n██████░░░░░░ 1 (50%)"


def test_a_moment_in_a_line_is_told_in_utc_and_below_it_on_the_readers_clock() -> None:
    [card] = render_message(Message("", (Text(("From ", When(NINE), " on")),)))
    assert [run["text"] for run in card["body"][0]["inlines"]] == ["From ", "09:00 UTC", " on"]
    assert card["body"][1]["text"] == "In your time zone: {{TIME(2026-01-05T09:00:00Z)}}"


def test_a_divider_is_a_line_above_what_follows() -> None:
    [card] = render_message(Message("", (Text(("a",)), Divider(), Text(("b",)), Divider())))
    assert ["separator" in element for element in card["body"]] == [False, True]


def test_the_spacing_of_preformatted_text_stays() -> None:
    [card] = render_message(Message("", (Preformatted("a b\n  c   d"),)))
    assert card["body"][0]["inlines"][0]["text"] == "a b\n\u00a0\u00a0c\u00a0\u00a0\u00a0d"


@pytest.mark.parametrize(
    ("text", "kind"), [("Explore: what breaks?", "TextBlock"), ("1. *Explore*", "RichTextBlock")]
)
def test_a_heading_is_known_as_one_where_markdown_cannot_change_it(text: str, kind: str) -> None:
    [card] = render_message(Message("", (Heading(text, 1),)))
    assert card["body"][0]["type"] == kind
    assert _drawn(card["body"]) == text


@pytest.mark.peers
class TestMicrosoftsRenderer:
    """The official ``adaptivecards``, in one process for many cards."""

    def test_complains_of_no_message_and_no_form(self) -> None:
        cards: list[Any] = []

        @given(messages)
        @settings(max_examples=60)
        def collect_messages(message: Message) -> None:
            cards.extend(render_message(message))

        @given(forms())
        @settings(max_examples=60)
        def collect_forms(form: Form) -> None:
            try:
                cards.append(render_form(form))
            except Rejected:
                return

        collect_messages()
        collect_forms()
        assert len(cards) >= 100
        complaints = Counter(line for result in rendered(cards) for line in result["problems"])
        assert complaints == {}

    def test_complains_of_what_is_wrong(self) -> None:
        [result] = rendered([{"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "No"}]}])
        assert result["problems"] != []

    def test_shows_hostile_words_as_they_were_written(self) -> None:
        shown = [text for text in HOSTILE if text and text.isprintable()]
        blocks = [
            (Quote(UserText(text), UserText(text)), People(text, (UserText(text),)))
            for text in shown
        ]
        results = rendered([render_message(Message("", pair))[0] for pair in blocks])
        for text, result in zip(shown, results, strict=True):
            assert result["shown"] == f"{text}{text}{text}: {text}"
            assert result["links"] == []

    def test_shows_a_moment_on_the_readers_clock(self) -> None:
        [result] = rendered(render_message(Message("", (Deadline(NINE),))))
        assert result["shown"].startswith("Open until ")
        assert "{{" not in result["shown"]
