"""Who may open which door, one file per room of app/.

A new route: one line in the file of its room. A new room: a new file here, found by itself. A file may also have

- `values(ids, shared)`: what only the addresses of its own room need; called once inside an app context, may make rows.
  `ids` are the user ids of tests/access/people.py by name, `shared` the values of tests/access/file_of_scene.py. A key
  `"name"` holds for the whole room, a key `("endpoint", "name")` for one route;
- `QUERY`: what is asked of an endpoint behind its address;
- `MAY_BE_MISSING`: endpoints whose object is not there in the scene.
"""

from __future__ import annotations

import importlib
import pkgutil

from tests.access.objects import Door

ROOMS = {found.name: importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)}
WHO: dict[str, Door] = {}
for _room in ROOMS.values():
    assert not WHO.keys() & _room.WHO.keys(), f"a route twice: {_room.__name__}"
    WHO.update(_room.WHO)
QUERY: dict[str, dict[str, str]] = {}
for _room in ROOMS.values():
    QUERY.update(getattr(_room, "QUERY", {}))
MAY_BE_MISSING = frozenset().union(*(getattr(room, "MAY_BE_MISSING", ()) for room in ROOMS.values()))
