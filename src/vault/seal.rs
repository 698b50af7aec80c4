//! How secrets are sealed: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), under keys that HKDF-SHA-256 (RFC 5869) derives from the
//! master key, one per purpose. Nonces are random: 24 bytes are long enough for that.

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use secrecy::zeroize::Zeroizing;
use sha2::Sha256;

use super::random;
use crate::base::hex;

/// Bytes of every key here: what XChaCha20-Poly1305 takes, and the width of SHA-256.
pub(super) const KEY_BYTES: usize = 32;

/// Bytes of a nonce.
const NONCE_BYTES: usize = 24;

/// A key; wiped from memory when it is dropped.
pub(super) type Key = Zeroizing<[u8; KEY_BYTES]>;

/// The key for one purpose. Who has it learns nothing of the master key, nor of the keys for other purposes.
pub(super) fn derive(master: &Key, purpose: &str) -> Key {
    let mut key = Key::default();
    let extracted = Hkdf::<Sha256>::new(None, &master[..]);
    extracted.expand(purpose.as_bytes(), &mut key[..]).expect("HKDF gives up to 8,160 bytes");
    key
}

/// Seals a text: nonce, ciphertext and tag as Base64. It opens only together with the same `about`, which is not in it.
pub(super) fn seal(key: &Key, about: &str, plain: &[u8]) -> std::io::Result<String> {
    let mut nonce = [0; NONCE_BYTES];
    random(&mut nonce)?;
    let payload = Payload { msg: plain, aad: about.as_bytes() };
    let sealed = cipher(key).encrypt(XNonce::from_slice(&nonce), payload);
    let sealed = sealed.expect("it is far below 256 GB");
    Ok(STANDARD.encode([&nonce[..], &sealed].concat()))
}

/// What was sealed; none for another key, another `about`, or a changed text.
pub(super) fn unseal(key: &Key, about: &str, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = STANDARD.decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES)?;
    let payload = Payload { msg: sealed, aad: about.as_bytes() };
    cipher(key).decrypt(XNonce::from_slice(nonce), payload).ok().map(Zeroizing::new)
}

/// A mark that only who has the key can make: HMAC-SHA-256 in hexadecimal digits.
pub(super) fn mark(key: &Key, text: &str) -> String {
    hex(&hash(key, text).finalize().into_bytes())
}

/// Whether that is the text's mark; takes the same time whichever digit is wrong.
pub(super) fn marks(key: &Key, text: &str, mark: &str) -> bool {
    // Marks of the marks are compared: how long that takes says nothing of the mark itself.
    hash(key, &self::mark(key, text)).finalize() == hash(key, mark).finalize()
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&**key).into())
}

fn hash(key: &Key, text: &str) -> Hmac<Sha256> {
    let mut hash = <Hmac<Sha256> as Mac>::new_from_slice(&key[..]).expect("HMAC takes a key of any length");
    hash.update(text.as_bytes());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Key {
        Key::new([byte; KEY_BYTES])
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_about_the_same_only() {
        let sealed = seal(&key(1), "water-bot/password", b"canary").unwrap();
        assert_eq!(unseal(&key(1), "water-bot/password", &sealed).unwrap().as_slice(), b"canary");
        assert_ne!(sealed, seal(&key(1), "water-bot/password", b"canary").unwrap(), "no nonce is used twice");
        for (other, about) in [(2, "water-bot/password"), (1, "water-bot/username"), (1, "land-bot/password")] {
            assert!(unseal(&key(other), about, &sealed).is_none());
        }
        let bytes = STANDARD.decode(&sealed).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert!(unseal(&key(1), "water-bot/password", &STANDARD.encode(changed)).is_none(), "byte {place}");
        }
        assert!(unseal(&key(1), "", "").is_none());
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        assert_eq!(derive(&key(1), "fields"), derive(&key(1), "fields"));
        assert_ne!(derive(&key(1), "fields"), derive(&key(1), "file"));
        assert_ne!(derive(&key(1), "fields"), derive(&key(2), "fields"));
        assert_ne!(derive(&key(1), "fields"), key(1));
    }

    #[test]
    fn a_mark_is_of_its_text_and_key() {
        let mark = mark(&key(1), "text");
        assert!(marks(&key(1), "text", &mark));
        assert!(!marks(&key(1), "texts", &mark) && !marks(&key(2), "text", &mark) && !marks(&key(1), "text", ""));
    }
}
