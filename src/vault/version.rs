//! A mark of "the same secrets as then" that can lie in a database.
//!
//! A plain hash of a password is as good as the password to whoever has a word list, and the mark lies in the state database,
//! whose backups travel. So the hash is keyed (HMAC-SHA-256) with a key that comes from the master key: who has that has the secrets
//! anyway, who has only the database can guess nothing. The sealed file keeps that key, so that it outlives the master key: a frozen
//! account does not thaw because keys were changed.

use hmac::{Hmac, Mac};
use secrecy::ExposeSecret;
use sha2::Sha256;

use super::{
    Fields,
    seal::{self, Key},
};
use crate::base::hex;

/// Bytes of the mark: 64 bits, so that two secrets share one about never.
const MARK_BYTES: usize = 8;

/// The key of the marks for as long as nothing is sealed, and for the first sealed file.
pub(super) fn key(master: &Key) -> Key {
    seal::derive(master, "queqiao versions")
}

/// The mark of those secrets, [`MARK_BYTES`] in hex.
pub(super) fn of(account: &str, fields: &Fields, key: &Key) -> String {
    let mut hash = Hmac::<Sha256>::new_from_slice(&key[..]).expect("HMAC takes a key of any length");
    let mut part = |text: &str| {
        // The length first, so that no two different lists of texts are the same bytes.
        hash.update(&(text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    part(account);
    for (name, secret) in fields {
        part(name);
        part(secret.expose_secret());
    }
    hex(&hash.finalize().into_bytes()[..MARK_BYTES])
}
