//! What changes unseen, leaves or turns bad between two readings.
