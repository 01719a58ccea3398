"""Questions for learners, made from the phrases of a plan.

Each question is a frame that is right for any phrase of its sort; where a phrase can't safely be
turned, a plainer frame takes it.
"""

import re

from bot.lessons.phrases import (
    ASKING,
    DETERMINER,
    ENDS,
    capital,
    filled,
    names_feedback,
    names_questions,
    small,
    to_you,
    with_the,
)

QUESTIONS = "What questions do you have? Ask them here, and answer somebody else’s where you can."
FEEDBACK = (
    "Then give feedback to at least one other: what works well, and what would make it even better?"
)
SHOW = "Post a short summary of "

_COMMA = re.compile(r",\s+")
_AND = re.compile(r"(?:and then|and|then)\s+", re.IGNORECASE)
_BULLET = re.compile(r"\A\s*(?:[-*+]|\d{1,3}[.)])\s+")
_WHERE = re.compile(
    r"(?:in|as) (?:an? |the |their )?(?:small |whole |home |expert )?"
    r"(?:groups?|teams?|pairs?|class|breakout rooms?)\b(?! ?discussion)[,:]?\s*",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:the )?(?:learners|students|participants|trainees|they|you)(?: will| can| should)? "
    r"(?=(?P<verb>[a-z]+)\b)",
    re.IGNORECASE,
)
_VERBS = frozenset(
    "analyze answer apply ask assess brainstorm collaborate compare complete conduct consider "
    "contribute create critique debate define demonstrate describe design develop discuss "
    "document draft draw engage evaluate examine explain explore follow form give identify "
    "investigate join listen list make map note observe participate plan post practice predict "
    "prepare present propose provide rate read receive record reflect relate report research "
    "respond review revise select share showcase sketch solve submit suggest summarize take "
    "talk teach test think try use vote watch work write".split()
)
_GERUNDS = {
    "sharing": "share",
    "discussing": "discuss",
    "brainstorming": "brainstorm",
    "relating": "relate",
    "identifying": "note",
    "analyzing": "note",
    "documenting": "note",
}
_NEXT = re.compile(
    r" (?:and then|then|and) (?:\w+ly )?(?=(?:analyze|begin|brainstorm|complete|create|develop|"
    r"discuss|engage|evaluate|identify|participate|present|provide|receive|reflect|set|share|"
    r"write|analyzing|brainstorming|discussing|hypothesizing|identifying|relating|sharing) )|"
    r",\s+\w+ly (?=evaluate |review )",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"(?:participate|engage|take part|work|collaborate|meet) [^.]{0,120}? to "
    r"(?=(?:discuss|brainstorm|share|relate) )",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"(?:(?:participate|engage|take part|join|contribute) (?:in|to) )?(?:an? |the |in )?"
    r"(?:[\w-]+ ){0,2}?discussions?(?: (?:on|about|of|around|regarding) (?P<what>.+))?\Z",
    re.IGNORECASE,
)
_DISCUSS = re.compile(r"(?:discuss|talk about|consider|debate) (?P<what>.+)", re.IGNORECASE)
_BRAINSTORM = re.compile(r"brainstorm(?:ing)? (?P<what>.+)", re.IGNORECASE)
_SHARE = re.compile(r"share (?P<what>.+)", re.IGNORECASE)
_PRESENT = re.compile(
    r"(?:present|report|showcase|share back) (?:on )?(?:and \w+ )?(?P<what>.+)", re.IGNORECASE
)
_RELATE = re.compile(
    r"(?:.{0,120}?\bdiscussions? )?(?:relat|link|connect)(?:e|ing) .{1,120}? (?:to|with) "
    r"(?P<what>.+)",
    re.IGNORECASE,
)
_DO = re.compile(r"(?:compare|predict|propose|suggest|identify|describe) .+", re.IGNORECASE)
_AUDIENCE = re.compile(
    r" (?:to|with|in) (?:an?other |the |an? |your |their )?(?:\w+ )?"
    r"(?:class|groups?|peers?|others|teams?|partners?)\b.*| for (?:\w+ )?feedback\b.*",
    re.IGNORECASE,
)
_YOURS = re.compile(
    r"(?:(?:any|some|their|your|the) )*(?P<what>(?:(?:relevant|initial|personal|professional|"
    r"prior|first|own|key) )*(?:experiences|thoughts|ideas|insights|perspectives|perceptions|"
    r"opinions|hypotheses|observations|reactions|concerns|views|expectations|takeaways|"
    r"impressions|reflections)\b.*)",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"(?P<one>\b(?:framework|design|plan|proposal|pipeline|map|model|roadmap|draft|solution|"
    r"system|presentation|blueprint|ladder|project|poster|prototype))s\Z|(?P<y>\bstrateg)ies\Z",
    re.IGNORECASE,
)
_THEIRS = re.compile(r"(?:\A(?:an?|their)|(?<=of )their) ", re.IGNORECASE)
_WHILE = re.compile(r", \w+ing .*", re.DOTALL)
_PERSONAL = re.compile(r"(?:personal|professional) ", re.IGNORECASE)
_MAYBE = re.compile(r"(?:potential|possible) ", re.IGNORECASE)

_HOW_TO = re.compile(r"how to (?P<rest>.+)", re.IGNORECASE | re.DOTALL)
_SOMETHING = (
    r"(?P<who>(?!(?:well|much|many|often|far|best|long|\w+ly)\b)"
    r"(?:(?!(?:that|which|who|how|what|when|where|if)\b)[\w'’/()&-]+ )+?)"
)
_HOW_CAN = re.compile(
    rf"how {_SOMETHING}(?P<verb>can|could|might|may|must|should|would|will|has|have|had|is|are|"
    r"was|were) (?P<rest>(?:(?! how ).)+)",
    re.IGNORECASE | re.DOTALL,
)
_HOW_DOES = re.compile(
    rf"how {_SOMETHING}(?P<verb>relate|apply|applie|contribute|connect)(?P<one>s)? to "
    r"(?P<rest>(?:(?! how ).)+)",
    re.IGNORECASE | re.DOTALL,
)

_ASKED_OF_THEM = re.compile(
    r"(?:encourage|ask|prompt|invite|have|guide|allow|remind|help|get) (?:the )?"
    r"(?:learners|participants|students|everyone|teams|groups|them)(?: to| in)?:? (?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
FACILITATING = re.compile(
    r"(?:allow|build|create an?|embed|encourage|establish|facilitate|foster|give|guide|help|"
    r"implement|include|incorporate|integrate|introduce|lead|model|monitor|offer|pause|prepare|"
    r"promote|prompt|provide|schedule|set|acknowledge)\b",
    re.IGNORECASE,
)
"""How a line begins that tells the facilitator what to do."""
_STAND = re.compile(
    r"(?:self[- ]assess(?:ment)?|personal assessment)(?: of| on)? (?P<what>.+)", re.I | re.DOTALL
)
_FIND = re.compile(r"identif(?:ication of|ying|y) (?P<what>.+)", re.IGNORECASE | re.DOTALL)
_TALK_OVER = re.compile(
    r"(?:[\w-]+ )?(?:discussions?|discuss)(?: (?:on|of|about|around))? (?P<what>.+)", re.I | re.S
)
_MINE = re.compile(
    r"\b(?P<before>how|has|have|chang(?:e|es|ed)|influenc(?:e|es|ed)|shap(?:e|es|ed)|of) "
    r"(?=personal |understanding of |professional background |(?:perspectives?|views) on |"
    r"perceptions? of |approach to )",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"past (?:[\w-]+ ){0,3}?(?:experiences?|projects?|successes|efforts|decisions|practices)\b",
    re.IGNORECASE,
)
_LOOK_BACK = re.compile(
    r"(?:(?:self|group|guided|personal|individual|written|critical)[- ])?"
    r"(?:reflections?|reflect|reflecting|(?:reflective |reflection )?journal(?:ing)?)"
    r" (?:on|upon|about|over|of) (?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
_LOOK_AT = re.compile(
    r"(?:(?:self|group|guided|personal|individual|critical)[- ])?(?:(?:analysis|evaluation|"
    r"assessment|consideration|examination|exploration|review|awareness) of|analy[sz]e|analyzing|"
    r"evaluate|evaluating|assess|assessing|consider|considering|examine|examining|explore|"
    r"review|think about|thinking about) (?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)


def questions_in(activities: str) -> list[str]:
    """The questions in what learners do, in order, each once; [] where nothing is talked about."""
    asked = (_question(clause) for clause in _clauses(activities))
    return list(dict.fromkeys(one for one in asked if one))


def talks(activities: str) -> bool:
    """True where learners talk with one another, though it may not say about what."""
    return any(_TALK.match(clause) or _question(clause) for clause in _clauses(activities))


def what_about(phrase: str) -> str:
    """A question about a noun phrase or a “how …” clause."""
    phrase = to_you(phrase.strip(" ."))
    if ASKING.match(phrase):
        return _how(phrase) or f"What do you think about {small(phrase)}?"
    if yours := _YOURS.match(phrase):
        return f"What are your {yours['what']}?"
    if _MAYBE.match(phrase) and "," not in phrase:
        return f"Which {phrase} can you think of?"
    return f"What do you think about {with_the(phrase)}?"


def thought(line: str) -> str:
    """A question to think about alone; "" where the line tells the facilitator what to do."""
    bare = line.strip().strip(" .")
    if asked := _ASKED_OF_THEM.match(bare):
        return thought(asked["what"])
    if bare.endswith("?"):
        return capital(to_you(bare))
    if FACILITATING.match(bare):
        return ""
    what = _MINE.sub(r"\g<before> your ", to_you(bare))
    if found := _STAND.match(what):
        return _stand(found["what"])
    if (found := _FIND.match(what)) and not DETERMINER.match(found["what"]):
        return f"Which {found['what']} do you see for yourself?"
    if found := _TALK_OVER.match(what):
        return what_about(found["what"])
    if found := _LOOK_BACK.match(what):
        return _think(found["what"], "what stands out for you?")
    if found := _LOOK_AT.match(what):
        return _think(found["what"], "what do you notice?")
    return f"{capital(what)}: what are your first thoughts?"


def _stand(what: str) -> str:
    if ASKING.match(what):
        return _think(what, "where do you stand?")
    return f"Take stock of {_yours(what)}: where do you stand?"


def _think(what: str, asking: str) -> str:
    if ASKING.match(what) and (question := _how(what)):
        return question
    whose = f"your {what}" if _PAST.match(what) else with_the(what)
    return f"Think about {small(whose)}: {asking}"


def _how(clause: str) -> str:
    """A “how …” clause as a question, or "" where it can't be turned for sure."""
    if found := _HOW_TO.match(clause):
        return f"How can you {found['rest']}?"
    if found := _HOW_CAN.match(clause):
        return f"How {found['verb']} {_subject(found['who'])}{found['rest']}?"
    if found := _HOW_DOES.match(clause):
        verb = "apply" if found["verb"].lower() == "applie" else found["verb"]
        does = "does" if found["one"] else "do"
        return f"How {does} {_subject(found['who'])}{verb} to {found['rest']}?"
    return ""


def _subject(who: str) -> str:
    return f"the {who}" if re.fullmatch(r"[a-z]{4,}s ", who) and who != "this " else who


def _clauses(activities: str) -> list[str]:
    """The single things to do: cut at sentences, and at commas before a verb."""
    clauses: list[str] = []
    for one in ENDS.split(activities):
        text = _bare(_WHERE.sub("", _BULLET.sub("", one, count=1)))
        for part in _NEXT.split(text):
            fresh = True
            for piece in _COMMA.split(part):
                bare = _AND.sub("", piece, count=1) if _AND.match(piece) else piece
                first, _, rest = bare.partition(" ")
                word = first.strip("*_").lower()
                if word in _GERUNDS:
                    word = _GERUNDS[word]
                    bare = f"{word} {rest}"
                if fresh or word in _VERBS:
                    clauses.append(bare.strip())
                else:
                    clauses[-1] += f", {piece}"
                fresh = False
    return [one.strip(" .,") for one in clauses if filled(one)]


def _bare(text: str) -> str:
    """Without “Learners will” before the verb."""
    subject = _SUBJECT.match(text)
    return text[subject.end() :] if subject and subject["verb"].lower() in _VERBS else text


def _question(clause: str) -> str:
    if names_questions(clause):
        return QUESTIONS
    if names_feedback(clause) and not _PRESENT.match(clause):
        return ""
    clause = _PURPOSE.sub("", clause, count=1)
    if found := _RELATE.match(clause):
        what = _THEIRS.sub("your ", to_you(found["what"]))
        own = _yours(what) if _PERSONAL.match(what) else what
        return f"How does this relate to {own}?"
    if found := _TALK.match(clause):
        return what_about(found["what"]) if found["what"] else ""
    if found := _DISCUSS.match(clause):
        return what_about(found["what"])
    if found := _BRAINSTORM.match(clause):
        what = to_you(found["what"])
        if DETERMINER.match(what) or ASKING.match(what) or _YOURS.match(what):
            return what_about(what)
        return f"Which {what} can you think of?"
    if found := _PRESENT.match(clause):
        return _show(found["what"])
    if found := _SHARE.match(clause):
        what = to_you(_AUDIENCE.sub("", found["what"]))
        return what_about(what) if _YOURS.match(what) else _show(found["what"])
    if _DO.match(clause):
        return f"{capital(to_you(clause))}. Tell the group what you come up with."
    return ""


def _show(made: str) -> str:
    what = to_you(_AUDIENCE.sub("", f" {made}")).strip()
    what = _THEIRS.sub("your ", _WHILE.sub("", what)) or "work"
    what = _MADE.sub(lambda found: found["one"] or f"{found['y']}y", what)
    return f"{SHOW}{_yours(what)}: what should the others take away?"


def _yours(what: str) -> str:
    return what if DETERMINER.match(what) else f"your {what}"
