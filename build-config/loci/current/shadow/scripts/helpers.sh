# shellcheck shell=bash
#
# LOCI's functions, and ours in place of those that would ask a host, or fail where the base image has the account.

# shellcheck source=/dev/null
. "$context/loci/scripts/helpers.sh"
# shellcheck source=../../../steps.sh
. "$context/steps.sh"

setup_venv() {
    make_environment
    # shellcheck source=/dev/null
    . "$venv/bin/activate"
}

clone_project() {
    place_project "$SOURCES_DIR/$1"
}

# LOCI's gives Nova's account a shell, for the migration of instances.
create_user() {
    local shell=/usr/sbin/nologin
    if [[ $3 == nova ]]; then
        shell=/bin/bash
    fi
    create_account "$3" "$2" "$1" "$shell"
    create_folders "$3"
}
