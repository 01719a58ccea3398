"""An author's Markdown becomes blocks without losing a word or gaining a danger."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.message import (
    Divider,
    Heading,
    Listing,
    Message,
    Preformatted,
    Table,
    Text,
)
from bot.chat.plain import plain, plain_line
from bot.chat.text import Code, Emphasis, Line, Link, Strong
from bot.lessons.prose import Prose, prose, prose_line

MARKS = [
    *("\n", "\n\n", " ", "  \n", "    ", "\t", "\\", "*", "**", "_", "__", "`", "``", "~~", "~"),
    *("# ", "### ", "- ", "* ", "+ ", "1. ", "7) ", "> ", "---\n", "===\n", "***\n", "|", "|--|\n"),
    *("[", "]", "(", ")", "![", "](", "]: ", "<", ">", "<b>", "</b>", "<!-- ", " -->", "```\n"),
    *("http://a.example/", "https://", "javascript:", "&", "&amp;", "&#35;", '"', "'", "\0", "\r"),
]
WORDS = st.text("abcdefghijklmnopqrstuvwxyzäöüßç", min_size=3, max_size=8).map(str.upper)
MARKDOWN = st.lists(st.one_of(st.sampled_from(MARKS), WORDS), max_size=40).map("".join)


def text_of(blocks: tuple[Prose, ...]) -> str:
    return plain(Message("", blocks))


def lines_of(blocks: tuple[Prose, ...]) -> Iterator[Line]:
    for block in blocks:
        match block:
            case Text(line):
                yield line
            case Listing(items):
                yield from items
            case Table(_, rows):
                for row in rows:
                    yield from row
            case Heading() | Preformatted() | Divider():
                pass


def words_of(text: str) -> list[str]:
    return re.findall(r"[A-ZÄÖÜÇ]{3,}", text)


@given(st.lists(st.tuples(st.sampled_from(MARKS), WORDS), max_size=30))
def test_every_word_of_any_markdown_is_still_there(pieces: list[tuple[str, str]]) -> None:
    # Words stand between spaces, so that none becomes part of an address or an entity.
    markdown = "".join(f"{mark} {word} " for mark, word in pieces)
    assert words_of(text_of(prose(markdown))) == words_of(markdown)


@given(MARKDOWN)
def test_any_markdown_is_read_and_only_web_links_are_links(markdown: str) -> None:
    blocks = prose(markdown)
    for line in (*lines_of(blocks), prose_line(markdown)):
        for part in line:
            assert not isinstance(part, Link) or re.match(r"https?://[^/]", part.url, re.IGNORECASE)
    assert all(text_of((block,)).strip() for block in blocks)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    prose(text)
    prose_line(text)


@pytest.mark.parametrize(
    "hostile",
    ["> " * 3000, "- " * 500 + "x", "*" * 5000, "[" * 3000, "(" * 3000, "`" * 5000, "|" * 3000],
)
def test_markdown_made_to_hurt_is_read_and_kept(hostile: str) -> None:
    markdown = f"{hostile} END"
    assert "END" in text_of(prose(markdown))


def test_what_is_nested_too_deeply_is_shown_as_written() -> None:
    markdown = "> " * 30 + "deep"
    assert prose(markdown) == (Text((markdown,)),)


@pytest.mark.parametrize(
    "html",
    ["<b>b</b>", "<script>alert(1)</script>", "<img src=x onerror=y>", "a<br>b", "<!-- hidden -->"],
)
def test_html_stays_text(html: str) -> None:
    assert prose(html) == (Text((html,)),)


@pytest.mark.parametrize(
    ("markdown", "line"),
    [
        ("a *b* c", ("a ", Emphasis("b"), " c")),
        ("a **b** c", ("a ", Strong("b"), " c")),
        ("**b *i* b**", (Strong("b "), Emphasis("i"), Strong(" b"))),
        ("run `make demo` now", ("run ", Code("make demo"), " now")),
        ("one\ntwo", ("one", " ", "two")),
        ("one  \ntwo", ("one", "\n", "two")),
        ("&lt;x&gt; \\*y\\*", ("<x> *y*",)),
        ("~~gone~~", ("~~gone~~",)),
    ],
)
def test_a_paragraph_keeps_its_emphasis(markdown: str, line: Line) -> None:
    assert prose(markdown) == (Text(line),)
    assert prose_line(markdown) == line


@pytest.mark.parametrize(
    ("markdown", "line"),
    [
        ("[the guide](https://a.example/g)", (Link("the guide", "https://a.example/g"),)),
        ("[**the** `guide`](https://a.example)", (Link("the guide", "https://a.example"),)),
        ("[](https://a.example)", (Link("https://a.example", "https://a.example"),)),
        ('[it](https://a.example "Old")', (Link("it", "https://a.example"), " (Old)")),
        ("<https://a.example>", (Link("https://a.example", "https://a.example"),)),
        (
            "See https://a.example/x.",
            ("See ", Link("https://a.example/x", "https://a.example/x"), "."),
        ),
        ("![a map](https://a.example/m.png)", (Link("a map", "https://a.example/m.png"),)),
        ("![a map](maps/m.png)", ("a map (maps/m.png)",)),
        ("[hand-out](handouts/1.md)", ("hand-out (handouts/1.md)",)),
        ("[write](mailto:a@b.example)", ("write (mailto:a@b.example)",)),
        ("<a@b.example>", ("a@b.example",)),
        ("[x](javascript:alert)", ("[x](javascript:alert)",)),
        ("[x](http://)", ("x (http://)",)),
        ("[a][1]", ("[a][1]",)),
    ],
)
def test_only_web_addresses_become_links_and_no_address_is_lost(markdown: str, line: Line) -> None:
    assert prose(markdown) == (Text(line),)


def test_a_line_that_looks_like_a_definition_is_still_read() -> None:
    assert "Guide" in text_of(prose("[Guide]: https://a.example/guide"))
    assert "https://a.example/guide" in text_of(prose("[Guide]: https://a.example/guide"))


def test_headings_keep_the_addresses_of_their_links() -> None:
    (heading,) = prose("# The [guide](https://a.example) to `make`")
    assert heading == Heading("The guide (https://a.example) to make", 2)


def test_headings_have_two_depths_below_the_posts_own() -> None:
    assert [b.level for b in prose("# a\n## b\n### c\n###### d") if isinstance(b, Heading)] == [
        *(2, 2, 3, 3)
    ]


@pytest.mark.parametrize("empty", ["", "  \n", "#", "- ", "```\n```", "&#32;", "> "])
def test_nothing_is_made_of_nothing(empty: str) -> None:
    assert prose(empty) == ()


def shown(markdown: str) -> list[str]:
    (listing,) = prose(markdown)
    assert isinstance(listing, Listing)
    return [plain_line(item) for item in listing.items]


def test_what_is_nested_in_an_item_stands_below_it() -> None:
    markdown = "1. Data\n   - raw\n   - clean\n     1. by hand\n     2. by rule\n2. Model\n"
    assert shown(markdown) == [
        "Data\n\u2003– raw\n\u2003– clean\n\u2003\u20031. by hand\n\u2003\u20032. by rule",
        "Model",
    ]


def test_an_item_keeps_its_paragraphs_and_its_code() -> None:
    assert shown("- one\n\n  two\n\n  ```sh\n  make\n  ```\n") == ["one\ntwo\nmake"]


def test_a_numbered_list_is_numbered_and_a_bulleted_one_is_not() -> None:
    assert prose("1. a\n1. b") == (Listing((("a",), ("b",)), ordered=True),)
    assert prose("* a\n* b") == (Listing((("a",), ("b",))),)


def test_a_list_that_goes_on_after_an_interruption_keeps_its_numbers() -> None:
    blocks = prose("1. a\n\nMeanwhile:\n\n2. b\n3. c")
    assert text_of(blocks) == "1. a\n\nMeanwhile:\n\n2. b\n\n3. c"


def test_a_table_keeps_its_columns_and_cells() -> None:
    (table,) = prose("| Tool | Cost |\n|---|---|\n| *A* | 1 |\n| [B](https://b.example) | |")
    assert table == Table(
        ("Tool", "Cost"),
        (((Emphasis("A"),), ("1",)), ((Link("B", "https://b.example"),), ())),
    )


def test_code_keeps_its_spacing() -> None:
    assert prose("```python\nif x:\n    y()\n\n```") == (Preformatted("if x:\n    y()"),)
    assert prose("    indented\n      more") == (Preformatted("indented\n  more"),)


def test_words_after_a_fence_are_words() -> None:
    assert prose("~~~ Please read this") == (Preformatted("Please read this"),)
    assert prose("~~~ Please read\nx\n~~~") == (Preformatted("Please read\nx"),)


def test_blocks_come_in_the_order_of_the_author() -> None:
    blocks = prose("# H\n\npara\n\n- item\n\n> quote\n\n---\n\n```\ncode\n```\n")
    kinds = [type(block) for block in blocks]
    assert kinds == [Heading, Text, Listing, Text, Divider, Preformatted]
