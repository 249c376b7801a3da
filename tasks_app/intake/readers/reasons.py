"""Why a file cannot be read, and what to do about it, in the words of the screen."""

from typing import Any

from tasks_app.intake.problem import Problem

_WORD = "请用 Word 或 WPS 文字打开，选“另存为”，类型选“Word 文档 (*.docx)”，再读取。"
_EXCEL = "请用 Excel 或 WPS 表格打开，选“另存为”，类型选“Excel 工作簿 (*.xlsx)”，再读取。"
_PASTE = "请打开文件，全选并复制文字，粘贴到记事本保存为 .txt，再读取；扫描件请先识别文字。"

# code → (reason, remedy)
_WORDS = {
    "file_empty": ("文件是空的，没有任何文字。", "请确认选对了文件。"),
    "file_too_big": ("文件超过 {limit} MB。", "请删去图片和无关内容，或分成几个文件。"),
    "too_many_rows": ("文件超过 {limit} 行。", "请分成几个文件。"),
    "too_many_columns": ("表头超过 {limit} 列。", "请删去右侧多余的列。"),
    "sheet_too_large": ("“{sheet}”的单元格超过 {limit} 个。", "请删去表格右侧和下方的空白区域，只保留任务表。"),
    "too_many_blocks": ("文件超过 {limit} 个段落。", "请只保留任务清单，或分成几个文件。"),
    "too_heavy": (
        "读取这份文件要用的内存或时间超过了限制，或者文件内部有异常，没有读取。",
        "请只保留任务表，删去空白区域、图片和多余的工作表，另存一份再读取。",
    ),
    "zip_entries": ("文件内部的部件超过 {limit} 个，不像正常文档。", "请重新另存一份再读取。"),
    "zip_bomb": (
        "文件解压后异常地大（超过 {limit} MB 或压缩比过高），为安全起见没有打开。",
        "请删去空白区域后重新另存一份。",
    ),
    "damaged": ("文件已经损坏，或没有传完整。", "请重新复制一份，或打开后另存一份再读取。"),
    "encrypted": ("文件设了打开密码，读不出内容。", "请打开文件，取消密码（文件→信息→保护文档），保存后再读取。"),
    "is_doc": ("这是旧格式的 Word 文档（.doc）。", _WORD),
    "is_wps": ("这是 WPS 文字文档（.wps）。", _WORD),
    "is_et": ("这是 WPS 表格文件（.et）。", _EXCEL),
    "is_old_office": ("这是旧格式的 Office 或 WPS 文件，认不出其中的内容。", _WORD + "表格请另存为 .xlsx。"),
    "is_document": ("这是 RTF 等其他格式的文档。", _WORD),
    "is_xlsx": ("工作簿打不开。", _EXCEL),
    "is_ofd": ("这是 OFD 版式文件。", _PASTE),
    "is_pdf": ("这是 PDF 文件。", _PASTE),
    "is_picture": ("这是图片。", "请先识别图片中的文字，保存为 .txt 或 .docx，再读取。"),
    "is_archive": ("这是压缩包，或不认识的文件。", "请先解压，再读取其中的文档。"),
    "is_macro": ("这是幻灯片等其他 Office 文件。", "请把任务清单复制到 Word 或 Excel，另存后再读取。"),
    "is_web_page": ("这是网页（有的系统导出的“Excel”其实是网页）。", _EXCEL),
    "is_binary": ("文件里有文本文件不会有的字节，不是文本文件，或已经损坏。", _WORD),
    "bad_bytes": ("文件按 {encoding} 编码读到第 {line} 行时，遇到不能识别的字节。", "文件可能被截断，请重新另存一份。"),
    "encoding_unknown": ("认不出文件的编码。", "请用记事本打开，另存为“UTF-8”编码，再读取。"),
    "header_missing": ("没有找到表头。", "请保留“序号、重点任务、责任单位”等列名所在的行。"),
    "no_rows": ("表头下面没有内容。", "请把任务填在表头下面。"),
}
_ANYTHING = ("文件读不出来。", "请打开文件后另存一份再读取。")


def explain(problem: Problem) -> dict[str, Any]:
    """A problem as data: sheet, line, column, value, reason, remedy."""
    reason, remedy = _WORDS.get(problem.code, _ANYTHING)
    words = {"limit": "", "encoding": "", "sheet": "", "line": problem.line, **problem.details}
    return {
        "sheet": words["sheet"],
        "line": problem.line,
        "column": problem.column,
        "value": problem.value,
        "reason": reason.format(**words),
        "remedy": remedy,
    }
