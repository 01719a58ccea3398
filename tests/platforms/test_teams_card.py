"""Teams: any message in cards of the right size, every word in it, nothing live."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.chat.message import (
    Bar,
    Block,
    Button,
    Buttons,
    Choices,
    Deadline,
    Divider,
    Form,
    Heading,
    Live,
    Message,
    Note,
    Option,
    People,
    Preformatted,
    Quote,
    Tally,
    Text,
    TextField,
)
from bot.chat.plain import moment
from bot.chat.platform import Rejected
from bot.chat.text import Line, Strong, UserText, When
from bot.platforms.teams.blocks import draw
from bot.platforms.teams.card import (
    corrected,
    holds_inputs,
    noted,
    render_form,
    render_message,
    render_page,
    said_card,
    with_back,
)
from bot.platforms.teams.reading import Press, read_form, read_press
from bot.platforms.teams.runs import unmarked
from tests.platforms.card_rules import (
    KNOWN,
    MACRO,
    actions_of,
    as_read,
    live_in,
    nodes_of,
    problems_of,
    read_in_utc,
    text_of,
)
from tests.platforms.schemas import rendered
from tests.said import addresses, lost, said, told_once
from tests.strategies import HOSTILE, forms, messages

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
OPTIONS = tuple(Option(f"o,{n}%", f"Option {n}") for n in range(14))


@given(messages, st.booleans())
def test_any_message_keeps_every_limit_and_loses_no_text(message: Message, apart: bool) -> None:
    all_is_well(message, render_message(message, apart=apart))


@given(messages)
def test_any_page_keeps_every_limit_and_loses_no_text(message: Message) -> None:
    all_is_well(message, render_page(message))


def all_is_well(message: Message, cards: Sequence[Any]) -> None:
    """No card is too large or lets Markdown change anything, and every text stands in one."""
    assert [problems_of(card) for card in cards] == [[] for _ in cards]
    drawn = text_of(read_in_utc([card["body"] for card in cards]))
    for block in message.blocks:
        texts = [as_read(text) for text in said(block, moment)]
        # The long titles of buttons stand above the others.
        each = isinstance(block, Buttons)
        missing = [text for text in texts if text not in drawn] if each else []
        told = [] if each else told_once(texts, {as_read(one) for one in addresses(message)})
        assert missing + lost(told, drawn) == []


@given(messages)
def test_only_the_authors_links_are_live(message: Message) -> None:
    nodes = list(nodes_of(list(render_message(message))))
    assert {node["url"] for node in nodes if "url" in node} <= addresses(message)
    assert all("entities" not in node and "msteams" not in node for node in nodes)


LIVE = (
    Live((Note(("3 of 5 have answered",)),)),
    Tally("The tally", (Bar("One", 1),), 1),
    Deadline(NINE),
)


@given(messages, st.sampled_from(LIVE), st.integers(0, 6))
def test_what_changes_never_shares_a_card_with_something_to_fill_in(
    message: Message, live: Block, at: int
) -> None:
    without = render_message(message, apart=True)
    asking = [card for card in without if holds_inputs(card)]
    blocks = (*message.blocks[:at], live, *message.blocks[at:])
    cards = render_message(Message(message.summary, blocks))
    assert [card for card in cards if holds_inputs(card)] == asking


@given(messages)
def test_apart_all_that_changes_is_in_the_last_cards(message: Message) -> None:
    still = tuple(b for b in message.blocks if not isinstance(b, Live | Tally | Deadline))
    cards = render_message(message, apart=True)
    drawn = render_message(Message(message.summary, still), apart=True)
    if any(draw(block, "") for block in still):
        assert cards[: len(drawn)] == drawn


def test_without_anything_to_fill_in_all_of_it_stands_together() -> None:
    blocks = (Heading("Why?"), LIVE[0], Text(("Say it here.",)), LIVE[2])
    assert len(render_message(Message("Why?", blocks))) == 1
    prompt, live = render_message(Message("Why?", blocks), apart=True)
    assert text_of(prompt["body"]) == "Why?Say it here."
    assert text_of(live["body"]).startswith("3 of 5 have answeredOpen until ")


def test_a_page_for_one_person_is_one_card_with_all_in_its_place() -> None:
    """Nobody edits it while they write: so nothing has to stand apart."""
    form = Form("Write", "f.write.1...", (TextField("why", "Why?"),))
    write = Buttons((Button("Answer", "f.open.1...", "open", form=form),))
    blocks = (Heading("My part"), LIVE[2], write, LIVE[1], Text(("Only you see this.",)))
    page = Message("My part", blocks)
    assert len(render_message(page)) == 2
    [card] = render_page(page)
    drawn = text_of(card["body"])
    told = ("My part", "Open until ", "Answer", "The tally", "Only you see this.")
    assert sorted(told, key=drawn.index) == list(told)
    assert holds_inputs(card)


@pytest.mark.parametrize("apart", [True, False])
def test_a_form_is_called_the_same_in_a_post_and_on_a_page(apart: bool) -> None:
    form = Form("Write", "f.write.1...", (TextField("why", "Why?"),))
    write = Buttons((Button("Answer", "f.open.1...", "open", form=form),))
    page = Message("My part", (LIVE[2], Heading("My part"), write))
    ids = [
        [node["id"] for card in cards for node in nodes_of(card) if "id" in node]
        for cards in (render_page(page), render_message(page, apart=apart))
    ]
    assert ids[0] == ids[1] != []


def test_what_changes_in_several_parts_stands_under_the_name_of_each() -> None:
    blocks = (Heading("Vote"), LIVE[1], Heading("Write"), LIVE[0], LIVE[2])
    _, live = render_message(Message("", blocks), apart=True)
    drawn = text_of(live["body"])
    assert drawn.startswith("VoteThe tally (1 person answered)")
    assert "Write3 of 5 have answeredOpen until " in drawn


def _actions(message: Message) -> list[Any]:
    return [action for card in render_message(message) for action in actions_of(card)]


def test_older_clients_send_the_same_as_a_message() -> None:
    buttons = Buttons((Button("Go", "f.go.1...", style="primary"),))
    for action in _actions(Message("", (buttons, Choices("f.v.1...", OPTIONS, "Which?")))):
        assert action["verb"] == "fivefold"
        rest = {k: v for k, v in action.items() if k not in ("type", "verb", "fallback")}
        assert action["fallback"] == {"type": "Action.Submit", **rest}


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


def test_a_form_in_the_post_says_nothing_twice() -> None:
    matter = (Heading("Events"), Text(("Choose one of them.",)))
    note = Note(("Everyone reads it.",))
    title = "Your answer"
    form = Form(title, "f.w.1...", (*matter, TextField("why", title), note, Note(("By hand.",))))
    button = Button("Write", "f.open.1...", "open", "primary", form)
    [card] = render_message(Message("", (*matter, Buttons((button,)), note)))
    drawn = text_of(card["body"])
    said = ("Choose one of them.", "Everyone reads it.", title, "By hand.")
    assert [drawn.count(text) for text in said] == [1, 1, 1, 1]
    assert actions_of(card)[0]["style"] == "positive"


def test_a_question_stands_once_above_its_options() -> None:
    [card] = render_message(Message("", (Choices("f.vote.1...", OPTIONS, "Which of them?"),)))
    assert text_of(card["body"]).count("Which of them?") == 1


def test_only_a_long_title_stands_above_its_button_too() -> None:
    titles = ("Read it", "Read: " + "a long story about the summer, " * 3)
    buttons = Buttons(tuple(Button(title, "f.read.1...", "open") for title in titles))
    above, row = render_message(Message("", (buttons,)))[0]["body"]
    assert text_of(above) == titles[1]
    shown = [action["title"] for action in row["actions"]]
    assert shown[0] == "Read it"
    assert len(shown[1]) <= 60
    assert shown[1].endswith("…")


def test_a_single_choice_of_few_is_buttons() -> None:
    message = Message("", (Choices("f.vote.1...", OPTIONS[:3], "Which?"),))
    presses = [read_press(action["data"]) for action in _actions(message)]
    assert presses == [Press("f.vote.1...", "pick", (option.id,)) for option in OPTIONS[:3]]


@pytest.mark.parametrize(("count", "multiple"), [(14, False), (8, False), (3, True), (14, True)])
def test_other_choices_are_sent_with_a_button(count: int, multiple: bool) -> None:
    message = Message("", (Choices("f.vote.1...", OPTIONS[:count], "Which?", multiple),))
    [card] = render_message(message)
    [chosen] = [node for node in nodes_of(card) if node.get("type") == "Input.ChoiceSet"]
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
    assert "So far" not in text_of(prompt["body"])
    assert text_of(live["body"]) == "So far (2 people answered)Yes\n██████░░░░░░ 1 (50%)"


def test_a_moment_among_plain_words_is_told_on_the_readers_clock() -> None:
    [card] = render_message(Message("", (Text(("From ", When(NINE), ": ", Strong("Engage"))),)))
    assert [element["text"] for element in card["body"]] == [
        "From {{TIME(2026-01-05T09:00:00Z)}}: **Engage**"
    ]


@pytest.mark.parametrize(
    "other", [" [a](b)", " *on*", UserText(" on"), Strong("_on_"), " a.example"]
)
def test_a_moment_among_other_words_is_told_in_utc_and_below_on_the_readers_clock(
    other: str | UserText | Strong,
) -> None:
    [card] = render_message(Message("", (Text(("From ", When(NINE), other)),)))
    runs = [run["text"] for run in card["body"][0]["inlines"]]
    assert runs[:2] == ["From ", "09:00 UTC"]
    assert "".join(runs[2:]) == (other if isinstance(other, str) else other.text)
    assert card["body"][1]["text"] == "In your time zone: {{TIME(2026-01-05T09:00:00Z)}}"


def test_an_apostrophe_leaves_a_moment_on_the_readers_clock() -> None:
    title = "Paste (or say) a part that isn't yours: “why”, 50%"
    [card] = render_message(Message("", (Text((When(NINE, "date_time"), ": ", Strong(title))),)))
    assert [element["text"] for element in card["body"]] == [
        "{{DATE(2026-01-05T09:00:00Z, SHORT)}}, {{TIME(2026-01-05T09:00:00Z)}}: **" + title + "**"
    ]


WORDY = st.text("ab1 (),.!?'\"’%:-", max_size=12)
PARTS = st.one_of(WORDY, st.builds(Strong, WORDY), st.just(When(NINE)))


@given(st.lists(PARTS, max_size=5).map(tuple))
def test_what_stands_beside_a_moment_reads_in_markdown_as_it_was_written(line: Line) -> None:
    [card] = render_message(Message("…", (Text(line),)))
    first = card["body"][0]
    if first["type"] != "TextBlock":
        return
    [inline] = [one for one in MarkdownIt().parse(MACRO.sub("9:00", first["text"])) if one.children]
    read = "".join(child.content for child in inline.children or ())
    assert read == "".join(said(Text(line), lambda at, style: "9:00")).rstrip()
    strong = sum(child.type == "strong_open" for child in inline.children or ())
    assert strong == sum(isinstance(part, Strong) for part in line)


SIGNS = st.text("ab1 *_`~[]()<>&;\\!#|+-=:./\n\r^\t", max_size=30)


@settings(max_examples=400)
@given(st.one_of(SIGNS, st.text(max_size=30), st.sampled_from(HOSTILE)))
def test_what_is_unmarked_reads_the_same_and_has_nothing_live_in_it(text: str) -> None:
    shown = unmarked(text)
    assert shown.replace("\u2060", "") == text.replace("\u2060", "")
    assert live_in(shown) == []


@pytest.mark.parametrize(
    "text", ["The data, or nobody", "*__init__*", "2 * 3", "a < 5 & b", "x[0]"]
)
def test_what_cannot_become_live_stays_as_it_was_written(text: str) -> None:
    assert unmarked(text) == text


@pytest.mark.parametrize(("does", "look"), [("pick", "destructive"), ("open", None)])
def test_only_what_does_something_is_red(does: Literal["pick", "open"], look: str | None) -> None:
    [action] = _actions(Message("", (Buttons((Button("Go", "f.go.1...", does, "danger"),)),)))
    assert action.get("style") == look


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
    assert text_of(card["body"]) == text


@pytest.mark.peers
class TestMicrosoftsRenderer:
    """The official ``adaptivecards``, in one process for many cards."""

    def test_complains_of_no_message_and_no_form(self) -> None:
        cards: list[Any] = []

        @given(messages)
        @settings(max_examples=60)
        def collect_messages(message: Message) -> None:
            cards.extend(render_message(message))
            cards.extend(render_message(message, apart=True))

        @given(forms())
        @settings(max_examples=60)
        def collect_forms(form: Form) -> None:
            try:
                card = render_form(form, KNOWN)
                cards.append(corrected(card, {"f0": "Write something.", "": "No."}, {}))
            except Rejected:
                return
            cards.append(noted(with_back(card), "Not saved."))
            cards.append(said_card(form.title, back=True))

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
