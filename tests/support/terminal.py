"""Running a command with one of its streams on a terminal, as a person would (POSIX only)."""

import os
import subprocess
import tempfile


def on_a_terminal(command, *, stream):
    """The exit code, what came through the terminal, and what the other one of stdout and stderr said, as text.

    `stream` is the one of the two that is the terminal.
    """
    ours, theirs = os.openpty()
    other = "stderr" if stream == "stdout" else "stdout"
    with tempfile.TemporaryFile() as rest:  # a pipe might fill up while nobody reads it
        with subprocess.Popen(command, **{stream: theirs, other: rest}) as process:
            os.close(theirs)
            said = b"".join(_chunks(ours))
        os.close(ours)
        rest.seek(0)
        return process.returncode, said.decode("utf-8"), rest.read().decode("utf-8")


def _chunks(terminal):
    while True:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            return
        if not chunk:
            return
        yield chunk
