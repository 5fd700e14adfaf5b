"""Which language the command line speaks: `--lang`, else the variable HUITOUKAN_LANG, else Chinese.

Help texts are made when the commands are defined, so the language is read from the arguments before that.
"""

from __future__ import annotations

import os
import sys

from huitoukan.output.text import LANGUAGES, Words


def chosen() -> str:
    """The language asked for; unknown ones are left for the option itself to refuse."""
    wanted = os.environ.get("HUITOUKAN_LANG", "zh")
    arguments = sys.argv[1:]
    for n, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            wanted = argument.partition("=")[2]
        elif argument == "--lang" and n + 1 < len(arguments):
            wanted = arguments[n + 1]
    return wanted if wanted in LANGUAGES else "zh"


_ = Words(chosen())
