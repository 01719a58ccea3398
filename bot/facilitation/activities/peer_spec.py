"""The fields of a `peer_review`, as a script has them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.facilitation.activities.scene import Spec


class CriterionSpec(BaseModel):
    """``levels`` say in words what each level, from 4 down to 1, looks like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(
        pattern=r"^[A-Za-z0-9_]{1,60}$",
        description="Keeps its reviews when the title is worded anew: letters, digits and _.",
    )
    title: str = Field(min_length=1, description="What work is judged by.")
    objective: int | None = Field(
        None, ge=1, description="Which of the plan's learning objectives it is about, from 1."
    )
    levels: dict[Annotated[int, Field(ge=1, le=4)], str] = Field(
        default_factory=dict,
        description="What 4 (exemplary), 3 (accomplished), 2 (developing) and 1 (beginning) look "
        "like.",
    )


class PeerReviewSpec(Spec):
    """``of`` names the submission; by default it is the last one before it."""

    rubric: tuple[CriterionSpec, ...] = Field(
        min_length=1,
        max_length=12,
        description="What work is judged by: a list of criteria, the name of a YAML file beside "
        "the script that has one under “criteria”, or “plan” for the plan's learning objectives.",
    )
    of: str = Field("", description="The id of the submission; by default the last one before it.")
    reviews: int = Field(
        3, ge=1, le=5, description="How many works each reviews; fewer where few handed in."
    )
    self: bool = Field(
        False, description="Whether people judge their own work first, by the same rubric."
    )
    open: bool = Field(
        False,
        description="Whether reviews are open: with names, and in the thread of the submission. "
        "Otherwise nobody learns who reviews whom.",
    )
    release: Literal["close", "facilitator"] = Field(
        "close",
        description="When reviews reach their authors: at closing, or when the facilitator "
        "releases them.",
    )

    @field_validator(
        "rubric",
        mode="before",
        json_schema_input_type=str
        | Annotated[list[str | CriterionSpec], Field(min_length=1, max_length=12)]
        | dict[str, Any],
    )
    @classmethod
    def _listed(cls, rubric: Any) -> Any:
        """A file has its criteria under a name; one that is only a text is numbered."""
        if isinstance(rubric, dict) and set(rubric) == {"criteria"}:
            rubric = rubric["criteria"]
        if not isinstance(rubric, list | tuple):
            raise ValueError(
                "it needs a list of criteria, “plan”, or the name of a YAML file with a list of "
                "them under “criteria” and nothing else"
            )
        return tuple(
            {"id": f"c{n}", "title": each} if isinstance(each, str) else each
            for n, each in enumerate(rubric, start=1)
        )

    @field_validator("rubric")
    @classmethod
    def _told_apart(cls, rubric: tuple[CriterionSpec, ...]) -> tuple[CriterionSpec, ...]:
        ids = [criterion.id for criterion in rubric]
        if twice := next((id for id in ids if ids.count(id) > 1), ""):
            raise ValueError(f"two criteria have the id “{twice}”")
        return rubric
