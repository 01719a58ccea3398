"""A plan of the family's form, written again as other authors would write it."""

import re
from dataclasses import dataclass, field
from random import Random

FIELDS = {
    "Facilitator Actions": (
        "Teacher",
        "Instructor Actions",
        "Trainer",
        "Teacher/Instructor",
        "What the teacher does",
        "Facilitator (lead)",
    ),
    "Learner Activities": (
        "Students",
        "Participant Activities",
        "Student/Participant",
        "What students do",
        "Trainees",
        "Learner Tasks (all)",
    ),
    "Resources Used": ("Materials", "Resources", "Materials/Resources", "Equipment"),
    "Differentiation": ("Support", "Differentiation", "Adaptations"),
    "Technology Integration": ("Technology", "Tech", "Digital tools", "Technology Used"),
}
PHASE_STYLES = ("headings", "bold", "list", "table", "plain", "columns")
FIELD_STYLES = ("bold", "bullets", "plain", "table", "quote", "inner")
FRONT_STYLES = ("lines", "table", "across", "quote", "yaml", "bullets", "one line")
SIGNS = ("", "", "🔍 ", "1️⃣ ")
NAMINGS = ("{name}", "{n}. {name}", "Phase {n}: {upper}", "Phase {n} - {upper}:", "{name} Phase")
LENGTHS = (
    "{m} minutes",
    "{m} min",
    "{m} mins.",
    "{m}'",
    "{low}-{m} minutes",
    "{low}–{m} min",
    "{m}+ min",
    "approx. {m} minutes",
    "{m}\xa0minutes",
)
WAYS_WITH_HEADING = ("{name} ({length})", "{name} – {length}", "{name} [{length}]")


@dataclass
class Written:
    """A plan of the family's form, taken apart."""

    title: str
    front: dict[str, str]
    before: str
    phases: dict[str, dict[str, str]] = field(default_factory=dict)
    after: str = ""


def taken_apart(text: str) -> Written:
    """The pieces of one of the three plans."""
    head, rest = text.split("\n## Learning Objectives", 1)
    before, rest = rest.split("\n## Lesson Structure\n", 1)
    structure, after = rest.split("\n## Assessment Methods", 1)
    written = Written(
        title=head.split("\n", 1)[0].removeprefix("# "),
        front=dict(re.findall(r"\*\*(.+?):\*\* (.+)", head)),
        before="## Learning Objectives" + before,
        after="## Assessment Methods" + after,
    )
    for one in re.split(r"^### ", structure, flags=re.MULTILINE)[1:]:
        name, body = one.split("\n", 1)
        written.phases[name] = dict(re.findall(r"\*\*(.+?):\*\* (.+)", body))
    return written


def minutes_of(phase: dict[str, str]) -> int:
    """The minutes of a phase of the family's form."""
    return int(phase["Duration"].split()[0])


def rewritten(plan: Written, seed: int) -> str:
    """The same plan in another form; the same seed gives the same form."""
    random = Random(seed)
    style = PHASE_STYLES[seed % len(PHASE_STYLES)]
    shift = random.choice(("", "#")) if style == "headings" else ""
    labels = {name: random.choice(others) for name, others in FIELDS.items()}
    pieces = [
        _front(plan, random.choice(FRONT_STYLES)),
        _shifted(plan.before, shift),
        f"##{shift} {random.choice(('Lesson Structure', 'Procedure', '5E Lesson Sequence'))}",
        _phases(plan, style, shift, labels, random),
        _shifted(plan.after, shift),
    ]
    text = "\n\n".join(pieces) + "\n"
    ends = random.choice(("\n", "\r\n", "\r"))
    return random.choice(("", "\ufeff")) + text.replace("\n", ends)


def _shifted(text: str, shift: str) -> str:
    return re.sub(r"^##", f"##{shift}", text, flags=re.MULTILINE)


def _front(plan: Written, style: str) -> str:
    title, front = f"# {plan.title}", plan.front
    lines = [f"**{label}:** {value}" for label, value in front.items()]
    match style:
        case "table":
            rows = [f"| **{label}** | {value} |" for label, value in front.items()]
            return "\n".join([title, "", "| Item | Details |", "|---|---|", *rows])
        case "across":
            header, values = " | ".join(front), " | ".join(front.values())
            return f"{title}\n\n| {header} |\n|---|---|\n| {values} |"
        case "quote":
            return "\n".join([title, "", *(f"> {line}" for line in lines)])
        case "yaml":
            pairs = "\n".join(f'{label.lower()}: "{value}"' for label, value in front.items())
            return f'---\ntitle: "{plan.title}"\n{pairs}\n---'
        case "bullets":
            return "\n".join([title, "", *(f"- {line}" for line in lines)])
        case "one line":
            return f"{title}\n\n{' | '.join(lines)}"
        case _:
            return "\n".join([title, "", *lines])


def _phases(plan: Written, style: str, shift: str, labels: dict[str, str], random: Random) -> str:
    form = random.choice(LENGTHS)
    lengths = {
        name: form.format(m=minutes_of(phase), low=minutes_of(phase) - 5)
        for name, phase in plan.phases.items()
    }
    fields = {
        name: {labels[label]: text for label, text in phase.items() if label != "Duration"}
        for name, phase in plan.phases.items()
    }
    if style in ("table", "columns"):
        rows = [["Phase", "Time", *labels.values()]]
        rows += [[name, lengths[name], *fields[name].values()] for name in plan.phases]
        return _table(rows if style == "table" else [list(row) for row in zip(*rows, strict=True)])
    naming, sign = random.choice(NAMINGS), random.choice(SIGNS)
    way = random.choice(WAYS_WITH_HEADING)
    field_style = random.choice(FIELD_STYLES if style == "headings" else FIELD_STYLES[:3])
    pieces = []
    for n, name in enumerate(plan.phases, 1):
        called = naming.format(n=n, name=name, upper=name.upper())
        head = way.format(name=called.rstrip(":"), length=lengths[name])
        if called.endswith(":"):
            head += ":"
        body = _fields(fields[name], field_style, "plain" if style == "plain" else "")
        match style:
            case "headings":
                pieces.append(f"###{shift} {sign}{head}\n\n{body}")
            case "bold":
                pieces.append(f"**{sign}{head}**\n\n{body}")
            case "list":
                bullets = _fields(fields[name], "bullets", "").replace("\n", "\n   ")
                head = way.format(name=f"**{name}**", length=lengths[name])
                pieces.append(f"{n}. {head}\n   {bullets}")
            case _:
                pieces.append(f"{sign}{head}\n\n{body}")
    return ("\n" if style == "list" else "\n\n").join(pieces)


def _fields(fields: dict[str, str], style: str, marks: str) -> str:
    bold = "" if marks == "plain" else "**"
    match style:
        case "bullets":
            return "\n".join(f"- {bold}{label}:{bold} {text}" for label, text in fields.items())
        case "plain":
            return "\n".join(f"{label}: {text}" for label, text in fields.items())
        case "table":
            return _table([["Item", "Details"], *([label, text] for label, text in fields.items())])
        case "quote":
            return "\n".join(f"> **{label}**: {text}" for label, text in fields.items())
        case "inner":
            return "\n\n".join(f"##### {label}\n\n{text}" for label, text in fields.items())
        case _:
            return "\n\n".join(f"{bold}{label}:{bold} {text}" for label, text in fields.items())


def _table(rows: list[list[str]]) -> str:
    header, *rest = rows
    lines = [header, ["---"] * len(header), *rest]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
