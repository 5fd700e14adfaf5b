"""F1xx: files that cannot be read, or that hold no form."""

from __future__ import annotations

from collections.abc import Iterator

from huitoukan.intake.containers import CONTAINERS
from huitoukan.intake.kinds import Kind
from huitoukan.intake.reader import Outcome
from huitoukan.intake.unlock import Lock
from huitoukan.model import Finding, Severity
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import FileSubject, Mishap

_SAVE_WHERE_MADE = say("请在原来的电脑上打开并另存为 .xlsx, 重新报送")
_OPEN_BY_HAND = say("请先用别的软件解压 (邮件请另存附件) 再检查; 也打不开的, 请重新报送")


@rule(
    "F101", severity=Severity.ERROR, on=FileSubject, blocks=True, message="文件打不开: {why}。", fix="{how}。",
)  # fmt: skip
def damaged(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """文件损坏, 打不开。

    查什么: 每个工作簿都应当能够完整读取。
    为什么: 损坏的文件里没有可用的分数, 该单位等于没有报送。
    例子: U 盘拷贝中断, 文件只剩一半。
    怎么改: 在原来的电脑上打开文件, 另存为 .xlsx 后重新报送。
    """
    if file.workbook.outcome is Outcome.DAMAGED:
        packed = file.workbook.kind in CONTAINERS
        yield file.finding(why=file.workbook.why, how=_OPEN_BY_HAND if packed else _SAVE_WHERE_MADE)


_LOCKS: dict[Lock, tuple[Phrase, Phrase]] = {  # why it stays locked, and what to do
    Lock.NO_PASSWORD: (
        say("没有给出密码"),
        say("请取消密码 (文件 → 信息 → 保护工作簿) 后重新报送"),
    ),
    Lock.WRONG: (
        say("给出的密码都不对"),
        say("请核对密码, 或请报送单位取消密码后重新报送"),
    ),
    Lock.NO_PACKAGE: (
        say("没有安装解密组件"),
        say("请安装解密组件 (pip install huitoukan[unlock]) 后再试, 或请报送单位取消密码后重新报送"),
    ),
    Lock.UNKNOWN: (
        say("这种加密方式不支持"),
        say("请用密码打开, 取消密码 (文件 → 信息 → 保护工作簿), 另存为 .xlsx 后重新报送"),
    ),
}
_UNPACK: dict[Lock, Phrase] = {  # the same for an archive
    Lock.NO_PASSWORD: say("请用密码解压后再检查, 或用 --password 写上密码"),
    Lock.WRONG: say("请核对 --password 写的密码, 或用密码解压后再检查"),
    Lock.UNKNOWN: say("请用密码解压后再检查"),
}


@rule(
    "F102", severity=Severity.ERROR, on=FileSubject, blocks=True, message="文件加了密码, 读不出来: {why}。", fix="{how}。",
)  # fmt: skip
def encrypted(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """文件加了密码。

    查什么: 报送的工作簿不得设置打开密码。
    为什么: 不知道密码就读不出分数。
    例子: 保存时设置了打开密码。
    怎么改: 用密码打开, 取消打开密码, 保存后重新报送; 知道密码的, 检查时也可以用 --password 写上。
    """
    contents = file.workbook.contents
    lock = contents.lock if contents is not None else file.workbook.lock
    if file.workbook.outcome is Outcome.ENCRYPTED or lock is not None:
        why, how = _LOCKS[lock or Lock.NO_PASSWORD]
        yield file.finding(
            why=why, how=_UNPACK.get(lock, how) if lock and file.workbook.kind is Kind.ZIP else how
        )


@rule(
    "F103",
    severity=Severity.ERROR,
    on=FileSubject,
    blocks=True,
    message="文件是空的 (0 字节)。",
    fix="请重新拷贝并核对文件大小后报送。",
)
def empty(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """空文件。

    查什么: 文件大小不得为 0。
    为什么: 空文件没有内容, 多半是下载或拷贝失败。
    例子: 网络中断后留下的 0 字节文件。
    怎么改: 重新下载或拷贝, 核对大小后报送。
    """
    if file.workbook.outcome is Outcome.EMPTY:
        yield file.finding()


@rule(
    "F104", severity=Severity.ERROR, on=FileSubject, blocks=True, message="文件超出读取上限, 未读取: {why}。",
    fix="请删去多余的空白行列、图片和工作表, 另存后重新报送。",
)  # fmt: skip
def refused(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """文件过大, 未读取。

    查什么: 文件大小、解压后大小和表格范围不得超过检查活动文件 limits 一节的上限。
    为什么: 一个异常的文件可能耗尽内存, 影响其他文件。
    例子: 在第 1048576 行误填了一个空格, 表格范围变成上百万行。
    怎么改: 删去多余的行列、图片和工作表, 另存后重新报送; 确有需要时在 limits 里调高上限。
    """
    if file.workbook.outcome is Outcome.REFUSED and file.workbook.kind not in CONTAINERS:
        yield file.finding(why=file.workbook.why)


_KINDS: dict[Kind, Phrase] = {
    Kind.XLSX: say("xlsx 工作簿"),
    Kind.XLSB: say("xlsb 工作簿"),
    Kind.XLS: say("xls 工作簿"),
    Kind.ODS: say("ods 工作簿"),
    Kind.HTML: say("网页 (HTML)"),
    Kind.CSV: say("文本表格 (CSV)"),
    Kind.SPREADSHEETML: say("2003 版 XML 表格"),
    Kind.MHTML: say("单个文件网页 (MHTML)"),
    Kind.FRAMESET: say("框架网页 (工作表另存在其他文件里)"),
    Kind.FODS: say("单文件 ODF 表格 (FODS)"),
    Kind.UOF: say("标文通文档 (UOF)"),
    Kind.XML: say("XML 数据"),
    Kind.MAIL: say("邮件"),
    Kind.WORD: say("Word 文档"),
    Kind.SLIDES: say("演示文稿"),
    Kind.PDF: say("PDF 文档"),
    Kind.OFD: say("OFD 版式文件"),
    Kind.RTF: say("RTF 文档"),
    Kind.PICTURE: say("图片"),
    Kind.TEXT: say("纯文本"),
    Kind.DOCUMENT: say("其他文档"),
    Kind.ARCHIVE: say("压缩包"),
    Kind.ZIP: say("压缩包"),
}
_SAVE_AGAIN = say("请用 Excel 或 WPS 打开, 另存为 .xlsx 后重新报送")
_ASK_FOR_THE_ORIGINAL = say("请报送单位发来 Excel 原表, 不要转换格式或只改扩展名")
_HOW: dict[Kind, Phrase] = {
    Kind.FRAMESET: say("请在原来的电脑上用 Excel 打开 (旁边的 .files 文件夹不能少), 另存为 .xlsx 后重新报送"),
    Kind.FODS: say("请用 LibreOffice 打开, 另存为 .xlsx 后重新报送"),
    Kind.UOF: say("请用 WPS 或永中 Office 打开, 另存为 .xlsx 后重新报送"),
    Kind.XML: say("请从原来的系统重新导出为 Excel 格式后报送"),
    Kind.ARCHIVE: say("请把扩展名改回压缩包的, 解压后报送里面的工作簿"),
    **dict.fromkeys(
        (Kind.WORD, Kind.SLIDES, Kind.PDF, Kind.OFD, Kind.RTF, Kind.PICTURE, Kind.TEXT, Kind.DOCUMENT),
        _ASK_FOR_THE_ORIGINAL,
    ),
}


_RENAME = {Kind.ZIP: say("把扩展名改为 .zip"), Kind.MAIL: say("把扩展名改为 .eml")}


@rule(
    "F105", severity=Severity.INFO, on=FileSubject, message="扩展名与内容不符: 内容是 {kind}, 已按内容读取。",
    fix="不影响结果; 建议{how}。",
)  # fmt: skip
def false_name(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """扩展名与内容不符。

    查什么: 文件的扩展名应与内容的格式一致。
    为什么: 扩展名不符的文件在 Excel 中打开时会提示风险, 容易被误认为损坏。
    例子: 内容是 xlsx, 文件名却是 .xls。
    怎么改: 打开后另存为 .xlsx; 本次已按内容读取, 不影响结果。
    """
    if file.workbook.outcome in (Outcome.READ, Outcome.CONTAINER) and file.workbook.false_name:
        kind = file.workbook.kind
        yield file.finding(kind=_KINDS[kind], how=_RENAME.get(kind, say("另存为 .xlsx")))


@rule(
    "F106", severity=Severity.WARNING, on=FileSubject, message="工作簿里没有找到评分表。",
    fix="如果是评分表, 请使用下发的表样, 保留表头; 如果不是, 请移出文件夹。",
)  # fmt: skip
def not_a_form(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """工作簿里没有评分表。

    查什么: 工作簿至少有一张工作表带有评分表的表头和检查项目。
    为什么: 认不出的表不参加汇总, 该单位可能被当作没有报送。
    例子: 误把统计年报当作评分表报送。
    怎么改: 核对是否发错文件; 是评分表的, 请按下发的表样填报, 保留表头。
    """
    readable = file.workbook.outcome is Outcome.READ
    if readable and not any(sheet.is_form for sheet in file.sheets):
        yield file.finding()


@rule(
    "F107", severity=Severity.ERROR, on=FileSubject, blocks=True, message="文件名是工作簿, 内容其实是 {kind}, 未读取。",
    fix="{how}。",
)  # fmt: skip
def other_kind(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """名为工作簿, 实为其他格式。

    查什么: 扩展名是 .xls、.xlsx、.et、.ods 的文件, 内容应当是工作簿, 或至少是读得出的表格。
    为什么: 文档、图片改名而成的“工作簿”里没有单元格, 读不出分数。
    例子: 把扫描的 PDF 改名为 .xlsx。
    怎么改: 能用 Excel 或 WPS 打开的, 另存为 .xlsx 后重新报送; 文档和图片, 请报送 Excel 原表。
    """
    if file.workbook.outcome is Outcome.OTHER_KIND:
        kind = file.workbook.kind
        yield file.finding(kind=_KINDS[kind], how=_HOW.get(kind, _SAVE_AGAIN))


@rule(
    "F108",
    severity=Severity.WARNING,
    on=FileSubject,
    message="这种压缩包不能直接读取。",
    fix="请先解压, 再对解压后的文件夹检查; 或改用 .zip 打包。",
)
def archive(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """压缩包未读取。

    查什么: 文件夹里有没有 .rar、.7z 之类的压缩包; .zip 压缩包直接读取, 不算问题。
    为什么: 压缩包里可能有评分表, 不解压就不会计入。
    例子: 乡镇把三份表打成一个 .rar 报送。
    怎么改: 先解压到文件夹, 再运行检查。
    """
    if file.workbook.outcome is Outcome.ARCHIVE:
        yield file.finding()


@rule(
    "F109", severity=Severity.ERROR, on=Mishap, blocks=True, message="读取这个文件时{why}, 已跳过, 其他文件不受影响。",
    fix="请用 Excel 或 WPS 打开, 另存为 .xlsx 后重新报送; 仍然出错的, 请把文件交给工具的维护者。",
)  # fmt: skip
def mishap(file: Mishap, _context: Context) -> Iterator[Finding]:
    """读取时出了意外。

    查什么: 每个文件在单独的进程里读取; 进程崩溃、超时或程序出错时记在该文件名下。
    为什么: 个别文件会使读取程序崩溃或卡死, 不能因此丢掉其他文件的结果。
    例子: 人为构造的畸形工作簿。
    怎么改: 用 Excel 或 WPS 打开, 另存为 .xlsx 后重新报送。
    """
    yield Finding(file=file.path, details=(("why", file.why),))


_MOST_NAMES = 5  # listed in one message
_LONGEST_SHOWN = 80  # characters of a name


@rule(
    "F110", severity=Severity.ERROR, on=FileSubject, message="压缩包里有 {count} 个文件的名称不安全, 未读取: {names}。",
    fix="请用常用的压缩软件重新打包, 再报送。",
)  # fmt: skip
def unsafe_names(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """压缩包里的文件名不安全。

    查什么: 压缩包里的文件名不得指向压缩包之外 (含“..”, 或以“/”、盘符开头), 也不得含有控制字符。
    为什么: 这样的名称在解压时会把文件写到别处, 多半是程序出错或有人做了手脚, 其中的文件一律不读。
    例子: 压缩包里有“../../乐平镇.xlsx”。
    怎么改: 用常用的压缩软件重新打包; 包里其他文件已照常读取。
    """
    contents = file.workbook.contents
    if contents is not None and contents.unsafe:
        names = tuple(f"“{_visible(name)}”" for name in contents.unsafe[:_MOST_NAMES])
        more = say(" 等") if len(contents.unsafe) > _MOST_NAMES else ""
        yield file.finding(
            count=len(contents.unsafe), names=say("{names}{more}", names=Listing(names), more=more)
        )


def _visible(name: str) -> str:
    """A name for a message: its beginning, and control characters as their codes."""
    short = name if len(name) <= _LONGEST_SHOWN else name[:_LONGEST_SHOWN] + "…"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short)


@rule(
    "F111", severity=Severity.ERROR, on=FileSubject, blocks=True, message="压缩包超出读取上限, 未读取: {why}。",
    fix="请先解压, 再对解压后的文件夹检查; 确有需要时在检查活动文件的 limits 一节调高上限。",
)  # fmt: skip
def archive_refused(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """压缩包过大或套得太深, 未读取。

    查什么: 压缩包 (邮件也是) 解压后的大小、文件个数和嵌套层数不得超过检查活动文件 limits 一节的上限。
    为什么: 有人用很小的压缩包装进极大的内容, 会耗尽内存和时间。
    例子: 压缩包里套压缩包, 套了五层。
    怎么改: 先解压再检查; 确有需要时在 limits 里调高上限。
    """
    refused = file.workbook.outcome is Outcome.REFUSED and file.workbook.kind in CONTAINERS
    if refused:
        yield file.finding(why=file.workbook.why)


@rule(
    "F112", severity=Severity.WARNING, on=FileSubject, message="这是 Outlook 的专用格式, 里面可能有附件, 未读取。",
    fix="请在邮件程序里把附件另存出来, 或把邮件另存为 .eml。",
)  # fmt: skip
def outlook_only(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """只有 Outlook 能打开的邮件。

    查什么: 文件夹里有没有 .msg 邮件和 winmail.dat 附件包。
    为什么: 里面可能有评分表, 读不出来就不会计入。
    例子: 从 Outlook 直接拖出来的邮件。
    怎么改: 把附件另存到文件夹, 或把邮件另存为 .eml。
    """
    if file.workbook.kind is Kind.OUTLOOK:
        yield file.finding()


@rule(
    "F113", severity=Severity.WARNING, on=FileSubject, message="{container}里没有{content}。", fix="{how}。",
)  # fmt: skip
def nothing_inside(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """压缩包或邮件里没有文件。

    查什么: 压缩包里应当有文件, 邮件应当有附件。
    为什么: 空的压缩包、没有附件的邮件多半是漏了文件, 或附件只是一个会过期的下载链接。
    例子: 邮件正文写着“附件请点链接下载”。
    怎么改: 核对后下载附件放进文件夹, 或请对方重新报送。
    """
    contents = file.workbook.contents
    if contents is None or contents.unsafe or contents.lock or not all(m.junk for m in contents.members):
        return
    if contents.mail is not None:
        how = say("请核对是否忘了附件、用了网盘或超大附件的链接、把表贴在了正文里; 需要时请重新报送")
        yield file.finding(container=say("邮件"), content=say("附件"), how=how)
    else:
        how = say("请核对是否漏了文件; 需要时请重新报送")
        yield file.finding(container=say("压缩包"), content=say("文件"), how=how)
