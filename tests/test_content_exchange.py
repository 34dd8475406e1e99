"""Content files into the site and out again, through the two commands."""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from conditions import cataloguing, publishing
from conditions.models import Coding, Condition, Edition, Event, Picture
from tests import factories, starter

pytestmark = pytest.mark.django_db

ALL = len(starter.FILES)
CALF = "other-ossification-of-muscle-unspecified-lower-leg.md"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of some of the starter content that a test may change."""
    copy = tmp_path / "content"
    shutil.copytree(starter.CONTENT / "figures", copy / "figures")
    for path in starter.FILES:
        shutil.copy(path, copy)
    return copy


def run(*paths: Path, **options) -> str:
    out = StringIO()
    try:
        call_command("import_content", *map(str, paths), stdout=out, **options)
    except CommandError as error:
        out.write(f"ERROR {error}")
    return out.getvalue()


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def rows() -> dict[str, int]:
    models = (Condition, Edition, Event, Coding, Picture)
    return {model.__name__: model.objects.count() for model in models}


def test_all_of_the_starter_content_is_taken_in():
    files = [path for path in starter.CONTENT.glob("*.md") if path.name.islower()]

    assert f"{len(files)} created, 0 changed, 0 unchanged, 0 kept, 0 refused" in run(
        starter.CONTENT
    )


def test_content_is_created_and_published(folder):
    out = run(folder)

    assert f"{ALL} created, 0 changed, 0 unchanged, 0 kept, 0 refused" in out
    assert Condition.objects.published().count() == ALL
    assert Coding.objects.get(code="M61.569").condition.slug == CALF.removesuffix(".md")


def test_a_second_import_writes_nothing(folder):
    run(folder)
    before = rows()

    out = run(folder)

    assert f"0 created, 0 changed, {ALL} unchanged, 0 kept, 0 refused" in out
    assert rows() == before


def test_an_export_is_what_was_imported_byte_for_byte(folder, tmp_path):
    run(folder)

    call_command("export_content", str(tmp_path / "out"), stdout=StringIO())

    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(written) > ALL
    for exported in written:
        source = folder / exported.relative_to(tmp_path / "out")
        assert exported.read_bytes() == source.read_bytes(), source.name


def test_importing_an_export_changes_nothing(folder, tmp_path):
    run(folder)
    call_command("export_content", str(tmp_path / "out"), stdout=StringIO())
    before = rows()

    assert f"{ALL} unchanged" in run(tmp_path / "out")
    assert rows() == before


def test_a_changed_file_makes_a_new_live_edition(folder, client):
    run(folder)
    rewrite(folder / "asthma.md", "## Causes\n\n", "## Causes\n\nThis line is new. ")

    out = run(folder)

    assert f"0 created, 1 changed, {ALL - 1} unchanged" in out
    live = Condition.objects.get(slug="asthma").live_edition()
    assert live.number == 2
    assert b"This line is new." in client.get(live.get_absolute_url()).content


def test_a_changed_figure_makes_a_new_edition(folder):
    run(folder)
    rewrite(folder / "figures" / "airway.svg", "</svg>", '<path d="M0 0h9"/></svg>')

    assert f"1 changed, {ALL - 1} unchanged" in run(folder)


def test_changed_codes_alone_make_no_new_edition(folder):
    run(folder)
    rewrite(folder / "asthma.md", "- J45\n", "- J45\n- J45.9\n")

    assert "1 changed" in run(folder)
    condition = Condition.objects.get(slug="asthma")
    assert list(condition.codings.values_list("code", flat=True)) == ["J45", "J45.9"]
    assert condition.editions.count() == 1


def test_a_text_edited_on_the_site_is_kept(folder):
    run(folder)
    condition = Condition.objects.get(slug="asthma")
    edition = publishing.start_edition(condition=condition, by=factories.author())
    rewrite(folder / "asthma.md", "## Causes\n\n", "## Causes\n\nThis line is new. ")
    assert "kept  " in (out := run(folder))
    assert "edited on site: a draft is open" in out

    publishing.submit(edition, by=factories.author())
    publishing.approve(edition, by=factories.editor())
    publishing.publish(edition, by=factories.editor())

    assert "edited on site" in run(folder)
    assert condition.live_edition() == edition


def test_codes_edited_on_the_site_are_kept(folder):
    run(folder)
    condition = Condition.objects.get(slug="asthma")
    cataloguing.set_codes(condition, codes=["J45.9"], by=factories.editor())

    assert "edited on site: its codes" in run(folder)
    assert condition.codings.get().code == "J45.9"


def test_a_withdrawn_text_does_not_come_back_by_import(folder):
    run(folder)
    condition = Condition.objects.get(slug="asthma")
    publishing.withdraw(condition.live_edition(), by=factories.editor(), notice="A mistake.")
    rewrite(folder / "asthma.md", "## Causes\n\n", "## Causes\n\nThis line is new. ")

    assert "withdrawn on site" in run(folder)
    assert condition.live_edition().state == "withdrawn"


def test_a_bad_file_is_refused_with_line_and_remedy_and_the_others_go_on(folder):
    rewrite(folder / "asthma.md", "## Causes\n", "## Reasons\n")
    line = (folder / "asthma.md").read_text().splitlines().index("## Reasons") + 1

    out = run(folder)

    assert f"{ALL - 1} created, 0 changed, 0 unchanged, 0 kept, 1 refused" in out
    assert f"line {line}: " in out
    assert "ERROR Some files were refused" in out
    assert not Condition.objects.filter(slug="asthma").exists()


def test_a_file_that_is_not_utf8_is_refused(folder):
    (folder / "asthma.md").write_bytes(b"---\nslug: asthm\xe9\n---\n")

    assert "save the file as UTF-8" in run(folder)


def test_a_missing_figure_refuses_the_whole_file(folder):
    (folder / "figures" / "airway.svg").unlink()

    assert "airway.svg" in run(folder)
    assert not Condition.objects.filter(slug="asthma").exists()


def test_a_figure_with_a_script_refuses_the_whole_file(folder):
    rewrite(folder / "figures" / "airway.svg", "</svg>", "<script>alert(1)</script></svg>")

    assert "1 refused" in run(folder)
    assert not Condition.objects.filter(slug="asthma").exists()


def test_a_code_that_another_condition_holds_is_refused_with_its_name(folder):
    factories.condition("wheezing", "J45")

    assert "J45 belongs to wheezing already" in run(folder)


def test_two_files_of_one_condition_are_refused(folder):
    shutil.copy(folder / "asthma.md", folder / "asthma-again.md")

    out = run(folder)

    assert "has this slug and language too" in out
    assert f"{ALL} created" in out


def test_a_dry_run_tells_and_writes_nothing(folder):
    out = run(folder, dry_run=True)

    assert f"{ALL} created" in out
    assert "nothing was written" in out
    assert set(rows().values()) == {0}


def test_a_path_that_is_not_there_is_told(tmp_path):
    assert "There is no " in run(tmp_path / "nothing")


def test_related_conditions_come_after_all_files(folder):
    path = folder / "asthma.md"
    rewrite(path, "codes:\n- J45\n", "codes:\n- J45\nrelated:\n- migraine\n")

    run(folder)

    related = Condition.objects.get(slug="asthma").related.all()
    assert [str(other) for other in related] == ["migraine"]
    assert f"{ALL} unchanged" in run(folder)
