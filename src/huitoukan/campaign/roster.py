"""The roster (名录): which units are inspected, and which of them a written name means.

Exact names, official variants and listed aliases decide; likeness never does (析阳县 is as near to 昔阳县 as to
寿阳县), it only makes suggestions. Source of the shipped roster: data/README.md.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from huitoukan.campaign.problems import ConfigError, Problem, problem_kind
from huitoukan.campaign.rubric import Strict
from huitoukan.model import Level, Match, NameMatch, Unit
from huitoukan.phrase import Listing, Phrase, say

_ROSTER_COLUMNS = ("code", "name", "level", "county", "kind", "required", "variants", "aliases")
_FORMER_COLUMNS = ("name", "county", "old_code", "successors", "basis", "note")
_STAMP = re.compile(r"[(\[【〔](?:加盖)?(?:单位)?(?:公章|盖章|签章|印章|章|印|全称)处?[)\]】〕]")
_BUREAU = "统计局"
_LONGEST = 30  # characters of a name looked for inside a longer text
_KEPT = 64  # characters: what a longer text means is not kept
_KIND = re.compile(r"(?<=..)(?:街道|镇|乡)$")
_MOST_NAMES = 3  # suggested
_MARGIN = 0.1  # of likeness: 昔阳县皋落镇 shares 县 and 镇 with 昔阳县乐坪镇, and is not meant all the same
# What Windows and WPS call something new is not 榆次区新建街道: 新建文件夹 (2), 新建 Microsoft Excel 工作表, 新建 XLSX 工作表.
_NEW = re.compile(
    r"新建(?= ?(?:文件夹|文本文档|压缩|工作[表簿]|表格|microsoft|wps|office|xlsx?|docx?|et\b|rar|zip))", re.I
)
_NOT_NAME = re.compile(r"[^0-9A-Za-z\u3400-\u9fff]")


class NameForms(Strict):
    """How names are written around a roster name. All lists can be edited in campaign.yaml.

    `prefixes` are dropped from the front; a name with one of `official_suffixes` resolves silently; `informal`
    maps the ending of a roster name to endings that resolve but are reported (街道 to 办事处, 街办; 镇 to nothing).
    """

    prefixes: tuple[str, ...] = ()
    official_suffixes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    informal: dict[str, tuple[str, ...]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormerName:
    """A unit abolished by merger; `successors` are the codes of the units that took it over, possibly none known."""

    name: str
    county: str
    successors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """What a file or folder name says: the single county and the single unit named in it, if any.

    `candidates` are the units of the only name in it, where that name exists in several counties.
    """

    county: str | None = None
    unit: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Roster:
    """The units in the order of their codes, and the index of everything they may be called.

    `names` maps a key (see `name_key`) to what it may mean; `counties` maps the words for a county to its code and
    says whether the word is in use today.
    """

    units: Mapping[str, Unit]
    former: tuple[FormerName, ...] = ()
    forms: NameForms = field(default_factory=NameForms)
    names: Mapping[str, tuple[tuple[str, Match], ...]] = field(init=False)
    counties: Mapping[str, tuple[str, bool]] = field(init=False)
    _former: Mapping[tuple[str, str], FormerName] = field(init=False)
    _words: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        names: dict[str, dict[str, Match]] = {}
        for match, name, code in self._spellings():
            meanings = names.setdefault(name_key(name), {})
            if code not in meanings or _RANK[match] < _RANK[meanings[code]]:
                meanings[code] = match
        set_ = object.__setattr__
        set_(self, "names", {key: tuple(codes.items()) for key, codes in names.items()})
        set_(self, "counties", dict(self._county_words()))
        set_(self, "_former", {(name_key(f.name), f.county): f for f in self.former})
        set_(self, "_words", frozenset({*names, *self.counties, *(key for key, _ in self._former)}))

    def _spellings(self) -> Iterator[tuple[Match, str, str]]:
        for unit in self.units.values():
            official = (unit.name, *unit.variants)
            for name in official:
                yield Match.OFFICIAL, name, unit.code
                for ending, suffixes in self.forms.official_suffixes.items():
                    if name.endswith(ending):
                        yield from ((Match.OFFICIAL, name + suffix, unit.code) for suffix in suffixes)
            for ending, others in self.forms.informal.items():
                stem = unit.name.removesuffix(ending)
                if stem != unit.name and len(stem) > 1:
                    yield from ((Match.ALIAS, stem + other, unit.code) for other in others)
            yield from ((Match.ALIAS, alias, unit.code) for alias in unit.aliases)

    def _county_words(self) -> Iterator[tuple[str, tuple[str, bool]]]:
        """昔阳县 and 昔阳 for 昔阳县统计局; old names such as 太谷县 come from the aliases, as not in use today."""
        for body in self.bodies():
            today = body.name.removesuffix(_BUREAU)
            if today == body.name:  # 晋中开发区 is a body, not a place that townships lie in
                continue
            old = (alias for alias in body.aliases if not alias.endswith(_BUREAU))
            for word in (today, today[:-1], *old):
                if len(word) > 1:
                    yield name_key(word), (body.code, today.startswith(word))

    def bodies(self) -> tuple[Unit, ...]:
        """The county-level bodies."""
        return tuple(unit for unit in self.units.values() if unit.level is Level.COUNTY)

    def townships(self, county: str) -> tuple[Unit, ...]:
        """The township-level units of a county, optional ones too."""
        return tuple(u for u in self.units.values() if u.level is Level.TOWNSHIP and u.county == county)

    def county_name(self, code: str) -> str:
        """The name of a county as reports print it: 昔阳县, 晋中开发区."""
        return self.units[code].name.removesuffix(_BUREAU)

    def full_name(self, code: str) -> str:
        """A name that is unique in the roster: 昔阳县乐平镇, 昔阳县统计局."""
        unit = self.units[code]
        county = self.county_name(unit.county)
        return unit.name if unit.level is Level.COUNTY or unit.name.startswith(county) else county + unit.name

    def find(self, text: str, county: str | None = None) -> NameMatch:
        """Which unit a written name means; `county` (a code) is what the surroundings say, used only to choose."""
        return _found(self, text, county) if len(text) <= _KEPT else self._find(text, county)

    def _find(self, text: str, county: str | None) -> NameMatch:
        key = name_key(text)
        for prefix in self.forms.prefixes:
            key = key.removeprefix(prefix) or key
        meanings = list(self._meanings(key))
        if county is not None:
            meanings = [m for m in meanings if self._county_of(m[0]) == county] or meanings
        places = {self._county_of(code) for code, match in meanings if match in (Match.OFFICIAL, Match.ALIAS)}
        if len(places) > 1:  # official here and an alias there: only the county can tell
            codes = sorted({code for code, match in meanings if match in (Match.OFFICIAL, Match.ALIAS)})
            return NameMatch(Match.AMBIGUOUS, None, tuple(codes))
        best = min((_RANK[match] for _, match in meanings), default=None)
        codes = sorted({code for code, match in meanings if _RANK[match] == best})
        kind = next((match for _, match in meanings if _RANK[match] == best), Match.UNKNOWN)
        if kind is Match.ABOLISHED:
            return NameMatch(kind, None, tuple(c for code in codes for c in code.split(";") if c))
        if len(codes) == 1:
            return NameMatch(kind, codes[0], (codes[0],))
        return NameMatch(Match.AMBIGUOUS if codes else Match.UNKNOWN, None, tuple(codes))

    def _county_of(self, code: str) -> str:
        return self.units[code].county if code in self.units else code[:6]

    def _meanings(self, key: str) -> Iterator[tuple[str, Match]]:
        yield from self.names.get(key, ())
        if key in self.counties:
            yield self.counties[key][0], Match.ALIAS
        for name, county in self._former:
            if name == key:
                yield from self._succession(key, county)
        for word, (county, today) in self.counties.items():
            rest = key.removeprefix(word)
            if rest == key or not rest:
                continue
            for code, match in self.names.get(rest, ()):
                if self.units[code].county == county:
                    yield code, match if today or match is not Match.OFFICIAL else Match.ALIAS
            yield from self._succession(rest, county)

    def _succession(self, key: str, county: str) -> Iterator[tuple[str, Match]]:
        former = self._former.get((key, county))
        if former is not None:
            single = len(former.successors) == 1
            yield (
                (former.successors[0], Match.FORMER)
                if single
                else (";".join(former.successors), Match.ABOLISHED)
            )

    def mention(self, text: str) -> Mention:
        """The one county and the one unit that a free text (a file or folder name) names.

        Spaces separate names, unless a unit can be made out only without them: 昔 阳 县 乐 平 镇.
        """
        folded = _NEW.sub(" ", _NOT_NAME.sub(" ", unicodedata.normalize("NFKC", text)))
        found = self._mention(folded)
        if found.unit is None and not found.candidates and " " in folded.strip():
            joined = self._mention(folded.replace(" ", ""))
            if joined.unit is not None and found.county in (None, joined.county):
                return joined
        return found

    def _mention(self, text: str) -> Mention:
        words = self._named_in(text)
        counties = {self.counties[word][0] for word in words if word in self.counties}
        meanings = [self.find(word) for word in words if word not in self.counties]
        codes = {code for meaning in meanings for code in meaning.candidates if code in self.units}
        townships = {code for code in codes if self.units[code].level is Level.TOWNSHIP}
        if len(counties) == 1:
            townships = {code for code in townships if self.units[code].county in counties} or townships
        named = townships or codes
        unit = next(iter(named)) if len(named) == 1 else None
        if unit is not None:
            counties |= {self.units[unit].county}
        alone = len(set(words) - set(self.counties)) == 1 and len(named) > 1
        return Mention(
            next(iter(counties)) if len(counties) == 1 else None, unit, tuple(sorted(named)) if alone else ()
        )

    def _named_in(self, text: str) -> list[str]:
        """The names that stand in a text, from left to right, the longest at each place."""
        found, start = [], 0
        while start < len(text):
            for end in range(min(len(text), start + _LONGEST), start + 1, -1):
                if text[start:end] in self._words:
                    found.append(text[start:end])
                    start = end
                    break
            else:
                start += 1
        return found

    def suggestions(self, text: str, county: str | None = None) -> tuple[str, ...]:
        """Up to three full names that look like a name which could not be resolved: for people to choose from.

        Names of the same stem (乐平街道 for 乐平镇) come alone; else those about as like as the one most alike.
        """
        key = name_key(text)
        for prefix in self.forms.prefixes:
            key = key.removeprefix(prefix) or key
        choices = {word: [body] for word, (body, _) in self.counties.items() if county in (None, body)}
        for unit in self.units.values():
            if county in (None, unit.county):
                for name in dict.fromkeys((unit.name, self.full_name(unit.code))):
                    choices.setdefault(name, []).append(unit.code)
        suffixes = {suffix for suffixes in self.forms.official_suffixes.values() for suffix in suffixes}
        suffix = max((s for s in suffixes if key.endswith(s)), key=len, default="")
        written = key.removesuffix(suffix)
        stem = _KIND.sub("", written)
        names = [name for name in choices if _KIND.sub("", name) == stem]
        if not names:
            close = get_close_matches(written, choices, n=_MOST_NAMES, cutoff=0.6)
            ratios = [SequenceMatcher(None, name, written).ratio() for name in close]
            names = [name for name, ratio in zip(close, ratios, strict=True) if ratio > ratios[0] - _MARGIN]
        return tuple(dict.fromkeys(self.full_name(code) for name in names for code in choices[name]))[
            :_MOST_NAMES
        ]


@lru_cache(maxsize=4096)  # every unit's name comes at each stage, in the field, the title and the file name
def _found(roster: Roster, text: str, county: str | None) -> NameMatch:
    return roster._find(text, county)


_RANK = {
    match: rank for rank, match in enumerate((Match.OFFICIAL, Match.ALIAS, Match.FORMER, Match.ABOLISHED))
}


def name_key(text: str) -> str:
    """A name as it is compared: full-width folded, stamps such as (盖章), spaces and punctuation dropped."""
    folded = unicodedata.normalize("NFKC", text)
    return _NOT_NAME.sub("", _STAMP.sub("", "".join(folded.split())))


@problem_kind("R910", message="名录有误: {why}。", fix="请对照表头改正这一行。")
def read_roster(
    units_path: Path, former_path: Path | None, forms: NameForms, *, lenient: bool = False
) -> Roster:
    """名录文件有误。

    查什么: 名录 CSV 的表头、编码 (UTF-8)、单位代码、级别、所属县和列数必须正确, 代码不得重复。
    为什么: 名录决定哪些单位应当报送, 错一行就会多算或漏算一个单位。
    例子: 级别写成 town, 或者所属县的代码在名录里没有。
    怎么改: 按提示的行和列改正; 级别只能是 county 或 township, required 只能是 yes 或 no。
    """
    problems: list[Problem] = []

    def bad(path: Path, line: int, column: int, why: Phrase) -> None:
        problems.append(Problem("R910", path.name, line, column, (("why", why),)))

    units: dict[str, Unit] = {}
    lines: dict[str, int] = {}
    for line, row in _rows(units_path, _ROSTER_COLUMNS, bad):
        code = row["code"]
        if not re.fullmatch(r"[0-9]{6}([0-9]{3})?", code):
            bad(units_path, line, 1, say("代码“{code}”不是 6 位或 9 位数字", code=code))
        elif code in units:
            bad(units_path, line, 1, say("代码 {code} 重复", code=code))
        elif row["level"] not in tuple(Level):
            bad(units_path, line, 3, say("级别“{value}”应为 county 或 township", value=row["level"]))
        elif row["required"] not in ("yes", "no"):
            bad(units_path, line, 6, say("required“{value}”应为 yes 或 no", value=row["required"]))
        else:
            lines[code] = line
            units[code] = Unit(
                code=code, name=row["name"], level=Level(row["level"]), county=row["county"], kind=row["kind"],
                required=row["required"] == "yes", variants=_list(row["variants"]), aliases=_list(row["aliases"]),
            )  # fmt: skip
    for unit in units.values():
        if unit.county not in units or units[unit.county].level is not Level.COUNTY:
            bad(units_path, lines[unit.code], 4, say("所属县 {county} 不在名录里", county=unit.county))
    if problems:
        raise ConfigError(problems)
    names: set[tuple[str, str]] = set()
    for unit in units.values():
        if not unit.name or (unit.county, unit.name) in names:
            bad(units_path, lines[unit.code], 2, say("名称“{name}”为空或在同一个县重复", name=unit.name))
        names.add((unit.county, unit.name))
    former = []
    for line, row in _rows(former_path, _FORMER_COLUMNS, bad) if former_path else ():
        assert former_path is not None
        successors = _list(row["successors"])
        unknown = [code for code in successors if code not in units]
        if unknown and lenient:
            continue
        for code in unknown:
            bad(former_path, line, 4, say("接续单位 {code} 不在名录里", code=code))
        former.append(FormerName(row["name"], row["county"], successors))
    if problems:
        raise ConfigError(problems)
    return Roster(units, tuple(former), forms)


def limit(roster: Roster, counties: Sequence[str]) -> Roster:
    """The roster of some counties only, each given by its code or a name; KeyError names one that is not there."""
    codes = {county_code(roster, county) for county in counties}
    units = {code: unit for code, unit in roster.units.items() if unit.county in codes}
    former = tuple(name for name in roster.former if name.county in codes)
    return Roster(units, former, roster.forms)


def county_code(roster: Roster, county: str) -> str:
    """The code of a county given by code or name; KeyError when the roster has none such."""
    if county in roster.units and roster.units[county].level is Level.COUNTY:
        return county
    found = roster.counties.get(name_key(county))
    match = found[0] if found else roster.find(county).unit
    if match is None or roster.units[match].level is not Level.COUNTY:
        raise KeyError(county)
    return match


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _rows(
    path: Path, columns: Iterable[str], bad: Callable[[Path, int, int, Phrase], None]
) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return bad(path, 0, 0, say("找不到这个文件"))
    except (OSError, UnicodeDecodeError):
        return bad(path, 0, 0, say("文件读不出来, 请保存为 UTF-8 编码的 CSV"))
    reader = csv.DictReader(io.StringIO(text))
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        return bad(path, 1, 1, say("表头缺少 {columns}", columns=Listing(tuple(missing))))
    try:
        rows = list(reader)
    except csv.Error:
        return bad(path, reader.line_num + 1, 1, say("这一行读不出来"))
    for n, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            bad(path, n, 1, say("列数与表头不符"))
        else:
            yield n, {key: value.strip() for key, value in row.items()}
