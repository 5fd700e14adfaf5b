"""U3xx."""

import pytest

from huitoukan.intake.extract import extract_sheet
from huitoukan.output.text import Words
from tests.conftest import findings_of, grid_of

TABLE = "| 序号 | 检查项目 | 标准分 | 自评分 |\n| T1.2 | 普查与抽样 | 3 | 3 |\n"
SCORED = TABLE.replace("自评分", "得分")


def fields(unit="昔阳县乐平镇", stage="自评", date="2024年5月20日"):
    return f"单位名称：{unit}\n检查阶段：{stage}\n检查日期：{date}"


UNIT, STAGE, DATE = "A3", "A4", "A5"


def unit_at(name):
    return f"{UNIT} {'单位名称：' + name!r}"


def test_unit_missing(fires, silent):
    fires("U301", TABLE, "B3", fields=fields(unit=""))
    fires("U301", TABLE, "", fields="检查阶段：自评")  # the form has no such field
    silent("U301", TABLE, fields=fields(unit=""), path="自评/昔阳县乐平镇.xlsx")
    silent("U301", TABLE, fields=fields())


@pytest.mark.parametrize("name", ["析阳县统计局", "昔阳县乐平真", "祁县乐平镇", "第一组", "乐平镇（大寨镇）"])
def test_unit_unknown(fires, name):
    fires("U302", TABLE, unit_at(name), fields=fields(name))


@pytest.mark.parametrize(
    "name",
    [
        "乐平镇",
        "昔阳县 乐平镇（盖章）",
        "乐平镇（盖 章）",
        "乐平镇(盖章处)",
        "山西省晋中市昔阳县乐平镇",
        "乐平镇统计站",
        "乐平镇人民政府",
        "乐平",
        "乐平镇（县城所在地）",
        "乐平镇经发办",
        "乐平镇统计办",
        "乐平镇经济发展办",
        "北关街道（介休市）",
    ],
)
def test_unit_known(silent, name):
    silent("U302", TABLE, fields=fields(name))


@pytest.mark.parametrize("name", ["乐平乡", "乐平街道", "乐平镇所"])
def test_suggestions_are_of_the_county(campaign, name):
    grid = grid_of(TABLE, fields(name))
    (finding,) = [f for f in findings_of(grid, "自评/昔阳县/1.xlsx", campaign) if f.code == "U302"]
    message = Words("zh").message(finding)
    assert "是不是昔阳县乐平镇" in message
    assert message.count("县") == message.count("昔阳县")


def test_a_county_in_the_name_outweighs_the_folder(campaign):
    grid = grid_of(TABLE, fields("介休市北关镇"))
    (finding,) = [f for f in findings_of(grid, "自评/昔阳县/1.xlsx", campaign) if f.code == "U302"]
    assert "介休市北关街道" in Words("zh").message(finding)


def test_unit_ambiguous(fires, silent):
    fires("U303", TABLE, unit_at("北关街道"), fields=fields("北关街道"))
    fires("U303", TABLE, unit_at("城区"), fields=fields("城区"))
    fires("U303", TABLE, unit_at("城区社会事务服务中心"), fields=fields("城区社会事务服务中心"))
    silent("U303", TABLE, fields=fields("城区社会事务服务中心"), path="昔阳县/1.xlsx")
    silent("U303", TABLE, fields=fields("介休市北关街道办事处"))
    silent("U303", TABLE, fields=fields("北关街道"), path="介休市/1.xlsx")


def test_unit_contradicted(fires, silent):
    fires("U304", TABLE, unit_at("昔阳县乐平镇"), fields=fields(), path="自评/昔阳县/大寨镇评分表.xlsx")
    fires("U304", TABLE, unit_at("昔阳县乐平镇"), fields=fields(), path="自评/祁县/1.xlsx")
    # One cause.
    fires("U304", TABLE, unit_at("昔阳县乐平镇"), fields=fields(), path="自评/祁县/祁县东观镇.xlsx")
    silent("U304", TABLE, fields=fields(), path="自评/昔阳县/乐平镇评分表.xlsx")
    silent("U304", TABLE, fields=fields(), path="祁县转来/昔阳县/1.xlsx")  # the nearest folder speaks
    silent("U304", TABLE, fields=fields("晋中开发区"), path="榆次区/1.xlsx")  # which lies in 榆次区
    silent("U304", TABLE, fields=fields(), path="昔阳县统计局报送/昔阳县统计局汇总.xlsx")  # the sender
    fires("U304", TABLE, unit_at("昔阳县乐平镇"), fields=fields(), path="祁县统计局/1.xlsx")


def test_unit_former_name(fires, silent):
    fires("U305", TABLE, unit_at("榆次区什贴镇"), fields=fields("榆次区什贴镇"))
    silent("U305", TABLE, fields=fields("榆次区乌金山镇"))


def test_unit_alias(fires, silent):
    fires("U306", TABLE, unit_at("乐平"), fields=fields("乐平"))
    fires("U306", TABLE, unit_at("锦纶街办"), fields=fields("锦纶街办"))
    fires("U306", TABLE, unit_at("太谷县胡村镇"), fields=fields("太谷县胡村镇"))
    silent("U306", TABLE, fields=fields("锦纶街道办事处"))
    silent("U306", TABLE, fields=fields("太谷区胡村镇"))


def test_unit_abolished(fires, silent):
    fires("U307", TABLE, unit_at("左权县粟城乡"), fields=fields("左权县粟城乡"))  # split between two
    fires("U307", TABLE, unit_at("介休市三佳乡"), fields=fields("介休市三佳乡"))  # successor not known
    silent("U307", TABLE, fields=fields("左权县龙泉乡"))


def test_unit_without_county(fires, silent):
    fires("U308", TABLE, unit_at("北关街道"), fields=fields("北关街道"), path="介休市/1.xlsx")
    silent("U308", TABLE, fields=fields("介休市北关街道"), path="介休市/1.xlsx")
    silent("U308", TABLE, fields=fields("乐平镇"), path="昔阳县/1.xlsx")  # the only one of its name


def test_unit_from_name(fires, silent):
    fires("U309", TABLE, "B3", fields=fields(unit=""), path="自评/昔阳县/乐平镇.xlsx")
    silent("U309", TABLE, fields=fields(), path="自评/昔阳县/乐平镇.xlsx")
    # A township's sheet is not the bureau's.
    silent("U309", TABLE, fields=fields(unit=""), path="昔阳县统计局/1.xlsx")


def test_stage_unknown(fires, silent):
    fires("U311", SCORED, "B4", fields=fields(stage=""))
    fires("U311", SCORED, f"{STAGE} '检查阶段：第三轮'", fields=fields(stage="第三轮"))
    silent("U311", SCORED, fields=fields(stage="县级检查阶段"))
    silent("U311", TABLE, fields=fields(stage=""))  # the only score column says 自评分


def test_stage_contradicted(fires, silent):
    fires("U312", TABLE, f"{STAGE} '检查阶段：自评'", fields=fields(), path="县级检查/1.xlsx")
    # One cause.
    fires("U312", TABLE, f"{STAGE} '检查阶段：自评'", fields=fields(), path="县级检查/1县检.xlsx")
    silent("U312", TABLE, fields=fields(), path="县级检查材料/自评/1.xlsx")
    silent("U312", TABLE, fields=fields(), path="县级评分表.xlsx")  # 县级 is a level here


def test_stage_inferred(fires, silent):
    fires("U313", SCORED, "B4", fields=fields(stage=""), path="自评/1.xlsx")
    silent("U313", TABLE, fields=fields(stage=""))
    silent("U313", SCORED, fields=fields())


def test_date_missing(fires, silent):
    fires("U321", TABLE, "B5", fields=fields(date=""))
    fires("U321", TABLE, f"{DATE} '检查日期：    年  月  日'", fields=fields(date="    年  月  日"))
    silent("U321", TABLE, fields=fields())


@pytest.mark.parametrize(
    "text", ["2024年5月32日", "2024.13.1", "五月", "20240230", "2024-5", "1024年5月20日"]
)
def test_date_unreadable(fires, text):
    fires("U322", TABLE, f"{DATE} {'检查日期：' + text!r}", fields=fields(date=text))


@pytest.mark.parametrize(
    "text",
    [
        "2024.5.20",
        "2024-05-20",
        "2024/5/20",
        "20240520",
        "2024年 5月20日",
        "24.5.20",
        "２０２４年５月２０日",
        "二〇二四年五月二十日",
        "45432",
    ],
)
def test_date_readable(silent, text):
    silent("U322", TABLE, fields=fields(date=text))
    silent("U323", TABLE, fields=fields(date=text))


def test_an_unreadable_date_says_why(says):
    says("U322", TABLE, "日期“2024年5月32日”日历上没有。", fields=fields(date="2024年5月32日"))
    says("U322", TABLE, "日期“五月份”看不懂。", fields=fields(date="五月份"))


def test_date_outside_window(fires, silent):
    for text in ("2024年5月9日", "2024年5月26日", "2024年12月31日"):
        fires("U323", TABLE, f"{DATE} {'检查日期：' + text!r}", fields=fields(date=text))
    fires("U323", TABLE, f"{DATE} '检查日期：6月1日'", fields=fields(date="6月1日"))
    silent("U323", TABLE, fields=fields(date="2024年5月10日"))  # both days of the window are inside
    silent("U323", TABLE, fields=fields(date="2024年5月25日"))


def test_date_without_year(fires, silent):
    fires("U324", TABLE, f"{DATE} '检查日期：5月20日'", fields=fields(date="5月20日"))
    fires("U324", TABLE, f"{DATE} '检查日期：5.20'", fields=fields(date="5.20"))
    silent("U324", TABLE, fields=fields())


def test_date_of_another_year(fires, silent, says):
    last_year = "单位名称：昔阳县乐平镇 检查阶段：自评 检查日期：2023年5月20日"
    fires("U325", TABLE, f"A3 {last_year!r}", fields=last_year)
    says("U325", TABLE, "日期是 2023 年的（2023-05-20），本次检查在 2024 年。", fields=last_year)
    silent("U323", TABLE, fields=last_year)  # one cause, one finding
    silent("U323", TABLE, fields=last_year.replace("5月20日", "12月31日"))
    silent("U325", TABLE, fields=last_year.replace("2023年5月", "2024年7月"))


def test_messages_about_units(says):
    says("U302", TABLE, "单位“第一组”不在名录里。", fields=fields("第一组"))
    says("U307", TABLE, "“介休市三佳乡”已撤销，归属不能确定。", fields=fields("介休市三佳乡"))


def test_a_name_of_several_counties_with_its_county_in_another_place(fires, silent, says):
    blank = fields(unit="")
    # The file names it, the folder its county.
    fires("U309", TABLE, "B3", fields=blank, path="介休市/北关街道.xlsx")
    fires("U301", TABLE, "B3", fields=blank, path="北关街道.xlsx")
    silent("U301", TABLE, fields=blank, path="介休市.zip/自评/北关街道.xlsx")
    fires("U304", TABLE, unit_at("昔阳县乐平镇"), fields=fields(), path="北关街道.xlsx")  # whichever it is
    silent("U304", TABLE, fields=fields("介休市北关街道"), path="北关街道.xlsx")
    silent("U304", TABLE, fields=fields(), path="县城区域/城区.xlsx")  # said of many places


def test_places_that_contradict_each_other_where_the_unit_is_blank(fires, silent, campaign):
    blank = fields(unit="")
    fires("U304", TABLE, "B3", fields=blank, path="昔阳县大寨镇/昔阳县乐平镇.xlsx")
    silent("U304", TABLE, fields=blank, path="昔阳县/昔阳县乐平镇.xlsx")
    grid = grid_of(TABLE, blank)
    (finding,) = [f for f in findings_of(grid, "大寨镇/昔阳县乐平镇.xlsx", campaign) if f.code == "U304"]
    assert Words("zh").message(finding) == "文件名里的单位是昔阳县乐平镇，文件夹却是“大寨镇”。"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("析阳县统计局", "是不是昔阳县统计局或寿阳县统计局？"),  # as near to the one as to the other
        ("析阳县乐平镇", "是不是昔阳县乐平镇？"),
        ("昔阳县乐坪镇", "是不是昔阳县乐平镇？"),  # not 昔阳县皋落镇, which shares county and ending only
        ("介体市北关街道", "是不是介休市北关街道？"),
        ("祁县东关镇", "是不是祁县东观镇？"),
        ("北关镇", "是不是榆次区北关街道或介休市北关街道？"),
        ("孝义市新义街道", ""),  # of another prefecture
    ],
)
def test_suggestions_name_what_may_be_meant_and_no_more(says, written, meant):
    says("U302", TABLE, f"单位“{written}”不在名录里。{meant}", fields=fields(written))


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("昔阳县.zip/自评/乐平镇.xlsx", "140724100"),
        ("自评材料.eml/乐平镇.xlsx", "140724100"),
        ("（昔阳县）乐平镇　评分表.xlsx", "140724100"),
        ("【昔阳】乐平镇－自评.xlsx", "140724100"),
        ("昔 阳 县 乐 平 镇.xlsx", "140724100"),
        ("昔阳县/01乐平(1).xlsx", "140724100"),
        ("榆次区/西南街道办.xls", "140702004"),
        ("西南街道 评分表.xls", None),
        ("新建文件夹 (2)/评分表.xls", None),
        ("新建 Microsoft Excel 工作表.xlsx", None),
        ("新建 XLSX 工作表 - 副本.xlsx", None),
        ("榆次区/新建街道.xlsx", "140702008"),
        ("新建评分表.xlsx", "140702008"),
        ("昔阳县/评分表.xls", None),
    ],
)
def test_units_in_names_of_files_as_people_write_them(campaign, path, unit):
    sheet = extract_sheet(path, grid_of(TABLE, fields(unit="")), campaign)[0].sheet
    assert sheet.unit.unit == unit
