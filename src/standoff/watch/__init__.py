"""The threat picture: event streams read onto a ladder, and the state that they speak of."""
