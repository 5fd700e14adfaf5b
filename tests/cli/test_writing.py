"""Where results may go: never over an input, never among inputs that would then not be read; and what is said."""

import os
import shutil
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from huitoukan.campaign.campaign import DATA as SHIPPED
from huitoukan.output.render import templates
from tests.cli.test_cli import DIRTY, run

COUNTY = ("--county", "昔阳县", "--quiet")


def state(*places):
    """Names, content and time of change of everything in some folders."""
    return {
        str(path): (sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns, path.stat().st_ino)
        for place in places
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def data(tmp_path):
    """Workbooks in folders by stage, as they are kept."""
    place = tmp_path / "data"
    (place / "自评/昔阳县").mkdir(parents=True)
    shutil.copy(DIRTY / "1_乐平镇.xlsx", place / "自评/昔阳县/乐平镇.xlsx")
    shutil.copy(DIRTY / "4_沾尚镇.xlsx", place / "沾尚镇.xlsx")
    return place


def refused(*arguments, says, places=()):
    before = state(*places)
    code, out, err = run(*arguments)
    assert (code, out) == (2, ""), err
    for part in says:
        assert part in err, err
    assert state(*places) == before
    return err


# ------------------------------------------------------------------------------------------- out among the inputs


def test_out_that_would_hide_inputs_is_refused(data):
    err = refused(
        "report",
        data,
        "--out",
        data / "自评",
        *COUNTY,
        says=["昔阳县/乐平镇.xlsx", "1 个", "没有开始检查"],
        places=[data],
    )
    assert "自评" in err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("报送.zip", b"PK\x03\x04"), ("信.eml", b"From: a"), ("表.xlsx", b"PK"), ("表.csv", b"a,b"), ("无名", b"x"),
        ("子/表.xlsx", b"PK"), ("feedback/表.xls", b"x"), ("feedback/子/x.html", b"x"), ("report.html", b"<table>"),
        ("results.json", b"{}"), ("findings.csv", "单位,得分".encode()), ("feedback/昔阳县.html", b"<table>"),
        ("笔记.md", b"x"),
    ],
)  # fmt: skip
def test_whatever_is_not_known_to_be_ours_counts_as_an_input(data, name, content):
    out = data / "报告"
    (out / name).parent.mkdir(parents=True)
    (out / name).write_bytes(content)
    refused("report", data, "--out", out, *COUNTY, says=[name], places=[data])


def test_earlier_results_inside_the_folder_are_replaced(data):
    out = data / "报告"
    assert run("report", data, "--out", out)[0] == 0
    (out / "Thumbs.db").write_bytes(b"x")
    (out / "~$findings.csv").write_bytes(b"lock")
    (out / ".huitoukan-0a_b1c2d.tmp").write_bytes(b"half")
    results = (out / "results.json").read_bytes()
    assert run("report", data, "--out", out, *COUNTY)[0] == 0, "pages of other counties are ours too"
    assert run("report", data, "--out", out)[0] == 0
    assert (out / "results.json").read_bytes() == results
    assert not (out / ".huitoukan-0a_b1c2d.tmp").exists()


def test_earlier_results_of_the_analysts_own_templates(data, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    for name in ("简报.md", "feedback.txt", "feedback.html", "页.html"):
        (own / name).write_text("简报", encoding="utf-8")
    arguments = ("report", data, "--out", data / "报告", *COUNTY)
    for _ in range(2):
        assert run(*arguments, "--template", own)[0] == 0
    refused(*arguments, says=["个不是本工具写的文件"], places=[data])


def test_links_and_other_names_of_the_folder_are_seen_through(data, tmp_path):
    link = tmp_path / "别名"
    link.symlink_to(data / "自评", target_is_directory=True)
    refused("report", data, "--out", link, *COUNTY, says=["乐平镇.xlsx"], places=[data])
    refused("report", data, "--out", data / "自评/../自评", *COUNTY, says=["乐平镇.xlsx"], places=[data])
    whole = tmp_path / "全部"
    whole.symlink_to(data, target_is_directory=True)
    refused("report", data, "--out", whole, *COUNTY, says=["--out 不能就是"], places=[data])
    refused("report", whole, "--out", data / "自评", *COUNTY, says=["乐平镇.xlsx"], places=[data])


def test_pages_would_fall_among_workbooks(tmp_path):
    place = tmp_path / "feedback"
    (place / "昔阳县").mkdir(parents=True)
    shutil.copy(DIRTY / "1_乐平镇.xlsx", place / "昔阳县")
    refused("report", place, "--out", tmp_path, *COUNTY, says=["feedback"], places=[tmp_path])
    refused("report", place / "昔阳县", "--out", tmp_path, *COUNTY, says=["feedback"], places=[tmp_path])
    out = tmp_path / "out"
    out.mkdir()
    (out / "feedback").symlink_to(place, target_is_directory=True)
    refused("report", place, "--out", out, *COUNTY, says=["feedback"], places=[place])


def test_out_may_be_the_folder_above(data, tmp_path):
    before = state(data)
    assert run("report", data, "--out", tmp_path, *COUNTY)[0] == 0
    assert state(data) == before
    assert (tmp_path / "report.html").is_file()


def test_the_inbox_is_an_input_too(data, tmp_path):
    (tmp_path / "信").mkdir()
    (tmp_path / "信/a.eml").write_bytes(b"From: a@b.c\r\nSubject: x\r\n\r\n")
    arguments = ("report", data, "--inbox", tmp_path / "信", *COUNTY)
    refused(*arguments, "--out", tmp_path / "信", says=["--out"], places=[tmp_path])
    (tmp_path / "信/二").mkdir()
    (tmp_path / "信/二/b.eml").write_bytes(b"From: a@b.c\r\n\r\n")
    refused(*arguments, "--out", tmp_path / "信/二", says=["b.eml"], places=[tmp_path])


# ------------------------------------------------------------------------------------------- over an input


@pytest.mark.parametrize("link", [os.link, lambda old, new: Path(new).symlink_to(old)])
def test_an_input_is_not_overwritten_under_another_name(data, tmp_path, link):
    out = tmp_path / "out"
    out.mkdir()
    link(data / "沾尚镇.xlsx", out / "findings.csv")
    err = refused(
        "report", data, "--out", out, *COUNTY, says=["findings.csv", "沾尚镇.xlsx"], places=[data, out]
    )
    assert "没有写出任何文件" in err
    assert len(list(out.iterdir())) == 1


def test_an_input_that_is_a_link_to_an_earlier_result(data, tmp_path):
    out = tmp_path / "out"
    assert run("report", data, "--out", out, *COUNTY)[0] == 0
    (data / "链.xlsx").symlink_to(out / "report.md")
    refused("report", data, "--out", out, *COUNTY, says=["report.md", "链.xlsx"], places=[data, out])


def test_campaign_files_are_not_overwritten(data, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    shutil.copy(SHIPPED / "campaign.yaml", out / "report.md")
    arguments = ("report", data, "--out", out, *COUNTY)
    refused(*arguments, "--campaign", out / "report.md", says=["report.md"], places=[data, out])
    shutil.copy(SHIPPED / "rubric.yaml", out / "report.html")
    refused(*arguments, "--rubric", out / "report.html", says=["report.html"], places=[data, out])
    text = (SHIPPED / "campaign.yaml").read_text(encoding="utf-8")
    campaign = tmp_path / "campaign.yaml"
    campaign.write_text(text.replace("units: shipped", "units: out/findings.csv"), encoding="utf-8")
    shutil.copy(SHIPPED / "roster.csv", out / "findings.csv")
    refused(*arguments, "--campaign", campaign, says=["findings.csv"], places=[data, out])


def test_templates_are_not_overwritten(data, tmp_path):
    own = tmp_path / "own"
    shutil.copytree(templates(), own)
    refused(
        "report", data, "--out", own, "--template", own, *COUNTY, says=["report.docx"], places=[data, own]
    )
    refused("report", data, "--out", templates(), *COUNTY, says=["report.docx"], places=[templates()])


def test_form_writes_over_no_campaign_file(tmp_path):
    arguments = ("form", "--out", tmp_path, "--county", "昔阳县", "--level", "county")
    assert run(*arguments)[0] == 0
    [form] = tmp_path.rglob("*.xlsx")
    form.unlink()
    shutil.copy(SHIPPED / "rubric.yaml", form)
    refused(*arguments, "--rubric", form, "--force", says=[form.name, "不能覆盖"], places=[tmp_path])


def test_inputs_keep_content_and_time(data, tmp_path):
    before = state(data)
    for arguments in (
        ("validate", data), ("aggregate", data), ("report", data, "--out", tmp_path / "out"),
        ("form", "--out", tmp_path / "forms", "--county", "昔阳县"),
    ):  # fmt: skip
        assert run(*arguments)[0] in (0, 1)
    assert state(data) == before


# ------------------------------------------------------------------------------------------- what cannot be written


def test_places_that_cannot_be_written(data, tmp_path):
    (tmp_path / "档").write_bytes(b"x")
    refused("report", data, "--out", tmp_path / "档", *COUNTY, says=["是一个文件"])
    refused("report", data, "--out", tmp_path / "档/x", *COUNTY, says=["写不进", "没有改动"])
    refused("form", "--out", tmp_path / "档/x", "--county", "昔阳县", says=["写不进", "没有改动"])
    refused("report", data, "--out", tmp_path / ("长" * 90), *COUNTY, says=["路径太长"])
    refused("validate", tmp_path / ("长" * 90), says=["路径太长"])
    out = tmp_path / "out"
    (out / "report.html").mkdir(parents=True)
    refused(
        "report", data, "--out", out, *COUNTY, says=["report.html", "同名的文件夹", "没有改动"], places=[out]
    )
    assert [path.name for path in out.iterdir()] == ["report.html"]


@pytest.mark.skipif(sys.platform == "win32", reason="the size of files can be limited on POSIX only")
def test_a_full_disk(data, tmp_path):
    import resource  # noqa: PLC0415  (POSIX only)

    out = tmp_path / "out"
    arguments = ("report", data, "--out", out, *COUNTY)
    assert run(*arguments)[0] == 0
    for path in (path for path in out.rglob("*") if path.is_file()):
        path.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, hard))  # enough for all but the report
    try:
        refused(*arguments, says=["写不进", "文件太大", "没有改动"], places=[out])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# ------------------------------------------------------------------------------------------- templates


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{{ report.campaign.settings.parse_file('/etc/passwd') }}", "沙箱不允许"),
        ("{% include '/etc/passwd' %}", "模板"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "次数太多"),
        ("{{ 'a' * 10**10 }}", "太大"),
        ("{% endif %}", "endif"),
    ],
)
def test_a_bad_template_leaves_the_old_report(data, tmp_path, body, words):
    own, out = tmp_path / "own", tmp_path / "out"
    own.mkdir()
    (own / "a.md").write_text("gut", encoding="utf-8")
    arguments = ("report", data, "--out", out, "--template", own, *COUNTY)
    assert run(*arguments)[0] == 0
    (own / "b.md").write_text("一\n" + body, encoding="utf-8")
    refused(*arguments, says=["模板有误", "b.md:2", words], places=[out])
