"""What the first view of a page costs: bytes, as a server sends them compressed."""

import gzip
from pathlib import Path

import brotli
import pytest
from django.conf import settings

from tests import starter

STATIC = Path(settings.BASE_DIR) / "static"


def squeezed(path: str) -> int:
    return len(brotli.compress((STATIC / path).read_bytes(), quality=11))


def test_the_style_sheet_is_small():
    assert squeezed("css/nosology.css") <= 10 * 1024


def test_the_scripts_of_reader_pages_are_small():
    assert squeezed("js/nosology.js") + squeezed("js/search.js") <= 3 * 1024


@pytest.mark.django_db
def test_the_first_view_of_the_first_article_is_small(client):
    starter.load()
    response = client.get(starter.OSSIFICATION, headers={"accept-encoding": "gzip"})
    html = response.content
    assert response.headers["Content-Encoding"] == "gzip"
    figure = next(part for part in gzip.decompress(html).decode().split('"') if "/figures/" in part)
    drawing = client.get(figure.split("#")[0], headers={"accept-encoding": "gzip"}).content

    total = (
        len(html)
        + len(drawing)
        + squeezed("css/nosology.css")
        + squeezed("js/nosology.js")
        + squeezed("js/search.js")
        + squeezed("img/icons.svg")
        + squeezed("img/favicon.svg")
        + (STATIC / "fonts/literata.woff2").stat().st_size
    )

    assert total <= 40 * 1024
