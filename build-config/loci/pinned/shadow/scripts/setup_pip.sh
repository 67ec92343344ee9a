#!/bin/bash
#
# In place of LOCI's: no virtualenv, whose version there does not know this Python, and nothing from an index.

set -euo pipefail
. "$context/steps.sh"

make_environment
