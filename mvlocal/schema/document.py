"""The base of every document: frozen pydantic models that refuse unknown fields and name their schema.

It does not know what any document holds.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mvlocal.errors import PlanError


class Part(BaseModel):
    """A frozen part of a document."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


class Document(Part):
    """A whole document with a schema id such as `mvlocal.song_map/1`.

    The field is called `schema` in JSON and YAML and `schema_id` in Python (pydantic owns the shorter name).
    """

    kind: ClassVar[str]
    schema_id: str = Field(alias="schema", default="")

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, populate_by_name=True
    )

    def model_post_init(self, _context: Any, /) -> None:
        if not self.schema_id:
            object.__setattr__(self, "schema_id", self.kind)
        elif self.schema_id != self.kind:
            raise ValueError(f"this is a {self.schema_id} document, not {self.kind}")

    def to_json(self) -> str:
        """One line of JSON with the schema id first."""
        return self.model_dump_json(by_alias=True)

    @classmethod
    def from_json(cls, text: str | bytes, *, where: str = "") -> Self:
        """Reads what `to_json` wrote.

        Raises:
            PlanError: not such a document; names the first field that is wrong.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise PlanError(f"not a {cls.kind} document: {field}: {first['msg']}", where=where) from error


Text = Annotated[str, Field(max_length=1000)]
Line = Annotated[str, Field(max_length=200)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Unit = Annotated[float, Field(ge=0.0, le=1.0)]
NonNegative = Annotated[float, Field(ge=0.0)]
