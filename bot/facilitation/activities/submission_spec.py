"""The fields of a `submission`, as a script has them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.facilitation.activities.scene import Spec
from bot.words import t

TEXT, LINK = "text", "link"
"""The items of a work whose author named no fields."""


class WorkField(BaseModel):
    """``id`` keeps what was written when the label is worded anew."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,60}$",
        description="Keeps what was written when the label is worded anew.",
    )
    label: str = Field(min_length=1, description="What people read above the field.")
    hint: str = Field("", description="What helps to fill it in.")


class SubmissionSpec(Spec):
    """``task`` is Markdown. Without ``fields`` people give a text, a link, or both.

    ``visible`` to everyone is what has fields, unless the author says otherwise.
    """

    task: str = Field(
        min_length=1,
        description="What people hand in: Markdown, or the name of a Markdown file beside the "
        "script.",
    )
    by: Literal["person", "group"] = Field(
        "person",
        description="Who hands in: each person, or each group of the last “groups” before it "
        "together.",
    )
    fields: tuple[WorkField, ...] = Field(
        (),
        max_length=20,
        description="What to fill in, in place of a text or a link: each a text, or an id and a "
        "label. What everybody wrote becomes one table.",
    )
    visible: Literal["facilitator", "everyone"] | None = Field(
        None,
        description="Who can read it beside its authors and those who review it. With fields that "
        "is everyone, otherwise the facilitator.",
    )

    @field_validator(
        "fields",
        mode="before",
        json_schema_input_type=Annotated[list[str | WorkField], Field(max_length=20)],
    )
    @classmethod
    def _named(cls, fields: Any) -> Any:
        """A field that is only a text is numbered."""
        if not isinstance(fields, list | tuple):
            return fields
        return tuple(
            {"id": f"f{n}", "label": field} if isinstance(field, str) else field
            for n, field in enumerate(fields, start=1)
        )

    @field_validator("fields")
    @classmethod
    def _told_apart(cls, fields: tuple[WorkField, ...]) -> tuple[WorkField, ...]:
        ids = [field.id for field in fields]
        if twice := next((id for id in ids if ids.count(id) > 1), ""):
            raise ValueError(f"two fields have the id “{twice}”")
        return fields

    @property
    def public(self) -> bool:
        """Whether everyone can read it."""
        return (self.visible or ("everyone" if self.fields else "facilitator")) == "everyone"

    def labels(self) -> tuple[tuple[str, str], ...]:
        """The items and what they are called."""
        if self.fields:
            return tuple((field.id, field.label) for field in self.fields)
        return ((TEXT, t("The work")), (LINK, t("A link to the work")))
