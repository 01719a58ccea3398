"""People's words come back from Slack's markup as they wrote them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.platforms.slack.wording import plain_words, rich_words, unescape_three, words_of
from tests.slack import payloads
from tests.strategies import HOSTILE

Json = dict[str, Any]
anything = st.one_of(st.sampled_from(HOSTILE), st.text(), st.text("&<>;lgtamp|!@#"))


def section(*elements: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    return {"type": kind, "elements": list(elements), **more}


def text(words: str, **style: bool) -> Json:
    return {"type": "text", "text": words, **({"style": style} if style else {})}


def block(*parts: Json) -> Json:
    return {"type": "rich_text", "block_id": "b1", "elements": list(parts)}


def a_list(style: str, *items: str, **more: Any) -> Json:
    elements = [section(text(item)) for item in items]
    return {"type": "rich_text_list", "style": style, "elements": elements, "border": 0, **more}


# -- verbatim


@given(anything)
@example("&amp;lt;!channel&amp;gt;")
def test_any_text_that_slack_escaped_comes_back_verbatim(words: str) -> None:
    assert plain_words(payloads.escaped(words)) == words
    assert unescape_three(payloads.escaped(words)) == words
    assert words_of({"text": payloads.escaped(words)}) == words


@given(anything)
def test_any_text_comes_back_verbatim_from_rich_text(words: str) -> None:
    message = {"text": "what Slack made of it", "blocks": [block(section(text(words)))]}
    assert words_of(message) == words


@given(st.lists(anything))
def test_styles_part_no_words(words: list[str]) -> None:
    elements = [text(each, bold=n % 2 == 0, code=n % 3 == 0) for n, each in enumerate(words)]
    assert rich_words([block(section(*elements))]) == "".join(words)


@pytest.mark.parametrize("words", ["&quot;", "&#39;", "&nbsp;", "&copy", "&AMP;", "&LT;"])
def test_only_the_three_signs_that_slack_escapes_are_unescaped(words: str) -> None:
    assert plain_words(words) == words


# -- emoji


@pytest.mark.parametrize("sign", ["🎉", "👍", "👋🏽", "🧑‍🚀"])
def test_signs_that_slack_named_come_back_as_signs(sign: str) -> None:
    made = payloads.typed(f"Well {sign} done")
    message = {"text": payloads.as_text(made), "blocks": payloads.rich(made, "b1")}
    assert sign not in message["text"]
    assert words_of(message) == f"Well {sign} done"


@pytest.mark.parametrize(
    "element",
    [
        {"type": "emoji", "name": "shipit"},
        {"type": "emoji", "name": "shipit", "unicode": ""},
        {"type": "emoji", "name": "shipit", "unicode": "zz"},
        {"type": "emoji", "name": "shipit", "unicode": "110000"},
    ],
)
def test_a_workspaces_own_sign_is_told_by_its_name(element: Json) -> None:
    assert rich_words([block(section(element))]) == ":shipit:"


def test_without_rich_text_a_name_stays_a_name() -> None:
    assert words_of({"text": ":tada: 10:30:00"}) == ":tada: 10:30:00"


# -- links and mentions


@pytest.mark.parametrize(
    ("url", "label", "said"),
    [
        ("https://example.org/a", "", "https://example.org/a"),
        ("http://example.org", "example.org", "example.org"),
        ("https://example.org/", "https://example.org", "https://example.org"),
        ("https://example.org/a", "our poster", "our poster (https://example.org/a)"),
        ("mailto:ada@example.org", "ada@example.org", "ada@example.org"),
        ("mailto:ada@example.org", "", "ada@example.org"),
        ("mailto:ada@example.org", "write me", "write me (mailto:ada@example.org)"),
        ("tel:+4930123", "+4930123", "+4930123"),
        ("slack://open", "here", "here (slack://open)"),
        ("", "nowhere", "nowhere"),
    ],
)
def test_of_a_link_neither_words_nor_address_are_lost(url: str, label: str, said: str) -> None:
    element = {"type": "link", "url": url, **({"text": label} if label else {})}
    assert rich_words([block(section(text("See "), element))]) == f"See {said}"
    if url:
        mark = f"<{url}|{label}>" if label else f"<{url}>"
        assert plain_words(f"See {mark}") == f"See {said}"


def test_an_address_with_signs_that_slack_escapes_comes_back() -> None:
    assert plain_words("<https://example.org/?a=1&amp;b=2>") == "https://example.org/?a=1&b=2"
    assert plain_words("<https://example.org|R&amp;D &lt;new&gt;>") == (
        "R&D <new> (https://example.org)"
    )


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("<@U123>", "@U123"),
        ("<@U123|ada>", "@ada"),
        ("<#C123|general>", "#general"),
        ("<#C123>", "#C123"),
        ("<#C123|>", "#C123"),
        ("<!here>", "@here"),
        ("<!here|here>", "@here"),
        ("<!channel>", "@channel"),
        ("<!subteam^S123|@designers>", "@designers"),
        ("<!subteam^S123>", "@S123"),
        ("<!date^1767603600^{date}|5 January>", "5 January"),
    ],
)
def test_mentions_read_as_people_see_them(mark: str, said: str) -> None:
    assert plain_words(f"Ask {mark} about it") == f"Ask {said} about it"


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ({"type": "user", "user_id": "U123"}, "@U123"),
        ({"type": "usergroup", "usergroup_id": "S123"}, "@S123"),
        ({"type": "channel", "channel_id": "C123"}, "#C123"),
        ({"type": "broadcast", "range": "here"}, "@here"),
        ({"type": "color", "value": "#F405B3"}, "#F405B3"),
        ({"type": "date", "timestamp": 1767603600, "fallback": "5 January"}, "5 January"),
        ({"type": "date", "timestamp": 1767603600}, "1767603600"),
        ({"type": "of tomorrow", "text": "new"}, "new"),
        ({"type": "of tomorrow"}, ""),
    ],
)
def test_every_element_of_rich_text_is_told(element: Json, said: str) -> None:
    assert rich_words([block(section(text("a "), element, text(" b")))]) == f"a {said} b"


# -- lists, quotes, code


def test_lists_read_as_lists() -> None:
    parts = (
        section(text("We need:\n")),
        a_list("bullet", "time", "money"),
        a_list("bullet", "a lot", indent=1),
        a_list("ordered", "plan", "do"),
        a_list("ordered", "check", offset=2),
        section(text("That is all.")),
    )
    assert rich_words([block(*parts)]) == (
        "We need:\n• time\n• money\n    • a lot\n1. plan\n2. do\n3. check\nThat is all."
    )


def test_quotes_and_code_read_as_such() -> None:
    parts = (
        section(text("She said\n")),
        section(text("not yet\nnot now"), kind="rich_text_quote"),
        section(text("x = 1\n  y = <2>"), kind="rich_text_preformatted", border=0),
        section(text("and "), text("stop", code=True)),
    )
    assert rich_words([block(*parts)]) == (
        "She said\n> not yet\n> not now\nx = 1\n  y = <2>\nand stop"
    )


@given(st.lists(st.tuples(st.integers(0, 3), st.lists(anything, min_size=1, max_size=3))))
def test_no_word_is_lost_whatever_it_stands_in(made: list[tuple[int, list[str]]]) -> None:
    parts = []
    for kind, words in made:
        elements = [text(each) for each in words]
        parts.append(
            [
                section(*elements),
                section(*elements, kind="rich_text_quote"),
                section(*elements, kind="rich_text_preformatted"),
                a_list("ordered", *words),
            ][kind]
        )
    said, at = rich_words([block(*parts)]), 0
    for _, words in made:
        for line in (line for each in words for line in each.split("\n")):
            found = said.find(line, at)
            assert found >= 0
            at = found + len(line)


def test_what_is_not_all_rich_text_is_read_from_the_text() -> None:
    blocks = [block(section(text("half"))), {"type": "image", "image_url": "x", "alt_text": "y"}]
    assert words_of({"text": "the &lt;whole&gt;", "blocks": blocks}) == "the <whole>"


@pytest.mark.parametrize(
    "message", [{}, {"text": None}, {"blocks": None}, {"text": "", "files": []}]
)
def test_a_message_without_words_has_none(message: Json) -> None:
    assert words_of(message) == ""
