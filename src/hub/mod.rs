//! Ingest, tally, feed, push. Repeat-safe.
