"""The people of the Playground: what each of them has before them, and what they do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tests.teams.cards import Found, Json, drawn, field_of, filled, matching, missing, value_of
from tests.teams.playground import GENERAL, LESSON, Playground, Someone
from tests.teams.playground_record import Post

CARD = "application/vnd.microsoft.card.adaptive"
Fields = Mapping[str, str | tuple[str, ...]]
"""What is filled in by the ids of a form's fields: words, or what is chosen by id or title."""


@dataclass
class Screen:
    """``cards`` are those that one person alone has in the place of a post, with the number of
    edits after which they were given; ``notices`` are sentences shown below a post."""

    cards: dict[str, tuple[int, Json]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)


class Players:
    """Everybody in the Playground."""

    def __init__(self, play: Playground) -> None:
        self.play = play
        self._screens: dict[str, Screen] = {}

    def screen(self, who: Someone) -> Screen:
        """What they see besides what all see."""
        return self._screens.setdefault(who.handle, Screen())

    def card(self, who: Someone, post: Post) -> Json:
        """What the post is to them."""
        edits, card = self.screen(who).cards.get(post.id, (0, post.card))
        return card if edits == post.edits else post.card

    async def posts(self, who: Someone) -> list[Post]:
        """The bot's posts that they can see, oldest first in each channel and talk."""
        talk = await self.play.talk(who)
        return [post for each in (GENERAL, LESSON, talk) for post in self.play.posts(each)]

    async def sees(self, who: Someone) -> str:
        """All that they can read."""
        posts = await self.posts(who)
        cards = "\n".join(drawn([self.card(who, post)], {}) for post in posts)
        return "\n".join([cards, *self.screen(who).notices])

    async def finds(self, who: Someone, what: str, *options: str) -> Post:
        """The newest of the posts before them that has this button."""
        for post in reversed(await self.posts(who)):
            if self._action(who, post, what, options):
                return post
        raise AssertionError(f"{who.handle} sees no {what!r}")

    async def press(
        self,
        who: Someone,
        what: str,
        *options: str,
        at: Post | None = None,
        fields: Fields = MappingProxyType({}),
        old: bool = False,
    ) -> str:
        """Press the button with this callback or title, having filled in these fields.

        With ``options``, it is the one that picks these. Returns the sentence that they are
        told, ``""`` where it is a card that they get, or where an ``old`` client pressed.
        """
        post = at or await self.finds(who, what, *options)
        action = self._action(who, post, what, options)
        assert action, f"{who.handle} sees no {what!r} in {drawn([self.card(who, post)], {})!r}"
        values = _filled(action, options, fields)
        assert not missing(action, values), f"to be filled in: {missing(action, values)}"
        data = value_of(action, values)
        if old:
            await self.play.submit(who, post, data)
            return ""
        answer = await self.play.execute(who, post, data)
        if answer["type"] == CARD:
            self.screen(who).cards[post.id] = (post.edits, answer["value"])
            return ""
        self.screen(who).notices.append(answer["value"])
        sentence: str = answer["value"]
        return sentence

    def _action(
        self, who: Someone, post: Post, what: str, options: tuple[str, ...]
    ) -> Found | None:
        """What is pressed; what only unfolds a form in the card is as good as pressed."""
        found = matching(self.card(who, post), what, options)
        return next((one for one in found if one.node["type"] != "Action.ShowCard"), None)


def _filled(action: Found, options: tuple[str, ...], fields: Fields) -> dict[str, str]:
    """What stands in the inputs that travel with an action. Raises where there is no such field."""
    given = {name: (each,) if isinstance(each, str) else each for name, each in fields.items()}
    nodes = {node["id"]: node for node in action.sent}
    wanted = {id: given[field_of(id)] for id in nodes if field_of(id) in given}
    if options and "input" in action.data:
        wanted[action.data["input"]] = options
    assert len(wanted) >= len(given), f"not all of {sorted(given)} are among {sorted(nodes)}"
    return {id: filled(nodes[id], values) for id, values in wanted.items()}
