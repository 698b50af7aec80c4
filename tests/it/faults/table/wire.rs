//! Faults of the way to a page: encodings, redirects, downloads, pages of the browser's own.

use super::Fault;

pub static WIRE: &[Fault] = &[];
