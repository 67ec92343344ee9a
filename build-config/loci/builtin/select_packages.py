"""Prints the packages of a table that a project and its profiles ask for, one on a line.

usage: select_packages.py TABLE [PROJECT] [PROFILE ...]

A line of a table is `name [profile ...]`, the format of openstack/loci's bindep.txt and pydep.txt without platforms: a
word asks for its profile, `!word` for its absence, `(a b)` for both at once. A line with words applies when any of the
words that ask for a presence is true, and all that ask for an absence are. A line without words always applies.
"""

import re
import sys

LINE = re.compile(r"^(?P<name>[^\[\]\s]+)(?:\s+\[(?P<words>[^\[\]]*)\])?$")
WORD = re.compile(r"\([^()]*\)|[^\s()]+")


def applies(words, profiles):
    """Whether a line with these words (text between the brackets) applies."""

    def holds(word):
        return word[1:] not in profiles if word.startswith("!") else word in profiles

    found = WORD.findall(words)
    presences = [word for word in found if not word.startswith("!")]
    absences = [word for word in found if word.startswith("!")]
    return all(map(holds, absences)) and (
        not presences or any(all(map(holds, word.strip("()").split())) for word in presences)
    )


def select(lines, profiles):
    """The names of the lines that apply, in their order."""
    for line in lines:
        text = line.split("#", 1)[0].strip()
        if not text:
            continue
        match = LINE.match(text)
        if match is None:
            sys.exit(f"install: not a line of a package table: {text}")
        if applies(match["words"] or "", profiles):
            yield match["name"]


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as table:
        for name in select(table, set(sys.argv[2:])):
            print(name)
