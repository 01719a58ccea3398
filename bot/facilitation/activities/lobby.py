"""The conversation around a lesson: replies to its welcome and its closing message.

No author asks for it; every run has one, so that nothing said there is lost.
"""

from __future__ import annotations

from bot.chat.message import Message
from bot.facilitation.activities.kind import Kind
from bot.facilitation.activities.scene import Scene, Spec
from bot.facilitation.notices import welcome
from bot.facilitation.state import LOBBY
from bot.words import t


class LobbySpec(Spec):
    """Nothing to set."""


class Lobby(Kind[LobbySpec]):
    """Open from the start to the end of the run; replies are kept as they come."""

    name = LOBBY
    model = LobbySpec
    main = ""
    shows_replies = False

    def _title(self) -> str:
        return t("Around the lesson")

    def say(self, scene: Scene[LobbySpec]) -> Message:
        """The welcome, which is where the conversation begins."""
        return welcome(scene.run)
