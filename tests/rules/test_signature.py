"""U331-U336: inspectors, leader and telephone."""

import pytest

from huitoukan.rules.people import holds_phone, names, written

TABLE = "| 序号 | 检查项目 | 标准分 | 自评分 |\n| T1.2 | 普查与抽样 | 3 | 3 |\n| T1.4 | 计划总结 | 2 | 2 |\n"
SELF = "单位名称：昔阳县乐平镇 检查阶段：自评 检查日期：2024年5月20日\n"
COUNTY = "单位名称：昔阳县乐平镇 检查阶段：县级检查 检查日期：2024年6月1日\n"
COUNTY_TABLE = TABLE.replace("自评分", "县级检查得分")


def footer(inspectors="王伟、李娜", leader="赵敏", phone="0354-3021234"):
    return f"{SELF}检查人员：{inspectors}　被检查单位负责人签字：{leader}　联系电话：{phone}"


def test_inspectors_missing(fires, silent):
    fires("U331", TABLE, f"A5 {footer('').splitlines()[1]!r}", fields=footer(""))
    fires("U331", TABLE, f"A5 {footer('（签字）').splitlines()[1]!r}", fields=footer("（签字）"))
    silent("U331", TABLE, fields=footer("王伟"))
    silent("U331", TABLE)  # no such field: L223
    silent("U331", TABLE, fields=footer(""), pictures=["A6:B8"])  # the signature may be the picture
    fires("U331", TABLE, f"A5 {footer('').splitlines()[1]!r}", fields=footer(""), pictures=["A9:B10"])


def test_leader_missing(fires, silent):
    for blank in ("", "______", "（签字、盖章）", "/"):
        fires("U332", TABLE, f"A5 {footer(leader=blank).splitlines()[1]!r}", fields=footer(leader=blank))
    silent("U332", TABLE, fields=footer())


def test_phone_missing(fires, silent):
    fires("U333", TABLE, f"A5 {footer(phone='').splitlines()[1]!r}", fields=footer(phone=""))
    silent("U333", TABLE, fields=footer())
    silent("U333", TABLE)  # the form does not ask for it


@pytest.mark.parametrize(
    "phone",
    ["1380013800", "138001380000", "12345678901", "00000000", "11111111111", "无", "同上", "354302123", "3021", "5月20日", "a@b.cn", "354-4123456", "0354-555831"],
)  # fmt: skip
def test_phone_implausible(fires, phone):
    fires("U334", TABLE, f"A5 {footer(phone=phone).splitlines()[1]!r}", fields=footer(phone=phone))


@pytest.mark.parametrize(
    "phone",
    ["13800138001", "138 0013 8001", "138-0013-8001", "0354-3021234", "03543021234", "（0354）3021234", "3021234",
     "王伟 13800138001", "13800138001、13900139002", "0354-3021234-801", "0354-3021234转801", "+8613800138001", "１３８００１３８００１",
     "010-82345678", "13834567890 15935412345", "0354-3024567 13934560000", "0086 13834567890", "400-123-4567"],
)  # fmt: skip
def test_phone_implausible_near_misses(silent, phone):
    silent("U334", TABLE, fields=footer(phone=phone))


@pytest.mark.parametrize(
    "name",
    [
        "同上",
        "XXX",
        "某某某",
        "13800138001",
        "王",
        "2024年5月20日",
        "签字",
        "王王",
        "乐平镇",
        "乐平镇人民政府",
        "统计站",
        "昔阳县统计局检查组",
        "本人",
        "领导",
        "主任",
        "已签字",
        "手签",
        "见纸质件",
        "待签",
        "电子签名",
        "签字盖章",
        "张某某",
    ],
)
def test_name_implausible(fires, name):
    fires("U335", TABLE, f"A5 {footer(name).splitlines()[1]!r}", fields=footer(name))


@pytest.mark.parametrize(
    "name",
    [
        "王伟",
        "王 伟",
        "欧阳娜娜",
        "王伟、李娜",
        "王伟 13800138001",
        "阿依古丽·买买提",
        "John Smith",
        "王伟（组长）李娜",
    ],
)
def test_name_implausible_near_misses(silent, name):
    silent("U335", TABLE, fields=footer(name))


def test_the_leader_must_be_a_name_too(fires, says):
    fires("U335", TABLE, f"A5 {footer(leader='同上').splitlines()[1]!r}", fields=footer(leader="同上"))
    says("U335", TABLE, "“被检查单位负责人签字”填的是“同上”，不像姓名。", fields=footer(leader="同上"))


def test_inspector_from_the_unit(fires, silent, says):
    both = COUNTY + "检查人员：王伟、李娜　单位负责人：李娜"
    fires("U336", COUNTY_TABLE, f"A5 {both.splitlines()[1]!r}", fields=both)
    says("U336", COUNTY_TABLE, "李娜既是检查人员，又是被检查单位负责人。", fields=both)
    spaced = COUNTY + "检查人员：王伟 李 娜　单位负责人：李 娜"
    says("U336", COUNTY_TABLE, "李娜既是检查人员，又是被检查单位负责人。", fields=spaced)
    silent("U336", COUNTY_TABLE, fields=both.replace("李娜　", "李楠　"))
    silent("U336", COUNTY_TABLE, fields=COUNTY + "检查人员：王伟")
    # One's own people.
    silent("U336", TABLE, fields=both.replace("县级检查", "自评").replace("6月1日", "5月20日"))


@pytest.mark.parametrize(
    ("text", "found"),
    [("王伟和李娜", ("王伟", "李娜")), ("李和平", ("李和平",)), ("1.王建军 2.李娜", ("王建军", "李娜")), ("王 伟、李 娜", ("王伟", "李娜")),
     ("王建军（组长），李娜及赵敏", ("王建军", "李娜", "赵敏")), ("", ()), ("昔阳县统计局 王伟", ("王伟",))],
)  # fmt: skip
def test_names_in_a_field(text, found):
    assert names(text) == found


@pytest.mark.parametrize("part", ["(", "[(", "单位（", "王", "\ufdfa", "1", " ", "1-"])
def test_of_a_field_only_the_beginning_is_read(part):
    full, beginning = part * 10000, (part * 200)[:200]
    assert written(full) == written(beginning)
    assert names(full) == names(beginning)
    assert holds_phone(full) == holds_phone(beginning)


@pytest.mark.parametrize(
    "word",
    ["同上", "同前", "本人", "他人", "领导", "主任", "站长", "局长", "组长", "镇长", "乡长", "书记", "统计员", "负责人", "经办人", "签字", "签名", "签章", "盖章",
     "签字盖章", "已签", "已签字", "未签", "未签字", "待签", "待签字", "手签", "电子签名", "见纸质件", "见附件", "姓名", "无人", "没有", "暂无", "不详", "待定", "年月日", "月日",
     "县统计局", "工作站", "乐平镇", "闫庄乡", "北关街道", "镇政府", "检查组", "统计办公室", "党政办", "统计所", "服务中心", "村委", "本单位", "统计科", "统计股", "南关村", "城东社区"],
)  # fmt: skip
def test_words_that_are_nobodys_name(word):
    assert names(word) == ()
    assert names(f"{word}、王伟") == ("王伟",)


@pytest.mark.parametrize(
    ("text", "found"),
    [("王伟X李", ("王伟X李",)), ("X王伟", ("X王伟",)), ("王·伟", ("王·伟",)), ("王伟.", ("王伟",)), ("·王伟。", ("王伟",)), ("a", ()), ("a b", ()), ("Aa", ()), ("王", ()), ("王 a 伟", ()),
     ("王 伟 李娜", ("王伟", "李娜")), ("李娜 王 伟", ("李娜", "王伟")), ("王伟" * 100 + "，李娜", ("王伟" * 100,))],
)  # fmt: skip
def test_more_names_in_a_field(text, found):
    assert names(text) == found


@pytest.mark.parametrize(
    ("text", "what"),
    [("（签字）", ""), (" 王伟（签字） ", "王伟"), ("__王伟__", "王伟"), ("：王伟：", "王伟"), ("-王伟—", "王伟"), ("X", "X"), ("X王伟X", "X王伟X"), ("王伟(a)[b]X", "王伟  X"),
     ("王" * 201, "王" * 200), ("", "")],
)  # fmt: skip
def test_what_was_written_in_a_field(text, what):
    assert written(text) == what


@pytest.mark.parametrize(
    ("text", "holds"),
    [("0354-3021234-80123", True), ("0354-3021234-801234", False), ("3021234*801", True), ("3021234#801", True), ("3021234—801", True), ("22222222", False),
     ("2222222-801", False), ("-801", False), ("(0354) 3021234", True), ("(0354)3021234转801", True), ("13131313131", True), ("1380013800X", False), ("13800138001X", True)],
)  # fmt: skip
def test_numbers_that_may_be_a_telephones(text, holds):
    assert holds_phone(text) is holds


@pytest.mark.parametrize(
    ("picture", "signed"), [("A7:B8", True), ("A8:B8", False), ("A1:B3", True), ("A1:B2", False)]
)
def test_a_picture_signs_what_lies_two_rows_from_it(fires, silent, picture, signed):
    nobody = footer("")
    if signed:
        silent("U331", TABLE, fields=nobody, pictures=[picture])
    else:
        fires("U331", TABLE, f"A5 {nobody.splitlines()[1]!r}", fields=nobody, pictures=[picture])


def test_messages_quote_what_was_written(says):
    says("U334", TABLE, "联系电话“3021”不像电话号码。", fields=footer(phone="3021"))
    says("U335", TABLE, "“检查人员”填的是“同上”，不像姓名。", fields=footer("同上"))


def test_inspector_of_an_unknown_stage_is_not_judged(silent):
    table = TABLE.replace("自评分", "得分")
    silent("U336", table, fields="单位名称：昔阳县乐平镇\n检查人员：王伟　单位负责人：王伟")
