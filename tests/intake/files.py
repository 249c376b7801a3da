"""Files as people upload them, made from rows."""

import csv
import io
from collections.abc import Sequence

HEADINGS = ("序号", "章", "节", "重点任务", "工作事项和年度目标成果", "牵头单位", "配合单位", "完成时限")
_CITY = ("一、城市建设", "(一) 公共资源")
_SERVICE = "二、公共服务"
_VILLAGES = "年内建设和美乡村 15 个，其中：乐都区 10 个、平安区 5 个。"
ROWS = (
    ("1", *_CITY, "推动城乡公共资源均衡配置", "改造城镇老旧小区 2000 套。", "市住房建设局", "各县区政府", "2024-12-31"),
    ("2", *_CITY, "建设宜居宜业和美乡村", _VILLAGES, "市住房建设局", "各县区政府", "2024-12-31"),
    ("3", _SERVICE, "(一) 教育", "深化教育合作", "新增结对校，仅乐都区参加。", "市教育局",
     "各县区政府、市发展改革委", "10月底前"),
    ("4", _SERVICE, "(二) 园区", "推动城市道路优化", "开工建设职教路等主要道路。", "海东工业园区管委会", "", "年底前"),
)  # fmt: skip
NEW_ROW = ("5", "二、公共服务", "(二) 园区", "新的重点任务", "建设一条新路。", "市发展改革委", "", "长期")


def text_of(rows: Sequence[Sequence[str]] = ROWS, headings: Sequence[str] = HEADINGS, **options: str) -> str:
    """The rows under the headings as CSV text; `options` are the csv writer's."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", **options)  # type: ignore[arg-type]
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue()


def csv_of(
    rows: Sequence[Sequence[str]] = ROWS,
    headings: Sequence[str] = HEADINGS,
    encoding: str = "utf-8-sig",
    **options: str,
) -> bytes:
    return text_of(rows, headings, **options).encode(encoding)


def with_cell(row: int, heading: str, value: str, rows: Sequence[Sequence[str]] = ROWS) -> list[tuple[str, ...]]:
    """The rows with one cell replaced; `row` counts from 0."""
    place = HEADINGS.index(heading)
    changed = [list(cells) for cells in rows]
    changed[row][place] = value
    return [tuple(cells) for cells in changed]
