#!/bin/bash
#
# Runs LOCI's installer in the image that is being built, with what StarlingX's directives ask for around it.

set -euo pipefail
# shellcheck source=../steps.sh
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/steps.sh"

main() {
    begin
    link_loci
    export_version
    # Where LOCI looks for nothing but wheels of the project's set.
    export KEEP_ALL_WHEELS=True
    step "LOCI: $PROJECT"
    /opt/loci/scripts/install.sh || fail "LOCI's install.sh failed"
    restore_packages
    finish
    clean_up
}

main
