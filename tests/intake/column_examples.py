"""For each column what a person may type into it, and the words that every page then shows of it (any of the forms)."""

EXAMPLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "number": ("77", ("77",)),
    "chapter": ("九、样章", ("九、样章",)),
    "section": ("(九) 样节", ("(九) 样节",)),
    "path": ("九、样章\n(九) 样节", ("(九) 样节",)),
    "key_task": ("样重点", ("样重点",)),
    "title": ("样标题", ("样标题",)),
    "content": ("样内容一条。", ("样内容一条。",)),
    "lead_units": ("市教育局", ("市教育局",)),
    "assist_units": ("市政府办公室", ("市政府办公室",)),
    "deadline": ("2024年9月底前", ("2024-09-30", "2024年9月30日")),
    "targets": ("样指标 ≥ 12 个", ("样指标",)),
    "external_code": ("QH-2024-0001", ("QH-2024-0001",)),
}
