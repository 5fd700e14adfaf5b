"""Who is responsible for a county, and what follows: read from campaign.yaml, mistakes told with line and column."""

import pytest

from huitoukan.campaign.campaign import DATA, load_campaign
from huitoukan.model import Level
from tests.campaign.test_problems import CAMPAIGN, edited, fires, silent  # noqa: F401

NOBODY = "people: {}"
XIYANG = """people:
  昔阳县:
    leader: {name: 张明, post: 副局长, phone: 0354-0000001}
    group: [{name: 李华, post: 设管科}, {name: 王芳}]
    contact: {name: 李华, phone: 03540000002}
"""


def people(*lines):
    return (NOBODY, "people:\n" + "\n".join(f"  {line}" for line in lines))


@pytest.fixture
def load(tmp_path):
    def load(section, counties="[]", **replaced):
        text = (DATA / CAMPAIGN).read_text("utf-8").replace("counties: []", f"counties: {counties}")
        path = tmp_path / CAMPAIGN
        path.write_text(text.replace(NOBODY, section), "utf-8")
        return load_campaign(path)

    return load


def test_people_by_the_code_of_their_county(load):
    campaign = load(XIYANG)
    (its,) = campaign.people.values()
    assert campaign.people == {"140724": its}
    assert (its.leader.name, its.leader.post, its.group[1].name, its.group[1].post) == (
        "张明",
        "副局长",
        "王芳",
        None,
    )
    assert its.contact.phone == "03540000002", "a number that begins with 0 stays as it is written"
    assert load(XIYANG.replace("昔阳县:", '"140724":')).people == campaign.people
    assert load(XIYANG.replace("昔阳县:", "140724:")).people == campaign.people


def test_nobody_is_named_as_shipped(campaign):
    assert campaign.people == {}
    assert campaign.settings.people == {}


def test_people_of_counties_that_are_not_looked_at_are_left_out(load):
    assert load(XIYANG, counties="[祁县]").people == {}
    assert list(load(XIYANG).limited_to("昔阳县").people) == ["140724"]
    assert load(XIYANG).limited_to("祁县").people == {}


def test_an_unknown_county(edited):  # noqa: F811
    shown = edited(CAMPAIGN, people("析阳县: {leader: {name: 张明}}"))
    fires(
        "R930",
        shown,
        f"{CAMPAIGN}:{edited.line_of(CAMPAIGN, '析阳县: ')}:3:",
        "“析阳县”不是名录里的县（区、市）",
    )


def test_a_township_is_no_county(edited):  # noqa: F811
    fires("R930", edited(CAMPAIGN, people("昔阳县乐平镇: {leader: {name: 张明}}")), "乐平镇")


def test_a_county_by_an_alias(edited):  # noqa: F811
    silent("R930", edited(CAMPAIGN, people("昔阳: {leader: {name: 张明}}")))


def test_a_county_twice(edited):  # noqa: F811
    shown = edited(CAMPAIGN, people("昔阳县: {leader: {name: 张明}}", "140724: {leader: {name: 王芳}}"))
    line = edited.line_of(CAMPAIGN, "140724: {")
    fires("R931", shown, f"{CAMPAIGN}:{line}:3:", "昔阳县写了两次：“昔阳县”和“140724”")


def test_two_counties(edited):  # noqa: F811
    silent("R931", edited(CAMPAIGN, people("昔阳县: {leader: {name: 张明}}", "祁县: {leader: {name: 张明}}")))


@pytest.mark.parametrize("phone", ["见通讯录", "123", "0354-12345678901234", "13800000000 张明"])
def test_a_wrong_telephone(edited, phone):  # noqa: F811
    shown = edited(CAMPAIGN, people(f"昔阳县: {{contact: {{name: 张明, phone: {phone}}}}}"))
    fires("R932", shown, f"{CAMPAIGN}:", "张明的电话")
    assert shown[0].startswith(f"{CAMPAIGN}:{edited.line_of(CAMPAIGN, '{contact: {name: 张明, phone')}:36:")


@pytest.mark.parametrize(
    "phone",
    ["13800000000", "0354-1234567", "(0354)1234567转8001", "+86 138 0000 0000", "1234567、13800000000"],
)
def test_a_telephone(edited, phone):  # noqa: F811
    silent("R932", edited(CAMPAIGN, people(f'昔阳县: {{group: [{{name: 张明, phone: "{phone}"}}]}}')))


def test_a_leader_written_in_two_ways(edited):  # noqa: F811
    first = "昔阳县: {leader: {name: 张明, post: 副局长}}"
    shown = edited(CAMPAIGN, people(first, "祁县: {leader: {name: 张明, post: 总统计师}}"))
    fires("R933", shown, "包县领导张明写得不一样：这里是“总统计师”，前面是“副局长”")


def test_one_leader_of_two_counties(edited):  # noqa: F811
    same = "{leader: {name: 张明, post: 副局长, phone: 0354-0000001}}"
    silent(
        "R933", edited(CAMPAIGN, people(f"昔阳县: {same}", f"祁县: {same}", "左权县: {leader: {name: 王芳}}"))
    )


def test_a_member_of_a_group_need_not_be_written_alike(edited):  # noqa: F811
    shown = edited(
        CAMPAIGN, people("昔阳县: {leader: {name: 张明, post: 副局长}}", "祁县: {group: [{name: 张明}]}")
    )
    silent("R933", shown)


def test_a_name_is_needed_and_nothing_else_is_known(edited):  # noqa: F811
    assert " R904 " in edited(CAMPAIGN, people("昔阳县: {leader: {post: 副局长}}"))[0]


def test_an_unknown_key_of_a_person(edited):  # noqa: F811
    assert " R903 " in edited(CAMPAIGN, people("昔阳县: {leader: {name: 张明, tel: 12345}}"))[0]


# ------------------------------------------------------------------------------------------------------ follow_up

PRIORITY = "priority: {value: [优先评优, 优先培训], levels: [county]"


def test_a_title_on_both_lists(edited):  # noqa: F811
    shown = edited(CAMPAIGN, (PRIORITY, "priority: {value: [优先评优, 数据核查重点], levels: [county]"))
    line = edited.line_of(CAMPAIGN, "  key_checks:")
    fires("R934", shown, f"{CAMPAIGN}:{line}:", "“数据核查重点”写了两次")


def test_a_level_twice(edited):  # noqa: F811
    fires("R934", edited(CAMPAIGN, (PRIORITY, PRIORITY.replace("[county]", "[county, county]"))), "“county”")


def test_both_levels_or_none(edited):  # noqa: F811
    silent("R934", edited(CAMPAIGN, (PRIORITY, PRIORITY.replace("[county]", "[county, township]"))))


def test_an_older_campaign_file_has_the_shipped_lists(tmp_path):
    text = (DATA / CAMPAIGN).read_text("utf-8")
    begin = text.index("follow_up:")
    path = tmp_path / CAMPAIGN
    path.write_text(text[:begin] + text[text.index("# Who is responsible") :].replace(NOBODY, ""), "utf-8")
    lists = load_campaign(path).settings.follow_up
    assert lists.priority.value == ("优先评优", "优先培训")
    assert (lists.key_checks.levels, lists.key_checks.source) == ((Level.COUNTY,), "R53")
