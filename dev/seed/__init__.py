"""The demo: invented people and projects, made through the product's own verbs and the fake Stripe."""
