"""Labels and titles as they are compared, case by case and as properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitoukan.intake.labels import label_key, tidy, title_key


@pytest.mark.parametrize(
    "text",
    [
        "单位名称",
        "单 位 名 称：",
        "单位名称（盖章）",
        "单位名称(公章):",
        " 单位\n名称 ",
        "【必填】单位名称",
        "单位名称*",
    ],
)
def test_labels(text):
    assert label_key(text) == "单位名称"


@pytest.mark.parametrize(
    "text",
    [
        "工作任务",
        "一、工作任务（12分）",
        "(一)工作任务",
        "1.工作任务",
        "1 工作任务",
        "第一部分 工作任务",
        "①工作任务",
        "1.1工作任务",
        "工作\n任务",
        "一. 工作任务（含（嵌套）括号）",
    ],
)
def test_titles(text):
    assert title_key(text) == "工作任务"


@pytest.mark.parametrize("text", ["一体化建设", "三级网络", "2023年度公报"])
def test_titles_that_only_look_numbered(text):
    assert title_key(text) == text


@given(st.text(max_size=20))
def test_keys_are_stable(text):
    assert label_key(label_key(text)) == label_key(text)
    assert tidy(tidy(text)) == tidy(text)
