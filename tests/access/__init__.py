"""The scene and the table of tests/test_access.py: a line per route in who/<room>.py."""
