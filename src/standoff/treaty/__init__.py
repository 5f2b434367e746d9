"""Treaties as rules with dates, and what they say of an incident."""
