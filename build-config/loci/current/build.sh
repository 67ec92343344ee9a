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
    export WHEELS_PATH=$WHEELS SOURCES_DIR=/tmp KEEP_ALL_WHEELS=True
    # LOCI reads the codename here; Ubuntu has it.
    if [[ ! -e /etc/lsb-release ]]; then
        (. /etc/os-release && printf 'DISTRIB_ID=%s\nDISTRIB_CODENAME=%s\n' "$ID" "$VERSION_CODENAME") >/etc/lsb-release
    fi
    step "LOCI: $PROJECT"
    if [[ $PROJECT == infra ]]; then
        "$context/infra.sh" || fail 'the image without a project could not be installed'
    else
        /opt/loci/scripts/project.sh || fail "LOCI's project.sh failed"
    fi
    restore_packages
    finish
    clean_up
}

main
