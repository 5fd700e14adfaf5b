"""Workers end with their run, even those that are deep in their work. (Needs isolate.py of wt-hostile.)"""

import os
import subprocess
import sys
import time

import pytest

from tests.hostile.test_kill import MARK, alive, waits

BUSY = """
from huitoukan.intake.isolate import limit_worker, run_isolated
from tests.hostile.test_orphans import never_ends
list(run_isolated(never_ends, [1, 2], jobs=2, seconds=60, initializer=limit_worker, arguments=[2**30]))
"""


def never_ends(_):
    """What a worker does: it does not listen to anybody."""
    while True:
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and /proc are things of POSIX")
def test_busy_workers_end_with_their_run():
    variables = os.environ | {MARK: "busy"}
    with subprocess.Popen([sys.executable, "-c", BUSY], env=variables) as run:
        assert any(len(alive("busy")) >= 4 for _ in waits(30, 0.05)), "main, fork server and two workers"
        time.sleep(1)  # so that they are in their work
        run.kill()
    assert any(not alive("busy") for _ in waits(20, 0.05))
