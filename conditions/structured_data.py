"""JSON-LD of condition and code pages (schema.org 30). From public fields alone.

The same for every reader: what a page says of itself does not depend on who is logged in.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from conditions.article import Article
from conditions.models import Code, Coding, Edition

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def script(data: dict[str, Any]) -> SafeString:
    """A data block; no text can end the element that holds it."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
    return mark_safe(  # noqa: S308 (every < > & is escaped)
        f'<script type="application/ld+json">{text.translate(_ESCAPES)}</script>'
    )


def condition_data(edition: Edition, article: Article, codes: list[Coding]) -> dict[str, Any]:
    page: dict[str, Any] = {
        "@type": "MedicalWebPage",
        "url": settings.SITE_URL + edition.get_absolute_url(),
        "name": edition.title,
        "description": edition.description,
        "inLanguage": edition.language,
        "version": str(edition.number),
        "isAccessibleForFree": False,
        "conditionsOfAccess": "The full treatment section needs a free account.",
        "medicalAudience": {"@type": "MedicalAudience", "audienceType": "Patient"},
        "mainEntity": {
            "@type": "MedicalCondition",
            "name": edition.title,
            "alternateName": list(article.names),
            "description": edition.description,
            "code": [medical_code(coding.code) for coding in codes],
        },
        "citation": [source.citation for source in article.sources],
    }
    if edition.publish_at:
        page["dateModified"] = edition.publish_at.date().isoformat()
    return page | _review(edition)


def code_data(code: Code, line: list[Code], names: list[str]) -> dict[str, Any]:
    return {
        "@type": "MedicalWebPage",
        "url": settings.SITE_URL + code.get_absolute_url(),
        "name": code.title,
        "alternateName": names,
        "about": medical_code(code.span or code.key),
        "breadcrumb": {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": position,
                    "name": above.title,
                    "item": settings.SITE_URL + above.get_absolute_url(),
                }
                for position, above in enumerate(line, start=1)
            ],
        },
    }


def medical_code(code: str) -> dict[str, str]:
    return {"@type": "MedicalCode", "codeValue": code, "codingSystem": "ICD-10-CM"}


def _review(edition: Edition) -> dict[str, Any]:
    """Only a review that was recorded: `edition` brings it from `editions_for_page`."""
    reviewed_on = getattr(edition, "reviewed_on", None)
    if not reviewed_on:
        return {}
    reviewer = {
        "@type": "Person",
        "name": getattr(edition, "reviewer", ""),
        "honorificSuffix": getattr(edition, "credentials", ""),
    }
    return {"lastReviewed": reviewed_on.isoformat(), "reviewedBy": reviewer}
