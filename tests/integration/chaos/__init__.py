"""Faults against the real runbookd under load, and a checker that says what became of each alert it answered 200 for."""
