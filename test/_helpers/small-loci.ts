/**
A LOCI in miniature, made for the tests: the shape of its Dockerfiles, and scripts of the same names that do as little as
they can. The real one is tried by hand, see docs/dialects.md.
*/

const pinnedDockerfile = `ARG FROM=example/base:1
FROM \${FROM}

ENV PATH=/var/lib/openstack/bin:$PATH
ARG PROJECT
ARG WHEELS=example/wheels
ARG PROJECT_REPO=https://git.example/\${PROJECT}
ARG PROJECT_REF=master
ARG PROFILES
ARG PIP_PACKAGES=""
ARG PIP_ARGS=""
ARG DIST_PACKAGES=""
ARG PLUGIN=no
ARG UID=42424
ARG GID=42424
ARG NOVNC_REPO=\${NOVNC_REPO:-https://git.example/novnc}
ARG NOVNC_REF=\${NOVNC_REF:-v1}
ARG SPICE_REPO=\${SPICE_REPO:-https://git.example/spice}
ARG SPICE_REF=\${SPICE_REF:-spice-1}

COPY scripts /opt/loci/scripts
ADD bindep.txt pydep.txt $EXTRA_BINDEP $EXTRA_PYDEP /opt/loci/

RUN /opt/loci/scripts/install.sh
`;

const currentDockerfile = `ARG WHEELS=example/wheels
ARG FROM=example/base:1

FROM \${WHEELS} AS wheels

FROM \${FROM} AS common

ENV PATH=/var/lib/openstack/bin:$PATH
ENV LANG=C.UTF-8
ARG WHEELS_PATH="/wheels"
ARG PROJECT
ARG PROJECT_REPO=https://git.example/\${PROJECT}
ARG PROJECT_REF=master
ARG PROFILES=""
ARG PIP_PACKAGES=""
ARG PIP_ARGS=""
ARG DIST_PACKAGES=""
ARG PLUGIN=no
ARG SOURCES_DIR="/tmp"
# A comment between them.
ARG DEBIAN_FRONTEND=noninteractive
ARG UID=42424
ARG GID=42424
ARG NOVNC_REPO=https://git.example/novnc
ARG NOVNC_REF=v1
ARG SPICE_REPO=https://git.example/spice
ARG SPICE_REF=spice-1

ADD data /tmp/
COPY scripts /opt/loci/scripts
ADD bindep.txt pydep.txt $EXTRA_BINDEP $EXTRA_PYDEP /opt/loci/

FROM common AS requirements
RUN /opt/loci/scripts/requirements.sh

FROM common AS project
RUN --mount=type=bind,from=wheels,target=\${WHEELS_PATH} \\
    /opt/loci/scripts/project.sh
`;

const tables = {
	'bindep.txt': 'mysql-client   [platform:dpkg placement]\nlibxml2        []\n# mysql-client is said here\n',
	'pydep.txt': 'cryptography   []\nfluent-logger  [fluent]\nlibvirt-python [nova]\n',
};

const script = '#!/bin/bash\nset -e\n';

/** The pinned LOCI's installer, as short as it can be and still install something. */
const install = `${script}here=$(dirname "$0")
"$here/fetch_wheels.sh"
"$here/setup_pip.sh"
if [ "$PROJECT" != infra ]; then
    "$here/create_user.sh"
    "$here/clone_project.sh"
    project=/tmp/$PROJECT
fi
pip install --find-links /tmp/wheels -c /tmp/wheels/upper-constraints.txt $project $PIP_PACKAGES
"$here/cleanup.sh"
`;

const cleanUp = `sed -i 's/^include-system-site-packages.*/include-system-site-packages = true/' /var/lib/openstack/pyvenv.cfg
rm -rf /tmp/* /root/.cache
`;

/** The current LOCI's functions, and the program that calls them. */
const helpers = `setup_venv() { echo 'not this one' >&2; exit 1; }
create_user() { echo 'not this one' >&2; exit 1; }
clone_project() { git clone "$2" "/nowhere/$1"; }
get_bindep_system_packages() { :; }
install_system_packages() { :; }
cleanup() { ${cleanUp.trim().replaceAll('\n', '; ')}; rm -rf /opt/loci/*; }
`;

const project = `#!/bin/bash
set -ex
source $(dirname $0)/helpers.sh
setup_venv
create_user "$GID" "$UID" "$PROJECT"
clone_project "$PROJECT" "$PROJECT_REPO" "$PROJECT_REF"
pip install -c $WHEELS_PATH/global-requirements.txt --find-links $WHEELS_PATH $SOURCES_DIR/$PROJECT $PIP_PACKAGES
(cd $SOURCES_DIR/$PROJECT; git log -1 --format=%s >/etc/project.txt)
cleanup
`;

/** The files of a checkout, by their paths. */
export const smallLoci: Readonly<Record<'pinned' | 'current', Readonly<Record<string, string>>>> = {
	pinned: {
		Dockerfile: pinnedDockerfile,
		...tables,
		'README.md': 'what no image has\n',
		...Object.fromEntries(['fetch_wheels', 'setup_pip', 'create_user', 'clone_project', 'install_nova_console'].map(name => [`scripts/${name}.sh`, `${script}echo 'not this one' >&2\nexit 1\n`])),
		'scripts/install.sh': install,
		'scripts/cleanup.sh': `${script}${cleanUp}`,
	},
	current: {
		Dockerfile: currentDockerfile,
		...tables,
		'data/.gitignore': '',
		...Object.fromEntries(['requirements', 'project_specific/nova/01_install_console', 'project_specific/nova/02_add_tss_user'].map(name => [`scripts/${name}.sh`, script])),
		'scripts/helpers.sh': helpers,
		'scripts/project.sh': project,
	},
};
