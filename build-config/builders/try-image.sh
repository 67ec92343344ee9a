#!/bin/sh
# Tries an image that stx-build knows little of, from inside: that it starts, that the program it is to run is there, and
# that what was to be removed is gone.
#
#   try-image.sh PROGRAM 'PACKAGE ...' 'DISTRIBUTION ...' [COMMAND ...]
#
# PROGRAM is the first word of the image's entry point or command; the lists are what must not be installed. The commands
# must succeed, one after the other, in an empty folder; the first that does not ends them.
#
# A line `passed|failed: CHECK: DETAIL` for each check, then `package: NAME VERSION` and `distribution: NAME VERSION` for
# what is installed. The exit code is 0 when the checks were made, whatever they found.
set -u

has() {
    command -v "$1" >/dev/null 2>&1
}

echo "passed: starts: /bin/sh"

if [ -n "$1" ]; then
    if has "$1"; then
        echo "passed: program $1: $(command -v "$1")"
    else
        echo "failed: program $1: the image is to run it, and does not have it"
    fi
fi

for name in $2; do
    if { has dpkg-query && [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null)" = installed ]; } \
        || { has rpm && rpm --query "$name" >/dev/null 2>&1; } || { has apk && apk info --installed "$name" >/dev/null 2>&1; }; then
        echo "failed: no package $name: it is installed"
    else
        echo "passed: no package $name: it is not there"
    fi
done

for name in $3; do
    if has pip3 && has python3 && folder=$(python3 -c '
import sys
from importlib.metadata import PackageNotFoundError, distribution
try:
    print(distribution(sys.argv[1]).locate_file(""))
except PackageNotFoundError:
    sys.exit(1)
' "$name" 2>/dev/null) && ! { has dpkg && dpkg --search "${folder%/}" >/dev/null 2>&1; } && ! { has rpm && rpm --query --file "${folder%/}" >/dev/null 2>&1; }; then
        echo "failed: no distribution $name: it is in $folder"
    else
        echo "passed: no distribution $name: it is not there, or a package of the system has it"
    fi
done

shift 3
if [ $# -gt 0 ]; then
    # Images have not always the programs that one would use here.
    HOME=/tmp/stx-build-try.$$
    { mkdir -p "$HOME" && cd "$HOME"; } 2>/dev/null || { HOME=/ && cd /; }
    export HOME
fi

newline='
'
for command in "$@"; do
    if output=$(sh -ec "$command" </dev/null 2>&1); then
        echo "passed: setup: $command"
    else
        echo "failed: setup: $command: exit code $?: ${output##*"$newline"}"
        printf '%s\n' "$output" >&2
        break
    fi
done

if has dpkg-query; then
    # shellcheck disable=SC2016  # a format of dpkg-query
    dpkg-query --show --showformat='${db:Status-Status} package: ${binary:Package} ${Version}\n' | sed -n 's/^installed //p'
elif has rpm; then
    rpm --query --all --queryformat 'package: %{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE}\n'
elif has apk; then
    apk info --verbose 2>/dev/null | sed -n 's/^\(.*\)-\([0-9][^-]*-r[0-9]*\)$/package: \1 \2/p'
fi

if has python3; then
    python3 -c '
from importlib.metadata import distributions
for found in distributions():
    if found.metadata["Name"]:
        print("distribution:", found.metadata["Name"], found.version)
' 2>/dev/null
fi
exit 0
