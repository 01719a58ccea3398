"""``evidence.html``: one page to read, print and send on. No script, nothing fetched.

The views are built here, as text; the template arranges them and escapes every one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from bot.evidence import glance, record
from bot.evidence.look import looks
from bot.evidence.people import people
from bot.evidence.phases import around, phases
from bot.evidence.prose import prose_html
from bot.evidence.reading import visible
from bot.service.reporting import RunReport
from bot.words import t


def evidence_page(report: RunReport) -> bytes:
    """The page in UTF-8. Learners' words are inert and verbatim but for control characters.

    Those stand as their codes; a carriage return, which a browser would read as a line feed, stands
    as a reference and is one in the browser.
    """
    page = _template().render(
        t=t,
        head=glance.head(report),
        tiles=glance.tiles(report),
        looks=looks(report),
        objectives=[
            (prose_html(objective.text), visible(objective.bloom))
            for objective in report.run.lesson.plan.objectives
        ],
        lengths=glance.lengths(report),
        turnout=glance.turnout(report),
        phases=phases(report),
        around=around(report),
        people=people(report),
        timeline=record.timeline(report),
        troubles=record.troubles(report),
        deeds=record.deeds(report),
    )
    return page.replace("\r", "&#13;").encode("utf-8", "backslashreplace")


@cache
def _template() -> Template:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("evidence.html")
