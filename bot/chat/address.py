"""Who and where: persons, places and posts, named the same way on every platform.

An address is opaque to everybody but the platform that made it.
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


def parse_recipient(text: str) -> Place | Person:
    """A place or a person from its text form: four parts are a place, three a person."""
    return Place.parse(text) if text.count("/") == 3 else Person.parse(text)
