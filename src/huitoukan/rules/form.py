"""L201-L212, L227 and L229: the form itself: its header, columns, items and printed standard points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from huitoukan.grid import Grid
from huitoukan.intake import stamp
from huitoukan.intake.extract import Extracted
from huitoukan.model import Finding, ReadingKind, ScoreSheet, Severity, Stage
from huitoukan.phrase import Listing, Phrase, plain, say
from huitoukan.rules.hidden import runs
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import FileSubject, SheetSubject, SumRow


@rule(
    "L201", severity=Severity.ERROR, on=FileSubject, blocks=True, message="有检查项目, 但找不到表头。",
    fix="请恢复表头一行: 序号、检查内容、检查项目、评分标准、标准分、得分、扣分原因。",
)  # fmt: skip
def header_missing(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """找不到表头。

    查什么: 评分表应有一行 (或两行) 表头, 写明检查项目、标准分和得分各列。
    为什么: 没有表头, 就不知道哪一列是得分。
    例子: 表头一行被删去, 或被图片盖住。
    怎么改: 按下发的表样恢复表头。
    """
    for extracted in file.sheets:
        if extracted.headless:
            yield file.finding(sheet=extracted.grid.name, cell=extracted.headless)


@rule(
    "L202",
    severity=Severity.ERROR,
    on=SheetSubject,
    blocks=True,
    message="表头缺少“{column}”列{elsewhere}。",
    fix="请按下发的表样补上这一列。",
)
def column_missing(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """缺少必需的列。

    查什么: 表头应有检查项目、标准分以及本阶段的得分列。
    为什么: 缺少得分列就没有分数, 缺少标准分列就无法核对表样是否被改动。
    例子: 县级检查的评分表里没有“县级检查得分”列, 只有“备注”。
    怎么改: 按下发的表样补上缺少的列。
    """
    columns = context.campaign.rubric.form.columns
    for role, label in columns.labels().items():
        if label.required and role not in subject.sheet.headers:
            yield subject.finding(subject.sheet.header, column=label.label, elsewhere="", blocks=False)
    several = any(repeated.role == "score" for repeated in subject.sheet.repeated_columns)  # L203 says so
    if subject.sheet.score_header is None and subject.sheet.stage.stage is not None and not several:
        column = columns.of_stage(subject.sheet.stage.stage).label
        stages = {stage for score in subject.sheet.scores for stage, _, _ in score.reference}
        filled = Listing(tuple(columns.of_stage(stage).label for stage in Stage if stage in stages))
        elsewhere = say(", 分数填在“{filled}”列", filled=filled) if stages else ""
        yield subject.finding(subject.sheet.header, column=column, elsewhere=elsewhere)


@rule(
    "L203", severity=Severity.ERROR, on=SheetSubject, blocks=True, message="“{column}”列出现了 {count} 次。",
    fix="请只保留一列, 另一列改名或删去。",
)  # fmt: skip
def column_repeated(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """同一列出现两次。

    查什么: 检查项目、标准分、得分、扣分原因各只能有一列。
    为什么: 有两列得分时, 不知道以哪一列为准。
    例子: 复制列以后, 出现两个“自评分”。
    怎么改: 只保留一列, 另一列改名或删去。
    """
    labels = context.campaign.rubric.form.columns.labels()
    for repeated in subject.sheet.repeated_columns:
        column, own = labels[repeated.role].label, subject.sheet.score_header
        scored = own in repeated.cells if own else repeated.role.startswith("score")
        yield subject.finding(repeated.cells[1], column=column, count=len(repeated.cells), blocks=scored)


@rule(
    "L204",
    severity=Severity.ERROR,
    on=SheetSubject,
    blocks=True,
    message="缺少检查项目 {label}{after}。",
    fix="请按下发的表样补上这一行并打分。",
)
def item_missing(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """缺少检查项目。

    查什么: 评分标准里的每个检查项目都应有一行。
    为什么: 少一项就少一项的分, 合计不能与别的单位比较。
    例子: 删去了“村级统计员”一行。
    怎么改: 按下发的表样补上这一行并打分。
    """
    rows = {score.item: score.label.row + 1 for score in subject.sheet.scores}
    before = 0
    for item in subject.rubric.items():
        if item.id in rows:
            before = rows[item.id]
        else:
            after = say(" (应在第 {row} 行之后)", row=before) if before else ""
            yield subject.finding(item=item.id, label=item.label(), after=after)


@rule(
    "L205",
    severity=Severity.ERROR,
    on=SheetSubject,
    message="检查项目 {item} 重复出现, 以第一次为准。",
    fix="请删去多余的一行。",
)
def item_repeated(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """检查项目重复。

    查什么: 每个检查项目只能有一行。
    为什么: 同一项目有两个分数时, 不知道以哪一个为准。
    例子: 复制行以后, “报表任务”出现两次。
    怎么改: 删去多余的一行。
    """
    if not _second_form(subject):
        for item, cell in subject.sheet.repeated_items:
            yield subject.finding(cell, item=item)


@rule(
    "L206", severity=Severity.WARNING, on=SheetSubject, message="“{value}”不是评分标准里的检查项目{hint}, 其分数不计入。",
    fix="请按下发的表样改正项目名称, 或删去这一行。",
)  # fmt: skip
def unknown_row(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """多出不认识的行。

    查什么: 表中有分数的行都应是评分标准里的检查项目。
    为什么: 自行增加的项目不能计分, 改了名称的项目会被当作缺项。
    例子: 自行加了一行“特色工作”。
    怎么改: 改回原来的项目名称, 或删去这一行。
    """
    unknown = subject.sheet.unknown_rows
    rows = {score.item for score in subject.sheet.scores}
    beside = Counter(row.dimension for row in unknown)
    for row in unknown:
        missing = [
            i
            for i in subject.rubric.items()
            if i.id not in rows and subject.dimension_of[i.id] == row.dimension
        ]
        alone = beside[row.dimension] == len(missing) == 1
        hint = say(" (可能是 {label} 改了名称)", label=missing[0].label()) if alone else ""
        yield subject.finding(row.label, hint=hint)


@rule(
    "L207", severity=Severity.ERROR, on=SheetSubject, message="{label}的标准分应为 {expected}, {found}。",
    fix="请改回 {expected}, 不要改动表样。",
)  # fmt: skip
def standard_points_altered(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """标准分被改动。

    查什么: 表中每个项目的标准分应与评分标准一致; 几项合并成一格的, 只报告一次。
    为什么: 改动标准分会改变满分, 使各单位的分数不能比较。
    例子: 标准分由 4 改成 5。
    怎么改: 改回评分标准规定的数。
    """
    for row in subject.rows:
        cell, reading = row.score.maximum, row.score.maximum_reading
        merged = subject.merged_maxima.get((cell.row, cell.column)) if cell else None
        unsaved = reading is not None and reading.kind is ReadingKind.UNCACHED  # nobody changed it
        if cell is None or reading is None or unsaved or (reading.value == row.item.maximum and not merged):
            continue
        expected = plain(row.item.maximum)
        if merged is None:
            found = say("表中空着") if cell.text is None else say("表中是“{value}”", value=cell.text)
            yield row.finding(cell, expected=expected, found=found)
        elif cell.row == merged[1]:
            area, found = merged[0], say("表中 {area} 合并成了一格", area=merged[0].address)
            yield row.finding(subject.grid.cell(area.top, area.left), expected=expected, found=found)


@rule(
    "L208", severity=Severity.ERROR, on=SheetSubject, blocks=True,
    message="{unit_name}是{unit_level}统计机构, 填的却是{form_level}评分表。", fix="请改用{unit_level}评分表重新填报。",
)  # fmt: skip
def wrong_form(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """用错评分表。

    查什么: 县级统计机构填县级评分表, 乡镇 (街道) 填乡级评分表。
    为什么: 两级的检查项目和标准不同, 用错表的分数不能采用。
    例子: 乡镇误用了县级评分表。
    怎么改: 换用本级的评分表重新填报。
    """
    code = subject.sheet.unit.unit
    if code is not None and context.campaign.roster.units[code].level is not subject.sheet.level:
        unit = context.campaign.roster.units[code]
        yield subject.finding(
            subject.sheet.unit.cell,
            unit_name=unit.name,
            unit_level=unit.level,
            form_level=subject.sheet.level,
        )


@rule(
    "L209", severity=Severity.ERROR, on=SumRow, message="标准分的{what}应为 {expected}, 表中是“{value}”。",
    fix="请改回 {expected}, 不要改动表样。",
)  # fmt: skip
def standard_points_do_not_add_up(row: SumRow, _context: Context) -> Iterator[Finding]:
    """标准分合计不对。

    查什么: 标准分一列的小计、合计应与评分标准一致。
    为什么: 合计不等于规定的总分, 说明表样被改动过。
    例子: 标准分合计写成 99。
    怎么改: 改回评分标准规定的数。
    """
    reading, cell = row.written.maximum_reading, row.written.maximum
    if cell is None or reading is None or reading.value is None:
        return
    written = [score.maximum_reading for score, _ in row.parts if score.maximum_reading is not None]
    altered = any(
        score.maximum_reading is not None and score.maximum_reading.value != item.maximum
        for score, item in row.parts
    )
    expected = row.dimension.max_points if row.dimension else row.of.rubric.total
    missing = sum((item.maximum for _, item in row.parts), Decimal(0)) != expected
    # a formula leaves texts out (L227) and adds up rows that should not be there (L205, L206)
    texts = sum((r.value or 0 for r in written if r.kind is ReadingKind.TEXT_NUMBER), Decimal(0))
    surplus = (Decimal(0), *row.surplus(cell))
    explained = {base + more for base in (expected, expected - texts) for more in surplus}
    if reading.value not in explained and not altered and not missing:
        yield row.finding(cell, expected)


@rule(
    "L210",
    severity=Severity.INFO,
    on=FileSubject,
    message="工作表“{name}”不是评分表, 未读取。",
    fix="没有用的工作表可以删去。",
)
def leftover_sheet(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """多余的工作表。

    查什么: 有评分表的工作簿里, 其余有内容的工作表。
    为什么: 里面可能有没有被读到的内容。
    例子: 留下了写着草稿的 Sheet2。
    怎么改: 没有用的请删去; 如果是评分表, 请恢复表头。
    """
    if any(extracted.sheet or extracted.questionnaire for extracted in file.sheets):
        for extracted in file.sheets:
            if extracted.is_form or extracted.spare or extracted.grid.name == stamp.SHEET:
                continue
            if any(value not in ("", None) for row in extracted.grid.rows for value in row):
                yield file.finding(sheet=extracted.grid.name, name=extracted.grid.name)


@rule(
    "L211",
    severity=Severity.WARNING,
    on=SheetSubject,
    message="表头没有“{column}”列。",
    fix="请按下发的表样补上这一列并写明扣分原因。",
)
def reason_column_missing(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """没有扣分原因列。

    查什么: 有扣分的评分表应有“扣分原因”列。
    为什么: 每处扣分都要写明原因, 没有这一列就无处可写。
    例子: 删去了“扣分原因”列。
    怎么改: 按下发的表样补上这一列并写明原因。
    """
    deducted = any(row.in_range and row.points != row.item.maximum for row in subject.rows)
    if "deduction_reason" not in subject.sheet.headers and deducted:
        column = context.campaign.rubric.form.columns.deduction_reason.label
        yield subject.finding(subject.sheet.header, column=column)


def _second_form(subject: SheetSubject) -> bool:
    """Whether so many items come again that it is another form below the first."""
    return len(subject.sheet.repeated_items) * 2 > len(subject.sheet.scores)


@rule(
    "L212", severity=Severity.ERROR, on=SheetSubject, blocks=True, message="这张工作表从第 {row} 行起还有一张评分表, 没有读取。",
    fix="请每个单位用一张工作表 (或一个文件) 填报。",
)  # fmt: skip
def second_form(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """一张工作表里有几张评分表, 分不开。

    查什么: 几张评分表排在同一张工作表里时, 每张都应有自己的表头或单位名称, 并且上下排列。
    为什么: 分不清从哪里起是下一张, 只能读取第一张, 后面的单位会被当作没有报送。
    例子: 把几个乡镇的项目接连粘贴在一起, 中间没有表头, 也没有单位名称。
    怎么改: 每个单位用一张工作表 (或一个文件); 分得开的已逐张读取 (L229)。
    """
    if _second_form(subject):
        cell = subject.sheet.repeated_items[0][1]
        yield subject.finding(cell, row=cell.row + 1)


@rule(
    "L227", severity=Severity.INFO, on=SheetSubject, message="{cells} 的标准分是文本, 已按数字读取。",
    fix="请改为数字, 否则求和公式会漏掉它。",
)  # fmt: skip
def standard_points_are_text(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """标准分是文本。

    查什么: 标准分应是数字, 不带“分”字、空格和撇号, 不用全角。
    为什么: Excel 求和时会跳过文本, 标准分的合计就会少算。
    例子: 标准分填“4分”, 合计成了 96。
    怎么改: 改为数字。本工具已按数字读取。
    """
    texts = [
        (row.score.maximum.row, row.score.maximum.column)
        for row in subject.rows
        if row.score.maximum is not None
        and row.score.maximum_reading is not None
        and row.score.maximum_reading.kind is ReadingKind.TEXT_NUMBER
        and row.score.maximum_reading.value == row.item.maximum  # else L207 says so
    ]
    for area in runs(texts):
        yield subject.finding(area, cells=area.address)


@rule(
    "L229", severity=Severity.INFO, on=FileSubject, message="这张工作表里上下排着 {count} 张评分表, 已逐张读取: {forms}{spare}。",
    fix="请核对有没有读漏的单位; 建议每个单位用一张工作表 (或一个文件)。",
)  # fmt: skip
def stacked_forms(file: FileSubject, context: Context) -> Iterator[Finding]:
    """一张工作表里上下排着几张评分表。

    查什么: 一张工作表上从上到下有几张评分表时, 列出读到了哪些单位, 各从第几行起。
    为什么: 排在一起容易漏填、漏读, 要有人核对一遍; 分数都已计入。
    例子: 把全县各乡镇的评分表复制到同一张工作表里。
    怎么改: 核对有没有读漏的单位; 不影响结果。
    """
    by_name: dict[str, list[Extracted]] = {}
    for one in file.sheets:
        by_name.setdefault(one.grid.name, []).append(one)
    for name, stack in by_name.items():
        forms = tuple(_form_named(one.sheet, one.grid, context) for one in stack if one.sheet)
        if len(stack) > 1 and forms:
            empty = Listing(tuple(str(one.grid.first + 1) for one in stack if one.spare))
            spare = say("; 另有没有填的 (第 {rows} 行起)", rows=empty) if empty.words else ""
            yield file.finding(sheet=name, count=len(forms), forms=Listing(forms), spare=spare)


def _form_named(form: ScoreSheet, part: Grid, context: Context) -> Phrase:
    roster = context.campaign.roster
    name = roster.full_name(form.unit.unit) if form.unit.unit else form.unit.text or say("单位不明")
    return say("{name} (第 {row} 行起)", name=name, row=part.first + 1)
