"""The desk has the colors of the site, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
COLOR = r"--([\w-]+): ?(#[0-9a-f]{3,6})"


def test_every_color_of_the_desk_is_the_token_of_that_name_on_the_site():
    site = (CSS / "nosology.css").read_text()
    parts = site.split("prefers-color-scheme:dark", 1)
    light, dark = (dict(re.findall(COLOR, part.split("}}")[0])) for part in parts)
    desk = re.findall(r"--([\w-]+):light-dark\((#\w+),(#\w+)\)", (CSS / "admin.css").read_text())

    assert len(desk) > 15
    assert desk == [(name, light[name], dark[name]) for name, _light, _dark in desk]


def test_scripts_of_the_desk_are_short_enough_to_read():
    for name in ("toolbar.js", "desk.js"):
        assert len((CSS.parent / "js" / name).read_text().splitlines()) <= 80, name
