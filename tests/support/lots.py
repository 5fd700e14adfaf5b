"""Drawing again by other means than the program's, and judging frequencies: for the tests of sampling."""

from fractions import Fraction
from hashlib import sha256
from math import ceil, sqrt

# Six and a half standard deviations: by chance once in ten thousand million comparisons. The seeds of the tests are fixed, so
# they fail always or never; an honest change of the seeds would make one of them fail with a probability far below 1e-6.
LIMIT = 6.5


def digest(text):
    return sha256(text.encode("utf-8")).hexdigest()


def drawn_by_hand(prefix, pool, strata, take):
    """The units drawn from a pool: `strata` are lists of (code, weight) in their order; all weights small enough.

    Written from docs/sampling.md alone: the k-th unit is drawn where a point k - start (k = 1, 2, …) lies in its stretch.
    """
    listed = [unit for stratum in strata for unit in sorted(stratum, key=lambda u: digest(prefix + u[0]))]
    total = sum(Fraction(weight) for _, weight in listed)
    start = Fraction(int(digest(f"{prefix}start:{pool}")[:12], 16), 16**12)
    drawn, end = set(), Fraction(0)
    for code, weight in listed:
        begin, end = end, end + take * Fraction(weight) / total
        k = max(1, ceil(begin + start + Fraction(1, 16**40)))  # the first point behind the beginning
        if k - start <= end:
            drawn.add(code)
    return drawn


def furthest(counts, trials, chances):
    """How many standard deviations the frequency furthest off lies from its probability; what is certain must be so."""
    worst = 0.0
    for key, chance in chances.items():
        count = counts.get(key, 0)
        if chance in (0, 1):
            if count != chance * trials:
                return float("inf")
            continue
        deviation = sqrt(trials * chance * (1 - chance))
        worst = max(worst, abs(count - float(trials * chance)) / deviation)
    return worst
