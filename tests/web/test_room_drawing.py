"""Messages as HTML: every block, and nothing that anybody wrote becomes markup."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import count

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    People,
    Preformatted,
    Quote,
    Resource,
    Table,
    Tally,
    Text,
    TextField,
    TimeField,
)
from bot.chat.text import Code, Emphasis, Link, Strong, UserText, When
from bot.pages.signing import Signer
from bot.platforms.room.draw import Controls, draw
from bot.platforms.room.draw_form import draw_form, seal_form, unseal_form
from tests.conformance.driving import HOSTILE
from tests.web.browser import Page

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SIGNER = Signer(b"a secret that is kept for tests only")


def controls() -> Controls:
    ids = count()
    return Controls("/room/main", "token", "p1", new_id=lambda: str(next(ids)))


def everything(words: str) -> Message:
    """A message of every block, in which each text is ``words``."""
    said, line = UserText(words), (words, UserText(words), Strong(words), Emphasis(words))
    options = (Option("a", words, words), Option("b", words))
    return Message(
        words,
        (
            Heading(words, 1),
            Text((*line, Code(words), Link(words, "https://example.org/?a=b&c=d"), When(AT))),
            Note(line),
            Listing((line, line)),
            Listing((line,), ordered=True),
            Preformatted(words),
            Table((words, words), ((line, line),)),
            Quote(said, said),
            Quote(said),
            Choices("f.a.b...", options, words),
            Choices("f.a.b...", options, words, multiple=True, submit=words),
            Tally(words, (Bar(words, 2), Bar(said, 0)), 3),
            Deadline(AT),
            Deadline(AT, "closed"),
            Deadline(AT, "moved"),
            People(words, (said, said)),
            Buttons((Button(words, "f.c.d..."), Button(words, "f.e.f...", does="open"))),
            Resource(words, "https://example.org", words),
            Divider(),
        ),
    )


def every_field(words: str) -> Form:
    options = (Option("a", words, words), Option("b", words))
    return Form(
        words,
        "f.a.b...",
        (
            Heading(words),
            Text((words,)),
            Quote(UserText(words)),
            TextField("t", words, hint=words, value=UserText(words)),
            TextField("s", words, multiline=False, required=False),
            ChoiceField("c", words, options, value=("b",)),
            ChoiceField("m", words, options, multiple=True, value=("a", "b"), required=False),
            DateField("d", words, date(2026, 1, 5)),
            TimeField("h", words, time(9, 30)),
        ),
        submit=words,
    )


def read(html: str) -> Page:
    return Page(httpx.Response(200, text=html))


PLAIN_TAGS = read(draw(everything("words"), controls())).tags
FORM_TAGS = read(draw_form(every_field("words"), "", controls())).tags


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_drawn_in_every_block_and_are_no_markup(words: str) -> None:
    page = read(draw(everything(words), controls()))
    assert page.tags == PLAIN_TAGS
    assert page.text.count(words) >= 35


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_words_are_drawn_as_they_are(words: str) -> None:
    page = read(draw(everything(words), controls()))
    assert page.tags == PLAIN_TAGS
    form = read(draw_form(every_field(words), "", controls()))
    assert form.tags == FORM_TAGS
    assert form.forms[0].value("f.t") == words.replace("\0", "␀")


def test_nothing_drawn_holds_style_or_script() -> None:
    html = draw(everything("words"), controls()) + draw_form(every_field("words"), "", controls())
    page = read(html)
    assert not {"script", "style", "iframe", "object"} & set(page.tags)
    assert " style=" not in html
    assert " on" + "click" not in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x", "vbscript:x"])
def test_only_the_web_can_be_linked_to(url: str) -> None:
    page = read(draw(Message("", (Text((Link("here", url),)), Resource("there", url))), controls()))
    assert page.links == []
    assert page.text.count(url) == 2


def test_a_moment_is_in_utc_until_the_reader_has_a_zone() -> None:
    page = read(draw(Message("", (Deadline(AT),)), controls()))
    assert "Mon 05 Jan 2026, 09:00 UTC" in page.text
    assert 'datetime="2026-01-05T09:00:00+00:00"' in page.response.text


def test_a_tally_says_its_numbers_in_words() -> None:
    tally = Tally("So far", (Bar("Apples", 2), Bar(UserText("Pears"), 1)), 3)
    text = read(draw(Message("", (tally,)), controls())).text
    assert "3 answered" in text
    assert "Apples 2 (67%)" in text
    assert "Pears 1 (33%)" in text


def test_a_column_without_a_title_holds_the_titles_of_the_rows() -> None:
    table = Table(("", "Who"), ((("Data",), ("Ada",)),))
    html = draw(Message("", (table,)), controls())
    assert '<th scope="row">Data</th><td>Ada</td>' in html
    assert '<th scope="col"></th>' not in html
    assert 'aria-label="Table: Who"' in html


def test_every_control_has_a_label_of_its_own() -> None:
    page = read(draw_form(every_field("words"), "", controls()))
    html = page.response.text
    for number in (3, 4, 7, 8):
        assert f'<label for="field-{number}">' in html
        assert f'id="field-{number}"' in html
    assert html.count("<legend>") == 2


def test_every_form_has_an_id_of_its_own() -> None:
    page = read(draw(everything("words"), controls()))
    ids = [form.value("event") for form in page.forms]
    assert len(ids) == len(set(ids)) == 3


@given(st.text())
def test_a_sealed_form_comes_back_without_what_it_was_filled_with(words: str) -> None:
    words = words.encode("utf-8", "replace").decode()
    form = every_field(words)
    back = unseal_form(SIGNER, seal_form(SIGNER, form, "ada"), "ada")
    assert back is not None
    assert (back.title, back.callback, len(back.parts)) == (words, "f.a.b...", len(form.parts))
    assert {getattr(field, "value", None) for field in back.fields} == {None, ()}


def test_a_form_sealed_for_another_is_no_form() -> None:
    assert unseal_form(SIGNER, seal_form(SIGNER, every_field("x"), "ada"), "bo") is None
