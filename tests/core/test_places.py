"""What the facilitator fills in: it stands where it belongs, or what needs it is left out whole."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.message import Listing, Text
from bot.chat.text import Link
from bot.facilitation.activities import KINDS
from bot.lessons.files import load_lesson
from bot.lessons.lesson import Lesson
from bot.lessons.places import fill, marks_of, unfilled
from bot.lessons.plan import Plan
from bot.lessons.prose import prose
from bot.lessons.script import Activity, Script, ScriptPhase
from bot.lessons.script_kinds import unusable
from tests.core.lessons import CONTENT, NAMES, strings

PLACES = (("board", "Link to your board"), ("deck", "Link to your slides"))
URL = "https://board.example/a_b_c*d?x=1|2"


def lesson(text: str = "", **spec: object) -> Lesson:
    """A lesson whose first prompt, or an activity of these fields, has places in it."""
    activity = Activity("a", "Engage", "prompt", 5, False, spec or {"text": text})
    script = Script((ScriptPhase("Engage", 5, "", (activity,)),), places=PLACES)
    return Lesson.of("a-lesson", Plan("T", None), script)


def filled(text: str, **values: str) -> str:
    """The text of a prompt with these values in its places."""
    return str(spec_of(fill(lesson(text), values))["text"])


def spec_of(one: Lesson) -> dict[str, object]:
    return one.script.phases[0].activities[0].spec


def test_a_value_stands_where_its_place_was() -> None:
    said = filled("Meet in {{board}}.\n\n- {{ deck }}: go", board="room *3*", deck=" page\n 2 ")
    assert said == "Meet in room *3*.\n\n- page 2: go"


@pytest.mark.parametrize("text", ["- Draw here: {{board}}\n- Go", "| a |\n|---|\n| {{board}} |"])
def test_an_address_becomes_a_link_whatever_letters_it_has(text: str) -> None:
    (block, *_) = prose(filled(text, board=URL))
    lines = block.items if isinstance(block, Listing) else sum(getattr(block, "rows", ()), ())
    links = [part for line in lines for part in line if isinstance(part, Link)]
    assert [link.url.replace("%7C", "|") for link in links] == [URL]


def test_an_address_goes_where_an_author_puts_a_link() -> None:
    (paragraph,) = prose(filled("[Slides]({{deck}})", deck="https://x.example/a(b)"))
    assert paragraph == Text((Link("Slides", "https://x.example/a(b)"),))


LEFT_OUT = [
    ("One.\n\nSlides: {{deck}}, by\nus.\n\nTwo.", "One.\n\nTwo."),
    ("# T\n\nOne.\n\n- Slides: {{deck}}\n- Ask", "# T\n\nOne.\n\n- Ask"),
    ("One\n- Slides: {{deck}}\n  - and more\n\nTwo", "One\n\nTwo"),
    ("- One\n  - Slides: {{deck}}\n  - Two", "- One\n\n  - Two"),
    ("- One\n\n  Slides: {{deck}}\n\n- Two", "- One\n\n- Two"),
    ("Do:\n1. See {{deck}}\n2. Write\n3. Go", "Do:\n\n1. Write\n3. Go"),
    ("| a | b |\n|---|---|\n| 1 | {{deck}} |\n| 2 | 3 |", "| a | b |\n|---|---|\n| 2 | 3 |"),
    ("One\n\n## {{deck}}\n\nTwo", "One\n\nTwo"),
    ("One\n\n```\nget {{deck}}\n```\n\nTwo", "One\n\nTwo"),
    ("> One\n>\n> See {{deck}}\n\nTwo", "> One\n>\n\nTwo"),
    ("One\r\n\r\nSee {{deck}}\r\n\r\nTwo", "One\n\nTwo"),
]


@pytest.mark.parametrize(("text", "left"), LEFT_OUT)
def test_what_needs_a_place_that_is_not_filled_is_left_out_whole(text: str, left: str) -> None:
    assert re.sub(r"\n{3,}", "\n\n", filled(text)) == left
    assert re.sub(r"\n{3,}", "\n\n", filled(text, deck="  ")) == left
    assert "Room 3" in filled(text, deck="Room 3")


def test_a_needed_text_loses_only_the_sentence_of_its_place() -> None:
    assert filled("Look at {{board}}. Then choose, please.") == "Then choose, please."


def test_a_needed_text_that_is_nothing_else_says_what_is_meant() -> None:
    assert filled("See {{board}}") == "See Link to your board"
    assert filled("| {{board}} |\n|---|\n| a |").startswith("| Link to your board |")


def test_titles_and_labels_stay_plain_words() -> None:
    options = [{"id": "{{deck}}", "label": "On {{deck}}"}, {"id": "b", "label": "B"}]
    one = lesson(question="Which?", title="Now: {{deck}}", options=options)
    spec = spec_of(fill(one, {"deck": "https://x.example"}))
    assert spec["title"] == "Now: https://x.example"
    assert spec["options"] == [
        {"id": "{{deck}}", "label": "On https://x.example"},
        {"id": "b", "label": "B"},
    ]
    assert spec_of(fill(one, {}))["title"] == ""


def test_every_text_that_people_or_facilitators_read_is_filled() -> None:
    text = "At {{deck}}. Go."
    activity = Activity("a", "P", "prompt", 5, False, {"text": text})
    paced = replace(activity, overrides={"live": {"spec": {"text": text}, "minutes": 3}})
    whole = Script(
        phases=(ScriptPhase("P", 5, text, (paced,)),),
        notice=text,
        welcome=text,
        closing=text,
        facilitator_notes=text,
        facilitator_questions=(text, "Why {{board}}?"),
        who=(("new", text),),
        places=PLACES,
        before=(activity,),
        after=(activity,),
        handouts=(("a.md", text),),
    )
    script = fill(Lesson.of("x", Plan("T", None), whole), {"deck": "page 2"}).script
    assert marks_of(script) == set()
    said = [one for one in strings(script_strings(script)) if "page 2" in one]
    assert said == ["At page 2. Go."] * 12
    assert script.facilitator_questions == ("At page 2. Go.",)
    assert script.phases[0].activities[0].overrides["live"]["minutes"] == 3


def script_strings(script: Script) -> object:
    parts = [*script.phases[0].activities, *script.before, *script.after]
    return [
        *(script.phases[0].notes, script.notice, script.welcome, script.closing),
        *(script.facilitator_notes, script.facilitator_questions, script.who, script.handouts),
        *(one.spec for one in parts),
        *(one.overrides for one in parts),
    ]


def test_a_place_that_the_lesson_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no place “boord”: its places are board, deck"):
        fill(lesson("{{board}}"), {"boord": "x"})


def test_a_value_that_is_the_place_itself_is_none() -> None:
    assert filled("One.\n\nSee {{deck}}.", deck="{{deck}}") == "One.\n"


def test_a_filled_lesson_is_another_lesson_with_nothing_left_to_fill() -> None:
    one = lesson("See {{deck}}.\n\nGo.")
    assert unfilled(one.script) == (("deck", "Link to your slides"),)
    other = fill(one, {"deck": "page 2"})
    assert unfilled(other.script) == ()
    assert other.hash != one.hash
    assert Lesson.from_json(other.to_json()) == other


def test_what_cannot_be_run_as_it_is_filled_in_is_named_with_the_reason() -> None:
    options = [{"id": "a", "label": "{{board}}"}, {"id": "b", "label": "{{deck}}"}]
    activity = Activity("Engage.poll", "Engage", "poll", 5, False, {"question": "Which?"})
    activity = replace(activity, spec={**activity.spec, "options": options})
    one = lesson()
    (phase,) = one.script.phases
    script = replace(one.script, phases=(replace(phase, activities=(activity,)),))
    poll = Lesson.of(one.name, one.plan, script)
    alike, apart = ({"board": "X", "deck": text} for text in ("X", "Y"))
    assert list(unusable(fill(poll, alike).script, KINDS)) == [
        ("Engage.poll", "two options are the same")
    ]
    assert list(unusable(fill(poll, apart).script, KINDS)) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_three_lessons_can_be_held_with_and_without_their_places(name: str) -> None:
    one = load_lesson(Path(name), CONTENT, lambda: KINDS)
    assert unfilled(one.script) == one.script.places
    bare, full = fill(one, {}), fill(one, {name: URL for name, _ in one.script.places})
    for script in (bare.script, full.script):
        assert marks_of(script) == set()
        for activity in script.activities():
            KINDS[activity.kind].model.model_validate(activity.spec)
    labels = [label for _, label in one.script.places]
    texts = [text for text in strings(script_strings(bare.script)) if text in labels]
    assert texts == []


# The laws.

MARKS = st.sampled_from(["", "", "", " {{board}}", " {{deck}}", " {{ deck }} on"])
FORMS = ("paragraph", "heading", "bullets", "numbers", "table", "code")


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[tuple[str, str]]]:
    """A Markdown text, and its parts: a word that only it has, and the mark in it."""
    parts: list[tuple[str, str]] = []
    blocks = []
    for form in draw(st.lists(st.sampled_from(FORMS), min_size=1, max_size=6)):
        if form in ("paragraph", "heading", "code"):
            lines = [part(parts, draw(MARKS))]
        else:
            lines = [part(parts, draw(MARKS)) for _ in range(draw(st.integers(1, 4)))]
        blocks.append(written(form, lines))
    return "\n\n".join(blocks), parts


def part(parts: list[tuple[str, str]], mark: str) -> str:
    """A new part's text; it goes to the list of all."""
    word = f"w{len(parts)}x"
    parts.append((word, mark.strip(" on{}")))
    return f"{word}{mark}"


def written(form: str, lines: list[str]) -> str:
    match form:
        case "heading":
            return f"## {lines[0]}"
        case "bullets":
            return "\n".join(f"- {line}" for line in lines)
        case "numbers":
            return "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1))
        case "table":
            return "\n".join(["| a | b |", "|---|---|", *(f"| {line} | c |" for line in lines)])
        case "code":
            return f"```\n{lines[0]}\n```"
        case _:
            return lines[0]


@given(documents(), st.sets(st.sampled_from(["board", "deck"])))
def test_what_has_no_unfilled_place_stays_in_its_order_and_the_rest_goes(
    document: tuple[str, list[tuple[str, str]]], given_names: set[str]
) -> None:
    text, parts = document
    left = filled(f"Always.\n\n{text}", **dict.fromkeys(given_names, "Room 3"))
    stays = [word for word, mark in parts if not mark or mark in given_names]
    assert re.findall(r"w\d+x", left) == stays
    assert left.count("Room 3") == sum(1 for _, mark in parts if mark in given_names)
    assert "{{" not in left


PIECES = st.sampled_from(
    [
        *(
            "{{board}}",
            "{{ deck }}",
            "{{other}}",
            "word",
            " ",
            "\n",
            "\n\n",
            "- ",
            "1. ",
            "# ",
            "> ",
        ),
        *("|", "|---|\n", "`", "```\n", "    ", "a. B", "{", "}", "\r\n", "<b>", "[x](", ")"),
        "---\n",
    ]
)


@given(
    st.lists(PIECES, max_size=25).map("".join),
    st.dictionaries(st.sampled_from(["board", "deck"]), st.sampled_from(["x", URL, " "])),
)
def test_no_place_is_left_in_any_text(text: str, values: dict[str, str]) -> None:
    options = [{"id": "a", "label": text}, {"id": "b", "label": text}]
    one = lesson(question=text, title=text, options=options)
    script = replace(one.script, welcome=text, handouts=(("a.md", text),))
    done = fill(Lesson.of("x", one.plan, script), values).script
    assert marks_of(done) <= {"other"}
    if text.strip(" \n\t\r#"):
        assert str(done.phases[0].activities[0].spec["question"]).strip()


@given(st.lists(PIECES, max_size=25).map("".join))
def test_with_every_place_filled_all_other_letters_stay(text: str) -> None:
    left = filled(text, board="Q1", deck="Q2")
    assert left == re.sub(r"\{\{ deck \}\}", "Q2", text.replace("{{board}}", "Q1"))
