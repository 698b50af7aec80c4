//! Clock, ids, limits, secret strings, languages, and the one classification of errors.
