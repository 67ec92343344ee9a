# shellcheck shell=bash
#
# What all dialects do in the image that is being built, around what installs the service: repositories, the account, pip's
# closed set, CUSTOMIZATION, removals, and what must not stay. Sourced by the programs of the dialects; it does nothing
# by itself.
#
# Build arguments are environment variables. Lists are separated by white space. What goes wrong is said on a line that
# starts with `install:`, which stx-build shows as the cause.

# The build context: this file, the dialect's, wheels/ and sources/. Mounted, and nothing of it stays. It is exported for
# the scripts that take the place of LOCI's.
context=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
export context
venv=/var/lib/openstack

export WHEELS=$context/wheels

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

# Everything before a service is installed. What must not stay of it goes when the program ends.
begin() {
    if [[ -z $PROJECT ]]; then
        fail 'PROJECT is empty'
    fi
    umask 022
    scratch=$(mktemp -d /var/tmp/stx-build.XXXXXX)
    export scratch
    trap end EXIT
    export DEBIAN_FRONTEND=noninteractive
    export PYTHONDONTWRITEBYTECODE=1
    use_secrets
    hold_services
    switch_repositories
    close_pip
}

end() {
    rm -rf "$scratch"
    if [[ -n ${held:-} ]]; then
        rm -f /usr/sbin/policy-rc.d
    fi
}

# The CA bundle and the proxies are secrets of this one step: the image keeps neither.
use_secrets() {
    local name value
    printf 'APT::Update::Error-Mode "any";\nAcquire::Retries "3";\n' >"$scratch/apt.conf"
    export APT_CONFIG=$scratch/apt.conf
    if [[ -s /run/secrets/ca ]]; then
        export SSL_CERT_FILE=/run/secrets/ca REQUESTS_CA_BUNDLE=/run/secrets/ca
        export CURL_CA_BUNDLE=/run/secrets/ca GIT_SSL_CAINFO=/run/secrets/ca
        printf 'Acquire::https::CAInfo "/run/secrets/ca";\n' >>"$scratch/apt.conf"
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
        held=yes
    fi
}

# DIST_REPOS: `name` or `+name` switches a repository of the base image on, `-name` off. OS is debian, STX is stx.
switch_repositories() {
    local repositories word name list
    words repositories "${DIST_REPOS:-}"
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

# Installs packages of Debian.
install_debian_packages() {
    apt-get -q update || fail "the package lists of Debian cannot be had"
    apt-get -q install --yes --no-install-recommends -- "$@" || fail "Debian's packages cannot be installed"
}

# The account of a service: create_account NAME UID GID [SHELL]. One that the base image already has is taken as it is
# when it fits, changed when UPDATE_SYSTEM_ACCOUNT=yes, and is an error otherwise.
create_account() {
    local name=$1 uid=$2 gid=$3 shell=${4:-/usr/sbin/nologin} home=/var/lib/$1 entry
    local -a unique=()
    if [[ ${NON_UNIQUE_SYSTEM_ACCOUNT:-no} == yes ]]; then
        unique=(--non-unique)
    fi
    step "account $name ($uid:$gid)"
    if ! entry=$(getent group "$name"); then
        groupadd "${unique[@]}" --gid "$gid" "$name" || fail "the group $name cannot be made with the id $gid"
    elif [[ $(cut -d: -f3 <<<"$entry") != "$gid" ]]; then
        may_update "group $name has the id $(cut -d: -f3 <<<"$entry"), not $gid"
        groupmod "${unique[@]}" --gid "$gid" "$name" || fail "the group $name cannot have the id $gid"
    fi
    if ! entry=$(getent passwd "$name"); then
        useradd "${unique[@]}" --uid "$uid" --gid "$name" --no-create-home --home-dir "$home" --shell "$shell" \
            --comment "$name user" "$name" || fail "the account $name cannot be made with the id $uid"
    elif [[ $(cut -d: -f3,4,6 <<<"$entry") != "$uid:$gid:$home" ]]; then
        may_update "user $name is $(cut -d: -f3,4,6 <<<"$entry"), not $uid:$gid:$home"
        usermod "${unique[@]}" --uid "$uid" --gid "$gid" --home "$home" "$name" || fail "the account $name cannot be changed"
    fi
}

# The folders of a service, which belong to its account.
create_folders() {
    local folder
    for folder in /etc /var/log /var/lib /var/cache; do
        mkdir -p "$folder/$1"
        chown "$1:$1" "$folder/$1"
    done
}

may_update() {
    if [[ ${UPDATE_SYSTEM_ACCOUNT:-no} != yes ]]; then
        fail "in the base image, $1; UPDATE_SYSTEM_ACCOUNT=yes changes it"
    fi
}

# Whatever runs pip gets the wheels of this image and nothing else: the dialect, CUSTOMIZATION, POSTBUILD_COMMAND.
# The constraints leave out the project where it is built here, as its version is no wheel's.
close_pip() {
    grep -v -i -E "^(${PROJECT}|${PROJECT_DISTRIBUTION:-$PROJECT})===" "$WHEELS/upper-constraints.txt" >"$scratch/constraints.txt" || true
    if [[ -z ${PROJECT_COMMIT:-} ]]; then
        cp "$WHEELS/upper-constraints.txt" "$scratch/constraints.txt"
    fi
    export PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_FIND_LINKS=$WHEELS PIP_CONSTRAINT=$scratch/constraints.txt
    export PIP_ONLY_BINARY=:all: PIP_NO_COMPILE=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
    export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
    export UV_OFFLINE=1 UV_NO_INDEX=1 UV_FIND_LINKS=$WHEELS UV_NO_CACHE=1
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

# The virtual environment with the dialect's toolchain, and UPGRADE_PIP_PACKAGES.
make_environment() {
    local upgrades
    step 'virtual environment'
    python3 -m venv --without-pip "$venv"
    pip_of_wheels install --quiet --ignore-installed pip
    "$venv/bin/python" -m pip install --quiet -r "$context/toolchain.txt" || fail 'the toolchain cannot be installed'
    words upgrades "${UPGRADE_PIP_PACKAGES:-}"
    if ((${#upgrades[@]} > 0)); then
        step "upgrade: ${upgrades[*]}"
        "$venv/bin/python" -m pip install --upgrade -- "${upgrades[@]}" || fail 'UPGRADE_PIP_PACKAGES cannot be installed'
    fi
}

# The project's source as a checkout in the folder $1, which can be written to. pbr takes the files of a package that are
# no modules from git, and its version from a variable. The repository is made here: no host is asked. The source of a
# project of the package index is a stand-in, which gives its wheel.
place_project() {
    mkdir -p "$1"
    case $PROJECT_REPO in
        pypi | pypi:*)
            step "project $PROJECT_DISTRIBUTION"
            cp "$context/take_wheel.py" "$1"
            printf '[build-system]\nrequires = []\nbuild-backend = "take_wheel"\nbackend-path = ["."]\n' >"$1/pyproject.toml"
            ;;
        *)
            step "source of $PROJECT, ${PROJECT_COMMIT:0:12}"
            if [[ ! -d $context/sources/project ]]; then
                fail "the source of $PROJECT is not in the build context"
            fi
            cp -R --preserve=mode,timestamps "$context/sources/project/." "$1"
            chmod -R u+w "$1"
            ;;
    esac
    (
        export GIT_AUTHOR_NAME=stx-build GIT_AUTHOR_EMAIL=stx-build@localhost GIT_AUTHOR_DATE='2000-01-01T00:00:00Z'
        export GIT_COMMITTER_NAME=stx-build GIT_COMMITTER_EMAIL=stx-build@localhost GIT_COMMITTER_DATE='2000-01-01T00:00:00Z'
        export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
        cd "$1" && git init --quiet . && git add --all --force &&
            git commit --quiet --no-verify --message "${PROJECT_COMMIT:-$PROJECT_DISTRIBUTION} of $PROJECT_REPO"
    ) || fail "the source of $PROJECT cannot be made a checkout"
}

# For what is built here, pbr and setuptools-scm get the version by variables.
export_version() {
    if [[ -n ${PROJECT_VERSION:-} ]]; then
        export PBR_VERSION=$PROJECT_VERSION SETUPTOOLS_SCM_PRETEND_VERSION=$PROJECT_VERSION
        export SKIP_GENERATE_AUTHORS=1 SKIP_WRITE_GIT_CHANGELOG=1
    fi
}

# Copies a source into the image: place_source NAME FOLDER.
place_source() {
    if [[ ! -d $context/sources/$1 ]]; then
        fail "the source of $1 is not in the build context"
    fi
    mkdir -p "$2"
    cp -R --no-preserve=ownership "$context/sources/$1/." "$2"
    rm -rf "$2"/.git*
}

# The web consoles of Nova, at fixed commits.
place_consoles() {
    step 'consoles: novnc, spice-html5'
    place_source novnc /usr/share/novnc
    place_source spice-html5 /usr/share/spice-html5
    # From novnc 1.0.0 on it is not there any more, and Nova's configuration names it.
    if [[ ! -e /usr/share/novnc/vnc_auto.html ]]; then
        ln -s vnc_lite.html /usr/share/novnc/vnc_auto.html
    fi
}

# LOCI's tree at the place where its scripts expect it: links to its files, and to ours in place of some of them. The
# tree itself is mounted, and cannot be written to.
link_loci() {
    local place=${1:-/opt/loci}
    rm -rf "$place"
    mkdir -p "$place"
    cp -R --symbolic-link "$context/loci/." "$place"
    cp -R --symbolic-link --force "$context/shadow/." "$place"
}

# The installed packages, and what they provide.
installed_packages() {
    dpkg-query --show --showformat='${db:Status-Status} ${Package}, ${Provides}\n' |
        sed -n 's/^installed //p' | tr ',' '\n' | sed 's/^ *//; s/[ (:].*//'
}

# LOCI's clean-up removes git, patch and virtualenv, and every package that depends on one of them, and where its tables
# ask for no package it installs none. What is missing of DIST_PACKAGES is installed here, with what it needs.
restore_packages() {
    local packages package installed
    local -a missing=()
    words packages "${DIST_PACKAGES:-}"
    installed=$(installed_packages)
    for package in "${packages[@]}"; do
        if ! grep -q -x -F -e "${package%%[/:=]*}" <<<"$installed"; then
            missing+=("$package")
        fi
    done
    if ((${#missing[@]} > 0)); then
        step "packages that LOCI has left out or removed: ${missing[*]}"
        install_debian_packages "${missing[@]}"
        # As LOCI's clean-up does, which was before.
        find /usr -name __pycache__ -prune -exec rm -rf {} +
    fi
}

customize() {
    if [[ -n ${CUSTOMIZATION:-} ]]; then
        step 'CUSTOMIZATION'
        (cd / && bash -ec "$CUSTOMIZATION" </dev/null) || fail 'CUSTOMIZATION failed'
    fi
}

# Whether the virtual environment itself has a distribution. Python 3.9, asked for one by name, does not find all spellings.
has_distribution() {
    "$venv/bin/python" -c '
import re, sys
from importlib.metadata import distributions
plain = lambda name: re.sub("[-_.]+", "-", name or "").lower()
own = [found for found in distributions() if str(found.locate_file("")).startswith(sys.prefix + "/")]
sys.exit(plain(sys.argv[1]) not in [plain(found.metadata["Name"]) for found in own])
' "$1"
}

remove_python_packages() {
    local names name
    local -a present=()
    words names "${POSTBUILD_REMOVE_PYTHON_PACKAGES:-}"
    for name in "${names[@]}"; do
        if has_distribution "$name"; then
            present+=("$name")
        fi
    done
    if ((${#present[@]} == 0)); then
        return
    fi
    step "remove the Python packages ${present[*]}"
    # pip itself, where it is still there: as a file it would take that file for what is installed.
    "$venv/bin/python" -m pip uninstall --yes -- "${present[@]}" || fail "POSTBUILD_REMOVE_PYTHON_PACKAGES: ${present[*]} cannot be removed"
    for name in "${present[@]}"; do
        if has_distribution "$name"; then
            fail "POSTBUILD_REMOVE_PYTHON_PACKAGES: \`$name\` could not be removed"
        fi
    done
    check_environment || fail "POSTBUILD_REMOVE_PYTHON_PACKAGES: what is left needs one of: ${present[*]}"
}

has_system_package() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

remove_system_packages() {
    local names name
    local -a present=()
    words names "${POSTBUILD_REMOVE_OS_PACKAGES:-}"
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
    if [[ -n ${POSTBUILD_COMMAND:-} ]]; then
        step 'POSTBUILD_COMMAND'
        (cd / && sh -ec "$POSTBUILD_COMMAND" </dev/null) || fail 'POSTBUILD_COMMAND failed'
    fi
}

# Whether the environment sees Debian's Python packages too: allow_system_packages true|false.
allow_system_packages() {
    sed -i "s/^include-system-site-packages.*/include-system-site-packages = $1/" "$venv/pyvenv.cfg"
}

# pip check, of the environment alone.
check_environment() {
    local allowed
    allowed=$(sed -n 's/^include-system-site-packages *= *//p' "$venv/pyvenv.cfg")
    allow_system_packages false
    pip_of_wheels check || return 1
    allow_system_packages "$allowed"
}

clean_up() {
    apt-get clean
    rm -rf /opt/loci
    rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache
    rm -rf /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/lib/dpkg/*-old /etc/*-
    rm -rf /root/.cache /root/.config/pip /etc/machine-id
    find "$venv" -name __pycache__ -prune -exec rm -rf {} +
    find /tmp /var/tmp -mindepth 1 -delete
}

# What is installed, in the image itself.
record_content() {
    mkdir -p /etc/image_info
    dpkg-query --show --showformat='${Package} ${Version} ${Architecture}\n' | LC_ALL=C sort >/etc/image_info/packages.txt
    allow_system_packages false
    # Not freeze, which tells of a project that is built here where its source was.
    pip_of_wheels list --format=freeze --local | LC_ALL=C sort >/etc/image_info/pip.txt
    allow_system_packages true
}

# Everything after a service is installed.
finish() {
    customize
    remove_python_packages
    remove_system_packages
    run_postbuild_command
    step 'requirements'
    check_environment || fail 'the installed Python packages do not fit together'
    # Only now: what Debian's packages bring (python3-rbd) is to be seen, but must not count as installed before.
    record_content
}
