"""Things that belong together: pairs are joined, groups come out in the order of their first members."""

from __future__ import annotations


class Clusters:
    """Numbers from 0 that are joined in pairs (union-find)."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))
        self._kept: set[int] = set()

    def _root(self, one: int) -> int:
        while self._parent[one] != one:
            self._parent[one] = self._parent[self._parent[one]]
            one = self._parent[one]
        return one

    def keep(self, one: int) -> None:
        """Let a number be a group even if it stays alone."""
        self._kept.add(one)

    def join(self, one: int, other: int) -> None:
        """Put two into one group."""
        first, second = sorted((self._root(one), self._root(other)))
        self._parent[second] = first
        self._kept.add(first)

    def together(self, one: int, other: int) -> bool:
        """Whether both are in one group."""
        return self._root(one) == self._root(other)

    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The groups of more than one, and those that were kept; each in the order of its numbers."""
        members: dict[int, list[int]] = {}
        for one in range(len(self._parent)):
            members.setdefault(self._root(one), []).append(one)
        kept = {self._root(one) for one in self._kept}
        return tuple(tuple(group) for root, group in members.items() if root in kept)
