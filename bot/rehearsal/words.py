"""What personas write: plausible sentences about running AI in a public agency, for any lesson.

Everything is chosen with the ``random.Random`` that is given; nothing here is anybody's own words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from bot.chat.message import Listing, Message, Text
from bot.chat.text import Emphasis, Inline, Strong
from bot.rehearsal.names import Language
from bot.rehearsal.personas import Style

_SHORT = (
    "Data quality, by far.",
    "Nobody owned it after launch.",
    "Mostly people, less the tools.",
    "Monitoring. We notice things far too late.",
    "Clear roles, then everything else.",
    "Start small and measure.",
    "Not sure yet, still thinking about it.",
    "Procurement takes longer than the model.",
    "Documentation that somebody reads.",
    "Depends on who signs it off.",
    "We need a rollback plan first.",
    "Training for the case workers.",
    "Too many hand-overs.",
    "An honest inventory of what we run.",
)
_ABOUT = (
    "“{topic}” is where it usually breaks for us.",
    "When I read “{topic}”, I think of our own service desk first.",
    "I would begin with “{topic}”, because everything else hangs on it.",
    "For “{topic}” we have a policy, but no routine.",
    "I used to think that “{topic}” was a technical matter; by now I doubt it.",
    "We tried something like “{topic}” last year, and the pilot never left the lab.",
    "My team would need a plain checklist for “{topic}”.",
    "Who is responsible for “{topic}” in a small agency like ours?",
)
_VIEWS = (
    "Our model was trained on records from before the reform, so it was wrong from the first day.",
    "In our office the forms changed twice and nobody told the team that looks after the pipeline.",
    "We can rebuild every report from 2019, but not the model that was live last month.",
    "The vendor shows us accuracy; what the citizens feel is the waiting time.",
    "A versioned data set would have saved us about three weeks of guessing.",
    "The case workers found the error long before the dashboard did.",
    "I would rather have one model that is watched than five that are not.",
    "Legal was asked at the very end, and then we started again.",
    "Every change goes through the same small test set, which is better than it sounds.",
    "We write a one-page model card and put the owner's name at the top.",
    "Retraining on a calendar is easy to explain, retraining on drift is what we actually need.",
    "The appeal process has to work on the day when the model is wrong.",
)
_REASONS = (
    "At the moment that depends on two people who are both on leave in August.",
    "It sounds dull, but it is the part that an auditor asks about first.",
    "We would see it within a day if somebody looked at the input data and not just at the output.",
    "That costs time at the start and saves a lot of it in the second year.",
    "Without it, nobody can say afterwards why a decision came out the way it did.",
    "I do not think that another tool solves this.",
    "In a region with few applications the numbers are so small that averages hide everything.",
    "The hard part is agreeing on who may stop it.",
    "That only works if the people at the counter can report a wrong result in one minute.",
)
_NEXT = (
    "As a first step I would write down what is in production today, with an owner for each.",
    "My next step: talk to the data protection officer before the sprint and not after it.",
    "I will try this with one small service and compare after a month.",
    "I would like to see how another agency did it.",
    "For my team that means one meeting less and one alert more.",
    "Could we turn this into a template for everybody here?",
)
_QUESTIONS = (
    "How often would you retrain if the law changes only once a year?",
    "Does anybody here have a model card that they may share?",
    "Is that realistic for a team of four?",
    "Who decides when the model is switched off?",
    "Where does the test data come from when the real cases are confidential?",
    "What would you do first if there is no budget this year?",
)
_QUESTIONS_ABOUT = (
    "What exactly belongs to “{topic}” here, and what does not?",
    "Does “{topic}” also cover what our vendor runs for us?",
    "Has anybody seen “{topic}” done well with little money?",
)
_AFTERTHOUGHTS = (
    "(One addition: this was before the new platform.)",
    "Edit: I meant the staging system, not production.",
    "PS: happy to show our checklist if that helps.",
    "On second thought, I would put the people first.",
)
_ELSE = (
    "A bit of everything, and the hand-overs between them",
    "Leadership that changes every two years",
    "Nobody asked the people who use it",
    "Contracts that forbid us to look inside",
    "Old systems that cannot export their data",
)
_EMOJI = ("👍", "🤔", "😅", "🚀", "🙏🏽", "📊", "👩🏾‍💻", "✅")
_ELSEWHERE: dict[Language, tuple[str, ...]] = {
    "en": (),
    "de": (
        "Bei uns scheitert es selten am Modell, meist an der Übergabe an den Betrieb.",
        "Ohne klare Zuständigkeit prüft am Ende niemand, ob die Ergebnisse noch stimmen.",
    ),
    "es": (
        "En nuestra oficina los datos llegan tarde y nadie revisa si todavía son válidos.",
        "¿Quién responde cuando el modelo se equivoca con una persona concreta?",
    ),
    "fr": (
        "Chez nous, c'est surtout le suivi après la mise en service qui manque.",
        "Il faudrait d'abord former les agents, puis choisir l'outil.",
    ),
    "ar": (
        "في إدارتنا تبدأ المشكلة من جودة البيانات، وليس من النموذج نفسه.",
        "نحتاج إلى شخص مسؤول يراجع النتائج كل شهر.",
    ),
    "ja": (
        "私たちの部署では、導入後の確認を誰が行うのかが決まっていません。",
        "まず小さく始めて、毎月データを見直したいと思います。",
    ),
}

_WORD = re.compile(r"[^\W\d_][\w-]*")
# Words that name a thing: acronyms, and what ends like a noun of more than everyday length.
_NAMES_A_THING = re.compile(
    r"\w*[A-Z]\w*[A-Z]\w*|(?:monitor|(?:re)?train|test|report|onboard)ing"
    r"|\w{3,}(?:tion|ment|ance|ence|ency|ity|ics|ness|line|flow|ship)s?",
)
_NOT_A_TOPIC = frozenset(
    "activity activities assessment assessments assignment discussion discussions moment moments "
    "question questions reflection reflections self-assessment".split()
)


def topics_of(message: Message) -> tuple[str, ...]:
    """What the author's words in a message are about, in the order in which they come."""
    lines = [
        line
        for block in message.blocks
        if isinstance(block, Text | Listing)
        for line in ((block.line,) if isinstance(block, Text) else block.items)
    ]
    return topics_in(" ".join(_plain(part) for line in lines for part in line))


def topics_in(text: str) -> tuple[str, ...]:
    """The words of a text that name a thing, each once."""
    return tuple(dict.fromkeys(_things(text)))


def _things(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        acronym = sum(letter.isupper() for letter in word) > 1
        known = word if acronym else word.lower()
        if len(word) <= 30 and _NAMES_A_THING.fullmatch(known) and known not in _NOT_A_TOPIC:
            yield known


def _plain(part: Inline) -> str:
    match part:
        case str():
            return part
        case Strong(text) | Emphasis(text):
            return text
        case _:
            return " "


def answer(rng: random.Random, style: Style, language: Language, topics: Sequence[str] = ()) -> str:
    """An answer in somebody's way of writing, now and then in the language of their home."""
    elsewhere = _ELSEWHERE[language]
    if elsewhere and rng.random() < 0.3:
        return rng.choice(elsewhere)
    about = rng.choice(_ABOUT).format(topic=rng.choice(topics)) if topics else rng.choice(_VIEWS)
    smile = f" {rng.choice(_EMOJI)}" if rng.random() < 0.15 else ""
    match style:
        case "terse":
            return rng.choice((rng.choice(_SHORT), about)) + smile
        case "plain":
            return f"{rng.choice((about, rng.choice(_VIEWS)))} {rng.choice(_REASONS)}{smile}"
        case "wordy":
            views, reasons = rng.sample(_VIEWS, 2), rng.sample(_REASONS, 2)
            first = f"{about} {views[0]} {reasons[0]}"
            return f"{first}\n\n{views[1]} {reasons[1]} {rng.choice(_NEXT)}{smile}"


def short_answer(rng: random.Random) -> str:
    """A few words, for a line that is asked for."""
    return rng.choice(_ELSE)


def question(rng: random.Random, topics: Sequence[str] = ()) -> str:
    """A question to the others."""
    if topics and rng.random() < 0.5:
        return rng.choice(_QUESTIONS_ABOUT).format(topic=rng.choice(topics))
    return rng.choice(_QUESTIONS)


def reworded(rng: random.Random, text: str) -> str:
    """The same with an afterthought."""
    return f"{text} {rng.choice(_AFTERTHOUGHTS)}"
