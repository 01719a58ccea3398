"""Who and where: persons, places and posts, named the same way on every platform.

An address is opaque to everybody but the platform that made it. Only a party is named by us: it is
met in a place that its platform opens.
Its text form is used in the database and in logs: parts are percent-encoded and joined by ``/``.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote


def _join(*parts: str) -> str:
    return "/".join(quote(part, safe="") for part in parts)


def _split(text: str, count: int) -> list[str]:
    parts = [unquote(part) for part in text.split("/")]
    if len(parts) != count:
        raise ValueError(f"an address of {count} parts was expected, not {text!r}")
    return parts


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """Someone on a platform: ``tenant`` is the workspace or organisation, ``id`` theirs in it."""

    platform: str
    tenant: str
    id: str

    def __str__(self) -> str:
        return _join(self.platform, self.tenant, self.id)

    @classmethod
    def parse(cls, text: str) -> Person:
        """The person whose text form this is; raises ValueError for anything else."""
        return cls(*_split(text, 3))


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Somewhere to post: a channel, or with ``thread`` a thread in it (``""`` is the channel)."""

    platform: str
    tenant: str
    channel: str
    thread: str = ""

    def __str__(self) -> str:
        return _join(self.platform, self.tenant, self.channel, self.thread)

    @classmethod
    def parse(cls, text: str) -> Place:
        """The place whose text form this is; raises ValueError for anything else."""
        return cls(*_split(text, 4))

    @property
    def root(self) -> Place:
        """The channel that this place is, or that its thread hangs in."""
        return Place(self.platform, self.tenant, self.channel)


@dataclass(frozen=True, slots=True, order=True)
class PostRef:
    """One post, where it stands. ``place`` is where it was posted, so a reply's has a thread."""

    place: Place
    id: str

    def __str__(self) -> str:
        return f"{self.place}/{quote(self.id, safe='')}"

    @classmethod
    def parse(cls, text: str) -> PostRef:
        """The post whose text form this is; raises ValueError for anything else."""
        place, _, post = text.rpartition("/")
        return cls(Place.parse(place), unquote(post))

    @property
    def thread(self) -> Place:
        """The thread that hangs on this post."""
        return Place(self.place.platform, self.place.tenant, self.place.channel, self.id)


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """These people together, in a place that their platform opens for them.

    ``key`` names that place: the same key is the same place, also for other people, where the
    platform lets people come and go. ``name`` is what the place is called. Raises ValueError where
    there is nobody, or somebody of another tenant.
    """

    platform: str
    tenant: str
    key: str
    name: str
    people: tuple[Person, ...]

    def __post_init__(self) -> None:
        here = (self.platform, self.tenant)
        if not self.people or any((p.platform, p.tenant) != here for p in self.people):
            raise ValueError("a party is people of one tenant, and at least one")

    def __str__(self) -> str:
        ids = (person.id for person in self.people)
        return _join(self.platform, self.tenant, self.key, self.name, *ids)

    @classmethod
    def parse(cls, text: str) -> Party:
        """The party whose text form this is; raises ValueError for anything else."""
        platform, tenant, key, name, *ids = _split(text, max(5, text.count("/") + 1))
        people = tuple(Person(platform, tenant, id) for id in ids)
        return cls(platform, tenant, key, name, people)


Recipient = Place | Person | Party
"""Whom a message can be owed to."""


def parse_recipient(text: str) -> Recipient:
    """From its text form: three parts are a person, four a place, more a party."""
    parts = text.count("/") + 1
    return Party.parse(text) if parts > 4 else (Place if parts == 4 else Person).parse(text)


def platform_of_lane(lane: str) -> str:
    """The platform to which a lane of this id belongs."""
    return lane.partition("/")[0]


def lane_name(to: Recipient) -> str:
    """What is said one after the other: in a channel with its threads, to a person, to a party
    whoever is of it."""
    match to:
        case Place():
            return str(to.root)
        case Person():
            return str(to)
        case Party(platform, tenant, key):
            return _join(platform, tenant, key, "", "")
