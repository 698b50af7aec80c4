//! An error with everything that led to it, on one line.

use std::error::Error;

/// `error: its cause: the cause's cause`, leaving out a cause that its parent's text already repeats.
pub fn chain(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !told.contains(&words) {
            told.push_str(": ");
            told.push_str(&words);
        }
        next = cause.source();
    }
    told
}
