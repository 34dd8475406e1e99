"""What each piece of the Markdown dialect becomes."""

import pytest

from conditions.rendering import Citations, Plate, Unrenderable, check_caps, render
from conditions.text import MAX_BODY, Drawing

CALF = Drawing(
    file="calf.svg",
    section="diagnosis",
    alt="The calf, cut across",
    caption="A slice of the calf.",
    credit="Drawing: Nosology.",
    labels=("Shin bone", "Fibula"),
)
PLATE = Plate(CALF, "/figures/calf.svg", 560, 380)


def html(markdown, **options):
    return render(markdown, prefix="overview", **options)


def cited(markdown, keys=("a", "b", "c"), **options):
    return html(markdown, citations=Citations(keys), **options)


def table(*rows):
    return html("\n".join(rows))


# ── Text ──────────────────────────────────────────────────────────────────────────────────────
def test_an_empty_text_is_empty():
    assert html("") == html(" \n\n") == ""


def test_the_result_is_safe_for_templates():
    assert html("*x*").__html__() == "<p><em>x</em></p>"


@pytest.mark.parametrize("marks", ["#", "##", "###"])
def test_headings_begin_below_the_headings_of_the_page(marks):
    assert html(f"{marks} Ice") == "<h3>Ice</h3>"


def test_deeper_headings_keep_their_level():
    assert html("#### Ice\n\n###### Rest") == "<h4>Ice</h4>\n<h6>Rest</h6>"


@pytest.mark.parametrize("line", ["===", "---"])
def test_underlined_headings_begin_below_the_headings_of_the_page_too(line):
    assert html(f"Ice\n{line}") == "<h3>Ice</h3>"


def test_html_is_shown_as_it_was_written():
    assert html("a <b>bold</b> <!-- x --> move") == (
        "<p>a &lt;b&gt;bold&lt;/b&gt; &lt;!-- x --&gt; move</p>"
    )


def test_entities_mean_their_character():
    assert html("&mdash; &amp; &lt; A & B") == "<p>— &amp; &lt; A &amp; B</p>"


def test_lists_of_another_kind_are_lists_of_their_own():
    found = html("- a\n- b\n\n3. c\n4. d")
    assert "<ul>\n<li>a</li>\n<li>b</li>\n</ul>" in found
    assert '<ol start="3">\n<li>c</li>' in found


def test_an_abbreviation_keeps_its_meaning():
    assert '<abbr title="Magnetic resonance">MRI</abbr>' in html(
        "*[MRI]: Magnetic resonance\n\nMRI"
    )


def test_a_definition_list_is_a_gloss():
    assert html("MRI\n:   a strong magnet") == (
        '<dl class="gloss bracket">\n<dt>MRI</dt>\n<dd>a strong magnet</dd>\n</dl>'
    )


def test_control_characters_are_left_out():
    assert html("a\x00b\x02c\x1bd\ud800e\r\n\r\nf") == "<p>abcde</p>\n<p>f</p>"


def test_the_lead_is_the_first_paragraph():
    assert html("MRI\n:   x\n\nOne\n\nTwo", lead=True).endswith(
        '<p class="lead">One</p>\n<p>Two</p>'
    )


def test_a_figure_is_not_the_lead():
    found = html("![](calf.svg)\n\nOne", lead=True, figures={"calf.svg": PLATE})
    assert found.startswith("<figure")
    assert found.endswith('<p class="lead">One</p>')


# ── Links ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("address", ["/conditions/asthma/", "mailto:a@b.example", "tel:911"])
def test_links_on_the_site_and_to_people_are_plain(address):
    assert html(f"[x]({address})") == f'<p><a href="{address}">x</a></p>'


@pytest.mark.parametrize("address", ["http://a.example", "https://a.example/b_(c)?d=1#e"])
def test_links_to_other_sites_tell_them_nothing(address):
    assert html(f"[x]({address})") == (
        f'<p><a href="{address}" rel="noopener noreferrer">x</a></p>'
    )


def test_addresses_in_angle_brackets_are_links():
    assert 'href="https://a.example"' in html("<https://a.example>")
    assert 'href="mailto:a@b.example"' in html("<a@b.example>")


@pytest.mark.parametrize(
    "address", ["//a.example", "/\\a.example", "javascript:x", "ftp://a.example", "x", "?x"]
)
def test_other_addresses_are_left_out(address):
    assert html(f"[x]({address})") == "<p><a>x</a></p>"


def test_a_fragment_stays_in_its_body():
    assert html("[x](#ice)") == '<p><a href="#overview-ice">x</a></p>'


@pytest.mark.parametrize("anchor", ["overview", "causes", "symptoms", "urgent", "references"])
def test_a_fragment_that_names_a_part_of_the_page_leads_there(anchor):
    assert html(f"[x](#{anchor})") == f'<p><a href="#{anchor}">x</a></p>'


# ── Citations ─────────────────────────────────────────────────────────────────────────────────
def test_a_citation_is_a_numbered_link_to_its_reference():
    assert cited("Bone.[@a]") == (
        '<p>Bone.<sup class="cite"><a href="#ref-1" id="cite-overview-1-1">'
        '<span class="vh">Reference </span>1</a></sup></p>'
    )


def test_references_are_numbered_by_first_citation_in_the_order_of_the_text():
    citations = Citations(["a", "b", "c"])
    html("- **x** *[@c]*\n- y [@a]\n\nz[@c]\n\n| t [@b] |\n|---|\n| u |", citations=citations)
    assert citations.order == ("c", "a", "b")


def test_numbers_go_on_from_body_to_body():
    citations = Citations(["a", "b"])
    render("[@b]", prefix="overview", citations=citations)
    found = render("[@a] [@b]", prefix="causes", citations=citations)
    assert 'href="#ref-2" id="cite-causes-2-1"' in found
    assert 'href="#ref-1" id="cite-causes-1-1"' in found


def test_numbers_go_on_from_bodies_rendered_before():
    citations = Citations(["a", "b"], already=("b",))
    found = render("[@a] [@b]", prefix="full", citations=citations)
    assert 'href="#ref-2" id="cite-full-2-1"' in found
    assert 'href="#ref-1" id="cite-full-1-1"' in found
    assert citations.order == ("b", "a")


def test_each_citation_has_an_anchor_of_its_own():
    found = cited("[@a] [@a] [@b] [@a]")
    for anchor in ("1-1", "1-2", "2-1", "1-3"):
        assert found.count(f'id="cite-overview-{anchor}"') == 1


def test_the_first_citation_of_a_reference_is_remembered():
    citations = Citations(["a", "b"])
    render("[@b] [@b]", prefix="overview", citations=citations)
    render("[@b] [@a]", prefix="causes", citations=citations)
    assert citations.first_anchor == {"b": "cite-overview-1-1", "a": "cite-causes-2-1"}


def test_several_references_share_one_mark():
    found = cited("x[@a; @b]")
    assert found.count("<sup") == 1
    assert "1</a>, <a" in found


def test_an_unknown_reference_stays_as_it_was_written():
    assert cited("x [@z]") == "<p>x <span>[@z]</span></p>"
    assert cited("[@a; @z]").endswith("1</a>, <span>[@z]</span></sup></p>")


def test_without_references_citations_stay_as_they_were_written():
    assert html("[@a]") == "<p><span>[@a]</span></p>"


@pytest.mark.parametrize("markdown", ["`[@a]`", "    [@a]", "\\[@a]", "[x [@a]](/y)", "![[@a]](y)"])
def test_nothing_is_cited_in_code_after_a_backslash_or_inside_a_link(markdown):
    citations = Citations(["a"])
    assert "[@a]" in html(markdown, citations=citations)
    assert citations.order == ()


def test_an_abbreviation_does_not_change_a_citation():
    assert "<abbr" not in cited("*[1]: one\n*[Reference]: x\n\n[@a]")


# ── Footnotes ─────────────────────────────────────────────────────────────────────────────────
def test_a_footnote_and_its_mark_lead_to_each_other():
    found = html("Bone.[^x]\n\n[^x]: A note.")
    assert '<sup id="overview-fnref:x"><a class="footnote-ref" href="#overview-fn:x">' in found
    assert '<li id="overview-fn:x">' in found
    assert 'aria-label="Back to text" class="footnote-backref" href="#overview-fnref:x"' in found


def test_a_footnote_mark_does_not_look_like_a_citation():
    assert ">note 1</a>" in html("Bone.[^x]\n\n[^x]: A note.")


def test_footnotes_are_a_named_section():
    assert '<section aria-label="Notes" class="footnote">\n<ol>' in html("x[^1]\n\n[^1]: y")


def test_each_mark_of_a_footnote_has_a_way_back():
    found = html("x[^1] y[^1]\n\n[^1]: z")
    assert (
        'aria-label="Back to text (2)" class="footnote-backref" href="#overview-fnref2:1"' in found
    )
    assert 'id="overview-fnref2:1"' in found


def test_the_name_of_a_footnote_may_be_anything():
    found = html('x[^my "note"]\n\n[^my "note"]: y')
    assert 'href="#overview-fn:my_20__22_note_22_"' in found
    assert 'id="overview-fn:my_20__22_note_22_"' in found


# ── Tables ────────────────────────────────────────────────────────────────────────────────────
def test_a_table_can_be_scrolled_with_the_keyboard():
    assert table("a|b", "-|-", "c|d").startswith(
        '<div aria-label="Table" class="table-wrap" role="region" tabindex="0">\n<table>'
    )


def test_a_paragraph_that_begins_with_table_is_the_caption_of_the_next_table():
    found = table("Table: How *it* is found", "", "a|b", "-|-", "c|d")
    assert found.startswith('<div aria-labelledby="overview-table-1" class="table-wrap"')
    assert '<caption id="overview-table-1">How <em>it</em> is found</caption>' in found
    assert "Table:" not in found


def test_a_paragraph_that_begins_with_table_elsewhere_is_a_paragraph():
    assert html("Table: none\n\nx") == "<p>Table: none</p>\n<p>x</p>"


def test_heads_of_columns_say_so_and_an_empty_one_is_no_head():
    found = table("| |b|", "|-|-|", "|c|d|")
    assert '<td></td>\n<th scope="col">b</th>' in found


def test_columns_to_the_right_hold_numbers():
    found = table("a|b|c", ":-|-:|:-:", "d|1|e")
    assert '<th class="num" scope="col">b</th>' in found
    assert '<td>d</td>\n<td class="num">1</td>\n<td>e</td>' in found


def test_a_wholly_bold_first_cell_heads_its_row():
    found = table("a|b", "-|-", "**MRI *x***|**d**", "**MRI** scan|e")
    assert '<th scope="row">MRI <em>x</em></th>\n<td><strong>d</strong></td>' in found
    assert "<td><strong>MRI</strong> scan</td>" in found


# ── Figures ───────────────────────────────────────────────────────────────────────────────────
def test_a_drawing_takes_part_in_the_page():
    assert html("![](calf.svg)", figures={"calf.svg": PLATE}) == (
        '<figure class="plate"><svg class="plate-drawing" viewBox="0 0 560 380" width="560"'
        ' height="380" role="img" aria-label="The calf, cut across">'
        '<use href="/figures/calf.svg#figure"/></svg>'
        "<ol><li>Shin bone</li><li>Fibula</li></ol>"
        "<figcaption>A slice of the calf.<small>Drawing: Nosology.</small></figcaption></figure>"
    )


def test_a_photograph_is_an_image():
    drawing = Drawing(file="x.png", section="causes", alt="A leg", caption="Leg.", credit="")
    found = html("![](x.png)", figures={"x.png": Plate(drawing, "/figures/x.png", 5, 4)})
    assert found == (
        '<figure class="plate"><img src="/figures/x.png" alt="A leg" width="5" height="4"'
        ' loading="lazy"><figcaption>Leg.</figcaption></figure>'
    )


def test_the_words_of_a_figure_are_escaped():
    words = '"><script>alert(1)</script>'
    drawing = Drawing("calf.svg", "causes", words, words, words, (words,))
    found = html("![](calf.svg)", figures={"calf.svg": Plate(drawing, words, 1, 1)})
    assert "<script" not in found
    assert found.count("&quot;&gt;&lt;script&gt;") == 5


def test_the_alternative_text_of_a_figure_comes_from_the_figure():
    figures = {"calf.svg": PLATE}
    assert html("![other](calf.svg)", figures=figures) == html("![](calf.svg)", figures=figures)


def test_figures_stand_in_their_places():
    other = Plate(Drawing("b.svg", "causes", "B", "Other", ""), "/b.svg", 1, 1)
    found = html("![](b.svg)\n\nx\n\n![](calf.svg)", figures={"calf.svg": PLATE, "b.svg": other})
    assert found.index("/b.svg") < found.index("<p>x</p>") < found.index("/figures/calf.svg")


def test_a_figure_that_is_not_there_is_named():
    assert html("![](calf.svg)") == "<p>(figure calf.svg is missing)</p>"


def test_an_image_in_a_sentence_or_from_elsewhere_is_its_alternative_text():
    figures = {"calf.svg": PLATE}
    assert html("a ![b](calf.svg) c", figures=figures) == "<p>a <span>b</span> c</p>"
    assert html("![b](https://a.example/x.png)") == "<p><span>b</span></p>"


# ── Caps ──────────────────────────────────────────────────────────────────────────────────────
def test_a_text_of_the_greatest_length_is_rendered():
    assert html("word " * (MAX_BODY // 5)).count("word") == MAX_BODY // 5


def test_a_longer_text_is_refused():
    with pytest.raises(Unrenderable, match="20,001"):
        html("x" * (MAX_BODY + 1))


def test_a_refusal_says_what_to_do():
    with pytest.raises(Unrenderable, match=r"31, where 30 is the most\. Close them"):
        check_caps("[" * 31)


ORDINARY = [
    "[" * 30 + "\n\n" + "[" * 30,
    "[text](/address) [@a] [text][r] " * 200 + "\n\n[r]: https://a.example",
    "\\[" * 100,
    "x[^1]\n\n[^1]: " + "word " * 300 + "\n\n*[MRI]: Magnetic resonance",
    "As said [@a]: " + "word " * 300,
    "- item\n" * 300,
    "- a\n    - b\n        - c\n            1. d\n",
    "* * *\n\n- - -\n\n> > x",
    "| a | b | c |\n|---|---|---|\n" + "| **x** | y | z |\n" * 200,
]


@pytest.mark.parametrize("markdown", ORDINARY)
def test_the_caps_leave_ordinary_texts_alone(markdown):
    assert html(markdown)


EXCESSIVE = {
    "unclosed brackets": "[" * 20_000,
    "brackets closed in code": "[`]`" * 5_000,
    "brackets closed by escapes": "[a\\]" * 5_000,
    "brackets behind escaped backslashes": "\\\\[" * 6_000,
    "nested brackets": "[" * 9_000 + "]" * 9_000,
    "unclosed links": "[a](" * 5_000,
    "unclosed links in angle brackets": "[a](<" * 4_000,
    "unclosed images": " ![x](" * 3_300,
    "half references": "[a][" * 5_000,
    "unclosed footnote marks": "[^" * 10_000,
    "one footnote again and again": "[^1] " * 3_990 + "\n\n[^1]: x",
    "one footnote in many paragraphs": "[^1]\n\n" * 3_300 + "[^1]: x",
    "many references": "[a]: b\n\n" * 2_400,
    "many abbreviations": "*[a]: b\n\n" * 2_000,
    "unclosed abbreviations": "*[\n" * 6_000,
    "a long meaning": "*[a]: " + "b" * 9_000 + "\n\n" + "a " * 5_000,
    "a long meaning behind a citation": "*[a[@b]: " + "c" * 9_000 + "\n\n" + "a[@b " * 2_000,
    "a long address": "[a]:\n" + "b" * 9_000 + "\n\n" + "[a]" * 3_000,
    "a meaning used everywhere": "*[a]: " + "&" * 290 + "\n\n" + "a " * 9_000,
    "nested quotations": ">" * 20_000,
    "nested lists in one line": "- 1. " * 4_000,
    "nested lists by indentation": "\n".join("    " * level + "- a" for level in range(90)),
    "definitions without a blank line": "a\n:   b\n" * 2_500,
    "definitions of one term": "a\n" + ":   b\n" * 3_000,
    "headings without a blank line": "#\n" * 10_000,
    "underlines without a blank line": "a\n=\n" * 5_000,
    "rules without a blank line": "***\n" * 5_000,
    "pipes": "`|" * 10_000,
    "a table of empty rows": "a|" * 90 + "\n" + "-|" * 90 + "\n" + "|\n" * 390,
    "many tables": ("a|b\n-|-\n" + "|\n" * 100 + "\n") * 80,
    "nested emphasis": "*a **b " * 1_400 + "c** a* " * 1_400,
}


@pytest.mark.parametrize("name", EXCESSIVE)
def test_what_would_take_too_long_is_refused_before_it_is_parsed(name):
    with pytest.raises(Unrenderable):
        check_caps(EXCESSIVE[name][:MAX_BODY])


@pytest.mark.parametrize(
    "piece",
    [
        *("*", "_", "*a", "*a ", "*a*", "`", "`a``", "\\", "<", "<!--", "<a", "&", "&#", "#", "("),
        *("]", "](", "[a]", "[a](b)", "[@a]", "[@a;", "|\n", " ", "a  \n", "\n", "\t", ">a\n\n"),
        *("- a\n\n", "a\n\n", "    a\n\n", "a\n:   b\n\n", "# a\n\n", "![](a.svg)\n\n", "\x02"),
    ],
)
def test_much_of_anything_is_refused_or_rendered(piece):
    text = (piece * MAX_BODY)[:MAX_BODY]
    try:
        check_caps(text)
    except Unrenderable:
        return
    assert html(text) is not None
