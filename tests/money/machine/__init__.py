"""The money proof: a state machine that jumps into the dangerous states, and the bugs planted to try it."""
