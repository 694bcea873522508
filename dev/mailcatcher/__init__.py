"""Catches every mail the platform sends in development: real SMTP in, a page to read them out."""
