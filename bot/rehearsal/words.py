"""What personas write: plausible sentences about whatever a lesson is about, in many mixtures.

The matter comes in as topics, in the lesson's own words; the sentences fit any. Everything is
chosen with the ``random.Random`` that is given; nothing here is anybody's own words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.rehearsal.names import Language
from bot.rehearsal.personas import Habit
from bot.rehearsal.tongues import AT_HOME

_ANY_TOPIC = ("the first step", "all the small details", "the people around me")
"""What is spoken of where nobody said what it is about."""

_SHORT = (
    "{Topic}, by far.",
    "Mostly {topic}, then everything else.",
    "{Topic}. We notice it far too late.",
    "For me: {topic}.",
    "Not sure yet. {Topic}, perhaps.",
    "Start small, with {topic}.",
    "{Topic} before {other}, clearly.",
    "I would say {topic}.",
    "Still thinking about {topic}.",
    "Depends on {topic}.",
    "{Topic} and a bit of patience.",
    "Less {other}, more {topic}.",
    "We skipped {topic}, and it shows.",
    "{Topic}! Nobody told me.",
)
_ABOUT = (
    "With {topic} it usually goes wrong for us.",
    "When I read “{topic}”, I think of last spring first.",
    "I would begin with {topic}, because a lot hangs on it.",
    "There is a rule for {topic} where I am, but no habit.",
    "I used to think of {topic} as a matter for experts; by now I doubt it.",
    "We tried something with {topic} last year and gave up after a few weeks.",
    "What I need for {topic} is a plain checklist.",
    "Nobody around me feels responsible for {topic}.",
    "I had never put {topic} and {other} side by side before.",
    "Between {topic} and {other}, I would choose {topic}.",
    "My first idea had nothing to do with {topic}, and that was the mistake.",
    "People told me about {topic} long before I saw why.",
    "Looking back, we spent too long on {other} and too little on {topic}.",
    "What convinced me about {topic} was seeing it once with my own eyes.",
    "I can explain {topic} to a neighbour now, which I could not do a week ago.",
    "In a small team you learn about {topic} the hard way.",
)
_VIEWS = (
    "The first attempt looked fine from outside and was wrong from the first day.",
    "Things changed twice in between, and nobody passed it on.",
    "What we did in a good week we could not repeat in the next one.",
    "Others showed us their results; what we felt was the waiting.",
    "Writing down what we did would have saved us about three weeks of guessing.",
    "Those who do the work every day saw the error long before anybody else.",
    "I would rather do one thing with care than five by halves.",
    "We asked for advice at the very end, and then started again.",
    "A simple test at the start has told me more than any long report.",
    "It got better when one person kept an eye on it.",
    "Doing it by the calendar is easy to explain; doing it when it is needed works better.",
    "With {topic} in mind the same example reads quite differently.",
    "I compared two cases, and the only real difference lay in {topic}.",
    "I came to {topic} by accident, and nothing has helped me more.",
    "We had plenty of {other} and next to nothing on {topic}.",
    "On paper we had settled {topic}; in practice everybody went their own way.",
)
_REASONS = (
    "At the moment that depends on two people who are both away in August.",
    "It sounds dull, but it is what everybody asks about afterwards.",
    "We would notice within a day if somebody looked at the beginning and not just at the end.",
    "That costs time at the start and saves a lot of it later.",
    "Without it, nobody can say afterwards why it came out the way it did.",
    "I do not think that buying something solves this.",
    "With few examples, an average hides everything.",
    "The hard part is agreeing on who may say stop.",
    "That only works if anybody can say in one minute that something is off.",
    "The reason is simple: one needs more time for {topic} than one thinks.",
    "Otherwise we leave {topic} to whoever shouts loudest.",
    "I have seen it fail once without {topic}, and once was enough.",
    "It helps that one can try {topic} on a small scale, with little to lose.",
    "Nobody likes {other} at first, and later nobody wants to do without.",
)
_NEXT = (
    "As a first step I would write down how it stands today, with a name beside each line.",
    "My next step: talk about {topic} before we begin and not after.",
    "I will try this on a small scale and compare after a month.",
    "I would like to see how others handle {topic}.",
    "For me that means one meeting less and one look more.",
    "Could we make a one-page sheet on {topic} for everybody here?",
    "Next week I will ask somebody who has done {topic} for years.",
    "I will keep a note of what happens with {topic} and share it.",
)
_QUESTIONS = (
    "How often would you look at {topic} again?",
    "Does anybody have an example of {topic} to share?",
    "Can four people with little time manage {topic}?",
    "Who decides on {topic} in the end?",
    "What would you do first about {topic} if there is no money this year?",
    "What exactly belongs to {topic} here, and what does not?",
    "Would you put {topic} before {other}, or the other way round?",
    "Has anybody seen {topic} done well with simple means?",
    "How do you tell whether {topic} helped?",
    "What is the most common mistake with {topic}?",
)
_AFTERTHOUGHTS = (
    "(One addition: this was before we knew about {topic}.)",
    "Edit: I meant {topic}, of course.",
    "PS: happy to show my notes on {topic} if that helps.",
    "On second thought, I would put {topic} first.",
    "And, having read the others: I should have made more of {topic}.",
)
_ELSE = (
    "A bit of everything, {topic} most of all",
    "{Topic}, which is not in the list",
    "Nobody asked those who do it every day about {topic}",
    "None of these: {topic}",
    "{Topic} and {other} together",
)
_OPENINGS = (
    "What we have in mind is simple: begin with {topic}, and let the rest follow from it.",
    "This is our proposal for {topic}, in three parts and in plain words.",
    "We started from one question: what would change if we took {topic} seriously?",
    "Our work is about {topic}, with a side look at {other}.",
    "Before anything else we looked at how people deal with {topic} today.",
    "This is a draft, but the part on {topic} is close to what we would really do.",
)
_STEPS = (
    "First we would look at {topic} for two weeks without changing anything.",
    "Then one person takes care of {topic} and writes down what happens, good or bad.",
    "For {other} we agree beforehand on what counts as good enough.",
    "We check {topic} at the start, half-way and at the end, each time in the same way.",
    "If something goes wrong with {topic}, anybody may say stop; that needs no meeting.",
    "We tell everybody who is affected by {topic} what will change for them and when.",
    "What we learn about {other} goes into a short note that others can use.",
    "The costs are small: mostly time for {topic}, about two hours a week.",
)
_LIMITS = (
    "What is still open is {topic}: we found two views and could not settle it.",
    "The weak point is {other}; we would ask somebody with experience.",
    "It would not work without people who care for {topic}.",
    "With more time we would have tried {topic} in a second place to compare.",
)
_PRAISE = (
    "Clear on {topic}; I could follow each step.",
    "Strong on {topic}. The example made it real for me.",
    "I like how you deal with {topic}; I will borrow that.",
    "Very good. On {topic} I would not change much.",
    "You thought of things about {topic} that we had missed.",
    "Convincing, above all on {topic}. Plain words, nothing left out.",
)
_ADVICE = (
    "Good on the whole; for {topic} one concrete example would help.",
    "I understood the idea, but you stay a little general on {topic}. Who does what, and when?",
    "Solid. Could you say more on how you would check {topic}?",
    "The direction is right. I missed a sentence on the limits of {topic}.",
)
_DOUBT = (
    "I could not find much on {topic} yet. A short example would be a start.",
    "As to {topic}, I got lost in the middle; perhaps two steps instead of five?",
    "The beginning is there; give {topic} more than a sentence. What would you do first?",
)
_EMOJI = ("👍", "🤔", "😅", "🚀", "🙏🏽", "🌱", "👩🏾‍💻", "✅", "💡", "👏🏿")
_FLOOD = range(3_000, 6_001)
_PLACE = re.compile(r"\{(Topic|topic|other)\}")


@dataclass(frozen=True, slots=True)
class AtHome:
    """Something said in the language of somebody's home. ``both`` has its English added."""

    said: str
    both: str


def answer(rng: random.Random, habit: Habit, topics: Sequence[str] = ()) -> str:
    """An answer in somebody's way of writing, now and then in the language of their home."""
    if rng.random() < habit.floods:
        return flood(rng, topics)
    if habit.language != "en" and rng.random() < 0.3:
        return at_home(rng, habit.language, topics).said
    about = _one(rng, _ABOUT, topics)
    smile = f" {rng.choice(_EMOJI)}" if rng.random() < 0.15 else ""
    match habit.style:
        case "terse":
            said = rng.choice((_one(rng, _SHORT, topics), _one(rng, _SHORT, topics), about))
            return said + smile
        case "plain":
            first = rng.choice((about, _one(rng, _VIEWS, topics)))
            return f"{first} {_one(rng, _REASONS, topics)}{smile}"
        case "wordy":
            views, reasons = _some(rng, _VIEWS, topics, 2), _some(rng, _REASONS, topics, 2)
            more = f"{views[1]} {reasons[1]} {_one(rng, _NEXT, topics)}"
            return f"{about} {views[0]} {reasons[0]}\n\n{more}{smile}"


def at_home(rng: random.Random, language: Language, topics: Sequence[str] = ()) -> AtHome:
    """Something in this language. Raises IndexError for English, which nobody translates."""
    said, means = rng.choice(AT_HOME[language])
    topic, other = _two(rng, topics)
    said, means = _put(said, topic, other), _put(means, topic, other)
    return AtHome(said, f"{said}\n\n(In English: {means})")


def flood(rng: random.Random, topics: Sequence[str] = ()) -> str:
    """Some thousand characters, from somebody who does not stop."""
    size = rng.choice(_FLOOD)
    paragraphs: list[str] = []
    while sum(len(paragraph) for paragraph in paragraphs) < size:
        paragraphs.append(
            f"{_one(rng, _ABOUT, topics)} {_one(rng, _VIEWS, topics)} "
            f"{_one(rng, _REASONS, topics)} {_one(rng, _NEXT, topics)}"
        )
    return "\n\n".join(paragraphs)


def work(rng: random.Random, habit: Habit, topics: Sequence[str] = ()) -> str:
    """A piece of work to hand in: a few sentences, or some paragraphs of them."""
    if rng.random() < habit.floods:
        return flood(rng, topics)
    steps = _some(rng, _STEPS, topics, {"terse": 1, "plain": 3, "wordy": 6}[habit.style])
    begins, ends = _one(rng, _OPENINGS, topics), _one(rng, _LIMITS, topics)
    if habit.style == "terse":
        return f"{begins} {steps[0]} {ends}"
    view = f"{_one(rng, _VIEWS, topics)} {_one(rng, _REASONS, topics)}"
    return "\n\n".join((begins, *_in_pairs(steps), view, ends))


def comment(
    rng: random.Random, habit: Habit, share: float, criterion: str, topics: Sequence[str] = ()
) -> str:
    """A word on how somebody's work meets a criterion; ``share`` says how well, 0 to 1."""
    verdict = _PRAISE if share > 0.8 else _ADVICE if share > 0.4 else _DOUBT
    said = _put(rng.choice(verdict), criterion, criterion)
    if habit.style == "wordy":
        said = f"{said} {_one(rng, _REASONS, topics)}"
    return f"{said} {rng.choice(_EMOJI)}" if rng.random() < 0.1 else said


def short_answer(rng: random.Random, topics: Sequence[str] = ()) -> str:
    """A few words, for a line that is asked for."""
    return _one(rng, _ELSE, topics)


def link(rng: random.Random) -> str:
    """An address where nobody lives."""
    what = rng.choice(("draft", "board", "notes", "sketch", "table"))
    return f"https://example.org/{what}/{rng.randrange(1_000, 10_000)}"


def question(rng: random.Random, topics: Sequence[str] = ()) -> str:
    """A question."""
    return _one(rng, _QUESTIONS, topics)


def reworded(rng: random.Random, text: str, topics: Sequence[str] = ()) -> str:
    """The same with an afterthought."""
    return f"{text} {_one(rng, _AFTERTHOUGHTS, topics)}"


def _one(rng: random.Random, sentences: Sequence[str], topics: Sequence[str]) -> str:
    return _put(rng.choice(sentences), *_two(rng, topics))


def _some(
    rng: random.Random, sentences: Sequence[str], topics: Sequence[str], count: int
) -> list[str]:
    return [_put(each, *_two(rng, topics)) for each in rng.sample(sentences, count)]


def _two(rng: random.Random, topics: Sequence[str]) -> tuple[str, str]:
    """A topic and another; the first ones more often, as they are nearer to what was asked."""
    if not topics:
        topics = _ANY_TOPIC
    first = min(rng.randrange(len(topics)), rng.randrange(len(topics)))
    others = [topic for topic in topics if topic != topics[first]] or [_ANY_TOPIC[0]]
    return topics[first], rng.choice(others)


def _put(sentence: str, topic: str, other: str) -> str:
    # Not by str.format: what an author writes may hold braces.
    words = {"Topic": topic[:1].upper() + topic[1:], "topic": topic, "other": other}
    return _PLACE.sub(lambda place: words[place[1]], sentence)


def _in_pairs(sentences: Sequence[str]) -> Iterator[str]:
    for at in range(0, len(sentences), 2):
        yield " ".join(sentences[at : at + 2])
