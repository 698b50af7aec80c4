//! Faults that only time shows: changes within a unit of the list's clock, cases that leave, contents that turn bad.

use super::Fault;

pub static TIMES: &[Fault] = &[];
