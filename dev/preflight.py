"""Is this machine able to set the project up? One sentence and exit 1 when it is not.

Run by the machine's own Python before anything is installed, whatever its age: hence the plain,
old syntax: no f-strings, annotations that only mypy reads.
"""

import os
import subprocess
import sys

NEEDED = (3, 11)
# The environment with the test tools takes about 1 GB, node_modules about 80 MB.
INSTALL_MEGABYTES = 1200


def refusal() -> "str | None":
    """The sentence to print, or None when everything is there."""
    if sys.version_info < NEEDED:
        return (
            "Python %d.%d ou plus récent est nécessaire, et celui-ci est %s (%s). "
            "Choisissez-en un autre ainsi : make PYTHON=python3.11 …"
            % (NEEDED + (sys.version.split()[0], sys.executable))
        )
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inner = os.path.join(root, ".venv", "bin", "python")
    if not os.path.exists(os.path.join(root, ".venv", "bin", "uv")):
        return no_venv() or no_room(root)
    with open(os.devnull, "w") as nowhere:
        try:
            broken = subprocess.call([inner, "-c", ""], stdout=nowhere, stderr=nowhere) != 0
        except OSError:
            broken = True
    if broken:
        return (
            "L’environnement .venv ne démarre plus (Python a été mis à jour ou déplacé) : "
            "supprimez-le avec « rm -rf .venv » et relancez."
        )
    return None


def no_venv() -> "str | None":
    """Debian ships Python without venv and ensurepip: say which package brings them."""
    try:
        import ensurepip  # noqa: F401  only whether it is there matters
        import venv  # noqa: F401  only whether it is there matters
    except ImportError:
        return "Le module venv de Python manque : installez-le (Debian, Ubuntu : apt install python3-venv) et relancez."
    return None


def no_room(root: str) -> "str | None":
    """A set-up that fails half way on a full disk is hard to read: look first."""
    disk = os.statvfs(root)
    free = disk.f_bavail * disk.f_frsize // 1000000
    if free < INSTALL_MEGABYTES:
        return (
            "Il reste %d Mo sur le disque de %s, et l’installation en demande %d : "
            "libérez de la place et relancez." % (free, root, INSTALL_MEGABYTES)
        )
    return None


if __name__ == "__main__":
    sentence = refusal()
    if sentence:
        sys.stderr.write(sentence + "\n")
        sys.exit(1)
