"""The door for gunicorn and the flask command."""

import gc
import os

# Nearly everything made while starting lives as long as the process: looking for garbage among it costs
# a sixth of the start, and again at each full collection later. Frozen, it is never looked at.
gc.disable()

from app import create_app  # noqa: E402  # the import is what is to be fast
from config import Settings, of_instance  # noqa: E402  # as above

app = create_app(Settings.from_env(of_instance(os.environ)))
gc.freeze()
gc.enable()
