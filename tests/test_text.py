"""The rules of a complete edition."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from conditions.markup import cited_keys, headings, placed_figures
from conditions.text import (
    BODIES,
    MAX_BODY,
    PUBLIC_BODIES,
    Drawing,
    EditionText,
    Problem,
    Source,
    problems,
    slug_problem,
    tidied,
)

WHO = Source("who-2023", "World Health Organization. Sore knees. 2023.")
KNEE = Drawing("knee.svg", "causes", "A knee from the side.", "A knee.", "Drawing: Nosology, 2026.")
TWELVE = "one two three four five six seven eight nine ten eleven twelve"


def valid_text(**overrides: Any) -> EditionText:
    """A complete edition without problems, with some fields replaced."""
    values: dict[str, Any] = {
        "title": "Sore knee",
        "description": "Pain in a knee that comes and goes.",
        "overview": "A knee that hurts.[@who-2023]",
        "causes": "Too many stairs.\n\n![](knee.svg)",
        "symptoms": "Pain.",
        "urgent_help": "A knee that cannot bear weight.",
        "diagnosis": "By looking.",
        "teaser": "Mostly rest.",
        "warnings": "Not for broken knees.",
        "full_treatment": "### Rest\n\nSit down.",
        "also_known_as": ("knee pain",),
        "covers": ("Rest and what follows",),
        "references": (WHO,),
        "figures": (KNEE,),
    }
    return EditionText(**values | overrides)


def found(**overrides: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.message) for problem in problems(valid_text(**overrides))]


def one(field: str, **overrides: Any) -> str:
    """The message of the only problem, which must be of this field."""
    [(where, message)] = found(**overrides)
    assert where == field
    return message


def test_a_complete_text_has_no_problems() -> None:
    assert problems(valid_text()) == []


def test_an_empty_text_is_told_all_that_it_lacks() -> None:
    fields = [problem.field for problem in problems(EditionText("", ""))]
    assert fields == ["title", "description", "covers", *BODIES]


@pytest.mark.parametrize("field", ["title", "description", *BODIES])
def test_a_field_of_only_spaces_is_empty(field: str) -> None:
    text = valid_text(references=(), figures=(), overview="A knee.", causes="Stairs.")
    assert [p.field for p in problems(replace(text, **{field: " \n "}))] == [field]


@pytest.mark.parametrize(("field", "limit"), [("title", 200), ("description", 300)])
def test_a_line_that_is_too_long_is_refused_with_its_length(field: str, limit: int) -> None:
    assert found(**{field: "x" * limit}) == []
    assert f"has {limit + 1} characters and may have {limit}" in one(
        field, **{field: "x" * (limit + 1)}
    )


@pytest.mark.parametrize("sign", ["\n", "\x00", "\x85", "\u2028", "\ufeff"])
def test_a_line_break_or_invisible_character_in_a_line_is_refused(sign: str) -> None:
    assert "on one plain line" in one("title", title=f"Sore{sign}knee")


def test_a_body_that_is_too_long_is_refused_with_its_length() -> None:
    assert found(symptoms="x" * MAX_BODY) == []
    assert one("symptoms", symptoms="x" * (MAX_BODY + 1)).startswith("This has 20,001 characters")


def test_an_invisible_character_in_a_body_is_named() -> None:
    assert "U+0007" in one("symptoms", symptoms="Pain.\x07")


def test_line_ends_of_windows_and_tabs_are_no_problem() -> None:
    assert found(symptoms="Pain.\r\n\r\n-\tswelling") == []


def test_names_are_filled_short_and_unlike_each_other() -> None:
    names = ("gout", "", "x" * 201, "Gout")
    bad = problems(valid_text(also_known_as=names))
    assert [problem.item for problem in bad] == [1, 2, 3]
    assert bad[2] == Problem("also_known_as", "The name “Gout” stands here twice: delete one.", 3)


def test_a_text_without_covers_is_incomplete() -> None:
    assert "list what the full treatment covers" in one("covers", covers=())
    assert [p.item for p in problems(valid_text(covers=("Rest", " ")))] == [1]


@pytest.mark.parametrize(
    "heading", ["# Rest", "## Rest", "##Rest ##", "### Warnings", "### warnings #"]
)
def test_a_heading_that_belongs_to_the_page_is_refused_in_a_body(heading: str) -> None:
    assert "heading" in one("symptoms", symptoms=f"Pain.\n\n{heading}\n\nMore.")


@pytest.mark.parametrize("heading", ["### Rest", "#### Warnings", "\\# Rest", "    ## code"])
def test_other_headings_are_fine_in_a_body(heading: str) -> None:
    assert found(symptoms=f"Pain.\n\n{heading}\n\nMore.") == []


def test_what_stands_in_a_code_block_is_no_heading() -> None:
    assert found(symptoms="```\n## Rest\n\n### Warnings\n```") == []


@pytest.mark.parametrize("code", ["`{}`", "```\n{}\n```", "```\n\n{}\n\n```", "~~~\n\n{}\n\n~~~"])
def test_code_hides_no_citation_and_no_figure(code: str) -> None:
    assert "[@nobody]" in one("symptoms", symptoms=code.format("[@nobody]"))
    assert "none.svg" in one("symptoms", symptoms=code.format("![](none.svg)"))


def test_a_code_block_without_an_end_is_refused() -> None:
    assert "not closed" in one("symptoms", symptoms="Pain.\n\n```\nno end")


def test_keys_are_read_from_single_and_grouped_citations_each_once() -> None:
    assert cited_keys("A.[@b] C [@a; @b;\n@c-1] d@e [b]") == ("b", "a", "c-1")


@pytest.mark.parametrize(
    "citation", ["[@Who]", "[@who-2023, @b]", "[@]", "[@who-2023; b]", "[@ who]"]
)
def test_what_only_looks_like_a_citation_is_refused(citation: str) -> None:
    assert one("symptoms", symptoms=citation).startswith(f"{citation} is no citation")


def test_a_citation_without_its_reference_is_refused_where_it_stands() -> None:
    assert one("diagnosis", diagnosis="So.[@nice-2024]").startswith("[@nice-2024] is not among")


def test_a_reference_that_nothing_cites_is_refused() -> None:
    assert one("references", overview="A knee.").startswith("Nothing cites who-2023")


def test_a_source_cited_only_in_the_full_treatment_is_cited() -> None:
    assert found(overview="A knee.", full_treatment="Rest.[@who-2023]") == []


def test_a_key_stands_once() -> None:
    assert "who-2023” stands here twice" in one("references", references=(WHO, WHO))


@pytest.mark.parametrize("key", ["", "WHO", "-who", "who 2023", "w" * 61])
def test_a_key_of_another_shape_is_refused(key: str) -> None:
    bad = problems(valid_text(references=(WHO, replace(WHO, key=key))))
    assert f"“{key}” is no key" in bad[0].message
    assert bad[0].item == 1


def test_a_reference_needs_its_citation() -> None:
    assert "who-2023 is empty" in one("references", references=(replace(WHO, citation=" "),))


@pytest.mark.parametrize(
    ("part", "good"),
    [
        ("doi", "10.1002/jbm4.10172"),
        ("doi", "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID>3.0.CO;2-2"),
        ("pmid", "31044187"),
        ("url", "https://www.who.int"),
        ("url", "https://example.org/a?b=c#d"),
    ],
)
def test_a_doi_pmid_or_address_of_the_right_shape_is_fine(part: str, good: str) -> None:
    assert found(references=(replace(WHO, **{part: good}),)) == []


@pytest.mark.parametrize(
    ("part", "bad"),
    [
        ("doi", "https://doi.org/10.1002/x"),
        ("doi", "10.1/x"),
        ("doi", "10.1000/x y"),
        ("pmid", "PMID 31044187"),
        ("pmid", "\u0663\u0661"),  # digits, but of another script
        ("url", "http://example.org"),
        ("url", "javascript:alert(1)"),
        ("url", "https://localhost"),
        ("url", "https://example.org/a b"),
        ("url", "https://example.org/" + "x" * 500),
    ],
)
def test_a_doi_pmid_or_address_of_another_shape_is_refused(part: str, bad: str) -> None:
    assert f"“{bad}” of who-2023" in one("references", references=(replace(WHO, **{part: bad}),))


def test_figures_are_read_from_lines_of_their_own() -> None:
    assert placed_figures("![](a.svg)\n\ntext ![](b.svg)\n\n![](c-2.jpg)  \n \n![x](d.svg)") == (
        "a.svg",
        "c-2.jpg",
    )


@pytest.mark.parametrize(
    "picture", ["![](Knee.svg)", "![A knee](knee.svg)", "![](https://example.org/x.png)", "![x][y]"]
)
def test_a_picture_of_another_form_is_refused(picture: str) -> None:
    assert one("symptoms", symptoms=picture).startswith(f"{picture} is no figure")


@pytest.mark.parametrize(
    "around", ["See {}", "See\n{}", "{}\nSee", "- {}", "    {}", "> {}", "{0}\n{0}"]
)
def test_a_picture_within_other_text_is_refused(around: str) -> None:
    messages = found(symptoms=around.format("![](knee.svg)"))
    assert "on a line between blank lines" in messages[0][1]


def test_figures_may_follow_each_other_with_line_ends_of_windows() -> None:
    assert placed_figures("Pain.\r\n\r\n![](a.svg)\r\n\r\n![](b.svg)\r\n") == ("a.svg", "b.svg")


def test_a_figure_that_is_not_listed_is_refused_where_it_stands() -> None:
    assert one("symptoms", symptoms="![](hip.svg)").startswith("hip.svg is not among the figures")


@pytest.mark.parametrize("times", [0, 2])
def test_a_listed_figure_is_placed_exactly_once(times: int) -> None:
    causes = "Stairs.\n\n" + "![](knee.svg)\n\n" * times
    assert f"placed {times} times" in one("figures", causes=causes)


def test_a_figure_stands_in_the_section_it_is_listed_for() -> None:
    message = one("diagnosis", causes="Stairs.", diagnosis="![](knee.svg)")
    assert message.startswith("knee.svg is listed for causes")


def test_a_gated_figure_cannot_stand_in_a_public_body() -> None:
    gated = replace(KNEE, section="full-treatment")
    assert "listed for full-treatment" in one("causes", figures=(gated,))


def test_a_figure_of_symptoms_may_stand_in_the_urgent_help() -> None:
    figure = replace(KNEE, section="symptoms")
    assert found(figures=(figure,), causes="Stairs.", urgent_help="![](knee.svg)") == []


@pytest.mark.parametrize("part", ["alt", "caption", "credit"])
def test_a_figure_needs_alternative_text_caption_and_credit(part: str) -> None:
    assert f"The {part} of knee.svg is empty" in one(
        "figures", figures=(replace(KNEE, **{part: ""}),)
    )


def test_a_label_is_not_empty() -> None:
    assert "A label" in one("figures", figures=(replace(KNEE, labels=("Shin", "")),))


def test_a_figure_stands_in_a_section_that_exists() -> None:
    bad = problems(valid_text(figures=(replace(KNEE, section="urgent_help"),)))
    assert "is no section: write one of overview, causes" in bad[0].message


@pytest.mark.parametrize("file", ["Hip.svg", "knee.gif", "../knee.svg", "knee", "k" * 97 + ".svg"])
def test_a_figure_file_of_another_name_is_refused(file: str) -> None:
    bad = problems(valid_text(figures=(KNEE, replace(KNEE, file=file))))
    assert "is no file name" in bad[0].message
    assert bad[0].item == 1


@pytest.mark.parametrize("field", PUBLIC_BODIES)
def test_a_public_body_with_twelve_words_of_the_full_treatment_is_refused(field: str) -> None:
    text = valid_text(full_treatment=f"Now {TWELVE}, and so on.", references=(), figures=())
    text = replace(text, **{"overview": "A knee.", "causes": "Stairs.", field: f"So: {TWELVE}!"})
    [problem] = problems(text)
    assert problem.field == field
    assert TWELVE in problem.message


def test_description_covers_and_public_figures_must_not_repeat_the_full_treatment_either() -> None:
    figure = replace(KNEE, caption=TWELVE)
    bad = found(full_treatment=TWELVE, description=TWELVE, covers=(TWELVE,), figures=(figure,))
    assert [field for field, _message in bad] == ["description", "covers", "figures"]


def test_a_figure_of_the_full_treatment_may_repeat_it() -> None:
    figure = replace(KNEE, section="full-treatment", caption=TWELVE)
    body = f"{TWELVE}\n\n![](knee.svg)"
    assert found(full_treatment=body, causes="Stairs.", figures=(figure,)) == []


def test_eleven_words_of_the_full_treatment_are_a_coincidence() -> None:
    eleven = TWELVE.rpartition(" ")[0]
    assert found(full_treatment=f"{TWELVE}.", symptoms=f"{eleven} others") == []


def test_case_marks_citations_and_links_do_not_hide_a_repetition() -> None:
    gated = TWELVE.replace("four", "**four**").replace("six", "six[@who-2023]")
    public = TWELVE.replace("two", "Two,").replace("nine", "[nine](/conditions/gout/)")
    assert "repeats the full treatment" in one("symptoms", full_treatment=gated, symptoms=public)


def test_texts_that_read_alike_are_equal_once_tidied() -> None:
    typed = valid_text(
        title=" Sore \n knee ",
        symptoms="\r\n\r\nPain.  \r\n\r\n-\tswelling\r\n",
        covers=("Rest  and what follows ",),
        references=(replace(WHO, citation=f" {WHO.citation}"),),
    )
    assert tidied(typed) == valid_text(symptoms="Pain.\n\n-   swelling")
    assert tidied(tidied(typed)) == tidied(typed)


def test_headings_are_found_with_their_lines() -> None:
    assert list(headings("a\n### B ##\n```\n# c\n```\n####### D")) == [(1, 3, "B"), (5, 6, "# D")]


@pytest.mark.parametrize("slug", ["gout", "type-2-diabetes", "a" * 100])
def test_a_slug_of_words_and_hyphens_is_fine(slug: str) -> None:
    assert slug_problem(slug) is None


@pytest.mark.parametrize(
    "slug", ["", "Gout", "-gout", "gout-", "a--b", "a_b", "a/b", "goût", "a" * 101]
)
def test_another_slug_is_refused(slug: str) -> None:
    assert slug_problem(slug)


@pytest.mark.parametrize("sign", ["[", "[@", "![", "](", "`", "# ", "~", "@", "![](", "`` ` "])
def test_rows_of_signs_are_checked_in_no_time(sign: str) -> None:
    body = (sign * MAX_BODY)[:MAX_BODY]
    start = time.process_time()
    problems(valid_text(symptoms=body, full_treatment=body))
    assert time.process_time() - start < 2
