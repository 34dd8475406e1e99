"""Pictures: what may be published, what is taken out, and what is refused."""

from __future__ import annotations

import time
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from conditions.figures import MAX_RASTER, MAX_SIDE, MAX_SVG, BadFigure, FigureFile, inspect_figure

ROOT = '<svg xmlns="http://www.w3.org/2000/svg" id="figure" viewBox="0 0 560 380">'
LINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
DRAWING = (
    f'{ROOT}\n<title>A calf &amp; its bones</title>\n<defs><linearGradient id="shade">'
    '<stop offset="0" stop-color="rgb(1 2 3)"/></linearGradient></defs>\n'
    '<g fill="none" stroke="currentColor" transform="translate(1, 2) rotate(3)">\n'
    '<path d="M0 0c1-2 3-4 5-6z" fill="url(#shade)"/></g>\n'
    '<text x="1" y="2" aria-label="A (the shin)">A &lt; B</text>\n</svg>\n'
)


def svg(inside: str = "", root: str = ROOT) -> bytes:
    return f"{root}{inside}</svg>\n".encode()


def raster(
    kind: str, *, size: tuple[int, int] = (30, 20), mode: str = "RGB", **options: object
) -> bytes:
    file = BytesIO()
    picture = Image.new(mode, size)
    picture.putdata(
        [n * 7 % 256 if mode in "LP" else (n % 256, 9, 99) for n in range(size[0] * size[1])]
    )
    picture.save(file, kind, **options)
    return file.getvalue()


def refusal(data: bytes, name: str = "calf.svg") -> str:
    with pytest.raises(BadFigure) as refused:
        inspect_figure(name, data)
    return str(refused.value)


def pixels(data: bytes) -> bytes:
    return Image.open(BytesIO(data)).convert("RGB").tobytes()


def test_a_drawing_is_published_as_it_is() -> None:
    figure = inspect_figure("calf.svg", DRAWING.encode())
    assert figure == FigureFile("image/svg+xml", 560, 380, DRAWING.encode())


def test_what_only_a_parser_sees_is_written_out_of_a_drawing() -> None:
    written = (
        f'\ufeff<?xml version="1.0" encoding="utf-8"?>\n<!--> <script/> -->{ROOT}\r\n'
        "<g><!-- note --></g><text><![CDATA[<b>]]>&#38;&#13;</text></svg>"
    )
    expected = svg("\n<g/><text>&lt;b&gt;&amp;&#13;</text>")
    figure = inspect_figure("calf.svg", written.encode())
    assert figure.data == expected
    assert inspect_figure("calf.svg", figure.data) == figure


def test_a_prefix_for_the_names_of_svg_is_written_out() -> None:
    written = ROOT.replace("<svg xmlns", "<s:svg xmlns:s") + "<s:g/></s:svg>"
    assert inspect_figure("calf.svg", written.encode()).data == svg("<g/>")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<script href="x.js"/>',
        "<style>path{fill:red}</style>",
        "<foreignObject><p/></foreignObject>",
        '<image href="x.png"/>',
        '<use href="#figure"/>',
        '<use href="other.svg#a"/>',
        '<a href="https://example.org"><path/></a>',
        '<animate attributeName="fill"/>',
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<pattern id="a"/>',
        '<filter id="a"/>',
        '<iframe xmlns="http://www.w3.org/1999/xhtml"/>',
        '<g xmlns=""/>',
        '<x:g xmlns:x="urn:x"/>',
        "<Script/>",
    ],
)
def test_an_element_that_does_more_than_draw_is_refused(inside: str) -> None:
    message = refusal(svg("\n" + inside))
    assert message.startswith("Line 2 of the SVG: <")
    assert "delete it, or draw with paths" in message


@pytest.mark.parametrize(
    "attribute",
    [
        'onload="alert(1)"',
        'ONCLICK="alert(1)"',
        'style="fill:red"',
        'class="a"',
        'href="#a"',
        f'xlink:href="https://example.org" {LINK}',
        f'xlink:href="#a" {LINK}',
        'xml:base="https://example.org"',
        'mask="url(#a)"',
        'x:fill="red" xmlns:x="urn:x"',
        'src="x"',
        'tabindex="1"',
    ],
)
def test_an_attribute_that_does_more_than_draw_is_refused(attribute: str) -> None:
    assert "is not used in figures: delete it" in refusal(svg(f"<path {attribute}/>"))


@pytest.mark.parametrize(
    "value",
    [
        "url(https://example.org/a.svg#b)",
        "url('#a')",
        "url(other.svg#a)",
        "URL(#a)",
        "url (//example.org)",
        "url(//example.org",
        "url(#a) url(x)",
        r"u\72l(x)",
        r"\75rl(#a)",
        "image-set(x)",
        "src(x)",
        "rgb(url(x))",
        "url(#a&#10;x)",
    ],
)
def test_a_value_that_points_out_of_the_file_is_refused(value: str) -> None:
    assert "may point into this file only" in refusal(svg(f'<path fill="{value}"/>'))


@pytest.mark.parametrize(
    ("before", "says"),
    [
        ("<!DOCTYPE svg>", "a DOCTYPE can define entities"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>', "a DOCTYPE can define entities"),
        ('<!DOCTYPE svg SYSTEM "https://example.org/x.dtd">', "a DOCTYPE can define entities"),
        ('<?xml-stylesheet href="x.css"?>', "<?xml-stylesheet … ?> is not drawing"),
        ('<?xml version="1.0" encoding="UTF-7"?>', "not written in UTF-8"),
        ('<?xml version="1.0" encoding="utf-16"?>', "not written in UTF-8"),
    ],
)
def test_declarations_are_refused(before: str, says: str) -> None:
    assert says in refusal(before.encode() + svg())


@pytest.mark.parametrize(
    "root",
    [
        '<svg id="figure" viewBox="0 0 1 1">',
        '<svg xmlns="http://www.w3.org/1999/xhtml" id="figure" viewBox="0 0 1 1">',
    ],
)
def test_a_root_of_another_language_is_refused(root: str) -> None:
    assert "<svg> is not used in figures" in refusal(svg(root=root))


@pytest.mark.parametrize("identity", ["", 'id="Figure"', 'id="calf"'])
def test_a_root_without_the_id_of_figures_is_refused(identity: str) -> None:
    root = f'<svg xmlns="http://www.w3.org/2000/svg" {identity} viewBox="0 0 1 1">'
    assert 'needs id="figure"' in refusal(svg(root=root))


@pytest.mark.parametrize(
    "box",
    ["", "0 0 10", "1 0 10 10", "0 0 10 0", "0 0 -1 5", "0 0 5000 10", "0 0 1e9 1", "0 0 nan 1"],
)
def test_a_root_without_a_usable_view_box_is_refused(box: str) -> None:
    assert 'needs viewBox="0 0 W H"' in refusal(svg(root=ROOT.replace("0 0 560 380", box)))


def test_a_view_box_with_commas_and_fractions_is_rounded() -> None:
    figure = inspect_figure("calf.svg", svg(root=ROOT.replace("0 0 560 380", " 0,0, 560.4,379.6 ")))
    assert (figure.width, figure.height) == (560, 380)


def test_an_svg_within_an_svg_and_another_root_are_refused() -> None:
    assert "only the root, is an <svg>" in refusal(svg('<svg viewBox="0 0 1 1"/>'))
    assert "only the root" in refusal(b'<g xmlns="http://www.w3.org/2000/svg"/>')


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"GIF89a\x01\x00",
        ROOT.encode(),
        svg("&nbsp;"),
        svg() + svg(),
        b"\xff\xfe<\x00",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    assert refusal(data).startswith("This is no PNG, no JPEG and no well-formed SVG: ")


def test_a_drawing_that_is_too_large_is_refused() -> None:
    assert "larger than 100,000 bytes" in refusal(svg(" " * MAX_SVG))


@pytest.mark.parametrize("sign", ["a", " ", "(", "a (", "-"])
def test_long_rows_of_signs_are_checked_in_no_time(sign: str) -> None:
    start = time.process_time()
    value = (sign * 90_000)[:90_000]
    with suppress(BadFigure):
        inspect_figure("calf.svg", svg(f'<path d="{value}"/>'))
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "name", ["calf", "Calf.svg", "a/calf.svg", "calf.svgz", "c" * 97 + ".svg", ""]
)
def test_another_file_name_is_refused(name: str) -> None:
    assert "is no file name" in refusal(svg(), name)


@pytest.mark.parametrize(
    ("name", "data", "ending"),
    [
        ("calf.png", svg(), ".svg"),
        ("calf.svg", raster("PNG"), ".png"),
        ("calf.png", raster("JPEG"), ".jpg"),
        ("calf.jpg", raster("PNG"), ".png"),
    ],
)
def test_the_bytes_decide_and_a_wrong_ending_is_refused(
    name: str, data: bytes, ending: str
) -> None:
    assert refusal(data, name) == (
        f"{name} holds another kind of picture: change its ending to {ending}."
    )


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "1"])
def test_a_plain_png_is_published_as_it_is(mode: str) -> None:
    data = raster("PNG", mode="L" if mode == "1" else mode)
    figure = inspect_figure("calf.png", data)
    assert figure == FigureFile("image/png", 30, 20, data)


def test_a_png_keeps_its_transparency() -> None:
    data = raster("PNG", mode="P", transparency=7)
    assert inspect_figure("calf.png", data).data == data


def test_the_metadata_of_a_png_is_taken_out_and_its_pixels_stay() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "SECRET")
    notes.add_itxt("Author", "SECRET", zip=False)
    exif = Image.Exif()
    exif[0x010E] = "SECRET"
    data = raster("PNG", pnginfo=notes, exif=exif, icc_profile=b"SECRET", dpi=(72, 72)) + b"SECRET"
    figure = inspect_figure("calf.png", data)
    assert b"SECRET" in data
    assert figure.data == raster("PNG")
    assert inspect_figure("calf.png", figure.data) == figure


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 1}])
def test_a_jpeg_keeps_its_pixels(options: dict[str, object]) -> None:
    data = raster("JPEG", **options)
    figure = inspect_figure("calf.jpg", data)
    assert figure == FigureFile("image/jpeg", 30, 20, data)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_the_colors_of_a_jpeg_are_read_as_before(mode: str) -> None:
    file = BytesIO()
    Image.new("RGB", (8, 8), "teal").convert(mode).save(file, "JPEG")
    assert pixels(inspect_figure("calf.jpg", file.getvalue()).data) == pixels(file.getvalue())


def test_the_metadata_of_a_jpeg_is_taken_out_and_its_pixels_stay() -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET"
    exif[0x0112] = 1
    data = (
        raster("JPEG", exif=exif, comment=b"SECRET", icc_profile=b"SECRET", xmp=b"SECRET")
        + b"SECRET"
    )
    assert data.count(b"SECRET") == 5
    figure = inspect_figure("calf.jpg", data)
    assert b"SECRET" not in figure.data
    assert pixels(figure.data) == pixels(data)
    assert inspect_figure("calf.jpg", figure.data) == figure


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_is_stored_turned_is_refused(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    name = {"PNG": "calf.png", "JPEG": "calf.jpg"}[kind]
    assert "stored turned: turn it" in refusal(raster(kind, exif=exif), name)


def test_a_picture_that_moves_is_refused() -> None:
    frames = [Image.new("RGB", (5, 5), color) for color in ("teal", "white")]
    data = raster("PNG", size=(5, 5), save_all=True, append_images=frames)
    assert "The picture moves" in refusal(data, "calf.png")


@pytest.mark.parametrize(("kind", "name"), [("PNG", "calf.png"), ("JPEG", "calf.jpg")])
def test_a_damaged_picture_is_refused_wherever_it_is_cut(kind: str, name: str) -> None:
    data = raster(kind)
    for length in range(3 if kind == "JPEG" else 8, len(data)):
        assert f"The {kind} is damaged" in refusal(data[:length], name)


def test_a_png_with_a_wrong_checksum_is_refused() -> None:
    data = bytearray(raster("PNG"))
    data[-20] ^= 1
    assert "damaged" in refusal(bytes(data), "calf.png")


@pytest.mark.parametrize("side", [MAX_SIDE + 1, 30_000, 2**31 - 1])
def test_a_picture_that_says_it_is_huge_is_refused_before_it_is_decoded(side: int) -> None:
    header = side.to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    chunk = b"IHDR" + header
    good = raster("PNG")
    data = good[:8] + b"\x00\x00\x00\x0d" + chunk + zlib.crc32(chunk).to_bytes(4, "big") + good[33:]
    assert "wider or higher than 4000 pixels" in refusal(data, "calf.png")


def test_a_picture_of_the_largest_side_is_fine() -> None:
    assert inspect_figure("calf.png", raster("PNG", size=(MAX_SIDE, 1))).width == MAX_SIDE


@pytest.mark.parametrize(("kind", "name"), [("PNG", "calf.png"), ("JPEG", "calf.jpg")])
def test_a_picture_of_too_many_bytes_is_refused(kind: str, name: str) -> None:
    assert "larger than 2,000,000 bytes" in refusal(raster(kind) + bytes(MAX_RASTER), name)
