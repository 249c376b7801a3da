"""Stacked bars as DrawingML: drawn by Word, WPS or LibreOffice themselves and edited there like any chart.

Nothing is rendered on the server, so it needs no fonts and no drawing program. The figures lie in a small workbook
inside the document, which is what “编辑数据” opens.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from tasks_app.paper.blank import BLOCK_WIDTH_MM, LATIN_FONT, SONG_FONT

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EMU_PER_MM = 36000
_ROW_MM, _FRAME_MM, _TALLEST_MM = 8, 18, 190


@dataclass(frozen=True)
class Series:
    """One colour of the bars: a number per category. `fill` and `ink` (the number on it) are RRGGBB."""

    name: str
    values: Sequence[float]
    fill: str
    ink: str = "000000"


def add_chart(document: Any, paragraph: Any, categories: Sequence[str], series: Sequence[Series], about: str) -> None:
    """Put stacked horizontal bars into a paragraph, the first category on top; `about` is read to the blind.

    A number that is zero is not written. All series must have a value per category (ValueError).
    """
    if any(len(each.values) != len(categories) for each in series):
        raise ValueError("a series needs one value per category")
    package = document.part.package
    count = sum(1 for part in package.iter_parts() if str(part.partname).startswith("/word/charts/")) + 1
    chart = Part(PackURI(f"/word/charts/chart{count}.xml"), _CHART_TYPE, package=package)
    sheet = PackURI(f"/word/embeddings/chart{count}.xlsx")
    book = Part(sheet, _SHEET_TYPE, blob=_workbook(categories, series), package=package)
    chart._blob = _chart_xml(categories, series, chart.relate_to(book, f"{_OFFICE}/package")).encode()
    height = min(_FRAME_MM + _ROW_MM * len(categories), _TALLEST_MM)
    rel = document.part.relate_to(chart, f"{_OFFICE}/chart")
    paragraph._p.append(parse_xml(_drawing_xml(rel, count, height, about)))


def _workbook(categories: Sequence[str], series: Sequence[Series]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["", *(each.name for each in series)])
    for row, category in enumerate(categories):
        sheet.append([category, *(each.values[row] for each in series)])
    book.properties.creator = ""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _drawing_xml(rel: str, number: int, height_mm: float, about: str) -> str:
    chart = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    width, height = BLOCK_WIDTH_MM * _EMU_PER_MM, int(height_mm * _EMU_PER_MM)
    return (
        f"<w:r {nsdecls('w', 'wp', 'a', 'r')}><w:drawing>"
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="{1000 + number}" name="图{number}" descr={quoteattr(about)}/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{chart}"><c:chart xmlns:c="{chart}" r:id="{rel}"/></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def _chart_xml(categories: Sequence[str], series: Sequence[Series], workbook_rel: str) -> str:
    bars = "".join(_series_xml(place, each, categories) for place, each in enumerate(series))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        f'xmlns:r="{_OFFICE}"><c:date1904 val="0"/><c:roundedCorners val="0"/>'
        '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        '<c:barChart><c:barDir val="bar"/><c:grouping val="stacked"/><c:varyColors val="0"/>'
        f'{bars}<c:gapWidth val="45"/><c:overlap val="100"/><c:axId val="1001"/><c:axId val="1002"/></c:barChart>'
        '<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        '<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="595959"/></a:solidFill></a:ln></c:spPr>'
        f"{_text_xml('000000')}"
        '<c:crossAx val="1002"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblOffset val="100"/>'
        # Every category is written, however many there are.
        '<c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        '<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="1"/><c:axPos val="b"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="none"/>'
        '<c:crossAx val="1001"/><c:crosses val="max"/></c:valAx>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:plotArea>"
        f'<c:legend><c:legendPos val="t"/><c:overlay val="0"/>{_text_xml("000000")}</c:legend>'
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f'{_text_xml("000000")}<c:externalData r:id="{workbook_rel}"><c:autoUpdate val="0"/></c:externalData>'
        "</c:chartSpace>"
    )


def _text_xml(ink: str) -> str:
    return (
        '<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1050" b="0">'
        f'<a:solidFill><a:srgbClr val="{ink}"/></a:solidFill>'
        f'<a:latin typeface="{LATIN_FONT}"/><a:ea typeface="{SONG_FONT}"/></a:defRPr></a:pPr>'
        '<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


def _series_xml(place: int, series: Series, categories: Sequence[str]) -> str:
    column, last = get_column_letter(place + 2), len(categories) + 1
    names = "".join(f'<c:pt idx="{i}"><c:v>{escape(text)}</c:v></c:pt>' for i, text in enumerate(categories))
    numbers = "".join(f'<c:pt idx="{i}"><c:v>{value:g}</c:v></c:pt>' for i, value in enumerate(series.values))
    size = f'<c:ptCount val="{len(categories)}"/>'
    shown = "".join(
        f'<c:show{what} val="{int(what == "Val")}"/>'
        for what in ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    )
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/>'
        f"<c:tx><c:strRef><c:f>Sheet!${column}$1</c:f><c:strCache>"
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(series.name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{series.fill}"/></a:solidFill>'
        '<a:ln w="6350"><a:solidFill><a:srgbClr val="404040"/></a:solidFill></a:ln></c:spPr>'
        '<c:invertIfNegative val="0"/>'
        # The third part of the format is that of zero: nothing.
        f'<c:dLbls><c:numFmt formatCode="General;-General;" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr>'
        f'{_text_xml(series.ink)}<c:dLblPos val="ctr"/>{shown}</c:dLbls>'
        f"<c:cat><c:strRef><c:f>Sheet!$A$2:$A${last}</c:f><c:strCache>{size}{names}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Sheet!${column}$2:${column}${last}</c:f>"
        f"<c:numCache><c:formatCode>General</c:formatCode>{size}{numbers}</c:numCache></c:numRef></c:val></c:ser>"
    )
