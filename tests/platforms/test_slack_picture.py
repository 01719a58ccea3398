"""The pictures of what Slack is sent: all that is sent is to be read in them, and nothing acts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import example, given
from playwright.sync_api import Browser

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
    Listing,
    Message,
    Note,
    Option,
    PeopleField,
    PlaceField,
    Preformatted,
    Quote,
    Table,
    Tally,
    Text,
    TextField,
    TimeField,
)
from bot.chat.platform import Rejected
from bot.chat.text import Code, Link, Strong, UserText
from bot.platforms.slack.blocks import render_message
from bot.platforms.slack.form import render_form
from bot.platforms.slack.incoming import Origin
from bot.platforms.slack.picture import page
from bot.platforms.slack.rich_text import date, plain_text, rich_text, section
from bot.platforms.slack.views import home_view, view_of
from tests.platforms.slack_rules import nodes
from tests.platforms.test_lessons_on_platforms import LESSONS, said
from tests.said import lost
from tests.strategies import HOSTILE, forms, messages

AXE = Path(__file__).parents[1] / "peers/node_modules/axe-core/axe.min.js"
RUN = """async () => {
  const { violations } = await axe.run(document);
  return violations.map(({ id, nodes }) =>
    `${id}: ${nodes.slice(0, 5).map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}"""
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
X = UserText("x")
A_AND_B = "A & B <!here>"
MANY = tuple(Option(f"o{n}", f"Option {n}", "Why" if n < 3 else "") for n in range(12))
MESSAGE = Message(
    "Engage: Quick poll",
    (
        Heading("Quick poll"),
        Text((Strong("Look"), " at ", Link("this", "https://example.org/a"), Code("x = 1"))),
        Note(("Everybody sees it.",)),
        Listing((("One",), ("Two",)), ordered=True),
        Preformatted("a long line of code " * 9),
        Table(("A", "B"), ((("1",), ("2",)),)),
        Quote(X, UserText("Ada")),
        Choices("f.v.1...", MANY, "Which?"),
        Choices("f.v.2...", MANY[:8], "Which of these?", multiple=True),
        Tally("First?", (Bar("Tests", 3), Bar("Docs", 0)), 4),
        Deadline(NINE),
        Buttons(
            (Button("Go", "f.g.1...", style="primary"), Button("No", "f.g.2...", style="danger"))
        ),
        Divider(),
    ),
)
FORM = Form(
    "My reflection",
    "f.r.1...",
    (
        TextField("a", "What did you learn?", "One sentence is fine.", UserText("A lot.")),
        TextField("b", "In a word", multiline=False, required=False),
        ChoiceField("c", "How sure?", MANY[:4], value=("o1",)),
        ChoiceField("d", "Which?", MANY, multiple=True, value=("o1", "o4")),
        DateField("e", "Which day?", NINE.date()),
        TimeField("f", "When?", NINE.time()),
        PeopleField("g", "Who else?", ("U1",)),
        PlaceField("h", "Where?"),
    ),
    "Save",
)
"""Between them, one of everything."""


class Read(HTMLParser):
    """The body of a payload's page taken apart: its words, but for moments, and its tags."""

    def __init__(self, payload: Any) -> None:
        super().__init__()
        self.words, self._moment = "", False
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page(payload).partition("<main>")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._moment = tag == "time"

    def handle_endtag(self, tag: str) -> None:
        self._moment = False

    def handle_data(self, data: str) -> None:
        self.words += "" if self._moment else data

    def values(self, attribute: str) -> list[str | None]:
        """What this attribute says, wherever it stands."""
        return [attributes[attribute] for _, attributes in self.tags if attribute in attributes]


def payloads(what: Message | Form) -> list[Any]:
    """What Slack is sent of it; nothing where it is refused."""
    try:
        return [render_form(what)] if isinstance(what, Form) else list(render_message(what))
    except Rejected:
        return []


def told(value: Any) -> Iterator[str]:
    """Every text that is to be read in something sent, in order."""
    match value:
        case list():
            for inner in value:
                yield from told(inner)
        case {"type": "input"}:
            yield from told(value["label"])
            yield "(optional)" if value["optional"] else ""
            yield from told([value["element"], value.get("hint")])
        case {"type": "plain_text_input"}:
            yield value.get("initial_value", "")
        case {"type": "static_select" | "multi_static_select"}:
            yield from told([option["text"] for option in chosen(value)] or value["placeholder"])
            yield from told([value.get("option_groups"), value.get("options")])
        case {"type": "multi_users_select"}:
            yield from [f"@{user}" for user in value.get("initial_users", ())] or ["Nobody yet"]
        case {"type": "conversations_select"}:
            place = value.get("initial_conversation")
            yield f"#{place}" if place else "The channel that is open"
        case {"text": str(text)}:
            yield text
        case dict():
            parts = ("label", "text", "description", "rows", "options", "elements", "blocks")
            yield from told([value[part] for part in parts if part in value])


def chosen(element: Any) -> list[Any]:
    """The options that are chosen already."""
    one = [element["initial_option"]] if "initial_option" in element else []
    return [*one, *element.get("initial_options", [])]


def whole(payload: Any) -> list[str]:
    """All that is to be read in a picture, in order."""
    blocks = list(told(payload["blocks"]))
    match payload:
        case {"type": "modal", "title": title}:
            close = payload["close"]["text"] if "close" in payload else "Cancel"
            return ["5", title["text"], *blocks, close, *told(payload.get("submit"))]
        case {"type": "home"}:
            return ["Home", *blocks]
        case _:
            return ["5", "Fivefold", "APP", *blocks, "In notifications:", unescape(payload["text"])]


def wrong(payload: Any) -> list[str]:
    """What is sent and is not in the picture, or is not told there once, whole and in order."""
    read, inside = Read(payload), list(nodes(payload["blocks"]))
    texts = [text.replace("\0", "␀") for text in whole(payload)]
    found = lost(texts, read.words)
    if "".join(read.words.split()) != "".join("".join(texts).split()):
        found.append(f"{read.words} is not {texts}")
    for attribute, keys in (
        ("href", ["url"]),
        ("title", ["fallback"]),
        ("value", ["initial_date", "initial_time"]),
    ):
        sent = [node[key] for node in inside for key in keys if key in node]
        if sorted(sent) != sorted(value for value in read.values(attribute) if value):
            found.append(f"{attribute}: {sent}")
    ticks = [node for node in inside if node.get("type") in ("radio_buttons", "checkboxes")]
    if len(read.values("checked")) != sum(len(chosen(node)) for node in ticks):
        found.append("ticks")
    return found


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_picture_shows_every_word_that_a_lesson_sends(lesson: str) -> None:
    shown = [(name, wrong(sent)) for name, what in said(lesson) for sent in payloads(what)]
    assert [(name, words) for name, words in shown if words] == []


@example(MESSAGE)
@given(messages)
def test_a_picture_shows_every_word_of_any_message(message: Message) -> None:
    assert [words for post in payloads(message) for words in wrong(post)] == []


@example(FORM)
@given(forms())
def test_a_picture_shows_every_word_of_any_form(form: Form) -> None:
    assert [words for view in payloads(form) for words in wrong(view)] == []


def test_nothing_in_a_picture_can_be_pressed_or_sent() -> None:
    read = Read(render_form(FORM))
    controls = [each for tag, each in read.tags if tag in ("input", "button", "textarea")]
    assert controls
    assert [each for each in controls if "disabled" not in each] == []
    assert {"form", "script", "img", "link", "iframe"} & {tag for tag, _ in read.tags} == set()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    [post] = render_message(Message(text, (Quote(UserText(text), UserText(text)),)))
    plain = {tag for tag, _ in Read(render_message(Message("x", (Quote(X, X),)))[0]).tags}
    assert {tag for tag, _ in Read(post).tags} <= plain
    assert wrong(post) == []


def test_a_moment_is_told_in_utc_and_bars_are_for_the_eye_alone() -> None:
    tally = Tally("First?", (Bar("Tests", 3), Bar("Docs", 0)), 4)
    [post] = render_message(Message("Results", (Deadline(NINE), tally)))
    read = Read(post)
    assert "Monday, 5 January 2026, 09:00 UTC</time>" in page(post)
    assert read.values("datetime") == ["2026-01-05T09:00:00+00:00"]
    assert read.values("aria-hidden").count("true") == len(["the icon", "Tests", "Docs"])


def test_a_message_says_below_what_a_notification_says() -> None:
    assert "In notifications: A & B <!here>" in Read(render_message(Message(A_AND_B, ()))[0]).words


def test_a_window_has_its_title_its_button_and_a_way_out() -> None:
    words = Read(render_form(FORM)).words
    assert words.index("My reflection") < words.index("Cancel") < words.index("Save")


@given(messages)
def test_a_window_and_a_home_show_every_word_too(message: Message) -> None:
    window, _ = view_of(message, Origin())
    assert wrong(window) == wrong(home_view(message)) == []
    assert Read(window).words.rstrip().endswith("Close")


PLAIN = plain_text("x")


@pytest.mark.parametrize(
    "block",
    [
        {"type": "video"},
        {"type": "header", "text": {"type": "mrkdwn", "text": "*x*"}},
        {"type": "actions", "elements": [{"type": "overflow", "options": []}]},
        {"type": "input", "label": PLAIN, "optional": True, "element": {"type": "file_input"}},
        rich_text({"type": "rich_text_table", "elements": []}),
        rich_text(section([{"type": "broadcast", "range": "channel"}])),
        rich_text(section([{"type": "link", "url": "javascript:alert(1)", "text": "x"}])),
        rich_text(section([{"type": "text", "text": "x", "style": {"strike": True}}])),
        rich_text(section([{**date(NINE, "time"), "format": "{date_short}"}])),
    ],
    ids=["block", "markup", "element", "input", "part", "run", "address", "style", "format"],
)
def test_what_we_never_send_has_no_picture(block: Any) -> None:
    with pytest.raises(ValueError, match="without a picture"):
        page({"text": "x", "blocks": [block]})


def test_a_foreign_payload_has_no_picture() -> None:
    with pytest.raises(ValueError, match="without a picture"):
        page({"type": "workflow_step"})


@pytest.mark.browser
@pytest.mark.peers
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_picture_keeps_the_rules_of_axe_and_fits_a_phone_and_fetches_nothing(
    chromium: Browser, tmp_path: Path, scheme: Literal["light", "dark"]
) -> None:
    path = tmp_path / "picture.html"
    found = []
    context = chromium.new_context(color_scheme=scheme, viewport={"width": 360, "height": 800})
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    for what in (MESSAGE, FORM):
        path.write_text(page(payloads(what)[0]), encoding="utf-8")
        tab.goto(path.as_uri())
        tab.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
        wide = tab.evaluate("document.documentElement.scrollWidth > innerWidth")
        tab.evaluate(AXE.read_text("utf-8"))
        found += [*tab.evaluate(RUN), *(["wider than the screen"] if wide else [])]
    context.close()
    assert found == []
    assert asked == [path.as_uri()] * 2
