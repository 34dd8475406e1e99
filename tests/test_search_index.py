"""The index is right after every act, and what is wrong in it is found and mended."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Max

from conditions import cataloguing, publishing
from conditions.models import Alias, Code, CodeNote, SearchEntry, SearchName, SearchWord
from conditions.search import index, sqlite
from conditions.search.finding import find
from tests import factories
from tests.icd10cm_files import SMALL, next_release

pytestmark = pytest.mark.django_db


def load(folder=SMALL) -> None:
    call_command("load_icd10cm", folder=folder, stdout=StringIO())


def check() -> str:
    told = StringIO()
    call_command("check_index", stdout=told)
    return told.getvalue()


def complaints() -> str:
    told = StringIO()
    with pytest.raises(CommandError, match="reindex"):
        call_command("check_index", stdout=told)
    return told.getvalue()


def codes(query: str) -> set[str | None]:
    return {match.code for match in find(query).matches}


def places_of_codes() -> dict[str, int]:
    """Codes come in this order where more match than are ranked."""
    return dict(SearchEntry.objects.filter(edition=None).values_list("code", "pk"))


def written() -> dict[str | None, int]:
    """For each code, and None for the article, the row that was written last."""
    names = SearchName.objects.values_list("entry__code").annotate(last=Max("pk"))
    return dict(names.values_list("entry__code", "last"))


@pytest.fixture(autouse=True)
def _calf():
    load()
    Alias.objects.create(name="bony calf", code_id="M61.56", kind="lay")
    index.rebuild()
    factories.published(factories.condition("bone-in-the-calf", "M61.56"))


def test_it_is_right_after_every_act_on_an_edition():
    assert check() == "The search index is right.\n"
    edition = factories.approved(factories.condition("other", "A00"), title="Other")
    assert check()
    publishing.publish(edition, by=factories.editor())
    assert check()
    cataloguing.set_codes(edition.condition, codes=("M62", "A00"), by=None)
    assert check()
    newer = factories.published(edition.condition, title="Another")
    assert check()
    publishing.withdraw(newer, by=factories.editor(), notice="We found a mistake.")
    assert check()


def test_a_new_release_is_searched_at_once(tmp_path):
    load(next_release(tmp_path))

    assert check()
    assert codes("El Tor") == {"A00.1"}
    assert "T07" not in codes("multiple injuries")
    assert "M61.50" in codes("ossification site unspecified")
    assert codes("bony calf") == {"M61.56", None}


def test_new_aliases_are_searched_at_once_and_only_their_codes_are_written():
    places, before = places_of_codes(), written()
    Alias.objects.create(name="petrocalf", code_id="M61.56", kind="lay")

    index.refresh_codes(["M61.56"])

    assert check()
    assert codes("petrocalf") == {"M61.56", None}
    assert find("petrokalf").corrected == "petrocalf"
    after = written()
    assert {code for code in before if before[code] != after[code]} == {"M61.56", None}
    assert places_of_codes() == places


def test_a_word_is_forgotten_with_its_last_name():
    assert SearchWord.objects.filter(word="bony", edition=None).exists()
    Alias.objects.update(is_in_use=False)

    index.refresh_codes(["M61.56"])

    assert check()
    assert not SearchWord.objects.filter(word="bony").exists()
    assert "M61.56" not in codes("bony calf")


def test_an_act_that_fails_leaves_the_index_alone():
    edition = factories.approved(factories.condition("other", "A00"), title="Other")
    before = set(SearchEntry.objects.values_list("pk", "title"))

    with pytest.raises(publishing.PublishingRefused):
        publishing.withdraw(edition, by=factories.editor(), notice="Not live.")

    assert set(SearchEntry.objects.values_list("pk", "title")) == before


def test_what_is_wrong_is_found_and_mended():
    SearchEntry.objects.filter(code="M62").delete()
    SearchEntry.objects.filter(code="M61").update(title="nonsense")
    SearchName.objects.filter(norm="cholera").delete()
    SearchWord.objects.filter(word="muscle").update(frequency=99)

    told = complaints()

    assert "M62 is missing" in told
    assert "M61 is out of date" in told
    assert "the names of A00 are out of date: Cholera" in told
    assert "the word “muscle” is counted 99 times" in told
    call_command("reindex", stdout=StringIO())
    assert check()


def test_what_should_not_be_there_is_found():
    draft = factories.draft(factories.condition("other", "A00"))
    SearchEntry.objects.create(
        pk=10**6, edition=draft, chapter="", depth=0, title="draft", names="", body=""
    )

    assert f"edition {draft.pk} should not be there" in complaints()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="FTS5 is SQLite's")
def test_full_text_that_differs_from_its_rows_is_found():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER search_entry_changed")
    SearchEntry.objects.filter(code="M61").update(title="nonsense")

    told = complaints()
    sqlite.restore_triggers()

    assert "the full text differs from its rows" in told


def test_indexing_says_how_many_pages_can_be_found():
    told = StringIO()
    call_command("reindex", stdout=told)
    extensions = Code.objects.filter(kind="extension").count()

    pages = Code.objects.count() - extensions + 1
    assert told.getvalue().startswith(f"{pages} pages can be found")
    told = StringIO()
    call_command("reindex", "--unless-built", stdout=told)
    assert told.getvalue() == "The search index is there.\n"


def test_an_index_of_a_version_before_is_told_and_written_anew(monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(index, "FIRST_EDITION", 1000)
        index.rebuild()

    assert "codes and articles do not stand apart" in complaints()
    call_command("reindex", "--unless-built", stdout=StringIO())
    assert check()


def test_notes_that_say_what_a_code_is_also_called_are_searched():
    CodeNote.objects.create(
        code_id="M62", position=9, kind="inclusion_term", text="Jellied muscle NOS"
    )
    index.rebuild()

    assert codes("jellied muscle") == {"M62"}
    assert not codes("nos jellied xx") - {"M62"}
