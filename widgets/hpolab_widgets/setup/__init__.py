"""What the setup panel knows: forms, their errors, their texts, samples of data, time needed."""
