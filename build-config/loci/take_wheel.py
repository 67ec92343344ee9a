"""A build backend (PEP 517) that builds nothing: the wheel of the project is among those of the image already.

LOCI installs a project from its folder. For a project of the package index that folder has a pyproject.toml which names
this backend, and what pip then gets for it is the very wheel that was locked.
"""

import os
import re
import shutil


def normalize(name):
    """A name as PEP 503 normalises it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Copies the wheel of $PROJECT_DISTRIBUTION from $WHEELS to where pip wants it."""
    name = normalize(os.environ["PROJECT_DISTRIBUTION"])
    folder = os.environ["WHEELS"]
    found = [file for file in os.listdir(folder) if file.endswith(".whl") and normalize(file.split("-")[0]) == name]
    if len(found) != 1:
        raise SystemExit(f"install: the wheels hold {len(found)} wheels of {name}; one is needed")
    shutil.copy(os.path.join(folder, found[0]), wheel_directory)
    return found[0]
