//! Two workers on one store.
