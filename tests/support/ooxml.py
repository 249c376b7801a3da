"""Office files against the schemas of ISO/IEC 29500 (ECMA-376), transitional, and against what schemas can't say.

The schemas lie in tests/paper/schemas. Markup of other makers is first taken out as part 3 of the standard says
(markup compatibility): a reader that knows only the standard must find a file of the standard.
"""

import functools
import io
import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

SCHEMAS = Path(__file__).parents[1] / "paper" / "schemas"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XLSX = f"{_SHEET}.sheet"
# Content type → the root that such a part must have.
ROOTS = {
    f"{_WORD}.document.main+xml": f"{{{W}}}document",
    f"{_WORD}.header+xml": f"{{{W}}}hdr",
    f"{_WORD}.footer+xml": f"{{{W}}}ftr",
    f"{_WORD}.styles+xml": f"{{{W}}}styles",
    f"{_WORD}.settings+xml": f"{{{W}}}settings",
    f"{_WORD}.fontTable+xml": f"{{{W}}}fonts",
    f"{_WORD}.numbering+xml": f"{{{W}}}numbering",
    f"{_WORD}.comments+xml": f"{{{W}}}comments",
    f"{_SHEET}.sheet.main+xml": f"{{{S}}}workbook",
    f"{_SHEET}.worksheet+xml": f"{{{S}}}worksheet",
    f"{_SHEET}.styles+xml": f"{{{S}}}styleSheet",
    f"{_SHEET}.sharedStrings+xml": f"{{{S}}}sst",
    f"{_SHEET}.comments+xml": f"{{{S}}}comments",
    "application/vnd.openxmlformats-officedocument.drawingml.chart+xml": (
        "{http://schemas.openxmlformats.org/drawingml/2006/chart}chartSpace"
    ),
    "application/vnd.openxmlformats-officedocument.theme+xml": (
        "{http://schemas.openxmlformats.org/drawingml/2006/main}theme"
    ),
    "application/vnd.openxmlformats-officedocument.extended-properties+xml": (
        "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}Properties"
    ),
    "application/vnd.openxmlformats-package.core-properties+xml": (
        f"{{{PACKAGE}/metadata/core-properties}}coreProperties"
    ),
    "application/vnd.openxmlformats-package.relationships+xml": f"{{{PACKAGE}/relationships}}Relationships",
}
# Where a part of a text document names a style; where a style is defined stands in styles.xml alone.
_STYLE_NAMES = {"pStyle", "rStyle", "tblStyle", "basedOn", "next", "link", "styleLink", "numStyleLink"}


@functools.cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(SCHEMAS / "all.xsd"))


@functools.cache
def _known() -> frozenset[str]:
    """The namespaces that the schemas describe."""
    return frozenset(etree.parse(path).getroot().get("targetNamespace") for path in SCHEMAS.glob("*.xsd")) | {XSI}


def faults(content: bytes) -> list[str]:
    """What is wrong with a .docx or .xlsx, as "part: what"; workbooks inside are opened, too."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {f"/{name}": package.read(name) for name in package.namelist()}
        twice = [name for name, count in Counter(package.namelist()).items() if count > 1]
    found = [f"/{name}: stands twice in the package" for name in twice]
    types = etree.fromstring(parts.pop("/[Content_Types].xml"))
    found += [f"/[Content_Types].xml: {error.message}" for error in _errors(types)]
    trees = {}
    for name, blob in parts.items():
        if (kind := _type_of(name, types)) is None:
            found.append(f"{name}: its content type is not declared")
        elif kind == XLSX:
            found += [f"{name}{fault}" for fault in faults(blob)]
        elif kind not in ROOTS:
            found.append(f"{name}: there is no schema here for {kind}")
        else:
            trees[name] = tree = etree.fromstring(blob)
            standard = understood(tree)
            if standard.tag != ROOTS[kind]:
                found.append(f"{name}: {standard.tag} is no root of {kind}")
            found += [f"{name}: {error.message}" for error in _errors(standard)]
    declared = [node.get("PartName") for node in types if node.get("PartName")]
    found += [f"{name}: declared, but not in the package" for name in declared if name not in parts]
    found += _broken_relationships(parts, trees)
    return found + list(_broken_references(trees))


def understood(tree: etree._Element) -> etree._Element:
    """A copy as a reader sees it that knows the standard alone: ignorable markup gone, alternatives chosen."""
    holder = etree.Element("holder")
    holder.append(etree.fromstring(etree.tostring(tree)))
    _process(holder, frozenset(), frozenset())
    (root,) = holder
    return root


def _process(node: etree._Element, ignorable: frozenset[str], transparent: frozenset[str]) -> None:
    for child in list(node.iterchildren(etree.Element)):
        spaces = child.nsmap

        def named(attribute: str, child: etree._Element = child, spaces: dict = spaces) -> list[str]:
            return child.get(f"{{{MC}}}{attribute}", "").split()

        ignored = ignorable | {spaces[prefix] for prefix in named("Ignorable")}
        opened = transparent | {
            f"{{{spaces[prefix]}}}{local}" for prefix, local in (name.split(":") for name in named("ProcessContent"))
        }
        for prefix in named("MustUnderstand"):
            assert spaces[prefix] in _known(), f"a reader of the standard must refuse this: {spaces[prefix]}"
        tag = etree.QName(child)
        if tag.text == f"{{{MC}}}AlternateContent":
            _process(child, ignored, opened)
            _replace(child, _chosen(child))
            continue
        _process(child, ignored, opened)
        if tag.namespace in ignored - _known():
            # Its content stays only where the file says so.
            _replace(child, child if tag.text in opened else ())
            continue
        for attribute in child.attrib:
            space = etree.QName(attribute).namespace
            if space == MC or space in ignored - _known():
                del child.attrib[attribute]


def _chosen(alternate: etree._Element) -> etree._Element | tuple[()]:
    """The first Choice all of whose namespaces are known, else the Fallback, else nothing."""
    for choice in alternate.iterchildren(f"{{{MC}}}Choice"):
        if {choice.nsmap[prefix] for prefix in choice.get("Requires").split()} <= _known():
            return choice
    fallback = alternate.find(f"{{{MC}}}Fallback")
    return () if fallback is None else fallback


def _replace(node: etree._Element, content: etree._Element | tuple[()]) -> None:
    parent = node.getparent()
    place = parent.index(node)
    parent[place : place + 1] = list(content)


def _errors(tree: etree._Element) -> Iterator[etree._LogEntry]:
    schema = _schema()
    # The tree is read again: namespaces that were taken out leave no trace.
    schema.validate(etree.fromstring(etree.tostring(tree)))
    return iter(schema.error_log)


def _type_of(name: str, types: etree._Element) -> str | None:
    for node in types:
        if node.get("PartName") == name:
            return node.get("ContentType")
    for node in types:
        if (node.get("Extension") or "").lower() == name.rpartition(".")[2].lower():
            return node.get("ContentType")
    return None


def _broken_relationships(parts: dict[str, bytes], trees: dict[str, etree._Element]) -> Iterator[str]:
    """Targets that are not there, and ids in a part that its relationships do not know."""
    reached = set()
    for name, tree in trees.items():
        folder, file = posixpath.split(name)
        if not name.endswith(".rels"):
            ours = trees.get(f"{folder.rstrip('/')}/_rels/{file}.rels")
            ids = set() if ours is None else {each.get("Id") for each in ours}
            for node in tree.iter(etree.Element):
                for attribute, value in node.attrib.items():
                    if etree.QName(attribute).namespace == OFFICE and value not in ids:
                        yield f"{name}: no relationship {value}"
            continue
        base = posixpath.dirname(folder)
        for each in tree:
            target = posixpath.normpath(posixpath.join(base, each.get("Target")))
            if each.get("TargetMode") == "External":
                continue
            reached.add(target)
            if target not in parts:
                yield f"{name}: {each.get('Id')} leads to {target}, which is not there"
    for name in parts.keys() - reached:
        if not name.endswith(".rels"):
            yield f"{name}: no relationship leads to it"


def _broken_references(trees: dict[str, etree._Element]) -> Iterator[str]:
    """Styles, numberings, cell formats and shared strings that are named but not defined; ids given twice."""
    for name, tree in trees.items():
        folder = posixpath.dirname(name)
        if tree.tag.startswith(f"{{{W}}}"):
            styles = {node.get(f"{{{W}}}styleId") for node in _all(trees.get(f"{folder}/styles.xml"), W, "style")}
            lists = {node.get(f"{{{W}}}numId") for node in _all(trees.get(f"{folder}/numbering.xml"), W, "num")}
            for node in tree.iter(etree.Element):
                local, value = etree.QName(node).localname, node.get(f"{{{W}}}val")
                if local in _STYLE_NAMES and value not in styles:
                    yield f"{name}: style {value} is not defined"
                if local == "numId" and value not in lists | {"0"}:
                    yield f"{name}: numbering {value} is not defined"
            ids = Counter(node.get("id") for node in _all(tree, WP, "docPr"))
            yield from (f"{name}: two drawings have the id {each}" for each, count in ids.items() if count > 1)
        if tree.tag == f"{{{S}}}worksheet":
            book = posixpath.dirname(folder)
            formats = len(_all(trees.get(f"{book}/styles.xml"), S, "cellXfs/{*}xf"))
            strings = len(_all(trees.get(f"{book}/sharedStrings.xml"), S, "si"))
            for cell in _all(tree, S, "c"):
                if int(cell.get("s", 0)) >= max(formats, 1):
                    yield f"{name}: {cell.get('r')} has the format {cell.get('s')} of {formats}"
                if cell.get("t") == "s" and int(cell.findtext(f"{{{S}}}v")) >= strings:
                    yield f"{name}: {cell.get('r')} is a string that is not there"


def _all(tree: etree._Element | None, space: str, path: str) -> list[etree._Element]:
    return [] if tree is None else tree.findall(f".//{{{space}}}{path}")
