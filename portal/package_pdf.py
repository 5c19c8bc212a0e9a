"""The record-ready package on paper: an A4 sheet to be typed from, then destroyed.

The same notice gives the same bytes. What can't fit on one sheet at a size that people
can read goes on to another, with the token at its head.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from notifications.documents import NOT_SUPPLIED, FillIn, Kind, Notification
from portal import words
from portal.package import TEST_RECORD, heading, sections

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"
MARKING = "OFFICIAL-SENSITIVE"
UNPRINTABLE = (
    "Some characters here can't be printed and stand as boxes. Copy them from the page."
)
OF_A_RECORD = (
    "Recording token: type it into the record. What bears it can be found again."
)
OF_AN_END = "This notice's own token. The entry to close bears the one given below."
_SANS, _MONO = "DejaVuSans", "DejaVuSansMono-Bold"
_SIZES = (10.0, 9.0, 8.0, 7.0)  # points; the largest that fits one sheet
_MARGIN, _WIDTH, _LABEL, _BOTTOM = 14.0, 182.0, 60.0, 275.0  # millimetres
_INK, _QUIET, _BRAND, _PAPER = (11, 12, 12), (72, 73, 73), (18, 67, 109), (255,) * 3
_SHADE, _ALARM = (232, 238, 243), (148, 37, 20)

Colour = tuple[int, ...]
Part = tuple[str, Colour, float, str]


def as_pdf(document: Notification, region: str) -> bytes:
    """The sheet of a notice; its text can be selected and searched."""
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

    pdf = FPDF(format="A4")
    try:
        for family in (_SANS, _MONO):
            pdf.add_font(family, fname=FONTS / f"{family}.ttf")
        _draw(pdf, document, region)
        return bytes(pdf.output())
    finally:
        for font in pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.close()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet being drawn: where to, how large, and what begins each page."""

    pdf: "FPDF"
    size: float
    begin_page: Callable[[], None]

    @property
    def heading(self) -> float:
        """The height of a section's heading."""
        return (self.size + 1) * 0.5

    @property
    def gap(self) -> float:
        """What stands between two sections."""
        return self.size * 0.2


def _draw(pdf: "FPDF", document: Notification, region: str) -> None:
    pdf.set_title(f"Record-ready package {document.recording_token}")
    pdf.set_lang("en-GB")
    pdf.set_creation_date(dt.datetime.combine(document.created_on, dt.time(), dt.UTC))
    pdf.set_margins(_MARGIN, 8, _MARGIN)
    pdf.set_auto_page_break(auto=False)

    def begin_page() -> None:
        pdf.add_page()
        _foot(pdf, document, region)
        _head(pdf, document)

    begin_page()
    if _unprintable(pdf, document):
        _line(pdf, UNPRINTABLE, 9, _ALARM)
        pdf.ln(2)
    sheets = [_Sheet(pdf, size, begin_page) for size in _SIZES]
    room = _BOTTOM - pdf.get_y()
    sheet = next((one for one in sheets if _height(one, document) <= room), sheets[-1])
    for section, lines in sections(document):
        _heading(sheet, section)
        for line in lines:
            _field(sheet, line, document.recording_token)
        pdf.ln(sheet.gap)


def _height(sheet: _Sheet, document: Notification) -> float:
    """What the whole package would take."""
    token = document.recording_token
    fields = sum(
        max(_block(sheet, part, draws=False) for part in _parts(line, token))
        for line in document.fill_in
    )
    return fields + len(sections(document)) * (sheet.heading + sheet.gap)


def _unprintable(pdf: "FPDF", document: Notification) -> bool:
    """Whether a value has a character that the font does not."""
    from fpdf.fonts import TTFFont

    font = pdf.fonts[_SANS.lower()]
    glyphs = font.cmap if isinstance(font, TTFFont) else {}
    return any(
        ord(character) not in glyphs
        for line in document.fill_in
        for character in f"{line.section}{line.label}{line.value or ''}"
    )


def _head(pdf: "FPDF", document: Notification) -> None:
    pdf.set_y(8)
    _centred(pdf, MARKING, 9, _INK)
    if document.test_record:
        pdf.set_fill_color(*_ALARM)
        _centred(pdf, TEST_RECORD, 12, _PAPER, bar=True)
    asked = heading(document)
    if document.route:
        asked += f". For: {document.route}"
    _line(pdf, asked, 12, _BRAND)
    pdf.set_font(_MONO, size=24)
    pdf.set_text_color(*_INK)
    pdf.cell(_WIDTH, 12, document.recording_token, new_x="LMARGIN", new_y="NEXT")
    ending = document.kind is Kind.END
    _line(pdf, OF_AN_END if ending else OF_A_RECORD, 8, _QUIET)
    pdf.ln(3)


def _foot(pdf: "FPDF", document: Notification, region: str) -> None:
    pdf.set_y(_BOTTOM + 4)
    _line(
        pdf,
        f"{region}, notice of {words.day(document.created_on)}, rule "
        f"{document.rule.id}. Page {pdf.page}. Destroy this sheet once it is typed.",
        7,
        _QUIET,
    )
    _line(
        pdf,
        "The notice does not discharge regulation 13(4): the placing authority must "
        "still give its own written notice.",
        7,
        _QUIET,
    )
    _centred(pdf, MARKING, 9, _INK)


def _heading(sheet: _Sheet, text: str) -> None:
    if sheet.pdf.get_y() + 2 * sheet.heading > _BOTTOM:
        sheet.begin_page()
    sheet.pdf.set_fill_color(*_SHADE)
    _line(sheet.pdf, text, sheet.size + 1, _BRAND, bar=True)


def _field(sheet: _Sheet, line: FillIn, token: str) -> None:
    """Label left, value right, a hairline below; a field is never torn in two."""
    pdf = sheet.pdf
    parts = _parts(line, token)
    height = max(_block(sheet, part, draws=False) for part in parts)
    if pdf.get_y() + height > _BOTTOM:
        sheet.begin_page()
    top = pdf.get_y()
    for left, part in zip((_MARGIN, _MARGIN + _LABEL), parts, strict=True):
        pdf.set_xy(left, top)
        _block(sheet, part, draws=True)
    pdf.set_y(top + height)
    pdf.set_draw_color(*_SHADE)
    pdf.line(_MARGIN, pdf.get_y(), _MARGIN + _WIDTH, pdf.get_y())


def _parts(line: FillIn, token: str) -> tuple[Part, Part]:
    """A field's label and value, each in its face, colour and width."""
    value = line.value or NOT_SUPPLIED
    face = _MONO if value == token else _SANS
    colour = _INK if line.value else _QUIET
    return (
        (_SANS, _QUIET, _LABEL, line.label),
        (face, colour, _WIDTH - _LABEL, value),
    )


def _block(sheet: _Sheet, part: Part, *, draws: bool) -> float:
    """Text in its column, over as many lines as it takes; gives its height."""
    family, colour, width, text = part
    sheet.pdf.set_font(family, size=sheet.size)
    sheet.pdf.set_text_color(*colour)
    height = sheet.pdf.multi_cell(
        width, sheet.size * 0.5, text, align="L",
        dry_run=not draws, output="HEIGHT",
    )  # fmt: skip
    return cast(float, height)


def _line(
    pdf: "FPDF", text: str, size: float, colour: Colour, *, bar: bool = False
) -> None:
    """One line over the sheet's width, on a bar of the fill colour if asked."""
    pdf.set_font(_SANS, size=size)
    pdf.set_text_color(*colour)
    pdf.cell(_WIDTH, size * 0.5, text, new_x="LMARGIN", new_y="NEXT", fill=bar)


def _centred(
    pdf: "FPDF", text: str, size: float, colour: Colour, *, bar: bool = False
) -> None:
    pdf.set_font(_SANS, size=size)
    pdf.set_text_color(*colour)
    pdf.cell(
        _WIDTH, size * 0.5, text, align="C", new_x="LMARGIN", new_y="NEXT", fill=bar
    )
