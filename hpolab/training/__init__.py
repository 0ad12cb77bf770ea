"""The worker's side: one run of one trial, from a RunSpec to a RunResult."""
