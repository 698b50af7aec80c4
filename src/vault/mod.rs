//! Secrets by account name, in a type that cannot be printed.
