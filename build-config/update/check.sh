#!/bin/sh
# Looks from inside whether an update is in an image.
#
#   check.sh [NAME==VERSION ...]
#
# A line `passed|failed: CHECK: DETAIL` for each distribution. The exit code is 0 when the checks were made.
set -u

echo "passed: starts: /bin/sh"

python=python3
if [ -x /var/lib/openstack/bin/python ]; then
    python=/var/lib/openstack/bin/python
fi

for wanted in "$@"; do
    name=${wanted%%==*}
    version=${wanted#*==}
    found=$("$python" -c '
import sys
from importlib.metadata import PackageNotFoundError, version
try:
    print(version(sys.argv[1]))
except PackageNotFoundError:
    print("missing")
' "$name" 2>&1 | tail -n 1)
    if [ "$found" = "$version" ]; then
        echo "passed: distribution $name: $version"
    else
        echo "failed: distribution $name: it is $found, and should be $version"
    fi
done
