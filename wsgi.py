"""The door for gunicorn and the flask command."""

import gc
import os

# Looking for garbage among what is made while starting costs a sixth of the start.
gc.disable()

from app import create_app  # noqa: E402  # the import is what is to be fast
from app.core.garbage import settle  # noqa: E402  # as above
from config import Settings, of_instance  # noqa: E402  # as above

app = create_app(Settings.from_env(of_instance(os.environ)))
settle()
