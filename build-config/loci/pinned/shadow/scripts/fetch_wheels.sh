#!/bin/bash
#
# In place of LOCI's: the wheels are mounted, so they are linked to where LOCI's pip looks.

set -euo pipefail
. "$context/steps.sh"

mkdir -p /tmp/wheels
find "$WHEELS" -maxdepth 1 -name '*.whl' -exec ln -s {} /tmp/wheels \;
# Without the project where it is built here.
cp "$scratch/constraints.txt" /tmp/wheels/upper-constraints.txt
