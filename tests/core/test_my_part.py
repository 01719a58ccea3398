"""My part: what is still to do, what is mine and who sees it, and the ways to change that."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.answer import Refused, Saved
from bot.chat.message import Choices, Deadline, Message, Text
from bot.chat.plain import plain
from bot.chat.platform import Capabilities
from bot.facilitation.state import LOBBY, Participant
from tests.core.cohort import Cohort, button, form, labels, of, reviewing

DUE, MINE = "Still to do", "What I gave"


def lesson(*kinds: str) -> Cohort:
    """Activities of these kinds are open to Ada and Ben; fay leads."""
    cohort = Cohort(*(of(kind) for kind in kinds), people=("ada", "ben"))
    cohort.lead()
    for kind in kinds:
        cohort.open(kind)
    return cohort


def halves(message: Message) -> tuple[str, str]:
    """What is due, and what was given."""
    due, mine = plain(message).split(MINE)
    return due.split(DUE)[1], mine


def test_what_is_open_and_not_given_yet_is_due_with_its_deadline_and_its_button() -> None:
    cohort = lesson("submission", "reflection")
    shown = cohort.part("ada")
    due, mine = halves(shown)
    assert "Hand in your work" in due
    assert "Look back" in due
    assert "Nothing yet." in mine
    assert labels(shown) == ["Hand in", "Write my reflection"]
    assert len([block for block in shown.blocks if isinstance(block, Deadline)]) == 2
    assert "Only you see this." in plain(shown)


def test_a_poll_can_be_answered_right_there() -> None:
    cohort = lesson("poll")
    (choices,) = [block for block in cohort.part("ada").blocks if isinstance(block, Choices)]
    assert [option.id for option in choices.options] == ["data", "model", "people"]


def test_a_discussion_points_to_its_thread() -> None:
    shown = lesson("discussion").part("ada")
    assert "Answer in the thread of its post." in plain(shown)
    assert labels(shown) == []


def test_nothing_is_due_of_what_asks_nothing() -> None:
    due, _ = halves(lesson("prompt", "groups").part("ada"))
    assert "Nothing is waiting for you right now." in due


def test_what_i_gave_is_shown_to_the_letter_with_who_sees_it_and_how_to_change_it() -> None:
    cohort = lesson("submission", "reflection")
    cohort.hand_in("ada", "My <b>sketch</b>\n🎓", link="https://example.org")
    shown = cohort.part("ada")
    due, mine = halves(shown)
    assert "Hand in your work" not in due
    assert "My <b>sketch</b>" in mine
    assert "https://example.org" in mine
    assert "Only your facilitator can read it." in mine
    assert labels(shown) == ["Write my reflection", "Change it", "Take it back"]
    assert "sketch" not in plain(cohort.part("ben"))


def test_what_i_gave_can_be_taken_back_and_is_due_again() -> None:
    cohort = lesson("submission")
    cohort.hand_in("ada", "My sketch")
    take = form(cohort.look("ada", button(cohort.part("ada"), "Take it back")))
    assert "hidden everywhere" in plain(take)
    assert cohort.send("ada", take) == Saved("Taken back.")
    due, mine = halves(cohort.part("ada"))
    assert "Hand in your work" in due
    assert "Nothing yet." in mine
    assert isinstance(cohort.send("ada", take), Refused)


def test_after_closing_it_can_still_be_changed_and_is_still_due_of_whom_nothing_is_there() -> None:
    cohort = lesson("submission")
    cohort.hand_in("ada", "My sketch")
    cohort.close("submission")
    due, mine = halves(cohort.part("ada"))
    assert "Nothing is waiting" in due
    assert "My sketch" in mine
    assert labels(cohort.part("ada")) == ["Change it", "Take it back"]
    still = halves(cohort.part("ben"))[0]
    assert "Hand in your work" in still
    assert "Closed" in still
    assert "Late counts, too." in still


def test_after_the_lesson_it_is_only_shown() -> None:
    cohort = lesson("submission")
    cohort.hand_in("ada", "My sketch")
    cohort.close("submission")
    cohort.end()
    shown = cohort.part("ada")
    assert "My sketch" in plain(shown)
    assert labels(shown) == []


def test_a_vote_is_shown_in_the_words_of_its_options() -> None:
    cohort = lesson("poll")
    (choices,) = [block for block in cohort.part("ada").blocks if isinstance(block, Choices)]
    cohort.press("ada", choices.callback, "model")
    assert "The model" in halves(cohort.part("ada"))[1]


def test_ones_group_stands_in_it_with_everybody_in_it_and_can_be_changed() -> None:
    cohort = lesson("groups")
    _, mine = halves(cohort.part("ada"))
    assert "Group 1" in mine
    assert "Ben" in mine
    assert labels(cohort.part("ada")) == ["Change it"]
    shown = form(cohort.look("ada", button(cohort.part("ada"), "Change it")))
    assert [field.id for field in shown.fields] == ["group"]
    cohort.close("groups")
    assert labels(cohort.part("ada")) == []


def test_reviews_to_give_are_due_and_those_given_are_mine() -> None:
    cohort = reviewing("ada", "ben")
    assert "Review each other’s work" in halves(cohort.part("ada"))[0]
    cohort.review("ada", "r1", level="4", words="Clear and whole")
    due, mine = halves(cohort.part("ada"))
    assert "Nothing is waiting" in due
    assert "Work 1" in mine
    assert "Clear and whole" in mine
    assert "4 Exemplary" in mine
    assert "Feedback on my work" not in labels(cohort.part("ada"))
    cohort.review("ben", "r1")
    cohort.close("peer_review")
    assert "Feedback on my work" in labels(cohort.part("ada"))


def test_a_review_cannot_be_taken_back_from_it() -> None:
    cohort = reviewing("ada", "ben")
    cohort.review("ada", "r1")
    assert labels(cohort.part("ada")).count("Take it back") == 1
    answer = cohort.send("ada", cohort.callback("peer_review", "withdraw"))
    assert isinstance(answer, Refused)
    cohort.close("peer_review")
    assert "I say why" in plain(cohort.private("ben")[0])


def test_a_guest_has_nothing_yet_and_is_shown_nothing_of_others() -> None:
    cohort = lesson("submission", "groups")
    cohort.hand_in("ada", "My sketch")
    guest = cohort.join("eva")
    cohort.people["eva"] = Participant(
        "", guest.run, guest.person, guest.name, "learner", guest.joined_at
    )
    assert "Nothing yet." in plain(cohort.part("eva"))
    assert "My sketch" not in plain(cohort.part("eva"))


def test_a_facilitator_has_nothing_to_do_in_it() -> None:
    cohort = lesson("submission", "poll", "reflection", "discussion", "groups", "peer_review")
    assert "Nothing is waiting" in halves(cohort.part("fay"))[0]


def test_in_a_rehearsal_whoever_holds_it_has_to_do_what_a_learner_has() -> None:
    kinds = ("submission", "poll", "reflection", "discussion", "groups")
    cohort = lesson(*kinds)
    cohort.run = replace(cohort.run, rehearsal=True)
    cohort.capabilities = Capabilities(threads=False, hears_replies=False)
    due = halves(cohort.part("fay"))[0]
    assert due == halves(cohort.part("ada"))[0]
    assert "Hand in your work" in due
    cohort.hand_in("fay", "My sketch")
    due, mine = halves(cohort.part("fay"))
    assert "Hand in your work" not in due
    assert "My sketch" in mine


def test_in_a_rehearsal_nobody_is_asked_for_a_groups_work_who_is_in_no_group() -> None:
    cohort = Cohort(of("groups"), of("submission", by="group"), people=("ada", "ben"))
    cohort.lead()
    cohort.open("groups")
    cohort.open("submission")
    cohort.run = replace(cohort.run, rehearsal=True)
    assert "Nothing is waiting" in halves(cohort.part("fay"))[0]
    assert "Hand in your group’s work" in halves(cohort.part("ada"))[0]


def test_the_conversation_around_the_lesson_is_no_task() -> None:
    cohort = Cohort(of("prompt"), people=("ada",))
    cohort.open(LOBBY)
    cohort.open("prompt")
    assert [b for b in cohort.part("ada").blocks if isinstance(b, Text)]
    assert "Around the lesson" not in plain(cohort.part("ada"))
