"""Run mutants of good workbooks through the whole flow: `python scripts/fuzz.py [COUNT] [FIRST] [containers]`.

2,000 from 1 by default; `containers` are archives and mails that hold good workbooks. Every mutant is known by its number:
`mutant(n)`, or `container(n)`, of tests/hostile/mutation.py makes it again.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.hostile.mutation import container, mutant
from tests.hostile.test_fuzz import check_batch

BATCH = 200


def main() -> None:
    numbers = [int(text) for text in sys.argv[1:] if text.isdigit()]
    count, first = (*numbers, *(2000, 1)[len(numbers) :])
    kind = (container, "zip") if "containers" in sys.argv else (mutant, "xlsx")
    seen: Counter[str] = Counter()
    for start in range(first, first + count, BATCH):
        with tempfile.TemporaryDirectory() as folder:
            seen.update(check_batch(Path(folder), start, min(BATCH, first + count - start), *kind))
        print(f"{start}: {dict(seen)}", flush=True)


if __name__ == "__main__":
    main()
