"""Teams: forms on cards, what is chosen in them, and what a card says in answer to somebody."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.message import (
    Button,
    Buttons,
    ChoiceField,
    DateField,
    Form,
    Heading,
    Message,
    Note,
    Option,
    PeopleField,
    PlaceField,
    Table,
    TextField,
    TimeField,
)
from bot.chat.plain import moment, plain
from bot.chat.platform import Rejected
from bot.chat.text import UserText
from bot.platforms.teams.card import (
    corrected,
    form_in,
    noted,
    render_form,
    render_message,
    said_card,
    with_back,
)
from bot.platforms.teams.inputs import Known
from bot.platforms.teams.reading import Press, read_form, read_press
from tests.platforms.card_rules import (
    KNOWN,
    LARGEST_CARD,
    actions_of,
    as_read,
    nodes_of,
    problems_of,
    read_in_utc,
    size_of,
    submitted_from,
    text_of,
)
from tests.said import said
from tests.strategies import HOSTILE, forms, texts
from tests.teams.cards import actions, field_of, value_of
from tests.teams.cards import given as given_in

OPTIONS = tuple(Option(f"o,{n}%", f"Option {n}") for n in range(14))


@given(forms(), st.booleans())
def test_any_form_keeps_every_limit_and_loses_no_text(form: Form, known: bool) -> None:
    try:
        card = render_form(form, KNOWN if known else Known())
    except Rejected:
        rows = [row for part in form.parts if isinstance(part, Table) for row in part.rows]
        cells = 100 * sum(map(len, rows))
        assert size_of(plain(form)) + cells > LARGEST_CARD // 2
        return
    assert problems_of(card) == []
    drawn = text_of(read_in_utc(card["body"]))
    texts = [form.title, form.submit, *(text for part in form.parts for text in said(part, moment))]
    assert [text for text in texts if as_read(text) not in drawn] == []


@given(forms(), st.sampled_from((Known(), KNOWN)))
@settings(suppress_health_check=[HealthCheck.filter_too_much])
def test_a_form_sent_unchanged_gives_back_what_it_held(form: Form, known: Known) -> None:
    try:
        value = submitted_from(render_form(form, known))
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
                ids = [option.id for option in known.people]
                order = {one: n for n, one in enumerate(ids)}
                expected[id] = tuple(sorted(people, key=lambda one: order.get(one, len(ids))))
            case PlaceField(id, _, place):
                expected[id] = (place,) if place else ()
            case _:
                pass
    assert read_form(value) == expected
    assert read_press(value) == Press(form.callback, "form")


@given(forms(), st.booleans(), st.data())
@settings(max_examples=50, suppress_health_check=[HealthCheck.filter_too_much])
def test_a_form_of_ones_own_means_all_of_it_and_one_in_a_post_what_is_filled_in(
    form: Form, android: bool, data: st.DataObject
) -> None:
    """Whether a client sends what stands empty or leaves it out."""
    held = Message("Reflect", (Buttons((Button("Write", "f.open.1...", "open", form=form),)),))
    try:
        own, [post, *_] = render_form(form, KNOWN), render_message(held)
    except Rejected:
        return
    for card in (own, post):
        for action in actions(card):
            if action.data.get("does") != "form":
                continue
            typed = {
                node["id"]: data.draw(st.sampled_from(("", *_can_be_given(node))))
                for node in action.sent
                if data.draw(st.booleans())
            }
            stands = {node["id"]: given_in(node, typed) for node in action.sent}
            filled = {
                field_of(id)
                for id, value in stands.items()
                if _is_said(id, value, blank=card is post)
            }
            read = read_form(value_of(action, typed, android=android))
            assert {id for id, value in read.items() if value} == filled
            assert set(read) == (set(map(field_of, stands)) if card is own else filled)


def _is_said(id: str, value: str, *, blank: bool) -> bool:
    if id.split(" ")[1] in ("one", "many"):
        return bool(value.replace(",", "").strip())
    return bool(value.strip() if blank else value)


def _can_be_given(node: dict[str, Any]) -> list[str]:
    if node["type"] == "Input.ChoiceSet":
        return [choice["value"] for choice in node["choices"]]
    examples = {"Input.Text": ["Because, so.", " x "], "Input.Date": ["2026-01-05"]}
    return examples.get(node["type"], ["09:30"])


def test_a_form_that_names_no_fields_says_nothing_of_what_was_left_out() -> None:
    for fields in ({}, {"fields": None}, {"fields": [5, None, "why"]}):
        sent = {"form": "form", "form text what": "", **fields}
        assert read_form(sent) == {"what": ()} | ({"why": ()} if fields.get("fields") else {})


def test_a_form_too_long_for_a_card_is_refused_not_cut() -> None:
    field = TextField("e", "Essay", "", UserText("x" * 40_000))
    with pytest.raises(Rejected, match="stays saved"):
        render_form(Form("Essay", "f.e.1...", (field, field)))


PLACE = PlaceField("where", "Where?")
PEOPLE = PeopleField("who", "Who leads?", ("U2", "U9"))


def test_places_and_people_are_chosen_from_those_that_are_known() -> None:
    card = render_form(Form("Schedule", "f.e.1...", (PLACE, PEOPLE)), KNOWN)
    where, who = (n for n in nodes_of(card) if n.get("type") == "Input.ChoiceSet")
    assert [choice["title"] for choice in where["choices"]] == ["General", "Class, B"]
    assert (where["style"], where["isMultiSelect"]) == ("compact", False)
    assert [choice["title"] for choice in who["choices"]] == ["Person 1", "Person 2", "U9"]
    assert (who["value"], who["isMultiSelect"]) == ("U2,U9", True)
    sent = {where["id"]: where["choices"][1]["value"], who["id"]: "U1,U2", "form": "form"}
    assert read_form(sent) == {"where": ("19:b@thread.tacv2",), "who": ("U1", "U2")}


def test_many_places_can_be_searched() -> None:
    places = tuple(Option(f"19:{n}@thread.tacv2", f"Channel {n}") for n in range(13))
    card = render_form(Form("Schedule", "f.e.1...", (PLACE,)), Known(places=places))
    [where] = [n for n in nodes_of(card) if n.get("type") == "Input.ChoiceSet"]
    assert where["style"] == "filtered"


@pytest.mark.parametrize("known", [Known(), Known(people=tuple(
    Option(f"00000000-0000-0000-0000-{n:012}", f"Person {n}") for n in range(2_000)))],
    ids=["nobody", "too many"],
)  # fmt: skip
def test_people_who_cannot_be_offered_are_written_and_their_commas_may_have_spaces(
    known: Known,
) -> None:
    card = render_form(Form("Schedule", "f.e.1...", (PEOPLE,)), known)
    [who] = [n for n in nodes_of(card) if str(n.get("type")).startswith("Input.")]
    assert (who["type"], who["value"]) == ("Input.Text", "U2,U9")
    assert "commas between them" in text_of(card["body"])
    assert ("too many" in text_of(card["body"])) == bool(known.people)
    assert ("found nobody else" in text_of(card["body"])) != bool(known.people)
    assert read_form({who["id"]: "U2, U3 ,", "form": "form"}) == {"who": ("U2", "U3")}


def test_where_no_place_is_known_that_is_said_and_its_id_can_be_written() -> None:
    """Where there are too many, none is missing."""
    many = tuple(Option(f"19:{n}{'x' * 60}@thread.tacv2", f"Channel {n}") for n in range(1_000))
    for known, told in ((Known(), True), (Known(places=many), False)):
        said = text_of(render_form(Form("Schedule", "f.e.1...", (PLACE,)), known)["body"])
        assert ("I found no channel of a team that you and I are in" in said) is told
        assert "19:" in said


def test_a_place_that_cannot_be_offered_is_written_as_it_is_called() -> None:
    card = render_form(
        Form("Schedule", "f.e.1...", (PlaceField("where", "Where?", "19:a@thread.tacv2"),))
    )
    [where] = [n for n in nodes_of(card) if n.get("type") == "Input.Text"]
    assert where["value"] == "19:a@thread.tacv2"
    assert read_form(submitted_from(card)) == {"where": ("19:a@thread.tacv2",)}


def test_a_title_that_is_the_label_of_what_is_asked_stands_there_once() -> None:
    own = Form("Your answer", "f.w.1...", (TextField("answer", "Your answer"),))
    other = Form("Your answer", "f.w.1...", (TextField("answer", "Why?"),))
    assert text_of(render_form(own)["body"]).count("Your answer") == 1
    assert text_of(render_form(other)["body"]).startswith("Your answerWhy?")


@pytest.mark.parametrize("multiple", [True, False])
def test_a_title_of_a_choice_is_shown_to_the_letter_with_markdown_and_without(
    multiple: bool,
) -> None:
    labels = ("__init__", "init", "`a*b`", "[your bank](https://evil.example)", "1. first", "~5")
    options = tuple(Option(f"o{n}", text) for n, text in enumerate(labels))
    card = render_form(Form("Pick", "f.e.1...", (ChoiceField("c", "Which?", options, multiple),)))
    assert problems_of(card) == []
    [chosen] = [node for node in nodes_of(card) if node.get("type") == "Input.ChoiceSet"]
    assert tuple(as_read(choice["title"]) for choice in chosen["choices"]) == labels
    assert chosen["choices"][1]["title"] == "init"
    assert text_of(card["body"]).count("your bank") == 1


def test_a_name_among_people_to_choose_is_no_link_and_no_date() -> None:
    names = ("[Mallory](https://evil.example)", "{{DATE(2026-01-05T09:00:00Z, SHORT)}}")
    known = Known(people=tuple(Option(f"U{n}", name) for n, name in enumerate(names)))
    card = render_form(Form("Schedule", "f.e.1...", (PeopleField("who", "Who?"),)), known)
    assert problems_of(card) == []
    [who] = [node for node in nodes_of(card) if node.get("type") == "Input.ChoiceSet"]
    assert tuple(as_read(choice["title"]) for choice in who["choices"]) == names


def test_no_date_is_filled_into_the_label_of_a_field() -> None:
    label = "{{TIME(2026-01-05T09:00:00Z)}}?"
    card = render_form(Form("Pick", "f.e.1...", (TextField("why", label),)))
    assert problems_of(card) == []
    assert label in text_of(card["body"])


ASKED = Form(
    "Reflect",
    "f.write.1...",
    (
        TextField("why", "Why?"),
        Note(("Everyone reads it.",)),
        ChoiceField("which one", "Which?", OPTIONS[:2]),
        DateField("when", "When?"),
    ),
)


def test_what_was_wrong_stands_above_its_field_and_what_was_written_in_it() -> None:
    card = render_form(ASKED)
    values = {
        "form text why": "{{DATE(}} *mine*\n",
        "form one which one": "o%2C1%25",
        "form date when": "",
        "other text why": "not this",
        "fivefold": "f.write.1...",
    }
    shown = corrected(card, {"which one": "Choose again.", "gone": "Too late.", "": "No."}, values)
    assert text_of(shown["body"]).startswith("Too late.No.Reflect")
    kinds = [(e["type"], e.get("value")) for e in shown["body"]]
    assert ("Input.Text", "{{DATE(}} *mine*\n") in kinds
    at = kinds.index(("Input.ChoiceSet", "o%2C1%25"))
    assert shown["body"][at - 1]["inlines"][0]["text"] == "Choose again."
    assert ("Input.Date", None) in kinds
    assert render_form(ASKED) == card
    assert corrected(card, {}, {}) == card


@given(forms(), texts)
def test_a_corrected_form_keeps_the_limit_or_is_refused(form: Form, written: str) -> None:
    try:
        card = render_form(form)
        values = {n["id"]: written for n in nodes_of(card) if n.get("type") == "Input.Text"}
        shown = corrected(card, {"f0": "Wrong.", "": "Wrong."}, values)
    except Rejected:
        return
    assert problems_of(shown) == []
    held = [n.get("value", "") for n in nodes_of(shown) if n.get("type") == "Input.Text"]
    assert held == [written] * len(values)


def test_the_form_that_a_press_came_from_is_found_in_the_card() -> None:
    other = Form("Other", "f.other.1...", (TextField("what", "What?"),))
    buttons = (
        Button("Write", "f.open.1...", "open", form=ASKED),
        Button("Other", "f.open.2...", "open", form=other),
        Button("Again", "f.open.1...", "open", form=ASKED),
    )
    [card] = render_message(Message("Why?", (Heading("Why?"), Buttons(buttons))))
    sends = [n["data"] for n in nodes_of(card) if n.get("data", {}).get("does") == "form"]
    assert [data["form"] for data in sends] == ["1.0", "1.1", "1.2"]
    found = form_in(card, {"1.2 text why": "x", **sends[2]})
    assert found is not None
    assert (found["type"], found["version"], found["fallbackText"]) == (
        "AdaptiveCard",
        "1.5",
        "Why?",
    )
    assert read_form({**submitted_from(found), "1.2 text why": "x"}) == {"why": ("x",)}
    assert submitted_from(found)["form"] == "1.2"
    assert form_in(card, {"fivefold": "f.else.1...", "does": "form", "form": "1.2"}) is None
    assert form_in(card, {"fivefold": "f.open.1...", "does": "open"}) is None
    alone = render_form(ASKED)
    assert form_in(alone, submitted_from(alone)) == alone


@given(st.one_of(texts, st.sampled_from(HOSTILE)))
def test_a_sentence_stands_on_a_card_as_it_was_said(sentence: str) -> None:
    sentence = sentence[:2_000]
    card = said_card(sentence, back=True)
    assert problems_of(card) == []
    assert text_of(card["body"]) == as_read(sentence or "…") + "Back"
    [press] = actions_of(card)
    assert read_press(press["data"]) == Press("", "back")
    assert actions_of(said_card(sentence)) == []


def test_a_note_stands_above_what_the_card_says() -> None:
    card = said_card("Results")
    assert text_of(noted(card, "Saved.")["body"]) == "Saved.Results"
    assert noted(card, "") == card
    assert text_of(with_back(card)["body"]) == "ResultsBack"
