"""People's words come back from Teams' HTML and plain text as they wrote them."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.platforms.teams.markup import on_one_line
from bot.platforms.teams.wording import FILE, HTML, bot_names, untagged, words_of
from tests.strategies import HOSTILE
from tests.teams.activities import words
from tests.teams.organisation import Someone
from tests.teams.shapes import BOT, MENTION

Json = dict[str, Any]
anything = st.one_of(st.sampled_from(HOSTILE), st.text(), st.text("&<>;lgtampnbs/ \n"))
ANA = Someone("0a", "29:1ana", "Ana Ruiz")
CALLED = '<span itemtype="http://schema.skype.com/Mention" itemid="0">Fivefold</span>'


def written(page: str, **more: Any) -> Json:
    """A message with this HTML."""
    return {
        "text": "what Teams made of it",
        "attachments": [{"contentType": HTML, "content": page}],
    } | more


def as_typed(text: str) -> str:
    """What an editor can hold: no signs that are none, and no blank lines around it."""
    assume(not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xa0\ud800-\udfff]", text))
    return text.strip("\n")


# -- verbatim


@given(anything)
@example("&amp;lt;b&amp;gt; &nbsp; <at>all</at>")
@example("  two  spaces \n\n   and a   blank line")
def test_any_text_comes_back_verbatim_from_html(text: str) -> None:
    typed = as_typed(text)
    assert words_of(words(ANA, typed)) == typed


@given(anything)
def test_any_text_without_html_comes_back_verbatim(text: str) -> None:
    assert words_of({"text": text}) == text


@given(anything)
def test_whoever_calls_the_bot_is_read_without_its_name(text: str) -> None:
    typed = as_typed(text)
    message = {"recipient": {"id": BOT}, **words(ANA, typed, mention=True)}
    message["entities"] = [MENTION]
    assert words_of(message) == typed.strip()


@given(st.lists(st.tuples(st.sampled_from("bisu"), anything)))
def test_styles_part_no_words(parts: list[tuple[str, str]]) -> None:
    page, said = "", ""
    for style, text in parts:
        typed = re.sub(r"\s+", "_", as_typed(text))
        page += f"<{style}>{html.escape(typed)}</{style}>"
        said += typed
    assert words_of(written(f"<p>{page}</p>")) == said


@pytest.mark.parametrize("sign", ["🎉", "👋🏽", "🧑‍🚀"])
def test_signs_come_back_as_signs(sign: str) -> None:
    for page in (
        f'<p>Well <img alt="{sign}" src="https://statics.example/1.png" itemtype="x"> done</p>',
        f'<p>Well <emoji id="1" alt="{sign}" title="x"></emoji> done</p>',
        f"<p>Well {sign} done</p>",
    ):
        assert words_of(written(page)) == f"Well {sign} done"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<a href=https://x.org/>the plan</a>", "the plan (https://x.org/)"),
        ('<a href="https://x.org/">the plan</a>', "the plan (https://x.org/)"),
        ('<blockquote itemtype=http://schema.skype.com/Reply/>one<p class="x"/>two', "one\ntwo"),
        ('<p>one<br/>two<br class="x"/>three<br class=x />four</p>', "one\ntwo\nthree\nfour"),
        ('<span itemtype="http://schema.skype.com/Mention"/>Fivefold', "Fivefold"),
    ],
)
def test_an_address_may_end_in_a_slash(page: str, said: str) -> None:
    assert words_of(written(page)) == said


# -- lines


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<div>one</div>\n<div>two</div>", "one\ntwo"),
        ("<p>one<br>two<br/>three</p>", "one\ntwo\nthree"),
        ("<p>one</p>\n<p>&nbsp;</p>\n<p>two</p>", "one\n \ntwo"),
        ("<div><div>one</div></div>", "one"),
        ("one", "one"),
        ("<p>a &nbsp; b</p>", "a   b"),
        ("<p>a\n   b</p>", "a b"),
        ("<h1>Title</h1><p>text</p>", "Title\ntext"),
        ("<p>above</p><hr><p>below</p>", "above\nbelow"),
        ("<blockquote><p>She said</p></blockquote><p>no</p>", "She said\nno"),
        ("<pre>x = 1\n  y = 2</pre><p>code</p>", "x = 1\n  y = 2\ncode"),
        ("<p>use <code>a&lt;b</code> here</p>", "use a<b here"),
        ("<ul><li>time</li><li>money</li></ul>", "• time\n• money"),
        ("<p>We need:</p><ol><li>plan</li><li>do</li></ol>", "We need:\n1. plan\n2. do"),
        ('<ol start="3"><li>check</li></ol>', "3. check"),
        ('<ol start="x"><li>check</li></ol>', "1. check"),
        (
            "<ul><li>time<ul><li>a lot</li></ul></li><li>money</li></ul>",
            "• time\n    • a lot\n• money",
        ),
        (
            "<table><tbody><tr><td><p>a</p></td><td><p>b</p></td></tr>"
            "<tr><td>c</td><td>d</td></tr></tbody></table>",
            "a\nb\nc | d",
        ),
        ("", "what Teams made of it"),
    ],
)
def test_what_stands_apart_is_read_apart(page: str, said: str) -> None:
    assert words_of(written(page)) == said


# -- links and mentions


@pytest.mark.parametrize(
    ("url", "label", "said"),
    [
        ("https://example.org/a", "https://example.org/a", "https://example.org/a"),
        ("https://example.org/", "example.org", "example.org"),
        ("https://example.org/a", "our poster", "our poster (https://example.org/a)"),
        ("mailto:ada@example.org", "ada@example.org", "ada@example.org"),
        ("mailto:ada@example.org", "write me", "write me (mailto:ada@example.org)"),
        ("", "nowhere", "nowhere"),
    ],
)
def test_of_a_link_neither_words_nor_address_are_lost(url: str, label: str, said: str) -> None:
    assert words_of(written(f'<p>See <a href="{url}">{label}</a> here</p>')) == f"See {said} here"


def test_whoever_else_is_mentioned_is_named() -> None:
    other = CALLED.replace("Fivefold", "Bo Lind")
    message = written(f"<p>{CALLED}&nbsp;ask {other}, please</p>", recipient={"id": BOT})
    message["entities"] = [
        MENTION,
        {"type": "mention", "mentioned": {"id": "29:1bo"}, "text": "<at>Bo Lind</at>"},
    ]
    assert words_of(message) == "ask Bo Lind, please"


@pytest.mark.parametrize(
    ("entities", "names"),
    [
        ([MENTION], {"Fivefold"}),
        ([{**MENTION, "text": '<at id="0">Five</at>'}], {"Five"}),
        ([{**MENTION, "text": None}], {"Fivefold"}),
        ([{**MENTION, "mentioned": {"id": "29:1bo", "name": "Fivefold"}}], set()),
        ([{"type": "mention"}], set()),
        ([{"type": "clientInfo"}, 5, None], set()),
        (None, set()),
        ("mention", set()),
    ],
)
def test_the_bot_is_called_where_an_entity_says_so(entities: Any, names: set[str]) -> None:
    assert bot_names({"recipient": {"id": BOT}, "entities": entities}) == names


def test_whoever_types_a_mention_by_hand_calls_nobody() -> None:
    message = {"text": "<at>Fivefold</at> status", "recipient": {"id": BOT}, "entities": []}
    assert bot_names(message) == set()
    assert words_of(message) == "<at>Fivefold</at> status"


@given(st.lists(st.sampled_from(["<at>", "<at id='0'>", "<at ", "</at>", "<attr>", ">", "A", " "])))
def test_a_name_is_read_without_its_tags(pieces: list[str]) -> None:
    name = "".join(pieces)
    assert untagged(name) == re.sub(r"<at\b[^>]*>(.*?)</at>", r"\1", name, flags=re.DOTALL)


@pytest.mark.parametrize("piece", ["<at>", "<at ", "<at", "</at>", "<at></at>"])
@pytest.mark.parametrize("end", ["", ">", "</at>"])
def test_a_name_of_any_length_is_read(piece: str, end: str) -> None:
    name = {**MENTION, "text": piece * 40_000 + end}
    assert len(bot_names({"recipient": {"id": BOT}, "entities": [name]})) == 1


# -- quotations

QUOTED = (
    '<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="1767603600000">\n'
    '<strong itemprop="mri" itemid="28:bot">Fivefold</strong>'
    '<span itemprop="time" itemid="1767603600000"></span>\n'
    '<p itemprop="preview">Permits for <b>everybody</b></p>\n</blockquote>\n'
)


def test_of_a_reply_to_a_message_only_the_reply_is_read() -> None:
    assert words_of(written(f"{QUOTED}<p>pause</p>")) == "pause"
    assert words_of(written(f"<div>{QUOTED}<p>pause</p></div>")) == "pause"
    assert words_of(written(f"<p>One.</p>{QUOTED}<p>Two.</p>")) == "One.\nTwo."
    inner = QUOTED.replace("Permits for", "<blockquote>She said</blockquote>")
    assert words_of(written(f"{inner}<p>pause</p>")) == "pause"


def test_what_somebody_sets_off_as_a_quotation_themselves_is_theirs() -> None:
    page = "<blockquote>She said</blockquote><p>no</p>"
    assert words_of(written(QUOTED + page)) == "She said\nno"


def test_of_a_quotation_without_an_end_nothing_is_lost() -> None:
    assert words_of(written(QUOTED.replace("</blockquote>", "") + "<p>pause</p>")) == (
        "what Teams made of it"
    )


def test_the_mark_of_a_quotation_in_plain_text_is_not_read() -> None:
    quoted = {"type": "quotedReply", "quotedReply": {"messageId": "1767603600000"}}
    text = '<quoted messageId="1767603600000"/> pause'
    assert words_of({"text": text, "entities": [quoted]}) == "pause"
    assert words_of({"text": text}) == text
    assert words_of({"text": text, "entities": [{**quoted, "quotedReply": None}]}) == text


# -- files


def test_what_came_along_is_told_by_its_name_and_address() -> None:
    poster = {"contentType": FILE, "name": "poster.pdf", "contentUrl": "https://example.org/p"}
    message = written("<p>Here</p>")
    message["attachments"].append(poster)
    assert words_of(message) == "Here\nposter.pdf (https://example.org/p)"


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": None},
        {"text": 5},
        {"attachments": None},
        {"attachments": "x"},
        {"attachments": [5, None, {}]},
        {"attachments": [{"contentType": HTML, "content": 5}]},
        {"attachments": [{"contentType": "image/*"}]},
    ],
)
def test_a_message_without_words_has_none(message: Json) -> None:
    assert words_of(message) == ""


# -- what is no HTML of Teams'


@given(st.text("<>/abp spanliuolimg&;\"='\n "), st.text(max_size=20))
def test_no_html_is_too_broken_to_read(page: str, text: str) -> None:
    assert isinstance(words_of(written(page + html.escape(text))), str)


@pytest.mark.parametrize("page", ["<p>I said <![x", "<p>I <!-- said", "<p>I <a b='", "I <!a [ >",
    "I &#" + "9" * 5_000 + ";"])  # fmt: skip
def test_where_the_html_is_broken_the_plain_text_is_read(page: str) -> None:
    assert words_of(written(page)) == "what Teams made of it"
    assert words_of(written(page, text="")) == page


def test_a_list_that_begins_beyond_every_number_is_read_all_the_same() -> None:
    page = f'<ol start="{"9" * 5_000}"><li>check</li></ol>'
    assert words_of(written(page)) == "1. check"


@given(st.text("ab \t\n\r\f\u00a0\u2028", max_size=12))
def test_line_ends_between_words_are_one_space(words: str) -> None:
    assert on_one_line(words) == re.sub(r"\s*[\r\n]+\s*", " ", words)


HEAVY = (
    *("<a ", "<!--", "<![", "<a b='", "</ ", "<img><p>", "<a href=x>y", "<span>x", "<ul><li>"),
    *("<ol start=99999><li>", "<pre>\n", "<blockquote>", "<td>", " ", "&nbsp; ", "&#9", "<"),
)


@pytest.mark.parametrize("end", ["", ">", "</a>", "-->", "'\">"])
@pytest.mark.parametrize("piece", HEAVY)
def test_html_of_any_length_is_read(piece: str, end: str) -> None:
    """Twice as much as Teams takes; where time grew with the square, this took minutes."""
    page = "<p>a" + piece * (200_000 // len(piece)) + end
    assert len(words_of(written(page))) < 5_000_000
