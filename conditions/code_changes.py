"""What a new release changes, found before anything is written, and said in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from conditions.icd10cm import CodeRow


class Change(NamedTuple):
    key: str
    text: str


@dataclass
class Changes:
    version: str
    notes: int
    """How many the whole release has."""
    same_files: bool
    is_first: bool = False
    """The tree was empty."""
    added: list[Change] = field(default_factory=list)
    retired: list[Change] = field(default_factory=list)
    returned: list[Change] = field(default_factory=list)
    renamed: list[Change] = field(default_factory=list)
    moved: list[Change] = field(default_factory=list)
    billing: list[Change] = field(default_factory=list)
    articles_on_retired: list[Change] = field(default_factory=list)
    articles_on_unknown: list[Change] = field(default_factory=list)
    gone: list[CodeRow] = field(default_factory=list)
    """Codes retired now or before, as they shall stand in the tree."""
    rewritten: set[str] = field(default_factory=set)
    """Present codes with another value, if only another position."""
    noted: set[str] = field(default_factory=set)
    """Codes whose notes differ."""

    def __bool__(self) -> bool:
        return bool(self.added or self.rewritten or self.noted or not self.same_files)

    def counts(self) -> str:
        if self.is_first:
            return f"{len(self.added):,} codes and {self.notes:,} notes"
        return (
            f"{len(self.added):,} added, {len(self.retired):,} retired, "
            f"{len(self.renamed):,} renamed, {len(self.moved):,} moved, "
            f"{len(self.returned):,} returned, {len(self.billing):,} with other billing, "
            f"{len(self.noted):,} with other notes"
        )

    def lines(self) -> Iterator[str]:
        """Every change, and which articles it leaves without a code in use."""
        # All codes are new at first: that is no news.
        for change in () if self.is_first else self.added:
            yield f"added    {change.key}  {change.text}"
        for verb in ("retired", "returned", "renamed", "moved", "billing"):
            for change in getattr(self, verb):
                yield f"{verb:<8} {change.key}  {change.text}"
        for change in self.articles_on_retired:
            yield f"The article {change.text} is on {change.key}, which is retired."
        for change in self.articles_on_unknown:
            yield f"The article {change.text} is on {change.key}, which is in no release."
