#!/bin/sh
# What a directive file asks for after the build of an image that has a Dockerfile or a script of its own: CUSTOMIZATION,
# then POSTBUILD_REMOVE_PYTHON_PACKAGES, POSTBUILD_REMOVE_OS_PACKAGES and POSTBUILD_COMMAND.
#
#   postbuild.sh [customize] [remove]
#
# stx-build puts the values before this text: $customization, $python_packages, $os_packages, $command. The image has a
# /bin/sh and else nothing for certain.
#
# shellcheck disable=SC2154  # the values above
#
# What goes wrong is said on a line that starts with `install:`, which stx-build shows as the cause.
set -eu

fail() {
    printf 'install: %s\n' "$*" >&2
    exit 1
}

step() {
    printf '\n==> %s\n' "$*"
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# The CA bundle is a secret of this one step: the image does not keep it. Proxies come from the engine.
use_secrets() {
    if [ -s /run/secrets/ca ]; then
        export SSL_CERT_FILE=/run/secrets/ca REQUESTS_CA_BUNDLE=/run/secrets/ca PIP_CERT=/run/secrets/ca
        export CURL_CA_BUNDLE=/run/secrets/ca GIT_SSL_CAINFO=/run/secrets/ca
    fi
}

customize() {
    step 'CUSTOMIZATION'
    if [ ! -x /bin/bash ]; then
        fail 'CUSTOMIZATION is run by /bin/bash, which the image does not have'
    fi
    /bin/bash -ec "$customization" </dev/null || fail 'CUSTOMIZATION failed'
}

# The folder that a distribution is installed in; fails when it is not there.
location_of() {
    python3 -c '
import sys
from importlib.metadata import PackageNotFoundError, distribution
try:
    print(distribution(sys.argv[1]).locate_file(""))
except PackageNotFoundError:
    sys.exit(1)
' "$1" 2>/dev/null
}

is_owned() {
    if has dpkg; then
        dpkg --search "$1" >/dev/null 2>&1
    elif has rpm; then
        rpm --query --file "$1" >/dev/null 2>&1
    else
        return 1
    fi
}

# What still requires one of the distributions in the arguments and stays.
requirers() {
    python3 -c '
import re
import sys
from importlib.metadata import distributions
def normalize(name):
    return re.sub(r"[-_.]+", "-", name).lower()
gone = {normalize(name) for name in sys.argv[1:]}
for found in distributions():
    name = found.metadata["Name"] or ""
    if normalize(name) in gone:
        continue
    for requirement in found.requires or []:
        if ";" not in requirement and normalize(re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0]) in gone:
            print(name)
' "$@" | sort -u | tr '\n' ' '
}

remove_python_packages() {
    if [ -z "$python_packages" ] || ! has python3 || ! has pip3; then
        return 0
    fi
    present=
    for name in $python_packages; do
        if folder=$(location_of "$name"); then
            # As in StarlingX: what belongs to a package of the system goes with that package, or stays.
            if is_owned "${folder%/}"; then
                echo "the distribution $name belongs to a package of the system"
            else
                present="$present $name"
            fi
        fi
    done
    if [ -z "$present" ]; then
        return 0
    fi
    step "remove the Python packages$present"
    # shellcheck disable=SC2086  # a list of names
    left=$(requirers $present)
    if [ -n "$left" ]; then
        fail "POSTBUILD_REMOVE_PYTHON_PACKAGES:$present cannot be removed, for they are needed by $left"
    fi
    # shellcheck disable=SC2086  # a list of names
    PIP_BREAK_SYSTEM_PACKAGES=1 pip3 uninstall --yes $present || fail "POSTBUILD_REMOVE_PYTHON_PACKAGES:$present cannot be removed"
    for name in $present; do
        if folder=$(location_of "$name") && ! is_owned "${folder%/}"; then
            fail "POSTBUILD_REMOVE_PYTHON_PACKAGES: \`$name\` could not be removed"
        fi
    done
}

has_package() {
    if has dpkg-query; then
        # shellcheck disable=SC2016  # a format of dpkg-query
        [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
    elif has rpm; then
        rpm --query "$1" >/dev/null 2>&1
    elif has apk; then
        apk info --installed "$1" >/dev/null 2>&1
    else
        return 1
    fi
}

remove_os_packages() {
    present=
    for name in $os_packages; do
        if has_package "$name"; then
            present="$present $name"
        fi
    done
    if [ -z "$present" ]; then
        return 0
    fi
    step "remove the packages$present"
    # shellcheck disable=SC2086  # a list of names
    if has dpkg; then
        dpkg --remove $present || fail "POSTBUILD_REMOVE_OS_PACKAGES:$present cannot be removed"
    elif has rpm; then
        rpm --erase $present || fail "POSTBUILD_REMOVE_OS_PACKAGES:$present cannot be removed"
    else
        # It would take what depends on them as well.
        fail "POSTBUILD_REMOVE_OS_PACKAGES:$present cannot be removed from an image with apk"
    fi
    for name in $present; do
        if has_package "$name"; then
            fail "POSTBUILD_REMOVE_OS_PACKAGES: \`$name\` could not be removed"
        fi
    done
}

run_command() {
    if [ -n "$command" ]; then
        step 'POSTBUILD_COMMAND'
        /bin/sh -ec "$command" </dev/null || fail 'POSTBUILD_COMMAND failed'
    fi
}

# By this line stx-build knows that the image has a shell.
step 'after the build'
use_secrets
for part in "$@"; do
    case $part in
        customize) customize ;;
        remove)
            remove_python_packages
            remove_os_packages
            run_command
            ;;
    esac
done
