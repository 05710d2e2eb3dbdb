#!/usr/bin/env python3
"""Compares the demo's output with the block that README.md shows, times and memory masked.

    ci/check-readme.py OUTPUT           exit 1 and a diff where they differ
    ci/check-readme.py --write OUTPUT   puts the output into README.md
"""

import difflib
import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
BLOCK = re.compile(r"(<!-- demo output: begin -->\n```text\n)(.*?)(```\n<!-- demo output: end -->)", re.DOTALL)
# What differs from machine to machine: durations, memory, and the ratio of two durations.
MEASURED = re.compile(r"\d[\d,.\u202f]*\s*(ns|µs|us|ms|s|min|KiB|MiB|GiB|times)\b")


def masked(text):
    """The lines with measured figures masked and the padding around them evened out."""
    lines = (re.sub(r"\s+", " ", MEASURED.sub(r"# \1", line)).strip() for line in text.splitlines())
    return [line for line in lines if line]


def main():
    arguments = sys.argv[1:]
    write = arguments[:1] == ["--write"]
    if len(arguments) != 1 + write:
        print(__doc__, file=sys.stderr)
        return 2
    output = "\n".join(line.rstrip() for line in Path(arguments[-1]).read_text().strip("\n").splitlines()) + "\n"
    readme = README.read_text()
    block = BLOCK.search(readme)
    if not block:
        print("README.md has no block for the demo's output", file=sys.stderr)
        return 1
    if write:
        README.write_text(readme[: block.start(2)] + output + readme[block.end(2) :])
        return 0
    difference = list(difflib.unified_diff(masked(block.group(2)), masked(output), "README.md", "demo", lineterm=""))
    print("\n".join(difference) or "the demo's output is as in README.md")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
