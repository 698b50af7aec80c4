//! Selectors, bots and schedules as checked values; every mistake found before a run.
