"""Stand-ins and contract suites for those who write an executor, a sampler or a panel."""
