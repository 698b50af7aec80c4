//! Identifiers that sort by the time they were made.

/// A new identifier: UUID version 7 (RFC 9562), 32 lower-case hex digits, later ones sort after earlier ones.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}
