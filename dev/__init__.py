"""Tools for people who develop or try the platform; nothing here runs in production."""
