"""What the network panel says, apart from the panel: which network is meant, and facts of it."""
