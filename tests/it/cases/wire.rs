//! Every address in the system's encoding; only the answer to what was asked is a page.
