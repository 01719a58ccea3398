"""What the Playground took from the bot and what it sent to it, read from its own record."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

Json = dict[str, Any]

_END = "\n---\n"


@dataclass
class Post:
    """A message of the bot: its card now, and how often that was another."""

    conversation: str
    id: str
    card: Json
    edits: int = 0

    @property
    def channel(self) -> str:
        return self.conversation.partition(";")[0]

    @property
    def begins(self) -> bool:
        """Whether it is the first of its thread."""
        return self.conversation.endswith(f";messageid={self.id}")


@dataclass
class Record:
    """``path`` is the file that the Playground appends to."""

    path: Path
    _read: int = 0
    _posts: dict[str, Post] = field(default_factory=dict)
    _sent: list[Json] = field(default_factory=list)
    _refused: list[Json] = field(default_factory=list)

    def posts(self, conversation: str = "") -> list[Post]:
        """What the bot posted, as it reads now: there or, without a name, everywhere.

        A channel's posts are those of its threads.
        """
        self._look()
        return [
            post
            for post in self._posts.values()
            if conversation in ("", post.conversation, post.channel)
        ]

    def sent(self, kind: str = "") -> list[Json]:
        """The activities that the bot was sent and took, of this type or of all."""
        self._look()
        return [one for one in self._sent if kind in ("", one["type"])]

    def refused(self) -> list[Json]:
        """The Playground's record of what the bot asked and was not given."""
        self._look()
        return list(self._refused)

    def _look(self) -> None:
        """Read on in the record; its last entry may not be whole yet."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._read)
            whole, end, _ = file.read().decode("utf-8", "ignore").rpartition(_END)
        self._read += len((whole + end).encode())
        for entry in whole.split(_END) if end else ():
            self._take(json.loads(entry))

    def _take(self, entry: Json) -> None:
        request, answer = entry["request"], entry["response"]
        path = urlsplit(request["url"]).path
        if not path.startswith("/_connector/"):
            self._sent.append(request["body"])
            return
        if answer["statusCode"] >= 400:
            self._refused.append(entry)
            return
        match [request["method"], *map(unquote, path.split("/")[3:])]:
            case ["POST", "conversations"] if "activityId" in answer["body"]:
                said = request["body"]["activity"]
                self._add(answer["body"]["id"], answer["body"]["activityId"], said)
            case ["POST", "conversations", conversation, "activities", *_]:
                self._add(conversation, answer["body"]["id"], request["body"])
            case ["PUT", "conversations", _, "activities", id]:
                self._posts[id].card = _card(request["body"])
                self._posts[id].edits += 1

    def _add(self, conversation: str, id: str, activity: Json) -> None:
        assert id not in self._posts, "two posts have one id"
        self._posts[id] = Post(conversation, id, _card(activity))


def _card(activity: Json) -> Json:
    (attachment,) = activity["attachments"]
    card: Json = attachment["content"]
    return card
