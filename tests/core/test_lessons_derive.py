"""What runs where the author wrote no script."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facilitation.activities import KINDS
from bot.lessons.derive import derive
from bot.lessons.markdown import read_plan
from bot.lessons.phrases import poll_topic, to_you
from bot.lessons.plan import Objective, PhasePlan, Plan
from bot.lessons.questions import thought
from bot.lessons.safety import sort_safety
from bot.lessons.script import Activity, Script
from tests.core.lessons import NAMES, strings, text_of

KINDS_OF = {
    "automated-training-and-evaluation": [
        "prompt poll discussion",
        "prompt discussion",
        "discussion prompt discussion",
        "prompt discussion discussion",
        "prompt discussion reflection reflection",
    ],
    "mlops-core-components": [
        "prompt poll discussion",
        "prompt discussion",
        "discussion prompt discussion",
        "prompt discussion discussion",
        "prompt discussion reflection reflection",
    ],
    "open-source-vs-proprietary": [
        "prompt poll discussion",
        "prompt discussion",
        "discussion prompt poll discussion",
        "prompt discussion",
        "prompt discussion reflection reflection",
    ],
}


def plan_of(name: str) -> Plan:
    return read_plan(text_of(name))[0]


def script_of(name: str) -> Script:
    return derive(plan_of(name))


def activity(script: Script, name: str) -> Activity:
    return next(one for one in script.activities() if one.id == name)


def spec(script: Script, name: str) -> dict[str, Any]:
    return activity(script, name).spec


def shown_to_learners(script: Script) -> str:
    texts = [script.welcome, script.notice, script.closing]
    return "\n".join([*texts, *strings([one.spec for one in script.activities()])])


@pytest.mark.parametrize("name", NAMES)
def test_each_phase_of_the_three_plans_runs_what_it_names(name: str) -> None:
    phases = script_of(name).phases

    kinds = [" ".join(one.kind for one in phase.activities) for phase in phases]
    assert kinds == KINDS_OF[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_phase_gives_learners_the_authors_own_words(name: str) -> None:
    plan = plan_of(name)
    prompts = [one for one in derive(plan).activities() if one.kind == "prompt"]

    for phase, prompt in zip(plan.phases, prompts, strict=True):
        assert to_you(phase.learner_activities) in prompt.spec["text"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_speaks_to_the_facilitator_reaches_learners(name: str) -> None:
    plan = plan_of(name)
    script = derive(plan)
    shown = shown_to_learners(script)

    private = [one.text for one in plan.differentiation] + list(plan.virtual)
    private += plan.reflection_facilitator
    for phase, run in zip(plan.phases, script.phases, strict=True):
        private += [phase.facilitator_actions, phase.differentiation]
        assert phase.facilitator_actions in run.notes
        assert phase.differentiation in run.notes
    for one in private:
        assert one not in shown
    for one in (*plan.virtual, *plan.materials, *(two.text for two in plan.differentiation)):
        assert one in script.facilitator_notes
    assert script.facilitator_questions == plan.reflection_facilitator


def test_a_poll_asks_about_what_the_author_names_with_key_concepts_to_choose_from() -> None:
    poll = spec(script_of("mlops-core-components"), "Engage.poll")

    assert poll == {
        "question": "When it comes to the main causes of AI project failures, which of these "
        "would you look at first?",
        "options": [
            {"id": "a", "label": "Data Management"},
            {"id": "b", "label": "Model Development"},
            {"id": "c", "label": "Deployment and Monitoring"},
            {"id": "d", "label": "Governance and Compliance"},
            {"id": "e", "label": "MLOps lifecycle"},
            {"id": "f", "label": "Data pipelines"},
        ],
        "multiple": False,
        "other": True,
        "results": "after",
    }


def test_a_poll_on_what_one_has_several_of_takes_several_choices() -> None:
    poll = spec(script_of("open-source-vs-proprietary"), "Engage.poll")

    assert poll["multiple"] is True
    assert poll["question"] == (
        "When it comes to current MLOps practices, which of these are on your mind?"
    )


def test_a_poll_without_concepts_asks_how_familiar_its_topic_is() -> None:
    plan = Plan("T", None, phases=(PhasePlan("Engage", 20, technology="A live poll on lichens"),))

    poll = spec(derive(plan), "Engage.poll")

    assert poll["question"] == "How well do you know lichens?"
    assert len(poll["options"]) == 4
    assert poll["other"] is False


@pytest.mark.parametrize(
    ("activities", "question"),
    [
        ("Discuss in small groups the risks of X", "What do you think about the risks of X?"),
        ("Discuss main causes of X", "What do you think about the main causes of X?"),
        ("Discuss how X has changed their work", "How has X changed your work?"),
        ("Participate in discussions on how components relate to their work",
         "How do the components relate to your work?"),
        ("Join a discussion on how rivals price", "What do you think about how rivals price?"),
        ("brainstorm potential risks", "Which potential risks can you think of?"),
        ("Brainstorm the risks of X", "What do you think about the risks of X?"),
        ("Brainstorm and share initial thoughts on X", "What are your initial thoughts on X?"),
        ("Share experiences with X and Y", "What are your experiences with X and Y?"),
        ("Participate in discussion, sharing insights", "What are your insights?"),
        ("Take notes, and relate concepts to their own projects",
         "How does this relate to your own projects?"),
        ("Research X, present findings to peers",
         "Post a short summary of your findings: what should the others take away?"),
        ("Present team strategies to the class",
         "Post a short summary of your team strategy: what should the others take away?"),
        ("In small groups, discuss features, pros, and cons of X",
         "What do you think about the features, pros, and cons of X?"),
        ("Learners compare X and Y", "Compare X and Y. Tell the group what you come up with."),
    ],
)  # fmt: skip
def test_a_discussion_asks_a_real_question(activities: str, question: str) -> None:
    plan = Plan("T", None, phases=(PhasePlan("Engage", 20, learner_activities=activities),))

    assert spec(derive(plan), "Engage.discussion")["question"] == question


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("Reflection on current practices in learners' organizations",
         "Think about current practices in your organization: what stands out for you?"),
        ("Reflection on how X changes their role as AI professionals",
         "Think about how X changes your role as an AI professional: what stands out for you?"),
        ("Self-assessment of skills gaps",
         "Take stock of your skills gaps: where do you stand?"),
        ("Discussion on how X can be applied to current work",
         "How can X be applied to current work?"),
        ("Consider how to apply X", "How can you apply X?"),
        ("Analysis of how the lesson has changed perspectives on X",
         "How has the lesson changed your perspectives on X?"),
        ("Analysis of past projects", "Think about your past projects: what do you notice?"),
        ("Identification of knowledge gaps",
         "Which knowledge gaps do you see for yourself?"),
        ("Ask learners to reflect on their assumptions",
         "Think about your assumptions: what stands out for you?"),
        ("What surprised you?", "What surprised you?"),
        ("Exit ticket", "Exit ticket: what are your first thoughts?"),
        ("Provide time for journaling", ""),
    ],
)  # fmt: skip
def test_a_line_on_metacognition_becomes_a_question(line: str, question: str) -> None:
    assert thought(line) == question


@pytest.mark.parametrize(
    ("said", "turned"),
    [
        ("the key areas and their interconnections", "the key areas and their interconnections"),
        ("X and their impact on business", "X and their impact on business"),
        ("a plan for the learner's organization", "a plan for your organization"),
        ("their organizations' current practices", "your organization's current practices"),
        ("in learners’ own agencies", "in your own agency"),
        ("Analysis of own biases", "Analysis of your own biases"),
        ("their role as managers", "your role as a manager"),
        ("Present their designs", "Present your designs"),
    ],
)
def test_only_what_is_said_of_learners_is_said_to_them(said: str, turned: str) -> None:
    assert to_you(said) == turned


@pytest.mark.parametrize("name", NAMES)
def test_no_two_activities_of_a_phase_have_one_title(name: str) -> None:
    assert_titles_differ(script_of(name))


def assert_titles_differ(script: Script) -> None:
    for phase in script.phases:
        kinds = [(KINDS[one.kind], one.spec) for one in phase.activities]
        titles = [kind.title(kind.model.model_validate(spec)) for kind, spec in kinds]
        assert len(set(titles)) == len(titles), titles


def test_a_prompt_that_leaves_its_work_to_the_next_posts_says_so() -> None:
    text = spec(script_of("mlops-core-components"), "Evaluate.prompt")["text"]

    assert "the next posts take you through it" in text


def test_explain_opens_with_the_learners_own_words() -> None:
    first = script_of("mlops-core-components").phases[2].activities[0]

    assert first.kind == "discussion"
    assert first.spec["title"] == "In your own words"


@pytest.mark.parametrize("name", NAMES)
def test_elaborate_offers_the_applications_as_cases_and_the_connections_as_roles(name: str) -> None:
    plan = plan_of(name)
    script = derive(plan)

    for case in plan.applications:
        assert f"- {case}" in spec(script, "Elaborate.prompt")["text"]
    for connection in plan.connections:
        assert f"- {connection}" in spec(script, "Elaborate.discussion")["question"]


@pytest.mark.parametrize("name", NAMES)
def test_evaluate_asks_for_feedback_then_the_plans_own_questions_in_private(name: str) -> None:
    plan = plan_of(name)
    script = derive(plan)

    assert "Then give feedback" in spec(script, "Evaluate.discussion")["question"]
    reflection = spec(script, "Evaluate.reflection")
    assert [one["text"] for one in reflection["questions"]] == list(plan.reflection_learners)
    assert reflection["visible"] == "facilitator"
    assert len(spec(script, "Evaluate.reflection[2]")["questions"]) == len(plan.metacognition)


def test_safety_lines_go_to_those_they_speak_to() -> None:
    core = script_of("mlops-core-components")
    automated = script_of("automated-training-and-evaluation")
    tools = script_of("open-source-vs-proprietary")

    assert "maintain data confidentiality" in core.notice
    assert "bias detection and mitigation" in spec(core, "Elaborate.discussion[2]")["question"]
    assert "anonymized" in automated.facilitator_notes
    assert "anonymized" not in automated.notice
    assert "- Please remember any confidentiality agreements regarding your organ" in tools.notice
    assert "tools or vendors" in tools.notice


@pytest.mark.parametrize(
    ("line", "notice", "questions", "facilitator"),
    [
        ("Remind participants of X", "Please remember X.", "", ""),
        ("Emphasize confidentiality of X", "Please remember confidentiality of X.", "", ""),
        ("Ensure confidentiality", "Please ensure confidentiality.", "", ""),
        ("Highlight the importance of X", "", "the importance of X", ""),
        ("Address potential emotional responses", "", "", "Address potential emotional responses"),
        ("Provide a confidential space", "", "", "Provide a confidential space"),
        ("Wear goggles", "", "", "Wear goggles"),
    ],
)
def test_a_safety_line_speaks_to_learners_only_in_words_meant_for_them(
    line: str, notice: str, questions: str, facilitator: str
) -> None:
    safety = sort_safety((line,))

    assert (*safety.notice, *safety.questions, *safety.facilitator) == (
        notice or questions or facilitator,
    )
    assert bool(safety.notice) == bool(notice)
    assert bool(safety.questions) == bool(questions)


@pytest.mark.parametrize("name", NAMES)
def test_welcome_and_closing_carry_what_frames_the_lesson(name: str) -> None:
    plan = plan_of(name)
    script = derive(plan)

    for one in (plan.audience, plan.duration, *(two.text for two in plan.objectives)):
        assert to_you(one) in script.welcome
    for one in (*plan.extensions, *plan.resources):
        assert to_you(one) in script.closing


def test_a_lesson_without_safety_lines_needs_no_notice() -> None:
    assert derive(Plan("T", None)).notice == ""


@pytest.mark.parametrize("name", NAMES)
def test_the_facilitators_notes_go_from_what_to_have_ready_to_the_phase(name: str) -> None:
    script = script_of(name)
    whole = f"{script.facilitator_notes}\n\n{script.phases[0].notes}"

    headings = [line[4:] for line in whole.split("\n") if line.startswith("### ")]
    assert headings[:2] == ["Have ready", "Who comes"]
    assert headings[-4:] == ["What you do", "How to adapt it", "Resources", "Technology"]
    assert len(set(headings)) == len(headings)


def test_a_place_that_the_author_must_fill_is_never_posted_empty() -> None:
    plan = Plan(
        "T",
        None,
        phases=(PhasePlan("Engage", 20, learner_activities="[describe the activity]"),),
        objectives=(Objective("TBD", ""),),
        resources=("[insert link]", "A book"),
        extensions=("…",),
    )

    shown = shown_to_learners(derive(plan))

    assert "[" not in shown
    assert "TBD" not in shown
    assert "- A book" in shown
    assert "go further" not in shown


def test_a_short_phase_keeps_the_most_important_activities() -> None:
    text = text_of("mlops-core-components").replace("25 minutes", "5 minutes")

    (*_, evaluate) = derive(read_plan(text)[0]).phases

    assert [(one.kind, one.minutes) for one in evaluate.activities] == [
        ("prompt", 2),
        ("reflection", 3),
    ]


def test_a_phase_without_minutes_gets_fifteen() -> None:
    script = derive(Plan("T", None, phases=(PhasePlan("Engage", None),)))

    assert script.minutes() == 15


def test_a_plan_in_other_phases_runs_and_asks_for_reflection_at_its_end() -> None:
    names = ("Concrete Experience", "Reflective Observation", "Break", "Active Experimentation")
    phases = tuple(PhasePlan(name, 20, learner_activities="Discuss trees") for name in names)

    script = derive(Plan("T", None, phases=phases, reflection_learners=("Why trees?",)))

    assert [phase.name for phase in script.phases] == list(names)
    assert spec(script, "Active-Experimentation.reflection")["questions"] == [
        {"id": "q1", "text": "Why trees?"}
    ]


PHRASE = st.sampled_from(
    "Discuss trees|Share experiences, present findings|Take a poll on trees|ask questions|"
    "reflect on trees|Q&A with voting|give peer feedback||[fill in]|Look".split("|")
)
PHASE = st.builds(
    PhasePlan,
    name=st.sampled_from(
        "Engage|Explore|Explore Continued|Explain|Elaborate|Evaluate|Elicit|Extend|Break|Ω!|.."
        .split("|")
    ),
    minutes=st.none() | st.integers(1, 400),
    learner_activities=PHRASE | st.text(max_size=60),
    technology=PHRASE,
    facilitator_actions=st.just("Whisper to the facilitator"),
    differentiation=st.just("Whisper to the facilitator"),
)  # fmt: skip
LINES = st.lists(st.sampled_from(["One", "Two", "three: 3", "TBD", ""]), max_size=4).map(tuple)
PLANS = st.builds(
    Plan,
    title=st.just("T"),
    duration_minutes=st.none(),
    phases=st.lists(PHASE, max_size=9).map(tuple),
    key_concepts=LINES,
    applications=LINES,
    connections=LINES,
    metacognition=LINES,
    safety=st.lists(
        st.sampled_from(["Discuss ethics", "Ensure confidentiality", "Wear goggles"]), max_size=4
    ).map(tuple),
    reflection_learners=LINES,
)


@given(PLANS)
def test_any_plan_gives_a_script_that_can_run(plan: Plan) -> None:
    script = derive(plan)

    assert script == derive(plan)
    ids = [one.id for one in script.activities()]
    assert len(ids) == len(set(ids))
    for phase, run in zip(plan.phases, script.phases, strict=True):
        assert run.name == phase.name
        assert run.minutes == (phase.minutes or 15)
        assert sum(one.minutes for one in run.activities) == run.minutes
        assert 1 <= len(run.activities) <= 4
        assert all(one.minutes >= 1 and one.derived for one in run.activities)
        assert all(one.phase == phase.name for one in run.activities)
    assert_titles_differ(script)
    assert "Whisper" not in shown_to_learners(script)
    for one in script.activities():
        assert all(text.strip() for text in strings(one.spec)), one
        if one.kind == "poll":
            assert 3 <= len(one.spec["options"]) <= 6


@pytest.mark.parametrize(
    "technology",
    [
        "Poll: Have you ever hung up on a caller?",
        'Use a digital poll to ask: "Have you ever hung up on a caller?"',
        "A quick poll (Have you ever hung up on a caller?), then a chat",
        "Poll – Have you ever hung up on a caller?",
    ],
)
def test_a_question_that_the_author_wants_polled_is_asked_word_for_word(technology: str) -> None:
    head = "# T\n\n### Engage\n**Duration:** 10 minutes\n\n"
    script = derive(read_plan(f"{head}**Technology Integration:** {technology}\n")[0])
    poll = next(one for one in script.activities() if one.kind == "poll")
    assert poll.spec["question"] == "Have you ever hung up on a caller?"
    assert [option["label"] for option in poll.spec["options"]] == ["Yes", "No"]
    assert poll.spec["other"]


def test_no_quotation_mark_is_left_in_the_topic_of_a_poll() -> None:
    assert poll_topic("Use a poll about “the main causes”.") == "the main causes"
