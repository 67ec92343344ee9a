#!/bin/bash
#
# In place of LOCI's: the project's commit is in the build context.

set -euo pipefail
. "$context/steps.sh"

place_project "/tmp/$PROJECT"
