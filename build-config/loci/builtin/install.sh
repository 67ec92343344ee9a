#!/bin/bash
#
# Installs one service into the image that is being built: system packages, the service's account, a virtual
# environment in /var/lib/openstack, and what the directive asks for on top.
#
# Its arguments are the build arguments of the Dockerfile beside it, as environment variables.

set -euo pipefail
# shellcheck source=../steps.sh
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/steps.sh"

# Adds to the array named by $1 the packages that table $2 gives for the profiles in the other arguments.
select_packages() {
    local -n wanted_packages=$1
    local selected name
    shift
    selected=$(python3 "$context/select_packages.py" "$context/$1" "${@:2}")
    while IFS= read -r name; do
        if [[ -n $name ]]; then
            wanted_packages+=("$name")
        fi
    done <<<"$selected"
}

install_system_packages() {
    local profiles packages codename
    local -a wanted=()
    words profiles "$PROFILES"
    words packages "$DIST_PACKAGES"
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    select_packages wanted bindep.txt "$PROJECT" "$codename" "${profiles[@]}"
    wanted+=("${packages[@]}")
    if ((${#wanted[@]} == 0)); then
        return
    fi
    step "system packages: ${wanted[*]}"
    install_debian_packages "${wanted[@]}"
}

install_python_packages() {
    local profiles packages arguments distribution
    local -a wanted=()
    words profiles "$PROFILES"
    words packages "$PIP_PACKAGES"
    words arguments "$PIP_ARGS"
    select_packages wanted pydep.txt "$PROJECT" "${profiles[@]}"
    case $PROJECT_REPO in
        pypi | pypi:*)
            distribution=${PROJECT_REPO#pypi}
            distribution=${distribution#:}
            wanted+=("${distribution:-$PROJECT}${PROJECT_REF:+==$PROJECT_REF}")
            ;;
        nil) ;;
        *) fail "PROJECT_REPO=$PROJECT_REPO: this installer takes \`pypi\`, \`pypi:<distribution>\`, or \`nil\`" ;;
    esac
    if ((${#wanted[@]} + ${#packages[@]} == 0)); then
        return
    fi
    step "Python packages: ${wanted[*]} ${packages[*]}"
    "$venv/bin/python" -m pip install "${arguments[@]}" -- "${wanted[@]}" "${packages[@]}"
}

main() {
    begin
    install_system_packages
    if [[ $PROJECT != infra ]]; then
        create_account "$PROJECT" "$UID" "$GID"
        create_folders "$PROJECT"
    fi
    make_environment
    install_python_packages
    finish
    clean_up
}

main
