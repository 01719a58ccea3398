"""The reader: the three plans field by field, near forms, and nothing lost on any text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lessons.lesson import check_report
from bot.lessons.markdown import read_plan
from bot.lessons.names import KOLB, PHASE_PARTS, PHASES, SECTIONS
from bot.lessons.plan import Assessment, Objective, Plan, Support
from bot.lessons.problem import Problem
from tests.core.lessons import NAMES, lesson_of, seconds, strings, text_of, words

MINUTES = {
    "automated-training-and-evaluation": (240, [30, 60, 45, 75, 30]),
    "mlops-core-components": (180, [20, 45, 40, 50, 25]),
    "open-source-vs-proprietary": (180, [30, 45, 45, 45, 15]),
}
COUNTS = {
    "automated-training-and-evaluation": (4, 9, 3, 4, 2, 2, 3, 3, 2, 2, 2, 2, 2, 3, 3),
    "mlops-core-components": (4, 10, 3, 4, 3, 3, 4, 3, 3, 3, 3, 3, 3, 4, 4),
    "open-source-vs-proprietary": (4, 9, 3, 4, 3, 3, 4, 4, 3, 3, 2, 3, 3, 4, 4),
}


def plan_of(text: str) -> Plan:
    return read_plan(text)[0]


def problems_of(text: str, severity: str = "") -> list[Problem]:
    return [one for one in read_plan(text)[1] if severity in ("", one.severity)]


@pytest.mark.parametrize("name", NAMES)
def test_the_three_plans_are_read_without_a_problem(name: str) -> None:
    plan, problems = read_plan(text_of(name))

    assert problems == ()
    assert plan.more == ()
    assert [phase.more for phase in plan.phases] == [()] * 5


@pytest.mark.parametrize("name", NAMES)
def test_every_part_of_the_three_plans_has_its_items(name: str) -> None:
    plan = plan_of(text_of(name))

    assert (plan.duration_minutes, [phase.minutes for phase in plan.phases]) == MINUTES[name]
    assert [phase.name for phase in plan.phases] == [
        "Engage",
        "Explore",
        "Explain",
        "Elaborate",
        "Evaluate",
    ]
    parts = (
        plan.objectives,
        plan.key_concepts,
        plan.prior_knowledge,
        plan.materials,
        plan.assessments,
        plan.differentiation,
        plan.connections,
        plan.applications,
        plan.metacognition,
        plan.extensions,
        plan.safety,
        plan.reflection_learners,
        plan.reflection_facilitator,
        plan.virtual,
        plan.resources,
    )
    assert tuple(map(len, parts)) == COUNTS[name]


def test_a_plan_is_read_field_by_field() -> None:
    plan = plan_of(text_of("mlops-core-components"))

    assert plan.title == "Mastering the Core Components of MLOps for Public Sector AI Initiatives"
    assert plan.duration == "3 hours"
    assert plan.audience.startswith("Professional learners in government agencies")
    assert plan.objectives[0] == Objective(
        "Analyze the four key areas of MLOps and their interconnections", "Analyzing"
    )
    assert plan.key_concepts[8] == "CI/CD practices"
    assert plan.prior_knowledge[1] == "Familiarity with AI project lifecycle"
    assert plan.materials[2] == "MLOps component checklist template"
    assert plan.assessments[2] == Assessment(
        "Formative",
        "Peer review of MLOps frameworks",
        "Encourages critical thinking and application of learned concepts",
    )
    assert plan.differentiation[0] == Support(
        "Novice AI practitioners",
        "Provide additional background resources, pair with more experienced learners during "
        "group activities",
    )
    assert plan.connections[-1] == "Public policy and governance"
    assert plan.applications[1] == "Applying MLOps principles to improve citizen service chatbots"
    assert plan.metacognition[0].startswith("Reflection on current MLOps practices")
    assert plan.extensions[2].startswith("Conduct a gap analysis")
    assert plan.safety[0] == "Ensure discussions about real projects maintain data confidentiality"
    assert plan.reflection_learners[2].startswith("How does MLOps contribute")
    assert plan.reflection_facilitator[0].startswith("How effectively did the lesson")
    assert plan.virtual[0] == "Use breakout rooms for small group activities"
    assert plan.resources[0] == "MLOps maturity model assessment tool"


def test_a_phase_is_read_field_by_field() -> None:
    engage = plan_of(text_of("mlops-core-components")).phases[0]

    assert engage.line == 39
    assert engage.duration == "20 minutes"
    assert engage.facilitator_actions.endswith("discussion on potential causes and implications.")
    assert engage.learner_activities == (
        "Participate in group discussion, brainstorm potential MLOps-related issues in the "
        "scenario."
    )
    assert engage.resources == "Case study handout, whiteboard for capturing ideas"
    assert engage.differentiation.startswith("Provide additional context")
    assert engage.technology == (
        "Use digital polling tool for quick opinion gathering on main causes of AI project failures"
    )


def test_a_kind_of_learner_may_have_a_long_name_in_brackets() -> None:
    plan = plan_of(text_of("open-source-vs-proprietary"))

    assert plan.differentiation[0].who == (
        "Technical professionals (e.g., data scientists, IT specialists)"
    )


@pytest.mark.parametrize("name", NAMES)
def test_each_line_of_text_is_found_again_in_the_report(name: str) -> None:
    report = check_report(lesson_of(text_of(name)))
    found = set(strings(report))

    for line in text_of(name).splitlines():
        bare = re.sub(r"^\s*[*-] |^\*\*(?:[^*]+):\*\* ", "", line).strip()
        if not bare or re.match(r"#{2,} |\|[-|]+\|$|\| Objective \|", bare):
            continue
        for piece in bare.strip("|# ").split(" | "):
            piece = re.sub(r"^Alignment: |^\*\*(?:Formative|Summative)\*\*: ", "", piece)
            who = re.match(r"\*\*(.+)\*\*: (.+)", piece)
            assert set(who.groups() if who else [piece]) <= found, line


def test_a_total_that_differs_from_its_phases_is_a_warning() -> None:
    text = text_of("mlops-core-components").replace(
        "**Duration:** 3 hours", "**Duration:** 4 hours"
    )

    (problem,) = problems_of(text)

    assert problem.severity == "warning"
    assert "240" in problem.message
    assert "180" in problem.message


def test_a_plan_without_phases_cannot_be_run() -> None:
    (problem,) = problems_of("# A title\n\n## Objectives\n* Learn", "error")

    assert "no phases" in problem.message


def test_a_phase_without_minutes_is_a_warning_at_its_line() -> None:
    text = text_of("mlops-core-components").replace("**Duration:** 45 minutes\n", "")

    (problem,) = [one for one in problems_of(text) if "Explore" in one.message]

    assert (problem.severity, problem.line) == ("warning", 52)


def test_repeated_unknown_and_missing_phases_keep_their_order_and_are_told() -> None:
    plan, problems = read_plan(
        "# T\n## Lesson Structure\n### Explore (5 min)\n### Explore Continued (6 min)\n"
        "### Break (7 min)\n### Phase 4: Reflective Observation (8 min)\n"
    )

    assert [(one.name, one.minutes) for one in plan.phases] == [
        ("Explore", 5),
        ("Explore Continued", 6),
        ("Break", 7),
        ("Reflective Observation", 8),
    ]
    messages = "\n".join(one.message for one in problems)
    assert "Explore comes again" in messages
    assert "“Reflective Observation” is not a phase of 5E" in messages
    assert "no Engage and no Explain and no Elaborate and no Evaluate" in messages


def test_a_phase_called_like_what_runs_around_the_lesson_gets_a_capital() -> None:
    text = "# T\n### Phase 1: before (5 min)\nzq1x\n### Engage (5 min)\n### Step 3: after (5 min)\n"
    lesson = lesson_of(text)
    assert [phase.name for phase in lesson.plan.phases] == ["Before", "Engage", "After"]
    assert [part.name for part in lesson.script.parts()] == ["Before", "Engage", "After"]
    report = check_report(lesson)
    del report["problems"]
    kept = {word for one in strings(report) for word in words(one)}
    assert {"before", "after", "zq1x"} <= kept


def test_what_cannot_be_placed_is_kept_and_told() -> None:
    plan, problems = read_plan(
        "# T\nAn introduction.\n## Homework\nRead *page 3*.\n## Lesson Structure\n"
        "### Engage\n**Grouping:** in pairs\n"
    )

    assert [(one.title, one.text, one.line) for one in plan.more] == [
        ("", "An introduction.", 2),
        ("Homework", "Read *page 3*.", 3),
    ]
    assert [(one.title, one.text, one.line) for one in plan.phases[0].more] == [
        ("Grouping", "in pairs", 7)
    ]
    assert {2, 3, 7} <= {one.line for one in problems}


@pytest.mark.parametrize(
    "phase",
    [
        "### Engage\n**Duration:** 20 minutes\n\n**Learner Activities:** Talk\n\n"
        "**Facilitator Actions:** Listen",
        "## Phase 1: ENGAGE (15-20 minutes)\n- **Student Activities:** Talk\n"
        "- **Teacher Actions:** Listen",
        "#### 1. Engage – 20 min\n* Students: Talk\n* Instructor: Listen",
        "### Engagement\n| Part | Words |\n|---|---|\n| Time | 20 |\n| Participants | Talk |\n"
        "| Trainer Role | Listen |",
        "### **Engage**\n#### Timing\n20 mins\n#### What learners do\nTalk\n"
        "#### Instructor Actions\nListen",
        "### Engage [20min]\n> **Learner Activities**: Talk\n> **Educator Actions**: Listen",
    ],
)
def test_near_forms_of_a_phase_mean_the_same(phase: str) -> None:
    (read,) = plan_of(f"# T\n\n{phase}\n").phases

    assert (read.name, read.minutes) == ("Engage", 20)
    assert (read.learner_activities, read.facilitator_actions) == ("Talk", "Listen")


def test_a_field_may_run_over_several_paragraphs_and_lists() -> None:
    (phase,) = plan_of(
        "### Engage\n**Learner Activities:**\n\n1. **First:** look\n2. talk\n   - in pairs\n\n"
        "Then write.\n\n**Duration:** 20 minutes"
    ).phases

    assert phase.learner_activities == ("1. **First:** look\n2. talk\n   - in pairs\n\nThen write.")
    assert phase.minutes == 20


def test_a_quote_that_begins_with_an_empty_line_keeps_its_last_one() -> None:
    plan = plan_of("# T\n### Engage\n**Students:** listen\n\n>\n> to the rain\n> and the wind\n")

    assert plan.phases[0].learner_activities == "listen\n\n>\n> to the rain\n> and the wind"


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    text = text_of("mlops-core-components")

    assert read_plan("\ufeff" + text.replace("\n", "\r\n")) == read_plan(text)


def seconds_for(text: str) -> float:
    """The processor time it takes to check a text."""
    return seconds(lambda: check_report(lesson_of(text)))


# Whatever the text, nothing raises, nothing takes long, nothing is lost.

KNOWN = [*SECTIONS, *PHASE_PARTS, *PHASES, "formative", "Lesson Structure", "Phase 1: Engage"]
TOKEN = st.integers(0, 10**6).map(lambda n: f"zq{n}x")
TEXT = st.one_of(
    TOKEN,
    st.lists(TOKEN, min_size=1, max_size=4).map(" ".join),
    TOKEN.map(lambda one: f"**{one}:** {one}y"),
    TOKEN.map(lambda one: f"[{one}]: http://{one}.example/{one}y"),
    TOKEN.map(lambda one: f"{one} (10-15 minutes) {one}y"),
    st.tuples(st.sampled_from(KNOWN), TOKEN).map(lambda two: f"**{two[0].title()}:** {two[1]}"),
    st.tuples(st.sampled_from(KNOWN), TOKEN).map(lambda two: f"{two[0]}: {two[1]}"),
)
OPENED = st.tuples(
    st.sampled_from(
        [
            "**{0} (10 min)** {1}",
            "**{0}: {1}**",
            "1. **{0}** (10 min): {1}",
            "- {0} {1}: {1}y",
            "  - {0} (90') – {1}",
            "   - Teacher: {1}",
            "{0} ({1})",
            "{0}: {1}",
            "{0} – 10 minutes – {1}",
            "| {0} | {1} | 10 min |",
            "| {1} | {0} | Time | {0} |",
            "| Engage | Explore | {0} | {1} |",
            "{0}: {1} | **Duration:** {1}",
            "> {0}: {1}",
            "##\xa0{0}{1}",
            "##{0} / {1}",
            "{0}\n: {1}\n: {1}y",
            "__{0}__ (10 min)\n{1}",
            "👩‍🏫 **{0}:** {1}",
            "***Warm-up*** (5 min) {1}\n**{0}.** {1}",
            ">\n> {0}: {1}\n> {1}y",
            "| Duration | 10 | {0} | {1} |\n|---|---|---|---|\n| {1} | {0} | Time | {0} |",
            "| Phase | Time | {0} |\n|---|---|---|\n| Engage | 5 | {1} |\n| | 5 | {1}y |",
        ]
    ),
    st.sampled_from([*PHASES, *KOLB, "Break", "Phase 2: Explore", "Teacher (x)", *SECTIONS]),
    TOKEN,
).map(lambda three: three[0].format(*three[1:]))
LINE = st.one_of(
    st.just(""),
    OPENED,
    OPENED,
    TEXT,
    st.tuples(st.integers(1, 6), st.sampled_from(KNOWN)).map(
        lambda two: f"{'#' * two[0]} {two[1]}"
    ),
    st.tuples(st.integers(1, 6), TEXT).map(lambda two: f"{'#' * two[0]} {two[1]}"),
    st.tuples(st.integers(1, 6), st.sampled_from(KNOWN), TOKEN).map(
        lambda three: f"{'#' * three[0]} {three[1]} ({three[2]})"
    ),
    st.tuples(st.sampled_from(["- ", "* ", "1. ", "  - ", "> ", "    ", "\t", ">> "]), TEXT).map(
        "".join
    ),
    st.lists(TOKEN, min_size=1, max_size=4).map(lambda cells: f"| {' | '.join(cells)} |"),
    st.sampled_from(
        [
            "---",
            "===",
            "```",
            "|---|---|",
            "|---|---|---|---|",
            "| Objective | Level |",
            "<div>",
            "<!--",
            "-->",
        ]
    ),
)


@given(st.lists(LINE, max_size=40).map("\n".join))
@settings(max_examples=300)
def test_no_word_is_lost_in_any_soup_of_sections(text: str) -> None:
    report = check_report(lesson_of(text))
    del report["problems"]
    found = {word for one in strings(report) for word in words(one)}

    assert {word for word in words(text) if word.startswith("zq")} <= found


@given(st.data())
@settings(max_examples=100)
def test_no_word_is_lost_when_lines_of_a_plan_are_moved_and_marked(data: st.DataObject) -> None:
    lines = text_of(data.draw(st.sampled_from(NAMES))).splitlines()
    for _ in range(data.draw(st.integers(1, 8))):
        n = data.draw(st.integers(0, len(lines) - 1))
        mark = data.draw(st.sampled_from(["#", "- ", "> ", "  ", "    ", "**", "move", "split"]))
        if mark == "move":
            lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(n))
        elif mark == "split":
            lines[n] = lines[n].replace(" ", "\n", 1)
        else:
            lines[n] = mark + lines[n]
    text = "\n".join(lines)
    names = {word for one in (*SECTIONS, *PHASE_PARTS, *PHASES) for word in words(one)}
    names |= set(words("alignment learners bloom s taxonomy level used cross objective"))
    report = check_report(lesson_of(text))
    del report["problems"]
    found = {word for one in strings(report) for word in words(one)}

    assert set(words(text)) <= found | names


@given(st.text(max_size=3000) | st.text("#*->|:[]()`_ \t\n0123456789hm.,+", max_size=3000))
@settings(max_examples=300)
def test_no_text_stops_the_reader_or_takes_a_second(text: str) -> None:
    assert seconds_for(text) < 1


PHRASE = "Engage, explore, explain. Experience, reflect, think, act.\n\n"
HEAD = "# T\n### Engage\n"
LONG = {
    "quotes in quotes": ">" * 200_000,
    "lists in lists": "- " * 100_000,
    "ever deeper lists": "\n".join("  " * n + "- a" for n in range(500)),
    "lazy lines below quotes": ">" * 19 + "a\n" + "b\n" * 1_900,
    "brackets": "[" * 200_000 + "(" * 200_000,
    "many headings": "### Engage\n" * 1_900,
    "a wide table with short rows": "|a" * 1000 + "\n" + "|-" * 1000 + "\n" + "|\n" * 1_900,
    "a wide table of phases": "|Engage" * 1000 + "\n" + "|-" * 1000 + "\n" + "|Explore\n" * 1_900,
    "tables of phases": "|Engage|Explore|Explain|\n|-|-|-|\n|a|b|c|\n\n" * 480,
    "many lines that open": "Engage (5 min): a\n" * 1_900,
    "many bold lines": "**Engage**\n**Reflect (5 min)** a\n" * 950,
    "many items that open": "1. Engage\n   - Teacher: a\n" * 950,
    "items in items": "- a\n  - Engage\n  - Explore\n" * 640,
    "long front matter": "---\n" + "a: b\n" * 1_900 + "---\n",
    "many slashes": "# " + "a/" * 100_000 + "Engage",
    "many separators": "**a:** " + " | **b:** c" * 20_000,
    "long lines that open": PHRASE + ("- Engage (5 min): a " + "b: c – " * 43 + "\n") * 1_900,
    "long cells": PHRASE
    + f"| Engage | {'1:30 - a/b, ' * 26} |\n|---|---|\n| Time | {'`(' * 160} |\n\n" * 480,
    "many defined words": HEAD + "Duration\n: a\n" * 950,
    "rows that go on": "|Engage"
    + "|Time" * 39
    + "\n"
    + "|-" * 40
    + "\n|Explore|\n"
    # Rows of one phase, each with times of its own.
    + ("|" + "|9" * 39 + "\n") * 90,
    "many numbers to add": f"{HEAD}**Time:** " + "1 + " * 50_000,
    "signs before a label": "🔥 " * 60_000 + "**Engage:**",
    "signs": "# " + "🔥" * 100_000 + " Engage",
    "an open label": "**" + "a" * 200_000,
    "digits": "1" * 200_000,
    "numbers": "# " + "1-" * 50_000 + " 1 x " * 20_000,
    "many clauses": f"{HEAD}**Learner Activities:** " + "discuss a, " * 30_000,
    "blanks in an activity": f"{HEAD}**Learner Activities:** discuss a{' ' * 200_000}b",
    "many full stops": f"{HEAD}**Learner Activities:** " + ". " * 100_000 + "x",
    "many polls": f"{HEAD}**Technology Integration:** " + "poll on " * 30_000,
    "much to keep safe": "# T\n## Safety\n* ensure vendor " + "data " * 50_000 + f"\n{HEAD}",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_a_hostile_text_is_read_in_time(text: str) -> None:
    """The best of three, in processor time: a busy machine does not fail what is fast."""
    assert any(seconds_for(text) < 1 for _ in range(3))
