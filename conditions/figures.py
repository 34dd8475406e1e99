"""Picture files made fit to publish: an SVG that only draws, a PNG or JPEG without metadata. Pure.

An SVG is written anew from what is on the lists below, so nothing that a browser might read
differently (comments, CDATA, foreign names) gets through. A PNG or JPEG keeps its pixel data as it
is, without the parts that hold metadata: encoding it anew would make a JPEG worse each time, and
its bytes would depend on the version of a library. Checking the result again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from PIL import Image

from conditions.markup import FIGURE_FILE

MAX_SVG = 100_000
MAX_RASTER = 2_000_000
MAX_SIDE = 4000

_SVG = "http://www.w3.org/2000/svg"


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Left out on purpose: `use`, `pattern`, `marker`, `mask`, `clipPath` and `filter` repeat what they
# hold, which a few lines can make endless; `a`, `image`, `script`, `style`, `foreignObject` and
# animation do more than draw.
_ELEMENTS = _names(
    "svg g defs title desc path rect circle ellipse line polyline polygon text tspan "
    "linearGradient radialGradient stop"
)
_ATTRIBUTES = _names(
    "id viewBox width height x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy d points transform rotate "
    "pathLength textLength lengthAdjust preserveAspectRatio version role aria-hidden aria-label "
    "aria-labelledby color fill fill-opacity fill-rule stroke stroke-width stroke-opacity "
    "stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset opacity "
    "paint-order vector-effect shape-rendering gradientUnits gradientTransform spreadMethod "
    "offset stop-color stop-opacity font-family font-size font-style font-weight text-anchor "
    "dominant-baseline alignment-baseline baseline-shift letter-spacing word-spacing"
)
_FUNCTIONS = _names("matrix translate scale rotate skewX skewY rgb rgba hsl")
_NO_NAME = re.compile(r"[^\w-]")
_FRAGMENT = re.compile(r"#[A-Za-z][\w-]*", re.ASCII)
_NUMBER = r"([0-9]{1,6}(?:\.[0-9]{1,6})?)"
_VIEW_BOX = re.compile(rf"0[ ,]+0[ ,]+{_NUMBER}[ ,]+{_NUMBER}")

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = frozenset((b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"))
_JPEG_START = b"\xff\xd8\xff"
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_NEXT_MARKER = re.compile(rb"\xff(?![\x00\xd0-\xd7\xff])")
_ORIENTATION = 0x0112
_TOO_WIDE = f"The picture is wider or higher than {MAX_SIDE} pixels: scale it down."


@dataclass(frozen=True)
class FigureFile:
    media_type: str
    width: int
    height: int
    data: bytes


class BadFigure(Exception):
    """Why a file cannot be published, and what to do about it."""


def inspect_figure(name: str, data: bytes) -> FigureFile:
    """The file as it may be published; BadFigure when it may not. The bytes decide what it is."""
    if len(name) > 100 or not FIGURE_FILE.fullmatch(name):
        raise BadFigure(f"“{name}” is no file name: write a-z, 0-9, hyphens, .svg, .png or .jpg.")
    if data.startswith(_PNG_START):
        figure, ending = _raster(data, "PNG"), ".png"
    elif data.startswith(_JPEG_START):
        figure, ending = _raster(data, "JPEG"), ".jpg"
    else:
        figure, ending = _svg(data), ".svg"
    if not name.endswith(ending):
        raise BadFigure(f"{name} holds another kind of picture: change its ending to {ending}.")
    return figure


def _svg(data: bytes) -> FigureFile:
    if len(data) > MAX_SVG:
        raise BadFigure(f"The SVG is larger than {MAX_SVG:,} bytes: simplify its paths.")
    writer = _SvgWriter()
    try:
        writer.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadFigure(f"This is no PNG, no JPEG and no well-formed SVG: {error}.") from error
    written = "".join([*writer.parts, "\n"]).encode()
    return FigureFile("image/svg+xml", writer.width, writer.height, written)


class _SvgWriter:
    """Writes an SVG while it is parsed, and stops at the first thing that is not on the lists."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.width = self.height = 0
        self.open_tag = False
        # The encoding is given, so that nothing the file says about itself can change it.
        self.parser = expat.ParserCreate("UTF-8", namespace_separator=" ")
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self.declaration
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.ProcessingInstructionHandler = self.instruction
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def refuse(self, message: str) -> NoReturn:
        raise BadFigure(f"Line {self.parser.CurrentLineNumber} of the SVG: {message}")

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.upper() != "UTF-8":
            self.refuse("it is not written in UTF-8: save it so.")

    def doctype(self, *_args: object) -> None:
        self.refuse("a DOCTYPE can define entities: delete it.")

    def instruction(self, target: str, _data: str) -> None:
        self.refuse(f"the instruction <?{target} … ?> is not drawing: delete it.")

    def start(self, qualified: str, attributes: list[str]) -> None:
        namespace, _space, name = qualified.rpartition(" ")
        if namespace != _SVG or name not in _ELEMENTS:
            self.refuse(f"<{name}> is not used in figures: delete it, or draw with paths.")
        pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if (name == "svg") != (not self.parts):
            self.refuse("the root, and only the root, is an <svg>.")
        if not self.parts:
            self.root(pairs)
            name = f'svg xmlns="{_SVG}"'
        written = "".join(f" {key}={self.value(key, value)}" for key, value in pairs.items())
        self.write(f"<{name}{written}")
        self.open_tag = True

    def root(self, attributes: dict[str, str]) -> None:
        if attributes.get("id") != "figure":
            self.refuse('the <svg> needs id="figure", by which pages show it.')
        box = _VIEW_BOX.fullmatch(attributes.get("viewBox", "").strip())
        sides = [round(float(side)) for side in box.groups()] if box else [0]
        if not all(0 < side <= MAX_SIDE for side in sides):
            self.refuse(f'the <svg> needs viewBox="0 0 W H", with sides of 1 to {MAX_SIDE}.')
        self.width, self.height = sides

    def value(self, name: str, value: str) -> str:
        if name not in _ATTRIBUTES:
            shown = name.rpartition(" ")[2]
            self.refuse(f"the attribute {shown} is not used in figures: delete it.")
        if name != "aria-label" and _points_outside(value):
            self.refuse(f"{name} may point into this file only, as url(#name): it says “{value}”.")
        return quoteattr(value)

    def text(self, text: str) -> None:
        self.write(escape(text, {"\r": "&#13;"}))

    def end(self, qualified: str) -> None:
        if self.open_tag:
            self.parts.append("/>")
            self.open_tag = False
        else:
            self.parts.append(f"</{qualified.rpartition(' ')[2]}>")

    def write(self, part: str) -> None:
        if self.open_tag:
            self.parts.append(">")
            self.open_tag = False
        self.parts.append(part)


def _points_outside(value: str) -> bool:
    """Whether a value calls more than drawing functions, such as a url() of another file."""
    parts = value.split("(")
    for before, inside in pairwise(parts):
        name = _NO_NAME.split(before.rstrip())[-1]
        target = inside.partition(")")[0].strip()
        if name not in _FUNCTIONS and not (name == "url" and _FRAGMENT.fullmatch(target)):
            return True
    # In attributes that are CSS as well, a backslash could spell the name of a function.
    return "\\" in value


def _raster(data: bytes, kind: str) -> FigureFile:
    if len(data) > MAX_RASTER:
        raise BadFigure(f"The picture is larger than {MAX_RASTER:,} bytes: scale it down.")
    try:
        _check_raster(data, kind)
        clean = b"".join(_png_parts(data) if kind == "PNG" else _jpeg_parts(data))
        width, height = _check_raster(clean, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadFigure(_TOO_WIDE) from error
    except (OSError, SyntaxError, ValueError, LookupError, EOFError) as error:
        raise BadFigure(f"The {kind} is damaged: save it again with an image editor.") from error
    return FigureFile(f"image/{kind.lower()}", width, height, clean)


def _check_raster(data: bytes, kind: str) -> tuple[int, int]:
    """The sides of a picture that can be decoded and shown as it is."""
    with Image.open(BytesIO(data), formats=[kind]) as picture:
        # Before anything is decoded: a few bytes can say that they are a huge picture.
        if max(picture.size) > MAX_SIDE:
            raise BadFigure(_TOO_WIDE)
        picture.verify()
    with Image.open(BytesIO(data), formats=[kind]) as picture:
        picture.load()
        if kind == "PNG" and getattr(picture, "is_animated", False):
            raise BadFigure("The picture moves: save one frame of it.")
        if picture.getexif().get(_ORIENTATION, 1) != 1:
            raise BadFigure("The picture is stored turned: turn it in an image editor and save it.")
        return picture.size


def _png_parts(data: bytes) -> Iterator[bytes]:
    """The chunks that make the picture, without text, times, profiles and what follows the end."""
    yield _PNG_START
    at, kind = len(_PNG_START), b""
    while kind != b"IEND":
        kind = data[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            raise ValueError("a chunk is cut off")
        if kind in _PNG_CHUNKS:
            yield data[at:end]
        at = end


def _jpeg_parts(data: bytes) -> Iterator[bytes]:
    """The segments that make the picture, without EXIF, comments and what follows the end."""
    yield data[:2]
    at = 2
    while (marker := data[at + 1]) != _JPEG_END:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _JPEG_SCAN:
            end = _end_of_scan(data, end)
        if data[at] != 0xFF or end > len(data):
            raise ValueError("a segment is cut off")
        if not _is_metadata(marker, end - at):
            yield data[at:end]
        at = end
    yield data[at : at + 2]


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker stands: the pixels themselves hold only escaped and restart ones."""
    found = _NEXT_MARKER.search(data, at)
    if found is None:
        raise ValueError("the end is missing")
    return found.start()


def _is_metadata(marker: int, length: int) -> bool:
    # JFIF (E0) and Adobe (EE) say how to read the colors, in a few bytes; a longer one says more.
    if marker in (0xE0, 0xEE):
        return length > 18
    return 0xE0 <= marker <= 0xEF or marker == 0xFE
