"""``prompt``: something to read and do; nothing is asked, and the thread is open for questions."""

from __future__ import annotations

from bot.chat.message import Message
from bot.facilitation.activities.kind import Kind, Scene, Spec, closing_blocks, opening_blocks
from bot.lessons.prose import prose
from bot.words import t


class PromptSpec(Spec):
    """``text`` is Markdown."""

    text: str


class Prompt(Kind[PromptSpec]):
    """Posted as it is; replies in its thread are kept."""

    name = "prompt"
    model = PromptSpec
    shows_replies = False

    def _title(self) -> str:
        return t("Over to you")

    def say(self, scene: Scene[PromptSpec]) -> Message:
        """The author's text under its phase."""
        title = self.title(scene.spec)
        who_sees = t("Questions? Ask in the thread; everyone here can read it.")
        return Message(
            summary=f"{scene.activity.phase}: {title}",
            blocks=(
                *opening_blocks(scene, title),
                *prose(scene.spec.text),
                *closing_blocks(scene, who_sees),
            ),
        )
