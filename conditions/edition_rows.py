"""Between an edition's rows and its text as one value. For publishing, admin and content files.

This reads and writes the gated table; the reader's side never imports it (a test keeps that).
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from conditions.acts import PublishingRefused
from conditions.figures import inspect_figure
from conditions.models import (
    AlsoKnownAs,
    Cause,
    Diagnosis,
    Edition,
    Figure,
    FullTreatment,
    Overview,
    Picture,
    Reference,
    Symptom,
    Treatment,
)
from conditions.text import EditionText, Source, lines

Pictures = Mapping[str, Picture]
"""Stored pictures by the file name a figure gives them."""


def read_text(edition: Edition, *, gated: bool = True) -> EditionText:
    """All of an edition's text; without `gated` the full treatment is empty and not looked up."""
    symptom = Symptom.objects.filter(edition=edition).first() or Symptom()
    treatment = Treatment.objects.filter(edition=edition).first() or Treatment()
    return EditionText(
        title=edition.title,
        description=edition.description,
        overview=edition.section_body("overview"),
        causes=edition.section_body("causes"),
        symptoms=symptom.body,
        urgent_help=symptom.urgent_help,
        diagnosis=edition.section_body("diagnosis"),
        teaser=treatment.body,
        warnings=treatment.warnings,
        full_treatment=edition.section_body("full_treatment") if gated else "",
        also_known_as=tuple(edition.names.values_list("name", flat=True)),
        covers=lines(treatment.covers),
        references=tuple(
            Source(row.key, row.citation, row.doi, row.pmid, row.url)
            for row in edition.references.all()
        ),
        figures=tuple(row.as_drawing() for row in edition.figures.all()),
    )


def keep_picture(name: str, data: bytes) -> Picture:
    """The stored picture with these bytes; BadFigure when they may not be published."""
    checked = inspect_figure(name, data)
    picture, _new = Picture.objects.get_or_create(
        digest=sha256(checked.data).hexdigest(),
        defaults={
            "media_type": checked.media_type,
            "width": checked.width,
            "height": checked.height,
            "data": checked.data,
        },
    )
    return picture


def write_text(edition: Edition, text: EditionText, pictures: Pictures | None = None) -> None:
    """Replace all rows of an open edition. Title and description are columns of the edition.

    A figure without a picture in `pictures` keeps the one that the edition, or the edition it is
    based on, has under that file name.
    """
    known = {**_pictures(edition.based_on), **_pictures(edition), **(pictures or {})}
    _write_bodies(edition, text)
    _write_lists(edition, text)
    _write_figures(edition, text, known)


def _pictures(edition: Edition | None) -> dict[str, Picture]:
    rows = edition.figures.select_related("picture") if edition else ()
    return {row.file: row.picture for row in rows}


def _write_figures(edition: Edition, text: EditionText, known: Pictures) -> None:
    missing = [figure.file for figure in text.figures if figure.file not in known]
    if missing:
        raise PublishingRefused(f"Upload the picture for {', '.join(missing)}.")
    edition.figures.all().delete()
    Figure.objects.bulk_create(
        Figure(
            edition=edition,
            position=position,
            section=figure.section,
            file=figure.file,
            picture=known[figure.file],
            alt=figure.alt,
            caption=figure.caption,
            credit=figure.credit,
            labels="\n".join(figure.labels),
        )
        for position, figure in enumerate(text.figures)
    )


def _write_bodies(edition: Edition, text: EditionText) -> None:
    Overview.objects.update_or_create(edition=edition, defaults={"body": text.overview})
    Cause.objects.update_or_create(edition=edition, defaults={"body": text.causes})
    Symptom.objects.update_or_create(
        edition=edition, defaults={"body": text.symptoms, "urgent_help": text.urgent_help}
    )
    Diagnosis.objects.update_or_create(edition=edition, defaults={"body": text.diagnosis})
    Treatment.objects.update_or_create(
        edition=edition,
        defaults={
            "body": text.teaser,
            "warnings": text.warnings,
            "covers": "\n".join(text.covers),
        },
    )
    FullTreatment.objects.update_or_create(edition=edition, defaults={"body": text.full_treatment})


def _write_lists(edition: Edition, text: EditionText) -> None:
    edition.names.all().delete()
    AlsoKnownAs.objects.bulk_create(
        AlsoKnownAs(edition=edition, position=position, name=name)
        for position, name in enumerate(text.also_known_as)
    )
    edition.references.all().delete()
    Reference.objects.bulk_create(
        Reference(
            edition=edition,
            position=position,
            key=source.key,
            citation=source.citation,
            doi=source.doi,
            pmid=source.pmid,
            url=source.url,
        )
        for position, source in enumerate(text.references)
    )
