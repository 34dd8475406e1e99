"""Conditions in every state, reached the way the site reaches them: through publishing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from accounts.models import User
from conditions import cataloguing, publishing, reports
from conditions.edition_rows import keep_picture
from conditions.models import Condition, Edition, ProblemReport, ReportKind
from conditions.text import Drawing, EditionText, Source
from tests import people

CANARY = "zqcanary7f3a"

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" id="figure" viewBox="0 0 40 20">'
    b'<path d="M1 1h38" stroke="currentColor"/></svg>'
)
SECRET_SVG = SVG.replace(b"M1 1h38", b"M2 2h36").replace(
    b"</svg>", b"<title>" + CANARY.encode() + b"</title></svg>"
)


def complete_text(**overrides: Any) -> EditionText:
    """A text that may be published: a public and a gated source, a public and a gated figure."""
    text = EditionText(
        title="Bone in the calf",
        description="Bone that forms inside a muscle of the lower leg.",
        overview="A patch of bone grows where none should be.[@open-2020]",
        causes="Nobody knows the whole cause.",
        symptoms="Pain and swelling.\n\n![](calf.svg)",
        urgent_help="Get help now if you have any of these:\n\n- chest pain",
        diagnosis="By examination and X-ray.",
        teaser="Treatment eases the pain.",
        warnings="Stop an exercise that makes the pain worse.",
        full_treatment=(
            f"First {CANARY} rest, then move.[@gated-2021]\n\n### Later {CANARY}\n\n"
            f"![](secret.svg)\n\nThe last word is {CANARY}."
        ),
        also_known_as=("heterotopic ossification",),
        covers=("The first days",),
        references=(
            Source("open-2020", "Open Body. An open source. 2020."),
            Source("gated-2021", f"Gated Body. A source called {CANARY}. 2021."),
        ),
        figures=(
            Drawing("calf.svg", "symptoms", "A calf", "A calf seen from the side.", "Nosology"),
            Drawing(
                "secret.svg",
                "full-treatment",
                f"Alternative {CANARY}",
                f"Caption {CANARY}",
                f"Credit {CANARY}",
            ),
        ),
    )
    return replace(text, **overrides)


def author() -> User:
    return User.objects.filter(email="author@example.org").first() or people.author()


def editor() -> User:
    return User.objects.filter(email="editor@example.org").first() or people.editor()


def condition(slug: str = "bone-in-the-calf", *codes: str) -> Condition:
    found = Condition.objects.filter(slug=slug).first()
    if found is None:
        found = cataloguing.create_condition(slug=slug, by=None)
        cataloguing.set_codes(found, codes=codes or ("M61.569",), by=None)
    return found


def draft(of: Condition | None = None, *, by: Any = None, **text: Any) -> Edition:
    pictures = {
        "calf.svg": keep_picture("calf.svg", SVG),
        "secret.svg": keep_picture("secret.svg", SECRET_SVG),
    }
    return publishing.start_edition(
        condition=of or condition(),
        by=by or author(),
        text=complete_text(**text),
        pictures=pictures,
    )


def approved(of: Condition | None = None, **text: Any) -> Edition:
    edition = draft(of, **text)
    publishing.submit(edition, by=author())
    publishing.approve(edition, by=editor())
    return edition


def published(of: Condition | None = None, **text: Any) -> Edition:
    edition = approved(of, **text)
    publishing.publish(edition, by=editor())
    return edition


def withdrawn(of: Condition | None = None, **text: Any) -> Edition:
    edition = published(of, **text)
    publishing.withdraw(edition, by=editor(), notice="We found a mistake.")
    return edition


def report(on: Edition | None = None, **facts: Any) -> ProblemReport:
    """What a reader sent about a page, who wants an answer."""
    edition = on or published()
    return reports.send_report(
        condition=edition.condition,
        edition_number=edition.number,
        language=edition.language,
        **{
            "kind": ReportKind.WRONG,
            "text": "The second cause is the wrong way round.",
            "email": "maria@example.org",
            **facts,
        },
    )
