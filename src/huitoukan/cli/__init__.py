"""The face: the only room that prints, shows progress and picks exit codes."""

from __future__ import annotations

import sys

from huitoukan.cli import interrupt

_WITH_WORKERS = ("validate", "aggregate", "report", "fix", "archive")


def main() -> None:
    """Run the command line; the entry point of `huitoukan`."""
    interrupt.leave_at_once()
    try:
        raise SystemExit(_run())
    except KeyboardInterrupt:  # while results were written
        raise SystemExit(interrupt.CODE) from None


def _run() -> int:
    # Light on purpose: nothing is imported before it is known what is asked for. The server that workers come from
    # takes a third of a second to start, and does so beside our own imports.
    if sys.argv[1:2] and sys.argv[1] in _WITH_WORKERS and not {"-h", "--help", "verify"} & set(sys.argv):
        from huitoukan.intake.isolate import warm_up  # noqa: PLC0415

        warm_up("huitoukan.pipeline")
    from huitoukan.cli.app import run  # noqa: PLC0415

    return run()
