"""The people of a made-up city: nobody has the name or the number of another."""

from __future__ import annotations

import random

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英建国秀兰玉梅志红海燕晓东文斌春生俊峰振华永胜慧琴"
_PLACES = "南北东西上下前后大小中新王李赵杨石柳枣杏"
_ENDS = ("庄", "沟", "营", "坪", "峪", "湾", "家坪", "家沟", "树坡", "河底", "泉", "岭")


class People:
    """Gives out names and telephone numbers, each once."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def name(self) -> str:
        """A name that nobody has yet."""
        return self._once(lambda: self._rng.choice(_SURNAMES) + "".join(self._rng.sample(_GIVEN, 2)))

    def phone(self) -> str:
        """A number that nobody has yet: a mobile's, or one of the prefecture's."""
        if self._rng.random() < 0.4:
            return self._once(lambda: f"0354-{self._rng.randint(2000000, 7999999)}")
        return self._once(lambda: f"13{self._rng.randint(100000000, 999999999)}")

    def village(self) -> str:
        """A village; several units may have one of this name."""
        return self._rng.choice(_PLACES) + self._rng.choice(_ENDS) + "村"

    def _once(self, draw) -> str:  # type: ignore[no-untyped-def]
        while (drawn := draw()) in self._taken:
            pass
        self._taken.add(drawn)
        return str(drawn)
