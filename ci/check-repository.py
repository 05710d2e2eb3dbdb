#!/usr/bin/env python3
"""Checks what no compiler sees: every relative link of a page leads to a file of the repository, every page of the
book is in its summary, every test that the book names exists, and no file points outside the repository (a lone clone
has all that its tests read).

Looks at the files that git knows, so an untracked file cannot hide a missing one. Exit 1 lists what is wrong.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
# A test's name: words joined by underscores, four at least, which no other name of the book has.
NAMED_TEST = re.compile(r"`([a-z0-9]+(?:_[a-z0-9]+){3,})`")
HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# Folders of one machine, and a parent of the repository's root.
OUTSIDE = re.compile(r"(?<![\w.~-])/(?:root|home|work|Users)/[\w.]|(?:\.\./)+shared\b")
TEXT = {".rs", ".toml", ".md", ".py", ".sh", ".json", ".yml", ".yaml", ".html", ".txt", ""}


def anchor(heading):
    """The name that mdBook and GitHub give to a heading."""
    text = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", lambda match: match.group(1) or "", heading)
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def links(page, known):
    """Complaints about the links of one page."""
    text = FENCE.sub("", page.read_text())
    for match in LINK.finditer(text):
        target = match.group(1) or match.group(2)
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if file not in known and not any(file in other.parents for other in known):
            yield f"link to {target}, which is not in the repository"
        elif fragment and file.suffix == ".md":
            if fragment not in {anchor(heading) for heading in HEADING.findall(FENCE.sub("", file.read_text()))}:
                yield f"link to {target}, which has no such heading"


def main():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    known = set(files)
    wrong = []
    for file in files:
        name = file.relative_to(ROOT)
        if file.suffix == ".md":
            wrong += [f"{name}: {complaint}" for complaint in links(file, known)]
        if file.suffix in TEXT and file != Path(__file__).resolve():
            for number, line in enumerate(file.read_text(errors="replace").splitlines(), start=1):
                if OUTSIDE.search(line):
                    wrong.append(f"{name}:{number}: points outside the repository: {line.strip()[:100]}")
    book = ROOT / "docs" / "src"
    rust = "\n".join(file.read_text() for file in files if file.suffix == ".rs")
    for name in NAMED_TEST.findall((book / "security.md").read_text()):
        if not re.search(rf"\bfn {name}\b", rust):
            wrong.append(f"docs/src/security.md: no test is called {name}")
    summary = (book / "SUMMARY.md").read_text()
    for page in files:
        if book in page.parents and page.suffix == ".md" and page.name != "SUMMARY.md":
            if f"({page.relative_to(book)})" not in summary:
                wrong.append(f"{page.relative_to(ROOT)}: not in docs/src/SUMMARY.md")
    print("\n".join(wrong) or f"{len(files)} files: links lead somewhere, nothing points outside")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
