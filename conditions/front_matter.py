"""The YAML front matter of a content file: its values, the lines they stand on, what is wrong.

Only plain YAML is read: keys, texts, lists of texts, and lists of keys with texts. A library that
loads YAML into Python values would lose the lines, which an author needs to find an error.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from conditions.markup import tidy_line

Kind = str | Mapping[str, str]
TEXT, TEXTS, DATE = "text", "texts", "date"
SOURCE_KEYS = {"key": TEXT, "citation": TEXT, "doi": TEXT, "pmid": TEXT, "url": TEXT}
FIGURE_KEYS = {
    "file": TEXT,
    "section": TEXT,
    "alt": TEXT,
    "caption": TEXT,
    "credit": TEXT,
    "labels": TEXTS,
}
KEYS: dict[str, Kind] = {
    "slug": TEXT,
    "language": TEXT,
    "title": TEXT,
    "description": TEXT,
    "also_known_as": TEXTS,
    "codes": TEXTS,
    "related": TEXTS,
    "covers": TEXTS,
    "references": SOURCE_KEYS,
    "figures": FIGURE_KEYS,
    "review_due": DATE,
}
"""All keys in the order of a canonical file, each with what stands there."""

REQUIRED = ("slug", "language", "title", "description", "covers")

_MAX_DEPTH = 4
_QUOTE_HINT = "Put quotes around a text that holds “: ” or “ #” or starts with a sign."
_READ_AS = {
    "int": "a number",
    "float": "a number",
    "bool": "yes or no",
    "timestamp": "a date",
    "value": "a sign",
    "merge": "a sign",
}


@dataclass
class Front:
    """What was read. A line is known by its key and, in a list, the number of the entry."""

    values: dict[str, Any] = field(default_factory=lambda: _empty(KEYS))
    lines: dict[tuple[str, int | None], int] = field(default_factory=dict)
    faults: list[tuple[int, str, str]] = field(default_factory=list)
    """Line, key and message of each; without a key where the YAML itself is broken."""


def _empty(keys: Mapping[str, Kind]) -> dict[str, Any]:
    none = {TEXT: "", DATE: None}
    return {key: none.get(kind, ()) if isinstance(kind, str) else () for key, kind in keys.items()}


def read_front(source: str, first_line: int) -> Front:
    """Read what stands between the `---` lines, the first of it on `first_line` of its file."""
    reader = _Reader(source, first_line)
    try:
        _refuse_unused(source)
        root = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        message = f"This YAML cannot be read: {error.problem}. {_QUOTE_HINT}"
        reader.front.faults.append((first_line + line, "", message))
    else:
        reader.read(root)
    return reader.front


def _refuse_unused(source: str) -> None:
    """Refuse YAML that no content needs and that hides values, or makes huge ones of few lines."""
    depth = 0
    for event in yaml.parse(source, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if refused := _unused(event, depth):
            raise yaml.MarkedYAMLError(problem=refused, problem_mark=event.start_mark)  # type: ignore[arg-type]  # the stubs forget that both loaders share this class


def _unused(event: yaml.Event, depth: int) -> str:
    if getattr(event, "anchor", None):
        return "A text starts with & or *"
    if getattr(event, "tag", None):
        return "A text starts with !"
    return "Its lists stand too deep" if depth > _MAX_DEPTH else ""


class _Reader:
    """Reads nodes into values. What is wrong goes to the faults, and reading goes on."""

    def __init__(self, source: str, first_line: int) -> None:
        self.source = source
        self.first_line = first_line
        self.key = ""
        self.front = Front()

    def line(self, node: yaml.Node) -> int:
        return self.first_line + int(node.start_mark.line)

    def fault(self, node: yaml.Node, message: str) -> None:
        self.front.faults.append((self.line(node), self.key, message))

    def read(self, root: yaml.Node | None) -> None:
        for name, (key, node) in self.entries(root, KEYS, "The front matter").items():
            self.key = name
            self.front.lines[name, None] = self.line(key)
            self.front.values[name] = self.value(node, KEYS[name], name)
        for name in REQUIRED:
            if (name, None) not in self.front.lines:
                message = f"{name} is missing: add it to the front matter."
                self.front.faults.append((self.first_line - 1, name, message))

    def entries(
        self, node: yaml.Node | None, keys: Collection[str], name: str
    ) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """The keys of a mapping with their values, both as nodes. Only known keys, each once."""
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode) or key.value not in keys:
                    self.fault(key, f"{_shown(key)} is no key here: use {', '.join(keys)}.")
                elif key.value in found:
                    self.fault(key, f"The key {key.value} stands here twice: delete one.")
                else:
                    found[key.value] = (key, value)
        elif node is not None:
            self.fault(node, f"{name} holds no keys: write lines such as “{next(iter(keys))}: …”.")
        return found

    def value(self, node: yaml.Node, kind: Kind, name: str) -> Any:
        if kind == TEXT:
            return self.text(node, name)
        if kind == DATE:
            return self.date(node, name)
        entries = self.listed(node, name)
        if name == self.key:
            for item, entry in enumerate(entries):
                self.front.lines[name, item] = self.line(entry)
        if isinstance(kind, str):
            return tuple(self.text(entry, name) for entry in entries)
        return tuple(self.record(entry, kind, name) for entry in entries)

    def record(self, node: yaml.Node, keys: Mapping[str, Kind], name: str) -> dict[str, Any]:
        found = self.entries(node, keys, f"An entry of {name}").items()
        values = {key: self.value(value, keys[key], key) for key, (_key, value) in found}
        return _empty(keys) | values

    def listed(self, node: yaml.Node, name: str) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if not _is_null(node):
            message = f"{name} is no list: write each entry on a line of its own that starts “- ”."
            self.fault(node, message)
        return []

    def text(self, node: yaml.Node, name: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, f"{name} is no text but a list or keys. {_QUOTE_HINT}")
            return ""
        kind = node.tag.rpartition(":")[2]
        if kind in _READ_AS and not (name == "pmid" and kind == "int"):
            message = f"{name} is {_READ_AS[kind]} to YAML: write it in quotes, '{node.value}'."
            self.fault(node, message)
        if self.cut_short(node):
            self.fault(node, f"{name} ends before the “#”: put quotes around the whole text.")
        return "" if _is_null(node) else tidy_line(node.value)

    def cut_short(self, node: yaml.ScalarNode) -> bool:
        """Whether YAML took the rest of a line for a comment, as in `WHO. Report #3`."""
        rest = self.source[node.end_mark.index :].partition("\n")[0]
        return node.style is None and rest.lstrip().startswith("#")

    def date(self, node: yaml.Node, name: str) -> date | None:
        if _is_null(node):
            return None
        if isinstance(node, yaml.ScalarNode) and re.fullmatch(r"[0-9-]{10}", node.value):
            with suppress(ValueError):
                return date.fromisoformat(node.value)
        self.fault(node, f"{name} is no date: write year, month and day, such as 2027-11-30.")
        return None


def _is_null(node: yaml.Node) -> bool:
    return bool(node.tag == "tag:yaml.org,2002:null")


def _shown(node: yaml.Node) -> str:
    return f"“{node.value}”" if isinstance(node, yaml.ScalarNode) else "A list"
