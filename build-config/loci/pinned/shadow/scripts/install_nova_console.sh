#!/bin/bash
#
# In place of LOCI's: the consoles' commits are in the build context.

set -euo pipefail
. "$context/steps.sh"

place_consoles
