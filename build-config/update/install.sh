#!/bin/sh
# Installs an update into an image, from inside: Debian packages, then wheels, then what the customization script does.
#
# Beside it are packages/*.deb, wheels/*.whl, pip/*.whl, extras/ and customize.sh, each where the update has any. To the
# customization script they are in /image-update, as with StarlingX's update-stx-image.sh.
#
# What goes wrong is said on a line that starts with `install:`, which stx-build shows as the cause.
#
# shellcheck disable=SC2016  # the formats of dpkg
set -eu

here=/mnt

fail() {
    printf 'install: %s\n' "$*" >&2
    exit 1
}

step() {
    printf '\n==> %s\n' "$*"
}

# The CA bundle is a secret of this one step: the image does not keep it. Proxies come from the engine.
if [ -s /run/secrets/ca ]; then
    export SSL_CERT_FILE=/run/secrets/ca REQUESTS_CA_BUNDLE=/run/secrets/ca PIP_CERT=/run/secrets/ca
    export CURL_CA_BUNDLE=/run/secrets/ca GIT_SSL_CAINFO=/run/secrets/ca
fi

# Of the given files only: what they need must be in the image, or among them.
install_packages() {
    step 'Debian packages'
    command -v apt-get >/dev/null 2>&1 || fail 'the image has no apt-get, so that Debian packages cannot be installed'
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends --no-remove --reinstall \
        -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=/dev/null "$here"/packages/*.deb \
        || fail 'the Debian packages cannot be installed: apt says why'
    for package in "$here"/packages/*.deb; do
        wanted=$(dpkg-deb --show --showformat='${Version}' "$package")
        name=$(dpkg-deb --show --showformat='${Package}' "$package")
        found=$(dpkg-query --show --showformat='${db:Status-Status} ${Version}' "$name" 2>/dev/null || true)
        [ "$found" = "installed $wanted" ] || fail "$name is '$found' after the installation, and should be 'installed $wanted'"
    done
    rm -f /var/cache/apt/*.bin
}

python=python3
if [ -x /var/lib/openstack/bin/python ]; then
    python=/var/lib/openstack/bin/python
fi

# pip comes along: images have none as a rule. No index is asked.
pip() {
    PIP_NO_INDEX=1 PIP_BREAK_SYSTEM_PACKAGES=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_CACHE_DIR=1 \
        PYTHONDONTWRITEBYTECODE=1 "$python" "$(echo "$here"/pip/*.whl)/pip" "$@"
}

install_wheels() {
    step 'wheels'
    command -v "$python" >/dev/null 2>&1 || fail 'the image has no Python, so that wheels cannot be installed'
    before=$(pip check 2>/dev/null || true)
    pip install --no-deps --no-compile --force-reinstall "$here"/wheels/*.whl || fail 'the wheels cannot be installed: pip says why'
    pip check 2>/dev/null | while IFS= read -r problem; do
        case "
$before
" in
            *"
$problem
"*) ;;
            *) printf '%s\n' "$problem" ;;
        esac
    done >/tmp/stx-build-broken
    broken=$(grep -v '^No broken requirements' /tmp/stx-build-broken || true)
    rm -f /tmp/stx-build-broken
    [ -z "$broken" ] || fail "the wheels do not fit the image: $(printf '%s' "$broken" | tr '\n' ';')"
}

customize() {
    step 'customization'
    command -v bash >/dev/null 2>&1 || fail 'the image has no bash, which runs the customization script'
    ln -s "$here" /image-update
    bash "$here/customize.sh" </dev/null || fail 'the customization script failed'
    rm -f /image-update
}

if [ -d "$here/packages" ]; then
    install_packages
fi
if [ -d "$here/wheels" ]; then
    install_wheels
fi
if [ -f "$here/customize.sh" ]; then
    customize
fi
