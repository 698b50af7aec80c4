//! Labels, line breaks, rows of headers, zones, notations of others.
