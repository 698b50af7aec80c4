//! Working days as data: what a promise of N days means in this district.
