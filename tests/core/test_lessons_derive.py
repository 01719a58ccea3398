"""What runs where the author wrote no script."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.derive import derive
from bot.lessons.markdown import read_plan
from bot.lessons.plan import Objective, PhasePlan, Plan
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
        assert f"> {phase.learner_activities}" in prompt.spec["text"]


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
        "question": "When you think of main causes of AI project failures: which of these comes "
        "to mind first?",
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
    assert "current MLOps practices" in poll["question"]


def test_a_poll_without_concepts_asks_how_familiar_its_topic_is() -> None:
    plan = Plan("T", None, phases=(PhasePlan("Engage", 20, technology="A live poll on lichens"),))

    poll = spec(derive(plan), "Engage.poll")

    assert poll["question"] == "How well do you know lichens?"
    assert len(poll["options"]) == 4
    assert poll["other"] is False


@pytest.mark.parametrize(
    ("activities", "question"),
    [
        ("Discuss in small groups the risks of X", "What is your view of the risks of X?"),
        ("Participate in discussions on how X relates to their work",
         "Tell the group how X relates to your work."),
        ("brainstorm potential risks", "Which potential risks can you think of?"),
        ("Brainstorm the risks of X", "What comes to mind about the risks of X?"),
        ("Share experiences with X and Y", "What are your experiences with X and Y?"),
        ("Take notes, and relate concepts to their own projects",
         "Tell the group how you relate concepts to your own projects."),
        ("Research X, present findings to peers",
         "Post a short summary of your findings here: what should the others take from it?"),
        ("In small groups, discuss features, pros, and cons of X",
         "What is your view of features, pros, and cons of X?"),
    ],
)  # fmt: skip
def test_a_discussion_asks_a_real_question(activities: str, question: str) -> None:
    plan = Plan("T", None, phases=(PhasePlan("Engage", 20, learner_activities=activities),))

    assert spec(derive(plan), "Engage.discussion") == {"question": question}


def test_explain_opens_with_the_learners_own_words() -> None:
    first = script_of("mlops-core-components").phases[2].activities[0]

    assert first.kind == "discussion"
    assert "in your own words" in first.spec["question"]


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
    assert "Keep in mind: any confidentiality agreements" in tools.notice
    assert "tools or vendors" in tools.notice


@pytest.mark.parametrize("name", NAMES)
def test_welcome_and_closing_carry_what_frames_the_lesson(name: str) -> None:
    plan = plan_of(name)
    script = derive(plan)

    for one in (plan.title, plan.audience, plan.duration, *(two.text for two in plan.objectives)):
        assert one in script.welcome
    for one in (*plan.extensions, *plan.resources):
        assert one in script.closing


def test_a_notice_that_words_are_kept_is_there_without_safety_lines_too() -> None:
    assert "is kept" in derive(Plan("T", None)).notice


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
    assert "Whisper" not in shown_to_learners(script)
    for one in script.activities():
        assert all(text.strip() for text in strings(one.spec)), one
        if one.kind == "poll":
            assert 3 <= len(one.spec["options"]) <= 6
