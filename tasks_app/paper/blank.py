"""The blank sheet of an official document: page, fonts and styles of GB/T 9704-2012, on A4.

python-docx's own template brings Western fonts, a theme, a thumbnail and its maker's name. Everything that shows is
replaced here, so that what Word, WPS and LibreOffice know of the document is what this file says.
"""

from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

# The block of text is 156 mm wide and 225 mm high: 22 lines of 28 characters of size 3 (GB/T 9704-2012, 5.2).
TOP_MM, LEFT_MM, BLOCK_WIDTH_MM, BLOCK_HEIGHT_MM = 37, 28, 156, 225
PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 210, 297
LINE_POINTS = 28

# Chinese type sizes in points.
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = 22, 16, 14, 10.5

RED = "C00000"

TITLE_FONT, BODY_FONT, KAI_FONT, HEI_FONT, SONG_FONT = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
LATIN_FONT = "Times New Roman"

# Where the font of the standard is not installed, the office suite takes one of these names, else one like it in
# build (PANOSE): font → (other names, family, PANOSE).
_FONTS = {
    TITLE_FONT: ("FZXiaoBiaoSong-B05S,小标宋体,华文中宋,STZhongsong", "roman", "02010601030101010101"),
    BODY_FONT: ("仿宋,FangSong,华文仿宋,STFangsong", "modern", "02010609030101010101"),
    KAI_FONT: ("楷体,KaiTi,华文楷体,STKaiti", "modern", "02010609030101010101"),
    HEI_FONT: ("SimHei,微软雅黑,Microsoft YaHei", "swiss", "02010609060101010101"),
    SONG_FONT: ("SimSun,新宋体,NSimSun", "auto", "02010600030101010101"),
    LATIN_FONT: ("Liberation Serif,Tinos", "roman", "02020603050405020304"),
}

_UNWANTED = ("stylesWithEffects", "thumbnail", "customXml", "webSettings", "theme", "numbering")


def blank_document() -> Any:
    """A python-docx document with page, styles and page numbers set, and nothing on it."""
    document = Document()
    for owner in (document.part, document.part.package):
        for key in [k for k, rel in owner.rels.items() if any(name in rel.reltype for name in _UNWANTED)]:
            del owner.rels[key]
    _put_styles(document)
    _put_fonts(document)
    _put_settings(document)
    _put_page(document)
    _put_page_numbers(document)
    _forget_maker(document)
    return document


def fonts_xml(font: str, latin: str = LATIN_FONT) -> str:
    """The w:rFonts of a run: Chinese in `font`; quotation marks and dashes count as Chinese, too."""
    return f'<w:rFonts w:hint="eastAsia" w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{font}" w:cs="{latin}"/>'


def _style(
    style_id: str, name: str, *, font: str, size: float, more: str = "", run: str = "", latin: str = LATIN_FONT
) -> str:
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{style_id}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{more}</w:pPr>'
        f'<w:rPr>{fonts_xml(font, latin)}{run}<w:sz w:val="{size * 2:g}"/><w:szCs w:val="{size * 2:g}"/></w:rPr>'
        "</w:style>"
    )


def _heading(style_id: str, name: str, level: int, font: str, run: str = "") -> str:
    more = f'<w:keepNext/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="{level - 1}"/>'
    return _style(style_id, name, font=font, size=SIZE_3, more=more, run=f"{run}{_NARROWER}")


# 28 characters of 16 points are 448 points wide, the block is 442: each is set a quarter point closer.
_NARROWER = '<w:spacing w:val="-5"/>'
_AUTO = '<w:spacing w:line="240" w:lineRule="auto"/>'
_CELL = '<w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="auto"/>'
_CENTRED = '<w:jc w:val="center"/>'


def _put_styles(document: Any) -> None:
    exact = f'<w:spacing w:before="0" w:after="0" w:line="{LINE_POINTS * 20}" w:lineRule="exact"/>'
    size = f'<w:sz w:val="{SIZE_3 * 2}"/><w:szCs w:val="{SIZE_3 * 2}"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
    small = SIZE_5
    styles = [
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>',
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>',
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        "<w:tblPr/></w:style>",
        _style("Mark", "公文发文机关标志", font=TITLE_FONT, size=SIZE_2, more=_AUTO + _CENTRED,
               run=f'<w:color w:val="{RED}"/>'),
        _style("Number", "公文发文字号", font=BODY_FONT, size=SIZE_3, more=_CENTRED),
        _style("DocTitle", "公文标题", font=TITLE_FONT, size=SIZE_2,
               more='<w:keepNext/><w:spacing w:line="700" w:lineRule="exact"/>' + _CENTRED),
        _style("Addressee", "公文主送机关", font=BODY_FONT, size=SIZE_3, run=_NARROWER),
        _style("Body", "公文正文", font=BODY_FONT, size=SIZE_3, run=_NARROWER,
               more='<w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/>'),
        _heading("Level1", "公文一级标题", 1, HEI_FONT),
        _heading("Level2", "公文二级标题", 2, KAI_FONT),
        _heading("Level3", "公文三级标题", 3, BODY_FONT, "<w:b/>"),
        _heading("Level4", "公文四级标题", 4, BODY_FONT),
        _style("Signature", "公文署名", font=BODY_FONT, size=SIZE_3, more='<w:keepLines/><w:jc w:val="right"/>'),
        _style("Caption", "公文图表名", font=HEI_FONT, size=12,
               more='<w:keepNext/><w:spacing w:before="120" w:after="60" w:line="240" w:lineRule="auto"/>' + _CENTRED),
        _style("Cell", "公文表格", font=SONG_FONT, size=small, more=_CELL),
        _style("CellHead", "公文表头", font=HEI_FONT, size=small, more="<w:keepNext/>" + _CELL + _CENTRED),
        _style("Figure", "公文图", font=SONG_FONT, size=small,
               more='<w:keepLines/><w:spacing w:after="120" w:line="240" w:lineRule="auto"/>' + _CENTRED),
        _style("Imprint", "公文版记", font=BODY_FONT, size=SIZE_4, more=_CELL),
        _style("Folio", "公文页码", font=SONG_FONT, size=SIZE_4, more=_AUTO, latin=SONG_FONT),
    ]  # fmt: skip
    document.part._styles_part._element = parse_xml(
        f"<w:styles {nsdecls('w')}><w:docDefaults>"
        f"<w:rPrDefault><w:rPr>{fonts_xml(BODY_FONT)}{size}</w:rPr></w:rPrDefault>"
        f'<w:pPrDefault><w:pPr><w:widowControl w:val="0"/><w:snapToGrid w:val="0"/>{exact}</w:pPr></w:pPrDefault>'
        f"</w:docDefaults>{''.join(styles)}</w:styles>"
    )


def _put_fonts(document: Any) -> None:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:panose1 w:val="{panose}"/>'
        f'<w:charset w:val="{"00" if name == LATIN_FONT else "86"}"/><w:family w:val="{family}"/>'
        f'<w:pitch w:val="variable"/></w:font>'
        for name, (others, family, panose) in _FONTS.items()
    )
    part = next(rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/fontTable"))
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'
    part._blob = xml.encode()


def _put_settings(document: Any) -> None:
    setting = (
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    )
    document.part._settings_part._element = parse_xml(
        f'<w:settings {nsdecls("w")}><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/>'
        f"<w:compat><w:useFELayout/>{setting}</w:compat>"
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def _put_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE_WIDTH_MM), Mm(PAGE_HEIGHT_MM)
    section.top_margin, section.left_margin = Mm(TOP_MM), Mm(LEFT_MM)
    section.right_margin = Mm(PAGE_WIDTH_MM - LEFT_MM - BLOCK_WIDTH_MM)
    section.bottom_margin = Mm(PAGE_HEIGHT_MM - TOP_MM - BLOCK_HEIGHT_MM)
    # The dashes beside the number stand 7 mm below the block: the middle of a line of 14 points.
    section.header_distance, section.footer_distance = Mm(15), Mm(24.5)


def _put_page_numbers(document: Any) -> None:
    """— 1 — in size 4 on the outer side, one character from the edge (GB/T 9704-2012, 7.5)."""
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        run = f"<w:r {nsdecls('w')}>{{}}</w:r>"
        # python-docx's own footer brings properties that name a style of its template.
        paragraph._p.clear_content()
        paragraph._p._remove_pPr()
        paragraph._p.append(
            parse_xml(
                f'<w:pPr {nsdecls("w")}><w:pStyle w:val="Folio"/>'
                f'<w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/></w:pPr>'
            )
        )
        for content in (
            '<w:t xml:space="preserve">— </w:t>',
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
            '<w:t xml:space="preserve"> —</w:t>',
        ):
            paragraph._p.append(parse_xml(run.format(content)))


def _forget_maker(document: Any) -> None:
    """No name of a person or a program in the document's properties."""
    core = document.core_properties
    core.author = core.last_modified_by = core.comments = core.keywords = core.subject = ""
    for moment in list(core._element):
        if moment.tag.endswith(("}created", "}modified", "}lastPrinted")):
            core._element.remove(moment)
    for rel in document.part.package.rels.values():
        if rel.reltype.endswith("/extended-properties"):
            uri = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
            rel.target_part._blob = (
                f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="{uri}"/>'.encode()
            )
