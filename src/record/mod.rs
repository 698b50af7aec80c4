//! The words: what every reading becomes. No I/O.
