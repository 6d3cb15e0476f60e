"""The program that a check of this folder runs, and how the check says that something is not as it should be."""
import pathlib
import subprocess


class Failure(Exception):
    """What differs, in words for the person who runs the check."""


def require(condition, what):
    if not condition:
        raise Failure(what)


class Program:
    """bantam at `path`, whose commands must succeed: program("verify", folder) returns what it printed."""

    def __init__(self, path):
        self.path = str(pathlib.Path(path).resolve())

    def __call__(self, *words):
        done = subprocess.run([self.path, *map(str, words)], capture_output=True, text=True)
        require(done.returncode == 0, f"bantam {words[0]}: {done.stderr.strip()}")
        return done.stdout
