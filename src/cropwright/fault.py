"""What an error of ours is; `errors` has the family."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar, dataclass_transform


@dataclass_transform(eq_default=False)
class CropwrightError(Exception):
    """Anything Cropwright refuses or fails to do."""

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = "something went wrong"
    """What is told, with the facts' names in braces: no path but the caller's own, no library text."""

    def __init_subclass__(cls) -> None:
        dataclass(eq=False)(cls)  # every error's facts are fields

    def __str__(self) -> str:
        told = {k: ", ".join(v) if isinstance(v, tuple) else v for k, v in self.facts().items()}
        return self.sentence.format(**told)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(self.facts().values())  # they are not in `args`

    def facts(self) -> dict[str, Any]:
        """The facts of this error by field name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]  # every kind is a dataclass
