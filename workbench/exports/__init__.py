"""Results as files and answers: one writer per format."""
