"""What is said about each problem: the reason, and what to do."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

SAVE_AS_CSV = _("请用 WPS 或 Excel 打开后，选“另存为”，类型选“CSV UTF-8（逗号分隔）(*.csv)”，再上传。")
OPEN_AS_TABLE = _("请把其中的任务表复制到 WPS 表格或 Excel，另存为“CSV UTF-8（逗号分隔）(*.csv)”，再上传。")

# code → (reason, remedy); the words in %(…)s come from the problem's details.
WORDS = {
    # the file as a whole
    "file_empty": (_("文件是空的，没有任何文字。"), _("请确认选对了文件。")),
    "file_too_big": (
        _("文件超过 %(limit)s MB。"),
        _("请只保留任务表，或分成几个文件分别导入。"),
    ),
    "too_many_rows": (_("文件超过 %(limit)s 行。"), _("请分成几个文件分别导入。")),
    "too_many_columns": (_("表头超过 %(limit)s 列。"), _("请删去右侧多余的列。")),
    "no_rows": (_("表头下面没有任务行。"), _("请把任务填在表头下面，再上传。")),
    "is_xlsx": (_("这是 Excel 工作簿（.xlsx），不是 CSV 文件。"), SAVE_AS_CSV),
    "is_old_office": (_("这是 Office 或 WPS 的旧格式文件（.xls、.et、.doc、.wps），不是 CSV 文件。"), SAVE_AS_CSV),
    "is_document": (_("这是文字处理文档（.docx、.rtf），不是 CSV 文件。"), OPEN_AS_TABLE),
    "is_pdf": (
        _("这是 PDF 文件，不能直接读取。"),
        _("请打开文件，全选、复制，粘贴到“或者粘贴文字”一栏；扫描件请先识别文字。"),
    ),
    "is_picture": (_("这是图片，不能直接读取。"), _("请先识别图片中的文字，粘贴到“或者粘贴文字”一栏。")),
    "is_archive": (_("这是压缩包，不能直接读取。"), _("请先解压，再上传其中的文件。")),
    "is_web_page": (
        _("这是网页或 XML 文件（有的系统导出的“Excel”其实是网页），不是 CSV 文件。"),
        SAVE_AS_CSV,
    ),
    "is_binary": (_("文件里有文本文件不会有的字节，不是 CSV 文件，或已经损坏。"), SAVE_AS_CSV),
    "bad_bytes": (
        _("文件按 %(encoding)s 编码读到第 %(line)s 行时，遇到不能识别的字节，可能已经损坏或被截断。"),
        _("请用 WPS 或 Excel 打开原表，检查这一行，重新另存为 CSV UTF-8。"),
    ),
    "encoding_unknown": (
        _("认不出文件的编码：既不是 UTF-8，按 GB18030（GBK）读出来又是乱码。"),
        SAVE_AS_CSV,
    ),
    "nothing_found": (
        _("文件里没有找到任务：没有认出表头，也没有找到写明责任单位的条目。"),
        _("请确认选对了文件；表格请保留列名所在的行。"),
    ),
    "header_missing": (
        _("前 30 行里没有找到表头，第一行是“%(value)s”。"),
        _("表头至少要有“序号”“工作事项和年度目标成果”“牵头单位”三列，可下载空白模板对照。"),
    ),
    "column_missing": (
        _("表头缺少必需的列：%(names)s。文件里的列是：%(found)s。"),
        _("请补上这些列，或把列名改成下面“列名对照”中的写法。"),
    ),
    "column_twice": (
        _("“%(one)s”和“%(other)s”两列都是“%(column)s”，无法确定以哪一列为准。"),
        _("请删去或改名其中一列。"),
    ),
    # one row
    "quote_open": (
        _("这一行的英文双引号没有成对，从这里起无法分清各列。"),
        _("请补上或删去多余的英文双引号（内容里要用引号时，请用中文引号“”）。"),
    ),
    "too_many_cells": (
        _("这一行有 %(n)s 格，表头只有 %(of)s 列，内容可能错位。"),
        _("内容里若有英文逗号，请改成中文逗号，或给该格加上英文双引号。"),
    ),
    "lonely_cell": (
        _("这一行只有一格有内容，不是任务。"),
        _("若是章节标题，请填入任务行的“章”“节”列；若是说明或合计，请删去这一行。"),
    ),
    # one cell
    "cell_missing": (_("必填项为空。"), _("请填写这一格。")),
    "number_missing": (_("没有序号。"), _("请填写序号；新增的任务请用清单里没有的序号。")),
    "number_twice": (_("序号与第 %(line)s 行重复。"), _("请改成不重复的序号，或删去其中一行。")),
    "number_ambiguous": (
        _("清单里有几项都是这个序号，分不清是哪一项。"),
        _("请在“章”“节”两列写明它所在的标题。"),
    ),
    "value_twice": (_("与第 %(line)s 行重复。"), _("请改成不重复的，或删去其中一行。")),
    "value_held": (
        _("清单里的第 %(no)s 项已经用了，而文件里没有那一项。"),
        _("请核对；那一项不再办理的，请先选停用。"),
    ),
    "value_rounded": (
        _("这是表格软件改写过的长数字，后面的数位已经丢失。"),
        _("请把原表的这一列设为文本格式，重新录入，再上传。"),
    ),
    "too_long": (_("内容有 %(length)s 字，最多 %(limit)s 字。"), _("请精简，或检查是否有几格内容连在了一起。")),
    "garbled": (_("内容里有乱码或控制字符。"), _("请对照原表重新录入这一格，再另存为 CSV UTF-8。")),
    "unit_unknown": (
        _("单位名录里没有“%(names)s”。"),
        _("请改成名录里的名称；是别的写法或新单位的，请在核对页确认一次，各行都照办。"),
    ),
    "target_unknown": (
        _("看不懂“%(said)s”这一行目标。"),
        _("请写成“指标 口径 数值 单位”，口径用 =、≥、≤、≈，如“改造老旧小区 ≥ 2000 套”；县区须是本辖区的。"),
    ),
    "deadline_unknown": (
        _("看不懂这个时限。"),
        _("请写成 2024-12-31、2024年12月31日、6月底前、年底前、长期等形式；按清单默认时限的，留空即可。"),
    ),
    "deadline_serial": (
        _("这是表格软件内部的日期序号，对应 %(date)s。"),
        _("请把这一列设为日期格式，或直接写成 %(date)s。"),
    ),
    "deadline_start": (_("“%(said)s”写的是开始的时间。"), _("请填写完成的时限。")),
    "deadline_stretch": (_("“%(said)s”像是一段时间。"), _("请填写截止的那一天。")),
    "deadline_before": (
        _("时限 %(date)s 早于清单年度（%(year)s 年）。"),
        _("请核对年份；如指当年年底，请写“年底前”。"),
    ),
    "deadline_either": (
        _("“%(said)s”可指 %(date)s，也可指 %(other)s。"),
        _("请直接写日期，或写明“底”“末”，如 6月底前、二季度末、2025年底前。"),
    ),
    "deadline_no_such_day": (_("日历上没有这一天。"), _("请核对年、月、日。")),
    "deadline_open": (
        _("“%(said)s”没有写明日期。"),
        _("请直接写日期，如 2024-12-31、6月底前；没有截止日期的，请写“长期”。"),
    ),
    "deadline_several": (
        _("这一格写了不止一个时限。"),
        _("请只留最后完成的时限，其余的写进工作事项。"),
    ),
    "deadline_order": (_("结束的日子早于开始的日子。"), _("请核对年份。")),
    "deadline_far": (
        _("%(date)s 与清单年度（%(year)s 年）相差太远。"),
        _("请核对年份；确为远期目标的，请写“长期”。"),
    ),
}


def explain(problem: Mapping[str, Any]) -> tuple[str, str]:
    """The reason and the remedy of a problem as `StagedRow.problems` holds it."""
    words = {"value": problem.get("value", ""), "line": problem.get("line", ""), **problem["details"]}
    reason, remedy = (str(text) % words for text in WORDS[problem["code"]])
    if words.get("near"):
        remedy = gettext("名称相近的有：%(near)s。%(remedy)s") % {"near": words["near"], "remedy": remedy}
    return reason, remedy
