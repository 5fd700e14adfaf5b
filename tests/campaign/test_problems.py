"""R9xx: a mistake in a rubric, roster or campaign file is reported at its line and column, with what to write."""

import shutil

import pytest

import huitoukan.pipeline  # noqa: F401  enters the rules into the catalogue
from huitoukan import catalogue
from huitoukan.campaign.campaign import DATA, load_campaign
from huitoukan.campaign.problems import ConfigError
from huitoukan.output.text import Words


@pytest.fixture
def edited(tmp_path):
    """Copy the shipped files, replace text in one of them, load them, and return the problems as they are shown."""
    for path in DATA.iterdir():
        shutil.copy(path, tmp_path / path.name)
    campaign = tmp_path / "campaign.yaml"
    text = campaign.read_text(encoding="utf-8").replace("rubric: shipped", "rubric: rubric.yaml")
    text = text.replace("units: shipped", "units: roster.csv").replace(
        "former_names: shipped", "former_names: former_names.csv"
    )
    campaign.write_text(text, encoding="utf-8")

    def load(name: str, *replacements: tuple[str, str]) -> list[str]:
        path = tmp_path / name
        content = path.read_text(encoding="utf-8")
        for old, new in replacements:
            assert content.count(old) >= 1, f"{old!r} is not in {name}"
            content = content.replace(old, new, 1)
        path.write_text(content, encoding="utf-8")
        try:
            load_campaign(campaign, rules={entry.code: entry for entry in catalogue.entries()})
        except ConfigError as error:
            return [Words().problem(problem) for problem in error.problems]
        return []

    def line_of(name: str, text: str) -> int:
        return next(
            n
            for n, line in enumerate((tmp_path / name).read_text(encoding="utf-8").splitlines(), 1)
            if text in line
        )

    load.line_of = line_of
    return load


def fires(code: str, shown: list[str], *parts: str) -> None:
    """The first problem shown has this code and says these things."""
    assert shown, f"{code} does not fire"
    assert f" {code} " in shown[0], shown[0]
    for part in parts:
        assert part in shown[0], shown[0]


def silent(code: str, shown: list[str]) -> None:
    assert not [line for line in shown if f" {code} " in line]


RUBRIC, CAMPAIGN = "rubric.yaml", "campaign.yaml"
FIRST = "max_points: {value: 4, basis: assumed, source: A}"


def test_the_shipped_files_are_right(edited):
    assert edited(RUBRIC) == []


def test_unreadable(edited):
    silent("R901", edited(RUBRIC, ("title: 常规调查任务", "title: 常规调查")))
    fires("R901", edited(RUBRIC, (FIRST, "max_points: {value: 4, basis: assumed")), "rubric.yaml:")


def test_unreadable_tab(edited):
    fires("R901", edited(CAMPAIGN, ("  pass_mark:", "\tpass_mark:")), "campaign.yaml:", "制表符")


def test_missing_file(edited):
    fires("R901", edited(CAMPAIGN, ("rubric: rubric.yaml", "rubric: nowhere.yaml")), "nowhere.yaml", "找不到")


def test_impossible_date(edited):
    fires(
        "R902",
        edited(CAMPAIGN, ("start: 2024-05-10", "start: 2024-02-30")),
        "campaign.yaml:9:17",
        "2024-02-30",
        "日期",
    )


def test_wrong_type(edited):
    silent("R902", edited(RUBRIC, (FIRST, FIRST.replace("value: 4", "value: 4.0"))))
    shown = edited(RUBRIC, (FIRST.replace("4", "4.0"), FIRST.replace("4", "四")))
    line = edited.line_of(RUBRIC, "value: 四")
    fires("R902", shown, f"rubric.yaml:{line}:", "“value”的值“四”不对", "一个数")


def test_wrong_type_of_date_and_severity(edited):
    shown = edited(
        CAMPAIGN, ("end: 2024-06-30", "end: 6月底"), ("rules: {}", "rules: {S406: {severity: fatal}}")
    )
    fires("R902", shown, "6月底", "日期")
    assert "“severity”的值“fatal”不对。请改为error、warning、info 或 off。" in shown[1]


def test_windows_and_grades(edited):
    shown = edited(
        CAMPAIGN,
        ("window: {start: 2024-05-10, end: 2024-05-25}", "window: {start: 2024-05-25, end: 2024-05-10}"),
    )
    fires("R902", shown, "end", "不早于开始日期")


def test_grades_in_order(edited):
    fires("R902", edited(CAMPAIGN, ("at_least: pass_mark", "at_least: 95")), "grades")


def test_unknown_key(edited):
    silent("R903", edited(RUBRIC, ("per: 次", "per: 回")))
    shown = edited(RUBRIC, (FIRST, FIRST.replace("max_points", "max_point")))
    line = edited.line_of(RUBRIC, "max_point:")
    fires("R904", shown[:1])  # the key that is missing is told first
    fires("R903", shown[1:], f"rubric.yaml:{line}:13", "max_point", "是不是“max_points”")


def test_missing_key(edited):
    silent("R904", edited(CAMPAIGN, ("rules: {}", "")))  # has a default
    fires("R904", edited(CAMPAIGN, ("issuer: 晋中市统计局", "")), "issuer")


def test_missing_level_and_stage(edited):
    text = "  township:\n"
    shown = edited(RUBRIC, (text, "  towns:\n"))
    assert any("township" in line for line in shown)


def test_points_do_not_add_up(edited):
    silent("R905", edited(RUBRIC, ("title: 常规调查任务", "title: 常规")))
    shown = edited(RUBRIC, (FIRST, FIRST.replace("4", "5")))
    line = edited.line_of(RUBRIC, "max_points: 12")
    fires("R905", shown, f"rubric.yaml:{line}:21", "C1 工作任务", "13", "12")


def test_total_does_not_add_up(edited):
    shown = edited(RUBRIC, ("    total: 100", "    total: 99"))
    fires("R905", shown, "县级统计机构", "100", "99")


def test_repeated(edited):
    silent("R906", edited(RUBRIC, ("- id: C1.2", "- id: C1.9")))
    shown = edited(RUBRIC, ("- id: C1.9", "- id: C1.1"))
    fires("R906", shown, f"rubric.yaml:{edited.line_of(RUBRIC, '普查与专项') - 1}:", "C1.1")


def test_repeated_key_and_title(edited):
    fires("R906", edited(RUBRIC, ("title: 普查与专项", "title: 常规调查任务")), "常规调查任务")
    fires("R906", edited(CAMPAIGN, ("issuer:", "id: x\nissuer:")), "“id”重复")


def test_orphan(edited):
    silent("R907", edited(RUBRIC, ("- id: C1.2", "- id: C1.9")))
    fires("R907", edited(RUBRIC, ("- id: C1.9", "- id: C2.9")), "C2.9", "C1.")
    fires(
        "R907", edited(RUBRIC, ("- id: C2.9", "- id: C1.2"), ("source: S11", "source: S99")), "S99", "sources"
    )


def test_orphan_units_counties_and_rules(edited):
    fires("R907", edited(RUBRIC, ('["140702401"]', '["140702999"]')), "140702999", "名录")
    fires("R907", edited(CAMPAIGN, ("counties: []", "counties: [昔阳县, 太原市]")), "太原市")
    fires(
        "R907",
        edited(
            CAMPAIGN,
            ("counties: [昔阳县, 太原市]", "counties: []"),
            ("rules: {}", "rules: {S999: {severity: off}}"),
        ),
    )


def test_tiers_above_maximum(edited):
    silent("R908", edited(RUBRIC, ("tiers: {value: [3, 2, 1, 0]", "tiers: {value: [3, 1, 0]")))
    shown = edited(RUBRIC, ("tiers: {value: [3, 1, 0]", "tiers: {value: [4, 1, 0]"))
    fires("R908", shown, f"rubric.yaml:{edited.line_of(RUBRIC, '[4, 1, 0]')}:", "C1.2", "“4”", "标准分 3")


@pytest.mark.parametrize("tiers", ["[2, 1, 0]", "[3, 1, 2]", "[3, 3, 0]", "[3, -1]"])
def test_other_wrong_tiers(edited, tiers):
    fires("R908", edited(RUBRIC, ("tiers: {value: [3, 2, 1, 0]", f"tiers: {{value: {tiers}")), "C1.2")


def test_step_above_maximum(edited):
    fires("R908", edited(RUBRIC, ("step: {value: 0.5,", "step: {value: 5,")), "步长")


def test_unknown_mode(edited):
    silent("R909", edited(RUBRIC, ("per: 次", "per: 回")))
    fires(
        "R909",
        edited(RUBRIC, ("mode: {value: deduct", "mode: {value: minus")),
        "minus",
        "deduct, tiers, yesno",
    )


def test_incomplete_mode(edited):
    fires("R909", edited(RUBRIC, ("mode: {value: deduct", "mode: {value: tiers")), "C1.1", "tiers")


def test_roster(edited):
    silent("R910", edited("roster.csv", ("乐平镇", "乐平乡")))
    fires(
        "R910",
        edited("roster.csv", ("140724100,乐平乡,township", "140724100,乐平镇,town")),
        "roster.csv:",
        "town",
    )


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("140724100,", "14072410,", "14072410"),
        ("140724101,", "140724100,", "重复"),
        ("code,name", "name", "表头缺少 code"),
        ("140724100,乐平镇,township,140724,镇,yes", "140724100,乐平镇,township,999999,镇,yes", "999999"),
        ("140724100,乐平镇,township,140724,镇,yes", "140724100,乐平镇,township,140724,镇,是", "是"),
        ("140724100,乐平镇,township,140724,镇,yes,,", "140724100,乐平镇", "列数"),
    ],
)
def test_other_mistakes_in_the_roster(edited, old, new, part):
    fires("R910", edited("roster.csv", (old, new)), "roster.csv:", part)


def test_former_names(edited):
    fires("R910", edited("former_names.csv", ("140702100", "140702999")), "former_names.csv:2:4", "140702999")


def test_ambiguous_label(edited):
    silent("R911", edited(RUBRIC, ("aliases: [自评得分,", "aliases: [自评所得,")))
    shown = edited(RUBRIC, ("aliases: [自评所得,", "aliases: [标准分,"))
    fires(
        "R911",
        shown,
        f"rubric.yaml:{edited.line_of(RUBRIC, 'aliases: [标准分,')}:",
        "标准分",
        "score_self",
        "max_points",
    )


def test_every_mistake_at_once(edited):
    shown = edited(
        RUBRIC, (FIRST, FIRST.replace("4", "5")), ("- id: C1.2", "- id: C1.1"), ("source: S11", "source: S99")
    )
    assert {line.split()[1] for line in shown} == {"R905", "R906", "R907"}


@pytest.mark.parametrize(
    "text", ["{nosuch}", "{", "}", "{0}", "{value:d}", "{value!r}", "{value.__class__}", "{}"]
)
def test_words_of_a_rule_use_its_fields_only(edited, text):
    fires(
        "R902",
        edited(CAMPAIGN, ("rules: {}", f"rules: {{S405: {{message: '{text}'}}}}")),
        "message",
        "{label}",
    )


def test_own_words_of_a_rule(edited):
    silent(
        "R902", edited(CAMPAIGN, ("rules: {}", "rules: {S405: {message: '{label} 超了, 最多 {maximum}'}}"))
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dimension_share: {value: 0.6", "dimension_share: {value: 60"),
        ("township_share: {value: 0.8", "township_share: {value: 80"),
        ("name_words: [自评, 自查]", 'name_words: [""]'),
        ("title: 自评", 'title: " "'),
        ("period: {start: 2024-05-10, end: 2024-06-30}", "period: {start: 2024-05-10, end: 2023-06-30}"),
        ("schema: 1", "schema: 2"),
    ],
)
def test_policy_that_cannot_be_meant(edited, old, new):
    fires("R902", edited(CAMPAIGN, (old, new)), "campaign.yaml:")


def test_a_word_for_two_stages(edited):
    fires(
        "R911",
        edited(CAMPAIGN, ("name_words: [自评, 自查]", "name_words: [自评, 县检]")),
        "县检",
        "self",
        "county",
    )


def test_empty_things_in_the_rubric(edited):
    fires("R902", edited(RUBRIC, ("tiers: {value: [3, 2, 1, 0]", "tiers: {value: []")))


def test_a_section_may_be_written_in_part(edited):
    silent(
        "R904",
        edited(CAMPAIGN, ("  pass_mark: {value: 80", "  pass_mark: {value: 85"), ("  failed: 未达标\n", "")),
    )


def test_a_roster_of_ones_own_with_the_shipped_rest(tmp_path):
    text = (DATA / "campaign.yaml").read_text(encoding="utf-8").replace("units: shipped", "units: u.csv")
    (tmp_path / "campaign.yaml").write_text(text, encoding="utf-8")
    lines = (DATA / "roster.csv").read_text(encoding="utf-8").splitlines()
    own = [line for line in lines if line.startswith(("code", "140724"))]
    (tmp_path / "u.csv").write_text("\n".join(own) + "\n", encoding="utf-8")
    assert len(load_campaign(tmp_path / "campaign.yaml").roster.units) == len(own) - 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "[" * 100_000 + "]" * 100_000,
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)),
        "a: &a [*a]\n",
        "a: !!timestamp x\n",
        "a: !!python/object:os.system x\n",
        "- 1\n- 2\n",
        "a: \x00\n",
    ],
    ids=["empty", "comment", "deep", "bomb", "circle", "tag", "python", "list", "nul"],
)
def test_yaml_that_would_hang_or_kill(tmp_path, text):
    (tmp_path / "campaign.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        load_campaign(tmp_path / "campaign.yaml")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", "schema: 1\nid: \u4e2d".encode("gbk")])
def test_other_encodings(tmp_path, data):
    (tmp_path / "campaign.yaml").write_bytes(data)
    with pytest.raises(ConfigError, match="R901"):
        load_campaign(tmp_path / "campaign.yaml")


def test_a_field_of_the_roster_that_is_too_long(edited):
    fires("R910", edited("roster.csv", ("乐平镇", "镇" * 200_000)), "roster.csv:")
