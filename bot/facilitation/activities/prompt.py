"""``prompt``: something to read and do; nothing is asked, and the thread is open for questions."""

from __future__ import annotations

from pydantic import Field

from bot.chat.message import Message
from bot.facilitation.activities.kind import Kind, closing_blocks, opening_blocks
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.activities.scene import Scene, Spec
from bot.facilitation.handouts import WHOLE, Handout, lead, split_title
from bot.lessons.prose import prose
from bot.words import t


class PromptSpec(Spec):
    """``text`` is Markdown."""

    text: str = Field(
        min_length=1,
        description="What people read and do: Markdown, or the name of a Markdown file beside the "
        "script. Of a long one the post has what stands before its first ## heading, and a button "
        "opens the whole.",
    )


class Prompt(Kind[PromptSpec]):
    """Posted as it is; replies in its thread are kept."""

    name = "prompt"
    model = PromptSpec
    main = "text"
    shows_replies = False

    def _title(self) -> str:
        return t("Over to you")

    def title(self, spec: PromptSpec) -> str:
        """The author's, or the one that the text begins with."""
        return spec.title or split_title(spec.text)[0] or self._title()

    def handouts(self, scene: Scene[PromptSpec]) -> tuple[Handout, ...]:
        """The whole text, where the post has only its lead, and what else there is."""
        text = split_title(scene.spec.text)[1]
        whole = Handout(WHOLE, self.title(scene.spec), text)
        rest = super().handouts(scene)
        return rest if lead(text) == text else (whole, *rest)

    def say(self, scene: Scene[PromptSpec]) -> Message:
        """The author's text under its phase."""
        title = self.title(scene.spec)
        questions = t("Questions? Ask in the thread; everyone here can read it.")
        who_sees = questions if scene.capabilities.hears_replies else ""
        return Message(
            summary=f"{phase_title(scene.activity.phase)}: {title}",
            blocks=(
                *opening_blocks(scene, title),
                *prose(lead(split_title(scene.spec.text)[1])),
                *closing_blocks(scene, who_sees, self.handouts(scene)),
            ),
        )
