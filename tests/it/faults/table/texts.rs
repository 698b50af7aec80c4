//! Faults of texts: labels, line breaks, headers, zones, digits.

use super::Fault;

pub static TEXTS: &[Fault] = &[];
