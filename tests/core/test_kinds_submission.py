"""Work that is handed in stays its authors': kept to the letter, changed and taken back by them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.answer import Correct, Refused, Saved
from bot.chat.message import Form, Quote, Table, TextField
from bot.chat.plain import plain
from bot.chat.text import UserText
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.written import MOST
from bot.lessons.script import Activity
from tests.core.cohort import Cohort, button, form, labels, message, of
from tests.core.making import a_lesson, a_phase, an_activity
from tests.strategies import HOSTILE

TABLE: dict[str, Any] = {
    "fields": [
        {"id": "strong", "label": "What is strong?", "hint": "One thing."},
        {"id": "weak", "label": "What is weak?"},
    ]
}


def handing_in(*people: str, **spec: Any) -> Cohort:
    """A submission of each person's is open; ``fay`` leads."""
    cohort = Cohort(of("submission", **spec), people=people)
    cohort.lead()
    cohort.open("submission")
    return cohort


def together(*people: str, size: int = 2, **spec: Any) -> Cohort:
    """A submission of groups is open, and they have been dealt; ``fay`` leads."""
    cohort = Cohort(of("groups", size=size), of("submission", by="group", **spec), people=people)
    cohort.lead()
    cohort.open("groups")
    cohort.open("submission")
    return cohort


def mates(cohort: Cohort) -> tuple[str, str, str]:
    """Ada, one of her group, and one of the other."""
    (mine,) = cohort.held("groups", "ada")
    others = [name for name in ("ben", "cem", "dan") if name in cohort.people]
    mate = next(name for name in others if cohort.held("groups", name) == [mine])
    stranger = next(name for name in others if cohort.held("groups", name) != [mine])
    return "ada", mate, stranger


def its_form(cohort: Cohort, name: str) -> Form:
    return form(cohort.ask(name, "submission", "hand-in"))


def values(shown: Form) -> dict[str, str]:
    fields = [field for field in shown.fields if isinstance(field, TextField)]
    return {field.id: field.value.text if field.value else "" for field in fields}


def given_text(cohort: Cohort, owner: str, item: str) -> str | None:
    found = (r.given for r in cohort.standing("submission") if (r.owner, r.item) == (owner, item))
    return next((each.text.text for each in found if each and each.text), None)


# -- each for themselves


def test_the_post_has_the_task_the_way_in_the_turnout_and_who_will_read_it() -> None:
    cohort = handing_in("ada", "ben", task="# Your design\n\nHand in a **sketch**.")
    post = cohort.post("submission")
    text = plain(post)
    assert "Your design" in text
    assert "Hand in a sketch." in text
    assert text.count("Your design") == 1
    assert "0 of 2 have handed in" in text
    assert "Only your facilitator can read it." in text
    assert labels(post)[0] == "Hand in"
    assert "thread" not in text
    assert not post.invites_replies


def test_what_is_handed_in_is_counted_kept_and_shown_to_nobody_else() -> None:
    cohort = handing_in("ada", "ben")
    answer = cohort.hand_in("ada", "My sketch")
    assert answer == Saved("Saved. You can change it until the lesson ends.")
    assert given_text(cohort, "p-ada", "text") == "My sketch"
    assert "1 of 2 have handed in" in plain(cohort.post("submission"))
    assert "My sketch" not in plain(cohort.post("submission"))
    assert values(its_form(cohort, "ada")) == {"text": "My sketch", "link": ""}
    assert values(its_form(cohort, "ben")) == {"text": "", "link": ""}


def test_a_facilitator_who_hands_in_an_example_is_not_counted() -> None:
    cohort = handing_in("ada", "ben")
    assert isinstance(cohort.hand_in("fay", "An example"), Saved)
    assert "0 of 2 have handed in" in plain(cohort.post("submission"))


@pytest.mark.parametrize("text", [*HOSTILE, "x" * 40_000])
def test_every_character_is_kept(text: str) -> None:
    cohort = handing_in("ada")
    if not text.strip():
        return
    cohort.hand_in("ada", text)
    assert given_text(cohort, "p-ada", "text") == text
    assert values(its_form(cohort, "ada"))["text"] == text


@given(st.lists(st.sampled_from(["", " ", "a", "b"]), min_size=1, max_size=6))
def test_every_version_is_kept_and_the_newest_stands(texts: list[str]) -> None:
    """An unchanged text is no version, and one that is emptied is taken back only with words
    beside it."""
    cohort = handing_in("ada")
    kept: list[str] = []
    for text in texts:
        answer = cohort.hand_in("ada", text)
        assert isinstance(answer, Saved if text.strip() else Correct)
        if text.strip() and text != (kept[-1] if kept else ""):
            kept.append(text)
    said = [version.given.text.text for version in cohort.versions if version.given is not None
            and version.given.text]  # fmt: skip
    assert said == kept
    assert given_text(cohort, "p-ada", "text") == (kept[-1] if kept else None)


def test_an_empty_form_is_handed_back() -> None:
    cohort = handing_in("ada")
    answer = cohort.hand_in("ada", text=" \n", link=" ")
    assert isinstance(answer, Correct)
    assert set(answer.errors) == {"text"}
    assert not cohort.versions


@pytest.mark.parametrize(
    "link", ["my design", "javascript:alert(1)", "ftp://x.example/a", "https://", "http://[", "//x"]
)
def test_a_link_that_is_none_is_handed_back_with_what_was_wrong(link: str) -> None:
    cohort = handing_in("ada")
    answer = cohort.hand_in("ada", text="See there", link=link)
    assert isinstance(answer, Correct)
    assert set(answer.errors) == {"link"}
    assert not cohort.versions


def test_a_link_alone_is_enough_and_a_text_alone_too() -> None:
    cohort = handing_in("ada", "ben")
    assert isinstance(cohort.hand_in("ada", text="", link="https://example.org/ä b"), Saved)
    assert isinstance(cohort.hand_in("ben", text="Here", link=""), Saved)
    assert "2 of 2 have handed in" in plain(cohort.post("submission"))


def test_a_link_that_is_emptied_is_taken_back_and_the_text_stays() -> None:
    cohort = handing_in("ada")
    cohort.hand_in("ada", text="See", link="https://example.org/1")
    cohort.hand_in("ada", text="See", link="")
    assert given_text(cohort, "p-ada", "link") is None
    assert given_text(cohort, "p-ada", "text") == "See"
    assert [(v.item, v.given is None) for v in cohort.versions] == [
        ("text", False), ("link", False), ("link", True),
    ]  # fmt: skip


def test_what_comes_after_closing_counts_and_is_marked_as_late() -> None:
    cohort = handing_in("ada", "ben")
    cohort.hand_in("ada", "In time")
    cohort.step(10)
    cohort.close("submission")
    assert "Hand in" in labels(cohort.post("submission"))
    answer = cohort.hand_in("ben", "After")
    assert isinstance(answer, Saved)
    assert "marked as late" in answer.note
    assert [(v.owner, v.late) for v in cohort.versions] == [("p-ada", False), ("p-ben", True)]
    assert "2 of 2 have handed in" in plain(cohort.post("submission"))


def test_after_the_lesson_nothing_is_handed_in_any_more() -> None:
    cohort = handing_in("ada")
    shown = its_form(cohort, "ada")
    cohort.close("submission")
    cohort.end()
    answer = cohort.send("ada", shown, text="Too late")
    assert isinstance(answer, Refused)
    assert "has ended" in answer.why
    assert isinstance(cohort.ask("ada", "submission", "hand-in"), Refused)
    assert not cohort.versions


def test_work_can_be_taken_back_and_handed_in_anew() -> None:
    cohort = handing_in("ada")
    cohort.hand_in("ada", text="First", link="https://example.org")
    assert cohort.take_back("ada") == Saved("Taken back.")
    assert "0 of 1" in plain(cohort.post("submission"))
    assert values(its_form(cohort, "ada")) == {"text": "", "link": ""}
    assert isinstance(cohort.take_back("ada"), Refused)
    assert isinstance(cohort.hand_in("ada", "Second"), Saved)
    assert given_text(cohort, "p-ada", "text") == "Second"
    assert [v.given.text.text for v in cohort.versions if v.given and v.given.text] == [
        "First", "https://example.org", "Second",
    ]  # fmt: skip


def test_nobody_takes_back_what_is_anothers() -> None:
    cohort = handing_in("ada", "ben")
    cohort.hand_in("ada", "Mine")
    assert isinstance(cohort.take_back("ben"), Refused)
    assert given_text(cohort, "p-ada", "text") == "Mine"


def test_a_form_that_was_overtaken_shows_both_texts_and_keeps_the_newer_one() -> None:
    """Two windows of one person are no different from two people."""
    cohort = handing_in("ada")
    cohort.hand_in("ada", "At home")
    old, new = its_form(cohort, "ada"), its_form(cohort, "ada")
    cohort.send("ada", new, text="On the way", link="")
    clash = form(cohort.send("ada", old, text="At work", link=""))
    assert "On the way" in plain(clash)
    assert "while you were writing" in plain(clash)
    assert "group" not in plain(clash)
    assert values(clash)["text"] == "At work"
    assert given_text(cohort, "p-ada", "text") == "On the way"
    assert isinstance(cohort.send("ada", clash, text="At work, on the way"), Saved)
    assert given_text(cohort, "p-ada", "text") == "At work, on the way"


def test_sending_the_same_twice_is_one_version() -> None:
    cohort = handing_in("ada")
    shown = its_form(cohort, "ada")
    for _ in range(2):
        assert isinstance(cohort.send("ada", shown, text="Once", link=""), Saved)
    assert len(cohort.versions) == 1


def test_fields_that_a_form_does_not_have_are_not_kept() -> None:
    cohort = handing_in("ada")
    cohort.send("ada", its_form(cohort, "ada"), text="Mine", grade="4", owner="p-ben")
    assert [version.item for version in cohort.versions] == ["text"]


@pytest.mark.parametrize("verb", ["vote", "answer", "list", "judge", "board", "release"])
def test_a_callback_that_no_submission_gave_out_is_refused(verb: str) -> None:
    cohort = handing_in("ada")
    callback = cohort.callback("submission", verb)
    assert isinstance(cohort.send("ada", callback, text="x"), Refused)
    assert isinstance(cohort.look("ada", callback), Refused)
    assert not cohort.versions


def test_only_the_facilitator_sees_all_that_came_in() -> None:
    cohort = handing_in("ada", "ben")
    cohort.hand_in("ada", "My sketch")
    assert "See what came in" not in labels(cohort.post("submission"))
    assert isinstance(cohort.ask("ben", "submission", "works"), Refused)
    shown = message(cohort.ask("fay", "submission", "works"))
    assert "Ada" in plain(shown)
    assert "My sketch" in plain(shown)


# -- fields, and the table that they join


def test_the_authors_fields_are_asked_with_their_hints() -> None:
    cohort = handing_in("ada", **TABLE)
    fields = its_form(cohort, "ada").fields
    assert [(f.id, f.label) for f in fields] == [
        ("strong", "What is strong?"), ("weak", "What is weak?"),
    ]  # fmt: skip
    assert isinstance(fields[0], TextField)
    assert fields[0].hint == "One thing."


def test_what_everybody_filled_in_is_one_table_for_everyone() -> None:
    cohort = handing_in("ada", "ben", "cem", **TABLE)
    see = button(cohort.post("submission"), "See what came in")
    assert "Nothing has come in yet." in plain(message(cohort.look("cem", see)))
    cohort.hand_in("ada", strong="The data", weak="The model")
    cohort.hand_in("ben", strong="", weak="https is no link here")
    (table,) = [b for b in message(cohort.look("cem", see)).blocks if isinstance(b, Table)]
    assert table.columns == ("Who", "What is strong?", "What is weak?")
    cells = [[cell.text for (cell,) in row if isinstance(cell, UserText)] for row in table.rows]
    assert cells == [["Ada", "The data", "The model"], ["Ben", "", "https is no link here"]]
    assert "Everyone here can read what you hand in." in plain(cohort.post("submission"))


def test_fields_may_be_for_the_facilitator_only() -> None:
    cohort = handing_in("ada", "ben", visible="facilitator", **TABLE)
    cohort.hand_in("ada", strong="The data")
    assert "See what came in" not in labels(cohort.post("submission"))
    assert isinstance(cohort.ask("ben", "submission", "works"), Refused)


def test_a_table_of_very_many_shows_the_newest_whole_and_counts_the_others() -> None:
    names = [f"n{n:02}" for n in range(MOST + 3)]
    cohort = handing_in(*names, **TABLE)
    for name in names:
        cohort.hand_in(name, strong=name)
    shown = message(cohort.ask("n00", "submission", "works"))
    (table,) = [block for block in shown.blocks if isinstance(block, Table)]
    assert len(table.rows) == MOST
    assert "3 earlier answers" in plain(shown)
    assert names[-1] in plain(shown)
    long = handing_in("ada", "ben", **TABLE)
    for name in ("ada", "ben"):
        long.hand_in(name, strong="x" * 40_000)
    shown = message(long.ask("ada", "submission", "works"))
    (table,) = [block for block in shown.blocks if isinstance(block, Table)]
    assert [len(row[1][0].text) for row in table.rows if isinstance(row[1][0], UserText)] == [
        40_000
    ]


# -- groups


def test_a_group_hands_in_together_and_its_form_says_who_wrote_last() -> None:
    cohort = together("ada", "ben", "cem", "dan")
    ada, mate, stranger = mates(cohort)
    (mine,) = cohort.held("groups", ada)
    assert "You hand in as a group" in plain(cohort.post("submission"))
    assert "0 groups have handed in" in plain(cohort.post("submission"))
    cohort.hand_in(ada, "Ours")
    (version,) = cohort.versions
    assert (version.owner, version.by) == (mine, "p-ada")
    assert "1 group has handed in" in plain(cohort.post("submission"))
    shown = its_form(cohort, mate)
    assert values(shown)["text"] == "Ours"
    assert "Last edited by Ada" in plain(shown)
    assert values(its_form(cohort, stranger))["text"] == ""
    assert "Ada" not in plain(its_form(cohort, stranger))
    cohort.send(mate, shown, text="Ours, and better")
    assert f"Last edited by {mate.title()}" in plain(its_form(cohort, ada))
    assert given_text(cohort, mine, "text") == "Ours, and better"


def test_of_two_who_write_at_once_neither_text_is_lost() -> None:
    cohort = together("ada", "ben", "cem", "dan")
    ada, mate, _ = mates(cohort)
    (mine,) = cohort.held("groups", ada)
    first, second = its_form(cohort, ada), its_form(cohort, mate)
    assert isinstance(cohort.send(ada, first, text="By Ada"), Saved)
    clash = form(cohort.send(mate, second, text="By the other"))
    assert "By Ada" in [b.said.text for b in clash.parts if isinstance(b, Quote)]
    assert values(clash)["text"] == "By the other"
    assert given_text(cohort, mine, "text") == "By Ada"
    assert isinstance(cohort.send(mate, clash, text="By both"), Saved)
    assert given_text(cohort, mine, "text") == "By both"


def test_somebody_of_no_group_is_told_how_to_get_into_one() -> None:
    cohort = together("ada", "ben", "cem", "dan")
    for answer in (
        cohort.ask("eva", "submission", "hand-in"),
        cohort.send("eva", cohort.callback("submission", "hand-in"), text="Mine"),
    ):
        assert isinstance(answer, Refused)
        assert "Show my group" in answer.why
    assert not cohort.versions
    cohort.press("eva", button(cohort.post("groups"), "Show my group"))
    assert isinstance(cohort.hand_in("eva", "Ours"), Saved)


def test_facilitators_do_not_hand_in_where_groups_do() -> None:
    cohort = together("ada", "ben", "cem", "dan")
    answer = cohort.hand_in("fay", "Mine")
    assert isinstance(answer, Refused)
    assert "facilitators are in none" in answer.why


def test_any_member_takes_the_groups_work_back_and_no_stranger() -> None:
    cohort = together("ada", "ben", "cem", "dan")
    ada, mate, stranger = mates(cohort)
    cohort.hand_in(ada, "Ours")
    assert isinstance(cohort.take_back(stranger), Refused)
    assert cohort.take_back(mate) == Saved("Taken back.")
    assert "0 groups" in plain(cohort.post("submission"))
    assert cohort.versions[-1].given is None
    assert cohort.versions[-1].by == f"p-{mate}"


def test_whoever_moves_writes_for_the_new_group_and_the_old_one_keeps_its_work() -> None:
    cohort = together("ada", "ben", "cem", "dan")
    ada, mate, stranger = mates(cohort)
    (was,), (other,) = cohort.held("groups", ada), cohort.held("groups", stranger)
    cohort.hand_in(ada, "Ours")
    cohort.send(ada, cohort.callback("groups", "move"), group=other)
    assert values(its_form(cohort, ada))["text"] == ""
    assert values(its_form(cohort, mate))["text"] == "Ours"
    cohort.hand_in(ada, "Theirs")
    assert given_text(cohort, was, "text") == "Ours"
    assert given_text(cohort, other, "text") == "Theirs"


def test_the_table_of_groups_names_them() -> None:
    cohort = together("ada", "ben", "cem", "dan", **TABLE)
    cohort.hand_in("ada", strong="The data")
    (mine,) = cohort.held("groups", "ada")
    assert f"Group {mine[1:]}" in plain(message(cohort.ask("ben", "submission", "works")))


# -- what surrounds it


def test_the_rubric_can_be_read_before_the_work_is_due() -> None:
    cohort = Cohort(of("submission"), of("peer_review"), people=("ada",))
    cohort.open("submission")
    read = button(cohort.post("submission"), "Read: How it is reviewed")
    text = plain(message(cohort.look("ada", read)))
    assert "It is whole" in text
    assert "4 – Exemplary: All parts are there." in text
    assert "1 – Beginning" in text


def test_without_a_review_there_is_no_rubric_to_read() -> None:
    assert not [x for x in labels(handing_in("ada").post("submission")) if x.startswith("Read")]


def test_whoever_replies_in_the_thread_is_told_that_everyone_reads_it() -> None:
    kind, spec = KINDS["submission"], handing_in().scene("submission").spec
    assert "everyone here can read" in kind.overheard(spec)


def misfit(*activities: Activity, of: str) -> str:
    lesson = a_lesson(a_phase("Engage", *activities))
    (activity,) = [each for each in activities if each.id == of]
    kind = KINDS[activity.kind]
    return kind.misfits(lesson.script, activity, kind.model.model_validate(activity.spec))


def test_groups_can_hand_in_only_where_groups_come_before() -> None:
    groups, work = an_activity("groups", id="g"), an_activity("submission", id="s", by="group")
    assert "no groups before it" in misfit(work, groups, of="s")
    assert misfit(groups, work, of="s") == ""


def test_the_evidence_has_every_field_in_the_table_of_submissions() -> None:
    kind = KINDS["submission"]
    spec = handing_in(**TABLE).scene("submission").spec
    asked = [(q.item, q.text, q.table) for q in kind.questions(spec)]
    assert asked == [
        ("strong", "What is strong?", "submissions"),
        ("weak", "What is weak?", "submissions"),
    ]
