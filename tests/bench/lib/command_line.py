"""What the commands of the bench share: whole numbers, files that can be written, and an end that leaves nothing behind."""

import argparse
import pathlib
import signal
import sys


def positive(text):
    """A whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: write a whole number of at least 1")
    return int(text)


def writable(text):
    """A file to be written at the end: what would fail then fails before minutes of work."""
    try:
        with open(text, "a", encoding="utf-8"):
            return pathlib.Path(text)
    except OSError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def end_on_sigterm():
    """SIGTERM unwinds like an exception, so that what was started is stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
