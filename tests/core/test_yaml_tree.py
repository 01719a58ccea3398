"""YAML from strangers: text stays text, and whatever could do harm is refused with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.yaml_tree import (
    MOST_BYTES,
    MOST_LINES,
    MOST_VALUES,
    Entries,
    Items,
    Scalar,
    Unreadable,
    plain,
    read_yaml,
)

BREAK = "\\n"
"""The end of a line as it is written between double quotes."""


@pytest.mark.parametrize(
    "text",
    ["10:30", "no", "yes", "1e3", "0x1F", "0o17", "null", "~", "2026-01-05", "1_000", ".nan"],
)
def test_a_scalar_stays_the_text_that_it_is(text: str) -> None:
    assert plain(read_yaml(f"key: {text}\n")) == {"key": text}


def test_every_value_knows_its_line() -> None:
    root = read_yaml("first: 1\nlist:\n  - one\n  - two\n")
    assert isinstance(root, Entries)
    assert root.lines == {"first": 1, "list": 2}
    items = root.nodes["list"]
    assert isinstance(items, Items)
    assert items.nodes == (Scalar("one", 3), Scalar("two", 4))


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: 1\nb: &x 2\n", 2, "Anchors"),
        ("a: 1\nb: *x\n", 2, "Anchors"),
        ("a: &a [*a]\n", 1, "Anchors"),
        ("\na: 1\na: 2\n", 3, "twice"),
        ("deep:\n  a: 1\n  b: 2\n  a: 3\n", 4, "twice"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "Tags"),
        ("a: !include /etc/passwd\n", 1, "Tags"),
        ("[" * 21, 1, "deep"),
        ("{a: " * 30, 1, "deep"),
        (f"a:\n  [{'b,' * MOST_VALUES}]\n", 2, "values"),
        (f'a: 1\nb: "{BREAK * (MOST_LINES + 1)}"\n', 2, "lines"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("? [a]\n: b\n", 1, "key"),
        ("a: b: c\n", 1, "not YAML"),
        ("a:\n\t- b\n", 2, "not YAML"),
        ("é: 1\nb: \a\n", 2, "not YAML"),
        ("a: 1\n\nb: \ud800\n", 3, "not YAML"),
        ("%TAG ! x\n", 2, "not YAML"),
    ],
)
def test_what_could_do_harm_is_refused_with_its_line(text: str, line: int, word: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_yaml(text)
    assert refused.value.problem.line == line
    assert word in refused.value.problem.message


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    with pytest.raises(Unreadable, match="Anchors"):
        read_yaml(bomb)


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(Unreadable, match="256 KB"):
        read_yaml("a: " + "x" * MOST_BYTES)


def test_nothing_at_all_is_an_empty_mapping() -> None:
    assert read_yaml("") == Entries({}, {}, 1)
    assert read_yaml("# only a remark\n") == Entries({}, {}, 1)


@given(
    st.text(alphabet="ab:-[]{}&*!#'\"|>?%@\n \t,\x00\ud800é", max_size=200) | st.text(max_size=300)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    said = ""
    try:
        read_yaml(text)
    except Unreadable as refused:
        said = refused.problem.message
    assert said == "" or said.endswith(".")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: Read this #1 now", 1, "“#1 now” would not be read"),
        ("a:\n- ok # fine\n- 🔥 müde #x", 3, "“#x” would not be read"),
        ("poll: Which: one?", 1, "put a text that has a colon in quotes"),
        ("a:\n\t- b", 2, "not with tabs"),
    ],
)
def test_what_authors_slip_on_is_told_in_plain_words(text: str, line: int, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_yaml(text)
    assert refused.value.problem.line == line
    assert said in refused.value.problem.message


def test_comments_and_signs_that_lose_nothing_are_taken() -> None:
    text = "a: one # a comment\nb: '#1 now' #yes\nc: C#\nd: a#b\n#e\nf: g ## h\n"
    assert plain(read_yaml(text)) == {"a": "one", "b": "#1 now", "c": "C#", "d": "a#b", "f": "g"}
