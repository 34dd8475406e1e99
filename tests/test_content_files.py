"""Content files: what they hold, that they come back unchanged, and what is said of bad ones."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from conditions.content_files import HEADINGS, BadContentFile, ContentFile, dump, parse
from conditions.text import BODIES, SECTIONS, Drawing, EditionText, Source, problems

SOURCE = """\
---
slug: sore-knee
language: en
title: Sore knee
description: 'Knee pain: what it is and what helps.'
also_known_as:
- knee pain
- 'no'
codes:
- M25.569
- M25.561
related:
- gout
covers:
- Rest and what follows
references:
- key: who-2023
  citation: World Health Organization. Knees. 2023.
  doi: 10.1000/xyz
  pmid: '31044187'
- key: naïve-free
  citation: "A body's own citation."
figures:
- file: knee.svg
  section: causes
  alt: A knee from the side.
  caption: A knee.
  credit: 'Drawing: Nosology, 2026.'
  labels:
  - Shin bone (tibia)
  - Kneecap
review_due: 2027-11-30
---

## Overview

A knee that hurts.[@who-2023]

### Words

Knee
:   The joint in the middle of the leg.

## Causes

Stairs.

![](knee.svg)

## Symptoms

Pain.

### When to get urgent help

A knee that cannot bear weight.[@nice]

## Diagnosis

By looking.

```
## Not a heading
```

## Treatment

Mostly rest.

### Warnings

Not for broken knees.

## Full treatment

### Rest

Sit down.
""".replace("naïve-free", "nice").replace('"A body\'s own citation."', "A body's own citation.")


def edited(*changes: tuple[str, str]) -> str:
    """The good source with some text replaced, which must stand there."""
    source = SOURCE
    for old, new in changes:
        assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times"
        source = source.replace(old, new)
    return source


def faults(source: str) -> list[tuple[int, str]]:
    with pytest.raises(BadContentFile) as refused:
        parse(source)
    return refused.value.problems


def fault(source: str) -> tuple[int, str]:
    [only] = faults(source)
    return only


def line_of(text: str, source: str = SOURCE) -> int:
    return next(n for n, line in enumerate(source.split("\n"), 1) if line.startswith(text))


def test_a_good_file_is_read_whole() -> None:
    file = parse(SOURCE)
    assert (file.slug, file.language, file.review_due) == ("sore-knee", "en", date(2027, 11, 30))
    assert file.codes == ("M25.569", "M25.561")
    assert file.related == ("gout",)
    assert file.text.title == "Sore knee"
    assert file.text.description == "Knee pain: what it is and what helps."
    assert file.text.also_known_as == ("knee pain", "no")
    assert file.text.covers == ("Rest and what follows",)
    assert file.text.references[0].pmid == "31044187"
    assert file.text.references[1] == Source("nice", "A body's own citation.")
    assert file.text.figures[0].labels == ("Shin bone (tibia)", "Kneecap")


def test_each_heading_opens_its_body() -> None:
    text = parse(SOURCE).text
    assert text.overview.startswith("A knee that hurts.")
    assert text.overview.endswith("### Words\n\nKnee\n:   The joint in the middle of the leg.")
    assert text.causes == "Stairs.\n\n![](knee.svg)"
    assert text.symptoms == "Pain."
    assert text.urgent_help == "A knee that cannot bear weight.[@nice]"
    assert text.diagnosis == "By looking.\n\n```\n## Not a heading\n```"
    assert text.teaser == "Mostly rest."
    assert text.warnings == "Not for broken knees."
    assert text.full_treatment == "### Rest\n\nSit down."


def test_a_canonical_file_comes_back_unchanged() -> None:
    assert dump(parse(SOURCE)) == SOURCE


@pytest.mark.parametrize(
    "written",
    [
        "\ufeff" + SOURCE,
        SOURCE.replace("\n", "\r\n"),
        SOURCE.replace("\n", "\r"),
        SOURCE.replace("\n", "  \n"),
        SOURCE.replace(":   The", ":\tThe").replace("title: Sore knee", "title:\tSore knee"),
        SOURCE.rstrip("\n"),
        SOURCE.replace("\n\n## ", "\n\n\n\n## ").replace("## Causes\n", "## Causes"),
        edited(("title: Sore knee", "title: 'Sore knee'")),
        edited(("title: Sore knee", "title: >\n  Sore\n  knee")),
        edited(("title: Sore knee\n", ""), ("language: en", "title: Sore knee\nlanguage: en")),
        edited(("'31044187'", "31044187")),
        edited(("2027-11-30", "'2027-11-30'")),
        edited(("related:\n- gout", "related: [gout]")),
        edited(("## Causes", "##Causes ##")),
        edited(("language: en", "# a note of the author\nlanguage: en")),
    ],
)
def test_another_way_to_write_the_same_comes_back_canonical(written: str) -> None:
    assert dump(parse(written)) == SOURCE


def test_empty_keys_are_left_out() -> None:
    empty = edited(
        ("related:\n- gout\n", "related: []\n"), ("review_due: 2027-11-30\n", "review_due:\n")
    )
    file = parse(empty)
    assert (file.related, file.review_due) == ((), None)
    assert dump(file) == edited(("related:\n- gout\n", ""), ("review_due: 2027-11-30\n", ""))


def test_a_file_without_a_body_can_still_be_written() -> None:
    file = parse(SOURCE)
    source = dump(replace(file, text=replace(file.text, diagnosis="")))
    assert "\n\n## Diagnosis\n\n## Treatment\n\n" in source
    assert fault(source) == (
        line_of("## Diagnosis", source),
        "## Diagnosis: This is empty: write it.",
    )


def test_dump_tidies_what_came_from_a_text_area() -> None:
    file = parse(SOURCE)
    typed = replace(file.text, symptoms="\r\nPain.  \r\n", title=" Sore  knee")
    assert dump(replace(file, text=typed)) == SOURCE


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    source = edited(
        ("slug: sore-knee", "slug: Sore knee"),
        ("title: Sore knee", "title: 123"),
        ("- M25.569", "- m25569"),
        ("Pain.\n", "Pain.[@nobody]\n"),
    )
    found = faults(source)
    assert [line for line, _message in found] == [2, 4, 10, line_of("## Symptoms")]
    with pytest.raises(BadContentFile, match=r"^line 2: slug: .*\nline 4: title is a number"):
        parse(source)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("123", "a number"),
        ("1.5", "a number"),
        ("no", "yes or no"),
        ("2024-01-01", "a date"),
        ("12:30", "a number"),
        ("=", "a sign"),
    ],
)
def test_what_yaml_does_not_read_as_text_wants_quotes(value: str, kind: str) -> None:
    line, message = fault(edited(("title: Sore knee", f"title: {value}")))
    assert line == 4
    assert message == f"title is {kind} to YAML: write it in quotes, '{value}'."
    line, message = fault(edited(("- knee pain", f"- {value}")))
    assert line == line_of("- knee pain")
    assert message.startswith(f"also_known_as is {kind}")


def test_a_number_is_refused_within_a_reference_with_its_line() -> None:
    line, message = fault(
        edited(("citation: World Health Organization. Knees. 2023.", "citation: 2023"))
    )
    assert line == line_of("  citation: World")
    assert message.startswith("citation is a number")


def test_a_text_that_yaml_cuts_at_a_number_sign_is_refused() -> None:
    line, message = fault(edited(("Knees. 2023.", "Knees #3. 2023.")))
    assert line == line_of("  citation: World")
    assert message == "citation ends before the “#”: put quotes around the whole text."


@pytest.mark.parametrize("key", ["slug", "language", "title", "description"])
def test_a_key_that_is_missing_is_named(key: str) -> None:
    old = next(line for line in SOURCE.split("\n") if line.startswith(f"{key}:"))
    assert fault(edited((old + "\n", ""))) == (
        1,
        f"{key} is missing: add it to the front matter.",
    )


def test_an_empty_front_matter_lacks_all_keys_that_are_needed() -> None:
    source = "---\n---" + SOURCE.partition("\n---")[2]
    assert [line for line, _message in faults(source)][:5] == [1] * 5


def test_a_key_without_a_value_is_empty() -> None:
    assert fault(edited(("title: Sore knee", "title:"))) == (4, "title: This is empty: fill it in.")


def test_an_unknown_key_is_refused_with_the_known_ones() -> None:
    line, message = fault(edited(("language: en", "language: en\nauthor: me")))
    assert line == 4
    assert message.startswith("“author” is no key here: use slug, language, title, description,")


def test_an_unknown_key_of_a_reference_is_refused_with_its_line() -> None:
    line, message = fault(edited(("  doi: 10.1000/xyz", "  DOI: 10.1000/xyz")))
    assert line == line_of("  doi:")
    assert message == "“DOI” is no key here: use key, citation, doi, pmid, url."


def test_a_key_that_is_no_text_is_refused() -> None:
    assert fault(edited(("language: en", "language: en\n? [a]\n: b")))[1].startswith(
        "A list is no key"
    )


def test_a_key_that_stands_twice_is_refused_where_it_stands_again() -> None:
    assert fault(edited(("language: en", "language: en\nslug: hip"))) == (
        4,
        "The key slug stands here twice: delete one.",
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("title: Sore knee", "title: [Sore knee]", "title is no text but a list"),
        ("title: Sore knee", "title: {a: b}", "title is no text but a list or keys"),
        ("related:\n- gout", "related: gout", "related is no list: write each entry on a line"),
        ("related:\n- gout", "related:\n- [gout]", "related is no text"),
        ("2027-11-30", "30 November 2027", "review_due is no date: write year, month and day"),
        ("2027-11-30", "2027-02-30", "review_due is no date"),
        ("2027-11-30", "2027-11-30 10:00:00", "review_due is no date"),
    ],
)
def test_a_value_of_another_kind_is_refused(old: str, new: str, says: str) -> None:
    line, message = fault(edited((old, new)))
    assert abs(line - line_of(old.partition("\n")[0].partition("2027")[0] or "review_due")) <= 1
    assert message.startswith(says)


def test_a_reference_that_is_only_a_text_is_refused() -> None:
    source = edited(
        ("- key: nice\n  citation: A body's own citation.", "- NICE. Knees. 2024."), ("[@nice]", "")
    )
    assert fault(source) == (
        line_of("- key: nice"),
        "An entry of references holds no keys: write lines such as “key: …”.",
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("title: Sore knee", "title: Sore: knee", "mapping values are not allowed"),
        ("title: Sore knee", "title: *knee", "A text starts with & or *"),
        ("title: Sore knee", "title: &knee knee", "A text starts with & or *"),
        ("title: Sore knee", "title: !important", "A text starts with !"),
        ("title: Sore knee", "title: [[[[[[a]]]]]]", "Its lists stand too deep"),
        ("title: Sore knee", "title: " + "[" * 50_000, "Its lists stand too deep"),
        ("title: Sore knee", "title: 'Sore knee", "expected <block end>"),
        ("title: Sore knee", "title: @knee", "cannot start any token"),
    ],
)
def test_yaml_that_cannot_be_read_is_refused_with_its_line(old: str, new: str, says: str) -> None:
    line, message = fault(edited((old, new)))
    assert line >= 4
    assert says in message
    assert "Put quotes around a text" in message


def test_broken_yaml_does_not_hide_what_is_wrong_with_the_headings() -> None:
    source = edited(("title: Sore knee", "title: *knee"), ("## Diagnosis", "## Tests"))
    assert [line for line, _message in faults(source)] == [
        4,
        line_of("## Diagnosis"),
        line_of("## Treatment"),
    ]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "The front matter is missing"),
        ("\n" + SOURCE, "The front matter is missing"),
        ("# Sore knee\n", "The front matter is missing"),
        ("---\nslug: sore-knee\n", "The front matter is not closed"),
        (SOURCE + "x" * 300_000, "The file is larger than 300,000 bytes"),
    ],
)
def test_what_is_no_content_file_is_refused_at_its_first_line(source: str, says: str) -> None:
    line, message = fault(source)
    assert line == 1
    assert message.startswith(says)


def test_invisible_characters_are_refused_line_by_line() -> None:
    source = edited(("title: Sore knee", "title: Sore\x0bknee"), ("Stairs.", "Stairs\u2028."))
    found = faults(source)
    assert [line for line, _message in found] == [4, line_of("Stairs.")]
    assert "U+000B" in found[0][1]
    assert "U+2028" in found[1][1]


def test_an_unknown_heading_is_refused_with_the_known_ones() -> None:
    source = edited(("## Full treatment", "## Prevention\n\nWalk.\n\n## Full treatment"))
    line, message = fault(source)
    assert line == line_of("## Full treatment")
    assert message.startswith("“## Prevention” is no heading of a file: use ### for a sub-heading")


@pytest.mark.parametrize("heading", HEADINGS.values())
def test_a_missing_heading_is_asked_for_where_it_belongs(heading: str) -> None:
    before, _heading, after = SOURCE.partition(f"\n{heading}\n")
    rest = after.lstrip("\n").partition("\n\n#")
    following = [found for found in HEADINGS.values() if f"\n{found}\n" in after]
    source = before + ("\n" + "#" + rest[2] if following else "\n")
    expected = line_of(following[0], source) if following else source.count("\n") + 1
    missing = [m for m in faults(source) if m[1] == f"“{heading}” is missing: add it here."]
    assert [line for line, _message in missing] == [expected]


def test_a_heading_that_stands_twice_is_refused_the_second_time() -> None:
    source = edited(("## Diagnosis", "## Causes\n\nMore stairs.\n\n## Diagnosis"))
    line, message = fault(source)
    assert line == line_of("## Diagnosis")
    assert message == "“## Causes” stands here twice: put its text under the first one."


@pytest.mark.parametrize("where", ["### Rest", "### Words"])
def test_a_reserved_sub_heading_cannot_stand_elsewhere(where: str) -> None:
    found = faults(edited((where, "### Warnings")))
    second = max(line_of(where), line_of("### Warnings"))
    assert (second, "“### Warnings” stands here twice: put its text under the first one.") in found


def test_headings_in_another_order_are_refused_where_they_stand_too_late() -> None:
    source = edited(("## Causes", "## X"), ("## Symptoms", "## Causes"), ("## X", "## Symptoms"))
    message = "“## Causes” stands too late: move it before “## Symptoms”."
    assert (line_of("## Causes", source), message) in faults(source)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("## Causes", "## causes"),
        ("## Causes", "# Causes"),
        ("### Warnings", "## Warnings"),
        ("### Warnings", "### WARNINGS"),
        ("### When to get urgent help", "### When to Get Urgent Help"),
    ],
)
def test_a_heading_written_another_way_is_refused_with_the_right_one(
    right: str, wrong: str
) -> None:
    assert fault(edited((right, wrong))) == (
        line_of(right),
        f"Write the heading “{wrong}” as “{right}”.",
    )


def test_text_before_the_first_heading_is_refused() -> None:
    line, message = fault(edited(("\n## Overview", "\nA knee.\n\n## Overview")))
    assert line == line_of("## Overview") - 1
    assert message == "Text stands before the first heading: put it under ## Overview."


def test_a_code_block_that_is_not_closed_is_the_only_thing_said_of_the_headings_in_it() -> None:
    source = edited(("```\n## Not a heading\n```", "```\n## Not a heading"))
    assert fault(source) == (
        line_of("```"),
        "This code block is not closed: end it with such a line.",
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("slug: sore-knee", "slug: Sore_Knee", 2, "slug: “Sore_Knee” is no slug"),
        ("language: en", "language: English", 3, "language: “English” is no language"),
        ("- M25.561", "- M25561", 11, "codes: Write the code as M25.561."),
        ("- M25.561", "- M25.569", 11, "codes: M25.569 stands here twice"),
        ("- M25.561", "- knee", 11, "codes: “knee” is not an ICD-10-CM code"),
        ("- gout", "- Gout", 13, "related: “Gout” is no slug"),
        ("- gout", "- sore-knee", 13, "related: sore-knee is this condition"),
        ("- 'no'", "- Knee Pain", 8, "also_known_as: The name “Knee Pain” stands here twice"),
        ("10.1000/xyz", "doi:10/x", 17, "references: “doi:10/x” of who-2023 is not a DOI"),
        ("[@nice]", "", 21, "references: Nothing cites nice"),
        ("[@nice]", "[@nice; @x]", 54, "### When to get urgent help: [@x] is not among"),
        ("section: causes", "section: overview", 44, "## Causes: knee.svg is listed for overview"),
        ("caption: A knee.", "caption: ''", 24, "figures: The caption of knee.svg is empty"),
    ],
)
def test_what_breaks_a_rule_is_told_at_the_line_of_its_field(
    old: str, new: str, line: int, says: str
) -> None:
    found = fault(edited((old, new)))
    assert found[0] == line
    assert found[1].startswith(says)


# A property: whatever a valid text holds, it survives being written and read.

PIECES = (
    *("knee", "no", "yes", "null", "~", "123", "1e3", "0x1F", "12:30", "2024-01-01", "=", "<<"),
    *("a: b", "x #y", "#", "- dash", "? q", "'single'", '"double"', "\\n", "% d", "@at", "`tick`"),
    *("[x]", "{y}", "& z", "* z", "! z", "|", ">", "---", "...", "é", "日本", "\U0001f9b4", "\xa0"),
    *("…", "a" * 90, ":", ",", "\u200b", "\u0301"),
)
BLOCKS = (
    *("Plain words.", "- one\n- two\n\n    more", "    code with ## hash", "Term\n:   Meaning"),
    *("| a | b |\n| --- | --- |\n| 1 | 2 |", "### Sub ###", "#### Warnings", "---", "---\nslug: x"),
    *("```\n## Causes\n\n### Warnings\n```", "~~~~ text\n```\n# no\n~~~~", "> quote", "\\## no"),
    *(
        "a\n\n\n\nb",
        "Table: caption",
        "[^1]: note",
        "日本語",
        "`[@x]`",
        "```inline``` code",
        "&amp; <b>",
    ),
)


def some_line(rng: random.Random) -> str:
    return " ".join(rng.choices(PIECES, k=rng.randint(1, 5)))


def some_lines(rng: random.Random, most: int, least: int = 0) -> tuple[str, ...]:
    return tuple(dict.fromkeys(some_line(rng) for _ in range(rng.randint(least, most))))


def some_text(rng: random.Random) -> EditionText:
    bodies = {body: "\n\n".join(rng.choices(BLOCKS, k=rng.randint(1, 6))) for body in BODIES}
    references = []
    for number in range(rng.randint(0, 4)):
        key = f"{rng.choice(('who', '1', 'no'))}-{number}"
        parts = {"doi": "10.1000/a", "pmid": "0123", "url": "https://example.org/a#b"}
        chosen = {part: value for part, value in parts.items() if rng.random() < 0.5}
        references.append(Source(key, some_line(rng), **chosen))
        bodies[rng.choice(BODIES)] += f"\n\nSo.[@{key}]"
    figures = []
    for number in range(rng.randint(0, 3)):
        section = rng.choice(SECTIONS)
        file = f"{number}.{rng.choice(('svg', 'png', 'jpg'))}"
        lines = (some_line(rng), some_line(rng), some_line(rng)[:300].strip(" "))
        figures.append(Drawing(file, section, *lines, some_lines(rng, 3)))
        body = {"full-treatment": "full_treatment", "treatment": "warnings"}.get(section, section)
        bodies[body] += f"\n\n![]({file})"
    return EditionText(
        title=some_line(rng)[:200].strip(" "),
        description=some_line(rng)[:300].strip(" "),
        also_known_as=some_lines(rng, 5),
        covers=some_lines(rng, 5, least=1),
        references=tuple(references),
        figures=tuple(figures),
        **bodies,
    )


def some_file(rng: random.Random) -> ContentFile:
    return ContentFile(
        slug=rng.choice(("gout", "no", "2024", "1e3", "type-2-diabetes")),
        language=rng.choice(("en", "no", "pt-br", "zh-hans")),
        codes=tuple(rng.sample(("M25.569", "I10", "C4A", "Z3A.00"), k=rng.randint(0, 4))),
        related=tuple(rng.sample(("on", "null", "007", "asthma"), k=rng.randint(0, 4))),
        review_due=rng.choice((None, date(2027, 1, 2), date(999, 12, 31))),
        text=some_text(rng),
    )


@pytest.mark.parametrize("seed", range(200))
def test_every_valid_file_survives_being_written_and_read(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  # reproducible cases, no secrets
    file = some_file(rng)
    while problems(file.text):
        file = some_file(rng)
    source = dump(file)
    assert parse(source) == file
    assert dump(parse(source)) == source
