"""Every page of the site, as every kind of person sees it, in every state: gathered through the test client, then
looked at by axe in Chromium and by the Nu HTML checker. `make a11y` looks at the whole table, `make test` at each
state of each template once."""
