"""What was recorded of a trial, read and judged: arrays in, small tuples of facts out, no figures.

A module for each kind. Its function takes Arrays and gives the facts, or None where this trial
recorded nothing of the kind; ``verdict`` says in words what is wrong, and nothing when nothing is.
"""
