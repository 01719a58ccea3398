"""Hypothesis strategies for everything that can be said: any message, any form, any words."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.chat.callback import Callback
from bot.chat.message import (
    Bar,
    Block,
    Button,
    Buttons,
    ChoiceField,
    Choices,
    DateField,
    Deadline,
    Divider,
    Field,
    Form,
    FormText,
    Heading,
    Listing,
    Live,
    Message,
    Note,
    Option,
    People,
    PeopleField,
    PlaceField,
    Preformatted,
    Quote,
    Resource,
    Table,
    Tally,
    Text,
    TextField,
    TimeField,
)
from bot.chat.text import Code, Emphasis, Inline, Line, Link, Strong, UserText, When

HOSTILE = (
    "<!channel>",
    "<!here|here>",
    "<!subteam^S1>",
    "<@U1>",
    "<#C1|general>",
    "@here @everyone @channel",
    "<at>Ada</at>",
    "<http://evil.example|click>",
    "[x](http://evil.example)",
    "http://evil.example",
    "javascript:alert(1)",
    "**b** _i_ ~s~ `c` ```pre```",
    "# heading",
    "> quote",
    "1. one\r2. two",
    "- one\n- two",
    "&lt;!channel&gt; &amp;",
    "{{DATE(2026-01-05T09:00:00Z, LONG)}} {{TIME(2026-01-05T09:00:00Z)}}",
    "${name} {when} {{}} %s",
    ":tada: :x:",
    "<script>alert(1)</script>",
    "\u202eright to left\u202c",
    "\u200fשלום\u200e مرحبا",
    "zero\u200bwidth\u200d\u2060\ufeff",
    "\x00\x01\x1b[31m\x7f",
    "\ud800 alone",
    "👩‍👩‍👧‍👦 👍🏽 🇺🇦🇫🇷 é",
    "   leading and trailing   ",
    "\r\n\r\nlines\r\n\t\ttabs",
    '"quoted" \\back\\slash',
    "",
)

_SIGNS = ("word ", "word", "é", "👩‍👧", "漢", "\n\n", '"', "\x00", "{{DATE(", "<@U1> ")


@st.composite
def long_texts(draw: st.DrawFn, least: int = 2_000, most: int = 40_000) -> str:
    """Long words of few signs, in length like what a learner pastes."""
    unit = "".join(draw(st.lists(st.sampled_from(_SIGNS), min_size=1, max_size=4)))
    length = draw(st.integers(least, most))
    return (unit * (length // len(unit) + 1))[:length]


short_texts = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=40), st.text("ab \n", max_size=200)
)
texts = st.one_of(short_texts, short_texts, short_texts, long_texts())
labels = st.one_of(short_texts, short_texts, st.text("ab ", min_size=60, max_size=400))
user_texts = st.builds(UserText, texts)
urls = st.one_of(
    st.sampled_from(("https://example.org", "http://example.org/a?b=c#d", "https://exa mple.org")),
    st.sampled_from(HOSTILE),
    st.integers(10, 4_000).map(lambda n: "https://example.org/" + "x" * n),
)
moments = st.integers(
    int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()),
).map(lambda second: datetime.fromtimestamp(second, UTC))
inlines: st.SearchStrategy[Inline] = st.one_of(
    texts,
    user_texts,
    st.builds(Strong, texts),
    st.builds(Emphasis, texts),
    st.builds(Code, texts),
    st.builds(Link, short_texts, urls),
    st.builds(When, moments, st.sampled_from(("time", "date", "date_time"))),
)
lines: st.SearchStrategy[Line] = st.lists(inlines, max_size=4).map(tuple)
short_lines: st.SearchStrategy[Line] = st.lists(
    st.one_of(short_texts, st.builds(UserText, short_texts)), max_size=2
).map(tuple)

_ids = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=20)
callbacks = st.builds(
    Callback,
    st.sampled_from(("vote", "write", "open")),
    _ids,
    _ids,
    _ids,
    st.integers(0, 10_000),
).map(Callback.encode)


def _numbered(labels_: list[tuple[str, str]]) -> tuple[Option, ...]:
    return tuple(Option(f"o{n}", label, detail) for n, (label, detail) in enumerate(labels_))


options = st.one_of(
    st.lists(st.tuples(labels, st.one_of(st.just(""), labels)), max_size=12).map(_numbered),
    st.lists(st.tuples(labels, st.just("")), max_size=6).map(_numbered),
    st.integers(11, 130).map(lambda n: _numbered([(f"Option {i}", "") for i in range(n)])),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table of few or many columns, its cells long or short."""
    width = draw(st.one_of(st.integers(1, 4), st.just(22)))
    cells = lines if width < 5 else short_lines
    row = st.lists(cells, min_size=width, max_size=width).map(tuple)
    columns = tuple(draw(st.lists(labels, min_size=width, max_size=width)))
    rows = draw(st.lists(row, max_size=4)) * draw(st.sampled_from((1, 1, 1, 40)))
    return Table(columns, tuple(rows) if sum(len(str(r)) for r in rows) < 60_000 else ())


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    """A tally whose numbers agree: nobody is counted who did not answer."""
    people = draw(st.integers(0, 400))
    bar = st.builds(Bar, st.one_of(texts, user_texts), st.integers(0, people))
    return Tally(draw(texts), tuple(draw(st.lists(bar, max_size=6))), people)


form_texts: st.SearchStrategy[FormText] = st.one_of(
    st.builds(Heading, texts, st.sampled_from((1, 2, 3))),
    st.builds(Text, lines),
    st.builds(Note, lines),
    st.builds(Listing, st.lists(lines, max_size=5).map(tuple), st.booleans()),
    st.builds(Quote, user_texts, st.one_of(st.none(), user_texts)),
    st.builds(Preformatted, texts),
    tables(),
    st.just(Divider()),
)


@st.composite
def _choice_fields(draw: st.DrawFn, id: str = "") -> ChoiceField:
    offered, multiple = draw(options), draw(st.booleans())
    ids = [option.id for option in offered]
    most = len(ids) if multiple else min(len(ids), 1)
    value = draw(st.lists(st.sampled_from(ids), unique=True, max_size=most)) if ids else []
    chosen = tuple(id for id in ids if id in value)
    return ChoiceField(id, draw(labels), offered, multiple, chosen, draw(st.booleans()))


_people = st.lists(st.sampled_from(["U1", "U2", "U3"]), unique=True).map(tuple)


def fields(id: str) -> st.SearchStrategy[Field]:
    """A field with this id, filled in already or not."""
    name = st.just(id)
    values = st.one_of(st.none(), st.builds(UserText, short_texts), user_texts)
    return st.one_of(
        st.builds(TextField, name, labels, labels, values, st.booleans(), st.booleans()),
        _choice_fields(id),
        st.builds(DateField, name, labels, st.one_of(st.none(), st.dates()), st.booleans()),
        st.builds(
            TimeField,
            name,
            labels,
            st.one_of(st.none(), st.times().map(lambda at: at.replace(second=0, microsecond=0))),
            st.booleans(),
        ),
        st.builds(
            PeopleField,
            name,
            labels,
            _people,
            st.booleans(),
        ),
        st.builds(PlaceField, name, labels, st.sampled_from(["", "C0123"]), st.booleans()),
    )


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """A form of a few parts; its fields have different ids."""
    asked = [draw(fields(f"f{n}")) for n in range(draw(st.integers(0, 4)))]
    said = draw(st.lists(form_texts, max_size=3))
    parts = draw(st.permutations([*asked, *said]))
    return Form(draw(labels), draw(callbacks), tuple(parts), draw(labels))


buttons = st.builds(
    Button,
    labels,
    callbacks,
    st.sampled_from(("pick", "open")),
    st.sampled_from(("plain", "primary", "danger")),
    st.one_of(st.none(), st.none(), forms()),
)
blocks: st.SearchStrategy[Block] = st.one_of(
    form_texts,
    st.builds(Choices, callbacks, options, labels, st.booleans(), labels),
    tallies(),
    st.builds(Deadline, moments, st.sampled_from(("open", "closed", "moved"))),
    st.builds(People, texts, st.lists(user_texts, max_size=6).map(tuple)),
    st.builds(Buttons, st.lists(buttons, max_size=30).map(tuple)),
    st.builds(Resource, texts, urls, texts),
    st.builds(Live, st.lists(form_texts, max_size=3).map(tuple)),
)
messages = st.builds(
    Message,
    texts,
    st.one_of(st.lists(blocks, max_size=6), st.lists(st.just(Divider()), max_size=120)).map(tuple),
)
