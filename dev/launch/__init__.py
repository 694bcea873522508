"""The pieces of `make run`: standard library only, since it starts what everything else needs."""
