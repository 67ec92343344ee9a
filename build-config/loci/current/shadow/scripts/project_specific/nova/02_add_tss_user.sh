#!/bin/bash
#
# In place of LOCI's: Debian's packages may have made the account of the emulated TPM already.

set -euo pipefail
. "$context/steps.sh"

if ! getent group "$NOVA_TSS_USER" >/dev/null; then
    groupadd --gid "$NOVA_TSS_GID" "$NOVA_TSS_USER"
fi
if ! getent passwd "$NOVA_TSS_USER" >/dev/null; then
    useradd --uid "$NOVA_TSS_UID" --gid "$NOVA_TSS_USER" --shell /usr/sbin/nologin --comment "$NOVA_TSS_USER user" "$NOVA_TSS_USER"
fi
