#!/bin/bash
#
# In place of LOCI's: the base image may have the account already.

set -euo pipefail
. "$context/steps.sh"

create_account "$PROJECT" "$UID" "$GID"
create_folders "$PROJECT"
