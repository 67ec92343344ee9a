#!/bin/bash
#
# Installs one service into the image that is being built: system packages, the service's account, a virtual
# environment in /var/lib/openstack, and what the directive asks for on top.
#
# Its arguments are the build arguments of the Dockerfile beside it, as environment variables. Lists are separated by
# white space. Wheels come from $WHEELS only: pip is told of no index and could reach none.
#
# shellcheck disable=SC2153  # arguments in capitals are no misspelt variables
#
# What goes wrong is said on a line that starts with `install:`, which stx-build shows as the cause.

set -euo pipefail
umask 022

here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
venv=/var/lib/openstack
scratch=$(mktemp -d /tmp/install.XXXXXX)
trap 'rm -rf "$scratch"' EXIT

export DEBIAN_FRONTEND=noninteractive
export PYTHONDONTWRITEBYTECODE=1

fail() {
    printf 'install: %s\n' "$*" >&2
    exit 1
}

step() {
    printf '\n==> %s\n' "$*"
}

# Sets the array named by $1 to the words of $2, without expanding anything in them.
words() {
    local -n into=$1
    # shellcheck disable=SC2034  # a reference to the caller's array
    read -r -d '' -a into <<<"$2" || true
}

# Adds to the array named by $1 the packages that table $2 gives for the profiles in the other arguments.
select_packages() {
    local -n wanted_packages=$1
    local selected name
    shift
    selected=$(python3 "$here/select_packages.py" "$here/$1" "${@:2}")
    while IFS= read -r name; do
        if [[ -n $name ]]; then
            wanted_packages+=("$name")
        fi
    done <<<"$selected"
}

# The CA bundle and the proxies are secrets of this one step: the image keeps neither.
use_secrets() {
    local name value
    if [[ -s /run/secrets/ca ]]; then
        export SSL_CERT_FILE=/run/secrets/ca REQUESTS_CA_BUNDLE=/run/secrets/ca
        export CURL_CA_BUNDLE=/run/secrets/ca GIT_SSL_CAINFO=/run/secrets/ca
        printf 'Acquire::https::CAInfo "/run/secrets/ca";\n' >"$scratch/apt.conf"
        export APT_CONFIG=$scratch/apt.conf
    fi
    if [[ -s /run/secrets/proxy ]]; then
        while IFS='=' read -r name value; do
            case $name in
                http_proxy | https_proxy | no_proxy) export "$name=$value" ;;
            esac
        done </run/secrets/proxy
    fi
}

# A package that is being installed must not start its service: with chroot isolation it would run on the host.
hold_services() {
    if [[ ! -e /usr/sbin/policy-rc.d ]]; then
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod 755 /usr/sbin/policy-rc.d
        trap 'rm -rf "$scratch" /usr/sbin/policy-rc.d' EXIT
    fi
}

# DIST_REPOS: `name` or `+name` switches a repository of the base image on, `-name` off. OS is debian, STX is stx.
switch_repositories() {
    local repositories word name list
    words repositories "$DIST_REPOS"
    for word in "${repositories[@]}"; do
        name=${word#[+-]}
        case $name in
            OS) name=debian ;;
            STX) name=stx ;;
        esac
        list=/etc/apt/sources.list.d/$name.list
        if [[ $word == -* ]]; then
            rm -f "$list"
        elif [[ -e $list.disabled ]]; then
            cp "$list.disabled" "$list"
        elif [[ $name != debian && ! -e $list ]]; then
            fail "DIST_REPOS names \`$word\`, but the base image has no $list.disabled"
        fi
    done
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
    apt-get -q -o APT::Update::Error-Mode=any update || fail "the package lists of Debian cannot be had"
    apt-get -q install --yes --no-install-recommends -- "${wanted[@]}" || fail "Debian's packages cannot be installed"
}

# An account that the base image already has is taken as it is when it fits, changed when UPDATE_SYSTEM_ACCOUNT=yes,
# and is an error otherwise.
create_account() {
    local home=/var/lib/$PROJECT folder entry
    local -a unique=()
    if [[ $NON_UNIQUE_SYSTEM_ACCOUNT == yes ]]; then
        unique=(--non-unique)
    fi
    step "account $PROJECT ($UID:$GID)"
    if ! entry=$(getent group "$PROJECT"); then
        groupadd "${unique[@]}" --gid "$GID" "$PROJECT"
    elif [[ $(cut -d: -f3 <<<"$entry") != "$GID" ]]; then
        may_update "group $PROJECT has the id $(cut -d: -f3 <<<"$entry"), not $GID"
        groupmod "${unique[@]}" --gid "$GID" "$PROJECT"
    fi
    if ! entry=$(getent passwd "$PROJECT"); then
        useradd "${unique[@]}" --uid "$UID" --gid "$PROJECT" --no-create-home --home-dir "$home" \
            --shell /usr/sbin/nologin --comment "$PROJECT user" "$PROJECT"
    elif [[ $(cut -d: -f3,4,6 <<<"$entry") != "$UID:$GID:$home" ]]; then
        may_update "user $PROJECT is $(cut -d: -f3,4,6 <<<"$entry"), not $UID:$GID:$home"
        usermod "${unique[@]}" --uid "$UID" --gid "$GID" --home "$home" "$PROJECT"
    fi
    for folder in /etc /var/log /var/lib /var/cache; do
        mkdir -p "$folder/$PROJECT"
        chown "$PROJECT:$PROJECT" "$folder/$PROJECT"
    done
}

may_update() {
    if [[ $UPDATE_SYSTEM_ACCOUNT != yes ]]; then
        fail "in the base image, $1; UPDATE_SYSTEM_ACCOUNT=yes changes it"
    fi
}

# pip as a file of the wheels folder: it is there before pip is installed and after pip is removed.
pip_of_wheels() {
    local -a found
    mapfile -t found < <(compgen -G "$WHEELS/pip-*.whl")
    if ((${#found[@]} != 1)); then
        fail "the wheels hold ${#found[@]} wheels of pip; one is needed"
    fi
    PYTHONPATH=${found[0]} "$venv/bin/python" -m pip "$@"
}

# Also for CUSTOMIZATION and POSTBUILD_COMMAND: whatever runs pip gets the same closed set.
close_pip() {
    export PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_FIND_LINKS=$WHEELS PIP_CONSTRAINT=$here/constraints.txt
    export PIP_ONLY_BINARY=:all: PIP_NO_COMPILE=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
    export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
}

install_python_packages() {
    local profiles packages upgrades arguments distribution
    local -a wanted=()
    words profiles "$PROFILES"
    words packages "$PIP_PACKAGES"
    words upgrades "$UPGRADE_PIP_PACKAGES"
    words arguments "$PIP_ARGS"
    step 'virtual environment'
    python3 -m venv --without-pip "$venv"
    pip_of_wheels install --quiet --ignore-installed pip
    select_packages wanted toolchain.txt
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
    step "Python packages: ${wanted[*]} ${packages[*]}"
    "$venv/bin/python" -m pip install "${arguments[@]}" -- "${wanted[@]}" "${packages[@]}"
    if ((${#upgrades[@]} > 0)); then
        "$venv/bin/python" -m pip install --upgrade -- "${upgrades[@]}"
    fi
}

customize() {
    if [[ -n $CUSTOMIZATION ]]; then
        step 'CUSTOMIZATION'
        (cd / && bash -ec "$CUSTOMIZATION" </dev/null) || fail 'CUSTOMIZATION failed'
    fi
}

# Whether the virtual environment itself has a distribution.
has_distribution() {
    "$venv/bin/python" -c '
import sys
from importlib.metadata import PackageNotFoundError, distribution
try:
    distribution(sys.argv[1])
except PackageNotFoundError:
    sys.exit(1)
' "$1"
}

remove_python_packages() {
    local names name
    local -a present=()
    words names "$POSTBUILD_REMOVE_PYTHON_PACKAGES"
    for name in "${names[@]}"; do
        if has_distribution "$name"; then
            present+=("$name")
        fi
    done
    if ((${#present[@]} == 0)); then
        return
    fi
    step "remove the Python packages ${present[*]}"
    "$venv/bin/python" -m pip uninstall --yes -- "${present[@]}"
    for name in "${present[@]}"; do
        if has_distribution "$name"; then
            fail "POSTBUILD_REMOVE_PYTHON_PACKAGES: \`$name\` could not be removed"
        fi
    done
    pip_of_wheels check || fail "POSTBUILD_REMOVE_PYTHON_PACKAGES: what is left needs one of: ${present[*]}"
}

has_system_package() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

remove_system_packages() {
    local names name
    local -a present=()
    words names "$POSTBUILD_REMOVE_OS_PACKAGES"
    for name in "${names[@]}"; do
        if has_system_package "$name"; then
            present+=("$name")
        fi
    done
    if ((${#present[@]} == 0)); then
        return
    fi
    step "remove the system packages ${present[*]}"
    dpkg --remove -- "${present[@]}" || fail "POSTBUILD_REMOVE_OS_PACKAGES: ${present[*]} cannot be removed"
    for name in "${present[@]}"; do
        if has_system_package "$name"; then
            fail "POSTBUILD_REMOVE_OS_PACKAGES: \`$name\` could not be removed"
        fi
    done
    apt-get -q check || fail "POSTBUILD_REMOVE_OS_PACKAGES: what is left needs one of: ${present[*]}"
}

run_postbuild_command() {
    if [[ -n $POSTBUILD_COMMAND ]]; then
        step 'POSTBUILD_COMMAND'
        (cd / && sh -ec "$POSTBUILD_COMMAND" </dev/null) || fail 'POSTBUILD_COMMAND failed'
    fi
}

check_python_packages() {
    step 'requirements'
    pip_of_wheels check || fail 'the installed Python packages do not fit together'
    # Only now: what Debian's packages bring (python3-rbd) is to be seen, but must not count as installed before.
    sed -i 's/^include-system-site-packages.*/include-system-site-packages = true/' "$venv/pyvenv.cfg"
}

record_content() {
    mkdir -p /etc/image_info
    dpkg-query --show --showformat='${Package} ${Version} ${Architecture}\n' | LC_ALL=C sort >/etc/image_info/packages.txt
    pip_of_wheels freeze --all --local --exclude-editable | LC_ALL=C sort >/etc/image_info/pip.txt
}

clean_up() {
    apt-get clean
    rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache
    rm -rf /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/lib/dpkg/*-old /etc/*-
    rm -rf /root/.cache /root/.config/pip /etc/machine-id
    find "$venv" -name __pycache__ -prune -exec rm -rf {} +
    find /tmp /var/tmp -mindepth 1 -delete
}

main() {
    if [[ -z $PROJECT ]]; then
        fail 'PROJECT is empty'
    fi
    use_secrets
    hold_services
    switch_repositories
    install_system_packages
    if [[ $PROJECT != infra ]]; then
        create_account
    fi
    close_pip
    install_python_packages
    customize
    remove_python_packages
    remove_system_packages
    run_postbuild_command
    check_python_packages
    record_content
    clean_up
}

main
