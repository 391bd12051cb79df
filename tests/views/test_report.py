"""The report: one file, escaped, that asks nobody for anything."""

import base64
import io
import re
from html.parser import HTMLParser

import pytest
from matplotlib.figure import Figure
from PIL import Image

from segdemo.views.report import Heading, Paragraph, Picture, Table, render_report

EVIL = "<script>alert('x')</script> & \"quotes\""


class Elements(HTMLParser):
    """Every element with its attributes, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_text_is_escaped_wherever_it_stands() -> None:
    page = render_report(
        EVIL,
        [
            Paragraph(EVIL),
            Heading(EVIL, 3),
            Table((EVIL,), [(EVIL,)]),
            Picture(Image.new("RGB", (2, 2)), EVIL),
        ],
    )

    elements = Elements(page)
    assert "script" not in {tag for tag, _ in elements.found}
    assert elements.text.count(EVIL) == 7  # title and h1, then one each, two in the table
    (picture,) = (attributes for tag, attributes in elements.found if tag == "img")
    assert picture["alt"] == EVIL


def test_nothing_is_loaded_from_anywhere() -> None:
    page = render_report("r", [Picture(Figure(), "chart"), Picture(Image.new("RGB", (9, 9)), "p")])

    for tag, attributes in Elements(page).found:
        assert tag not in {"script", "link", "iframe", "object", "base", "form"}
        for name in ("src", "href", "srcset", "data"):
            assert (attributes.get(name) or "data:").startswith("data:")
    assert "http:" not in page
    assert "https:" not in page
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_pictures_are_within_the_file() -> None:
    page = render_report("r", [Picture(Figure((2, 1)), "chart"), Picture(IMAGE, "photo")])

    sources = re.findall(r'src="data:image/(png|jpeg);base64,([^"]+)"', page)
    assert [kind for kind, _ in sources] == ["png", "jpeg"]
    photo = Image.open(io.BytesIO(base64.b64decode(sources[1][1])))
    assert photo.size == IMAGE.size


IMAGE = Image.new("RGB", (13, 7), (200, 100, 0))


def test_a_table_has_its_head_and_its_numbers_to_the_right() -> None:
    page = render_report("r", [Table(("class", "IoU"), [("road", "0.5")], numbers=(1,))])

    assert '<tr><th>class</th><th class="number">IoU</th></tr>' in page
    assert '<tr><td>road</td><td class="number">0.5</td></tr>' in page


def test_blocks_keep_their_order() -> None:
    page = render_report("r", [Heading("first"), Paragraph("second"), Heading("third", 3)])

    assert page.index("<h2>first</h2>") < page.index("second") < page.index("<h3>third</h3>")


def test_blocks_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="one number of cells"):
        Table(("a", "b"), [("1",)])
    with pytest.raises(ValueError, match="level must be 2 or 3"):
        Heading("x", 1)
