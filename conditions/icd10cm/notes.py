"""The notes of one node. An element that is not known here is refused, never lost in silence."""

from __future__ import annotations

from collections.abc import Iterator

from conditions.icd10cm.tabular import Element

KINDS = {
    "inclusionTerm": "inclusion_term",
    "includes": "includes",
    "excludes1": "excludes1",
    "excludes2": "excludes2",
    "codeFirst": "code_first",
    "useAdditionalCode": "use_additional_code",
    "codeAlso": "code_also",
    "notes": "note",
    "sevenChrNote": "seventh_note",
}
SEVENTH_CHARACTER = "seventh_character"
VISION = "vision"
STRUCTURE = {"name", "desc", "section", "sectionIndex", "diag"}


class UnknownElement(Exception):
    def __init__(self, element: Element) -> None:
        super().__init__(f"<{element.tag}> is not known here: it might be a note that gets lost.")
        self.line = element.line


def notes_of(node: Element) -> Iterator[tuple[str, str, str]]:
    """Kind, 7th character (for its definitions) and text, in the order of the file."""
    for child in node.children:
        if kind := KINDS.get(child.tag):
            yield from ((kind, "", note.words()) for note in _only(child, "note"))
        elif child.tag == "sevenChrDef":
            for character, meaning in seventh_characters(child).items():
                yield SEVENTH_CHARACTER, character, meaning
        elif child.tag == "visualImpairment":
            try:
                yield from ((VISION, "", text) for text in _categories_of_vision(child))
            except ValueError as wrong:
                raise UnknownElement(child) from wrong
        elif child.tag not in STRUCTURE:
            raise UnknownElement(child)


def seventh_characters(definition: Element) -> dict[str, str]:
    """What each character means. A note says it in other words and follows after a stroke."""
    meanings: dict[str, str] = {}
    character = ""
    for child in definition.children:
        if child.tag == "extension":
            character = child.attributes.get("char", "")
            meanings[character] = child.words()
        elif child.tag == "note" and character:
            meanings[character] += f"/{child.words()}"
        else:
            raise UnknownElement(child)
    return meanings


def _only(parent: Element, tag: str) -> list[Element]:
    for child in parent.children:
        if child.tag != tag:
            raise UnknownElement(child)
    return parent.children


def _categories_of_vision(table: Element) -> Iterator[str]:
    """H54 has the one table of the whole list. Each of its rows becomes a sentence."""
    heading, *categories = table.every("visCategory")
    (ranges,) = heading.every("visRange")
    yield f"{heading.words_of('heading')}. {ranges.words_of('heading')}:"
    most, least = (
        bound.words_of("heading").lower()
        for tag in ("visMax", "visMin")
        for bound in ranges.every(tag)
    )
    for category in categories:
        number = category.words_of("value")
        highest, lowest = _values(category, "visMax"), _values(category, "visMin")
        if lowest:
            yield f"{number}: {most} {', '.join(highest)}; {least} {', '.join(lowest)}"
        else:
            yield f"{number}: {', '.join(highest)}"


def _values(category: Element, tag: str) -> list[str]:
    bounds = [bound for span in category.every("visRange") for bound in span.every(tag)]
    return [bound.words_of("value") for bound in bounds]
