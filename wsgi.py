"""The door for gunicorn and the flask command."""

import os

from app import create_app
from config import Settings, of_instance

app = create_app(Settings.from_env(of_instance(os.environ)))
