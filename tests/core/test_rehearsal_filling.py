"""What somebody puts into the fields of a form."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.chat.event import Fields
from bot.chat.message import (
    ChoiceField,
    DateField,
    Form,
    Heading,
    Option,
    TextField,
    TimeField,
)
from bot.chat.text import UserText
from bot.rehearsal.filling import (
    asks_a_link,
    changed,
    filled,
    fits,
    is_filled,
    kept,
    levels,
)
from bot.rehearsal.personas import cast
from bot.rehearsal.subject import Subject
from tests.strategies import forms

COHORT = cast(3, 100, "memory", "town")
SUBJECT = Subject(("Compost heaps", "Worm bins", "Leaf mould"))
WHO = (Option("data", "The data"), Option("model", "The model"), Option("none", "Nobody"))
FORM = Form(
    "",
    "f",
    (
        TextField("why", "Why?"),
        TextField("where", "Where?", multiline=False, required=False),
        ChoiceField("who", "Who?", WHO, multiple=True),
        ChoiceField("none", "Nothing to choose", (), required=False),
        DateField("day", "When?"),
        TimeField("time", "At what time?"),
    ),
)


def fill(form: Form, n: int = 0) -> Fields:
    return filled(COHORT[n], form, SUBJECT, "", random.Random(n), "answer")


@given(forms(), st.integers(0, 99))
def test_any_form_is_filled_in_as_its_fields_ask_and_the_same_again(form: Form, n: int) -> None:
    assume(fits(form))
    fields = fill(form, n)
    assert fields == fill(form, n)
    assert list(fields) == [field.id for field in form.fields]
    assert any(fields.values())
    for each in form.fields:
        value = fields[each.id]
        assert value or not each.required
        match each:
            case TextField():
                assert all(text.strip() for text in value)
            case ChoiceField(options=options, multiple=multiple):
                assert set(value) <= {option.id for option in options}
                assert len(value) <= 1 or multiple
            case DateField():
                assert all(date.fromisoformat(day) for day in value)
            case TimeField():
                assert all(time.fromisoformat(clock) is not None for clock in value)


def test_a_form_with_something_that_nobody_can_choose_is_filled_in_around_it() -> None:
    fields = [fill(FORM, n) for n in range(100)]
    assert all(each["none"] == () for each in fields)
    assert {each["where"] == () for each in fields} == {True, False}
    assert max(len(each["who"]) for each in fields) > 1
    assert all(datetime.strptime(each["day"][0], "%Y-%m-%d").replace(tzinfo=UTC) for each in fields)


@given(forms())
def test_what_is_in_a_form_already_is_kept_in_the_form_in_which_it_is_sent(form: Form) -> None:
    fields = kept(form)
    assert list(fields) == [field.id for field in form.fields]
    for each in form.fields:
        if isinstance(each, TextField) and each.value and each.value.text:
            assert fields[each.id] == (each.value.text,)


def test_a_form_is_filled_in_once_it_has_words_and_all_that_it_requires() -> None:
    words = TextField("a", "", value=UserText("Yes."))
    empty = ChoiceField("b", "", WHO)
    assert is_filled(Form("", "f", (words,)))
    assert not is_filled(Form("", "f", (words, empty)))
    assert not is_filled(Form("", "f", (TextField("a", "", required=False),)))


def test_a_change_rewords_one_text_and_leaves_links_alone() -> None:
    form = Form(
        "",
        "f",
        (TextField("a", ""), TextField("link", "Link", multiline=False), TextField("b", "")),
    )
    before: Fields = {"a": ("One.",), "link": ("https://example.org",), "b": ("Two.",)}
    after = changed(form, before, SUBJECT, "", random.Random(1))
    assert after
    [now] = [id for id in after if after[id] != before[id]]
    assert now in ("a", "b")
    assert after[now][0].startswith(before[now][0])
    nothing: Fields = {"a": (), "link": ("https://example.org",), "b": ()}
    assert changed(form, nothing, SUBJECT, "", random.Random(1)) is None


@pytest.mark.parametrize(
    ("field", "asks"),
    [
        (TextField("link", "Where is it?", multiline=False), True),
        (TextField("f2", "Link to your work", multiline=False), True),
        (TextField("f2", "Where is it?", "https://…", multiline=False), True),
        (TextField("f2", "How does this link to your work?"), False),
        (TextField("f2", "Your title", multiline=False), False),
        (ChoiceField("link", "Link", WHO), False),
    ],
)
def test_a_field_for_a_link_is_a_line_that_says_so(
    field: TextField | ChoiceField, asks: bool
) -> None:
    assert asks_a_link(field) is asks


def options(*pairs: str) -> tuple[Option, ...]:
    return tuple(Option(*pair.split("=")) for pair in pairs)


@pytest.mark.parametrize(
    ("offered", "best_first"),
    [
        (options("4=Exemplary", "3=Good", "2=Fair", "1=Weak"), ("4", "3", "2", "1")),
        (options("l1=Weak", "l2=Fair", "l3=Good"), ("l3", "l2", "l1")),
        (options("a=1 not at all", "b=2", "c=3 fully"), ("c", "b", "a")),
        (options("data=The data", "model=The model", "none=Nobody"), ()),
        (options("yes=1", "no=0"), ()),
        (options("a=1", "b=1", "c=2"), ()),
        (options("2019-reform=Before", "x=After", "y=Never"), ()),
    ],
)
def test_a_scale_is_three_levels_or_more_that_are_numbered(
    offered: tuple[Option, ...], best_first: tuple[str, ...]
) -> None:
    assert levels(offered) == best_first


def test_levels_lean_to_the_generous() -> None:
    scale = ChoiceField("level", "Clear words", options("4=A", "3=B", "2=C", "1=D"))
    form = Form("", "f", (scale,))
    given = Counter(fill(form, n)["level"][0] for n in range(100))
    assert given["4"] + given["3"] > 65
    assert given["1"] < 12


def test_what_is_judged_stands_over_it_where_its_label_is_one_word() -> None:
    scale = ChoiceField("level", "Level", options("4=A", "3=B", "2=C", "1=D"))
    form = Form("Feedback", "f", (Heading("Care over winter"), scale, TextField("why", "Why?")))
    assert all("care over winter" in fill(form, n)["why"][0].lower() for n in range(20))
