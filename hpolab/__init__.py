"""hpolab: hyperparameter search that judges networks by accuracy and by health."""
