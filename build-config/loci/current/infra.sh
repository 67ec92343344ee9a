#!/bin/bash
#
# An image of packages only, PROJECT=infra and PROJECT_REPO=nil, which LOCI itself makes no more: the same steps with its
# own functions, but for the project.

set -exo pipefail
# shellcheck source=/dev/null
. /opt/loci/scripts/helpers.sh

export LC_CTYPE=C.UTF-8

setup_venv

read -r -a profiles <<<"$PROFILES"
read -r -a extra_packages <<<"$DIST_PACKAGES"
read -r -a bindep_packages <<<"$(get_bindep_system_packages infra "${profiles[@]}")"
install_system_packages "${bindep_packages[@]}" "${extra_packages[@]}"

read -r -a arguments <<<"$PIP_ARGS"
read -r -d '' -a packages <<<"$PIP_PACKAGES" || true
if ((${#packages[@]} > 0)); then
    pip install --only-binary :all: --no-compile --ignore-installed "${arguments[@]}" -- "${packages[@]}"
fi

cleanup
