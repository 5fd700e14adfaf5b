"""What a stranger's template can reach: the report, and nothing of the machine."""

import os
import re
from pathlib import Path

import pytest

from huitoukan.campaign.campaign import load_campaign
from huitoukan.output import sandbox
from huitoukan.output.context import report_context
from huitoukan.output.render import TemplateError, render, template_names, templates
from huitoukan.output.text import Words
from huitoukan.pipeline import inspect
from huitoukan.standing.aggregate import standings
from tests.conftest import DATA


@pytest.fixture(scope="module")
def context():
    campaign = load_campaign()
    found = inspect(DATA / "inbox/dirty", campaign, jobs=1)
    counties = standings(found.by_unit, campaign)
    return report_context(campaign, found.files, found.findings, found.by_unit, counties)


@pytest.fixture
def rendered(context, tmp_path):
    """Render one template `a.md` of a folder of its own."""

    def render_one(body, name="a.md", lang="zh"):
        (tmp_path / "own").mkdir(exist_ok=True)
        (tmp_path / "own" / name).write_text(body, encoding="utf-8")
        return dict(render(context, Words(lang), tmp_path / "own"))

    return render_one


def refused(rendered, body, words, line=1):
    with pytest.raises(TemplateError) as error:
        rendered(body)
    assert re.search(rf"a\.md:{line}\b", str(error.value)), error.value
    assert re.search(words, str(error.value)), error.value
    return str(error.value)


PICKLE = "cos\\nsystem\\n(S'touch {place}'\\ntR."


@pytest.mark.parametrize(
    "model", ["report.campaign.settings", "report.campaign.rubric", "report.campaign.settings.pass_rules"]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_template_runs_no_command(rendered, tmp_path, model, lang):
    """The models can unpickle: `parse_raw(…, allow_pickle=True)` would run whatever the template says."""
    place = tmp_path / "pwned"
    pickled = PICKLE.format(place=place)
    body = f'{{{{ {model}.parse_raw("{pickled}", proto="pickle", allow_pickle=true) }}}}'
    with pytest.raises(TemplateError, match=r"a\.md:1.*(沙箱|sandbox)"):
        rendered(body, lang=lang)
    assert not place.exists()


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ report.__class__ }}",
        "{{ report['__class__'] }}",
        "{{ report|attr('__class__') }}",
        "{{ [report]|map(attribute='__class__')|join }}",
        "{{ _.__globals__ }}",
        "{{ report.of.__func__ }}",
        "{{ '{0.__class__}'.format(report) }}",
        "{{ ('{0.__cla' ~ 'ss__}').format(report) }}",
        "{{ '{x.__class__}'.format_map({'x': report}) }}",
        "{{ _('{x.__class__}', x=report) }}",
        "{{ report.campaign.settings.parse_file('/etc/passwd') }}",
        "{{ report.campaign.settings.model_validate_json('{}') }}",
        "{{ report.campaign.settings.model_construct() }}",
        "{{ Verdict.__members__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum.__globals__ }}",
        "{{ self.__init__ }}",
        "{{ namespace.__init__ }}",
        "{% set x = report.campaign.settings %}{{ x.copy(update={'title': 'x'}) }}",
    ],
)
def test_nothing_of_python_is_in_reach(rendered, body):
    with pytest.raises(TemplateError, match=r"a\.md:1"):
        rendered(body)


def test_what_templates_do_is_possible(rendered):
    body = (
        "{% for c in report.ranked %}{{ loop.index }}/{{ loop.length }} {{ report.campaign.roster.county_name(c.unit.code) }}"
        "{{ '，' if not loop.last }}{% endfor %}\n"
        "{{ report.verdicts.values()|sum }} {{ '{:>4}'.format(3) }} {{ 'a,b'.split(',')|join('、') }} {{ 2 * 3 }}{{ '-' * 5 }}"
        "{{ report.campaign.settings.period.start.strftime('%Y') }}{% set n = namespace(a=1) %}{{ n.a + dict(b=2).b }}"
        "{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m('中') }}{{ range(3)|list|length }} {{ 2 ** 8 }}"
        "{{ _('{n} 个', n=3) }}"
    )
    text = rendered(body)["a.md"].decode("utf-8")
    assert text.startswith("1/12 ")
    assert text.endswith("12    3 a、b 6-----20243<中>3 2563 个")


# ------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../secret.md", "sub/../../secret.md", "sub\\\\..\\\\..\\\\secret.md", "\\u0000"]
)
@pytest.mark.parametrize("how", ["{%% include '%s' %%}", "{%% import '%s' as x %%}", "{%% extends '%s' %%}"])
def test_files_come_from_the_folder_only(rendered, tmp_path, name, how):
    (tmp_path / "secret.md").write_text("SECRET", encoding="utf-8")
    (tmp_path / "own/sub").mkdir(parents=True)
    refused(rendered, "\n" + how % name, "模板|读不出来", line=r"[12]")


@pytest.mark.skipif(os.name == "nt", reason="links and pipes as POSIX has them")
def test_links_and_pipes_lead_nowhere(rendered, tmp_path):
    (tmp_path / "secret.md").write_text("SECRET", encoding="utf-8")
    (tmp_path / "own").mkdir()
    os.mkfifo(tmp_path / "own/pipe.md")
    os.mkfifo(tmp_path / "own/_pipe.md")
    (tmp_path / "own/folder.md").mkdir()
    assert rendered("gut") == {"a.md": b"gut"}, "what is no file is no template"
    refused(rendered, "{% include '_pipe.md' %}", "找不到模板")
    (tmp_path / "own/_link.md").symlink_to(tmp_path / "secret.md")
    refused(rendered, "{% include '_link.md' %}", "不在模板文件夹里")
    (tmp_path / "own/_inside.md").symlink_to(tmp_path / "own/_good.md")
    (tmp_path / "own/_good.md").write_text("gut", encoding="utf-8")
    assert rendered("{% include '_inside.md' %}") == {"a.md": b"gut"}


def test_a_linked_template_that_is_rendered_by_itself(context, rendered, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "secret.md").write_text("SECRET", encoding="utf-8")
    (tmp_path / "own/leak.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(TemplateError, match=r"leak\.md: .*不在模板文件夹里"):
        dict(render(context, Words(), tmp_path / "own"))


def test_a_template_that_is_not_utf8(context, tmp_path):
    (tmp_path / "a.md").write_bytes("回头看".encode("gbk"))
    with pytest.raises(TemplateError, match=r"a\.md.*UTF-8"):
        dict(render(context, Words(), tmp_path))
    (tmp_path / "a.md").write_bytes("\ufeff回头看".encode())
    assert dict(render(context, Words(), tmp_path)) == {"a.md": "回头看".encode()}, (
        "a byte order mark is none of the text"
    )


def test_hidden_files_are_no_templates(tmp_path):
    for name in ("._a.md", ".a.md", "_a.md", "a.md", "a.docx"):
        (tmp_path / name).write_bytes(b"\xff\xfe")
    assert template_names(tmp_path) == ("a.md",)
    assert template_names(templates()) == ("feedback.html", "report.html", "report.md")


# ------------------------------------------------------------------------------------------------- how much work


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{% for a in range(10**9) %}{% endfor %}", "Range too big|太大"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "次数太多"),
        ("{% for a in 'x' * 9999 %}{% for b in 'x' * 9999 %}{% endfor %}{% endfor %}", "次数太多"),
        (
            "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}",
            "次数太多",
        ),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "嵌套太深"),
        ("{% include 'a.md' %}", "嵌套太深"),
        ("{{ 'a' * 10**10 }}", "太大"),
        ("{{ 10**9 * [1] }}", "太大"),
        ("{{ 9 ** 9 ** 9 }}", "太大"),
        ("{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}", "recursive"),
    ],
)
def test_bombs_end(rendered, body, words, monkeypatch):
    monkeypatch.setattr(sandbox, "_ROUNDS", 100_000)  # enough for the report of a city, and soon counted
    refused(rendered, body, words)


# ------------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("body", "words", "line"),
    [
        ("一\n{% if %}", "Expected", 2),
        ("一\n二\n{% endfor %}", "endfor", 3),
        ("{{ nothing }}", "nothing", 1),
        ("\n{{ report.nothing }}", "nothing", 2),
        ("{{ report.counties[99].unit }}", "no element|99", 1),
        ("{{ 1 / 0 }}", "division", 1),
        ("{{ 'x'|nofilter }}", "nofilter", 1),
        ("{{ '\\ud800' }}", ".", 1),
    ],
)
def test_mistakes_are_told_with_their_line(rendered, body, words, line):
    try:
        refused(rendered, body, words, line)
    except AssertionError:
        if "ud800" not in body:  # what cannot be encoded shows only when all is rendered: without a line
            raise


def test_a_mistake_in_an_included_part_names_that_part(rendered, tmp_path):
    (tmp_path / "own/parts").mkdir(parents=True)
    (tmp_path / "own/parts/_x.md").write_text("\n\n{{ nothing }}", encoding="utf-8")
    with pytest.raises(TemplateError, match=r"parts/_x\.md:3"):
        rendered("{% include 'parts/_x.md' %}")


def test_the_report_holds_no_doors(context):
    """Nothing that a template can read knows the file system: else a method of it would be a way out."""
    seen, stack = set(), [context]
    while stack:
        one = stack.pop()
        if id(one) in seen or isinstance(one, str | int | float | bytes | type(None)):
            continue
        seen.add(id(one))
        assert not isinstance(one, Path), one
        if isinstance(one, dict):
            stack += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            stack += one
        else:
            stack += getattr(one, "__dict__", {}).values()
            stack += [
                getattr(one, name) for name in getattr(type(one), "__slots__", ()) if hasattr(one, name)
            ]
