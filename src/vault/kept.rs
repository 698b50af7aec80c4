//! What is kept of an account between runs, such as a session: sealed for as long as the account's secrets stay the same.

use secrecy::zeroize::Zeroizing;

use super::{Credential, Vault, VaultError, seal};

impl Vault {
    /// Seals what is to be kept of an account's session, as Base64; it opens only about the same, with the same secrets of the account,
    /// under the same master key. None where no key is at hand: neither a sealed file nor a key from outside; then nothing is to be kept.
    ///
    /// Errors: those of [`Vault::open`].
    pub fn seal(&self, credential: &Credential, about: &str, plain: &[u8]) -> Result<Option<String>, VaultError> {
        let Some(key) = self.key_of(credential)? else { return Ok(None) };
        let failed = |source| VaultError::Key { path: "/dev/urandom".into(), source };
        seal::seal(&key, about, plain).map(Some).map_err(failed)
    }

    /// Opens what [`Vault::seal`] has sealed; none where no key is at hand.
    ///
    /// Errors: those of [`Vault::open`]; [`VaultError::Foreign`] for what was sealed with other keys or secrets, or changed.
    pub fn unseal(
        &self,
        credential: &Credential,
        about: &str,
        sealed: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let Some(key) = self.key_of(credential)? else { return Ok(None) };
        let opened = seal::unseal(&key, about, sealed);
        opened.map(Some).ok_or_else(|| VaultError::Foreign { about: about.to_owned() })
    }

    fn key_of(&self, credential: &Credential) -> Result<Option<seal::Key>, VaultError> {
        let master = match (self.sealed()?, &self.key) {
            (Some(sealed), _) => sealed.master,
            (None, Some(source)) if source.is_given() => source.key()?,
            (None, _) => return Ok(None),
        };
        Ok(Some(seal::derive(&master, &format!("queqiao session {}", credential.version()))))
    }
}
