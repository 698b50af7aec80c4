//! Secrets by account name, in a type that cannot be printed, sealed at rest.
//!
//! They stand in a sealed file ([`sealed`]) that `queqiao secret` changes, in a plain file beside it for those who need one (tests,
//! the demo, whoever has not imported it yet), or in variables that lie over both, field by field:
//!
//! ```toml
//! [water-bot]                     # QUEQIAO_SECRET_WATER_BOT_USERNAME
//! username = "…"
//! password = "…"                  # QUEQIAO_SECRET_WATER_BOT_PASSWORD
//! ```
//!
//! An account's name is lower-case letters, digits and `-`; a field's name has no `-`, so that a variable's last `_` parts the
//! two. The files are read again each time somebody asks: a changed password counts at once, and none is kept longer than it
//! is used.

mod change;
mod credential;
mod error;
mod file;
mod kept;
mod key;
mod list;
mod seal;
mod sealed;
mod version;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

pub use change::Expiry;
pub use credential::Credential;
pub use error::VaultError;
pub use list::{Listed, Place, expiring};

use key::Source;
use sealed::Sealed;

/// How a variable that holds a secret starts.
const PREFIX: &str = "QUEQIAO_SECRET_";

/// How the sealed file's name ends; the plain one's ends as the setting says.
const SEALED: &str = "sealed";

/// The fields of an account, by name.
pub type Fields = BTreeMap<String, SecretString>;

/// Where secrets are looked up.
#[derive(Debug)]
pub struct Vault {
    /// The plain file, which need not exist.
    plain: Option<PathBuf>,
    /// The sealed file, which need not exist.
    sealed: Option<PathBuf>,
    key: Option<Source>,
    /// The adapters' folder: copied, mailed and committed, so never a place for secrets.
    root: PathBuf,
    environment: BTreeMap<String, Fields>,
}

impl Vault {
    /// Looks up secrets in `file` (which need not exist) and in the sealed file beside it, under `environment`; `root` is the
    /// folder of the adapters.
    ///
    /// Errors: a file that others can read, that lies in `root` or in a git work tree, that cannot be read or is not a file of
    /// secrets; one that is sealed with another key or was changed; a variable that names no account and field.
    pub fn open(
        file: Option<&Path>,
        root: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, VaultError> {
        let vault = Self::at(file, None, root, environment)?;
        vault.check()?;
        Ok(vault)
    }

    /// The same with nothing read yet, and with the key in another file than the one beside the secrets. The variable `QUEQIAO_KEY`
    /// and a credential `queqiao-key` of the system come before both.
    ///
    /// Errors: a variable that names no account and field, or holds no key.
    pub fn at(
        file: Option<&Path>,
        key: Option<&Path>,
        root: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, VaultError> {
        let environment: BTreeMap<String, String> = environment.into_iter().collect();
        let beside = |end: &str| file.map(|file| file.with_extension(end));
        let key = Source::of(key.map(Path::to_owned).or(beside("key")), &environment)?;
        let environment = from_variables(environment)?;
        // Who names the sealed file itself has no plain one.
        let plain = file.filter(|file| file.extension().is_none_or(|end| end != SEALED)).map(Path::to_owned);
        Ok(Self { plain, sealed: beside(SEALED), key, root: root.to_owned(), environment })
    }

    /// The secrets of that account as they are now.
    ///
    /// Errors: those of [`Vault::open`]; no such account, saying where to write it.
    pub fn get(&self, account: &str) -> Result<Credential, VaultError> {
        let (mut plain, sealed) = (self.plain_accounts()?, self.sealed()?);
        let mut fields = plain.remove(account).unwrap_or_default();
        if let Some(sealed) = &sealed
            && let Some(inner) = sealed.fields(account)?
        {
            self.compare(account, &fields, &inner)?;
            fields.extend(inner);
        }
        fields.extend(self.environment.get(account).cloned().unwrap_or_default());
        if fields.is_empty() {
            return Err(self.unknown(account));
        }
        let marks = match sealed {
            Some(sealed) => sealed.marks,
            None => version::key(&self.source()?.key()?),
        };
        Ok(Credential::new(account, fields, &marks))
    }

    /// The accounts that have secrets; nothing of the secrets.
    ///
    /// Errors: those of [`Vault::open`].
    pub fn names(&self) -> Result<BTreeSet<String>, VaultError> {
        Ok(self.list()?.into_iter().filter(|listed| !listed.fields.is_empty()).map(|listed| listed.account).collect())
    }

    /// The file in which secrets stand in plain text, where there is one.
    pub fn plain(&self) -> Option<&Path> {
        self.plain.as_deref().filter(|path| path.exists())
    }

    /// Writes a new plain file of secrets that only its owner can read, making its folder if need be.
    ///
    /// Errors: the file exists already, the folder cannot be written, a name that is none.
    pub fn write_new(path: &Path, accounts: &BTreeMap<String, Fields>) -> Result<(), VaultError> {
        file::write_new(path, accounts)
    }

    /// Reads everything once, so that what is wrong shows at the start.
    ///
    /// Errors: those of [`Vault::open`].
    pub fn check(&self) -> Result<(), VaultError> {
        let plain = self.plain_accounts()?;
        let Some(sealed) = self.sealed()? else { return Ok(()) };
        for (account, fields) in plain {
            self.compare(&account, &fields, &sealed.fields(&account)?.unwrap_or_default())?;
        }
        Ok(())
    }

    fn plain_accounts(&self) -> Result<BTreeMap<String, Fields>, VaultError> {
        self.plain.as_ref().map_or_else(|| Ok(BTreeMap::new()), |path| file::read(path, &self.root))
    }

    fn sealed(&self) -> Result<Option<Sealed>, VaultError> {
        let Some(path) = self.sealed.as_ref().filter(|path| path.exists()) else { return Ok(None) };
        let source = self.source()?;
        self.check_key_place()?;
        Sealed::read(path, source)
    }

    /// Of the files that are ours only the key must not be passed on; what it has sealed may be.
    fn check_key_place(&self) -> Result<(), VaultError> {
        match self.source()? {
            Source::File(key) => file::check_place(key, &self.root, "key"),
            Source::Variable(_) | Source::Credential(_) => Ok(()),
        }
    }

    fn source(&self) -> Result<&Source, VaultError> {
        self.key.as_ref().ok_or(VaultError::NoKeyPlace)
    }

    /// Of two different secrets for one thing nobody can say which is right.
    fn compare(&self, account: &str, plain: &Fields, sealed: &Fields) -> Result<(), VaultError> {
        let differs = |(name, secret): (&String, &SecretString)| {
            sealed.get(name).is_some_and(|other| other.expose_secret() != secret.expose_secret())
        };
        match (&self.plain, &self.sealed) {
            (Some(plain_file), Some(sealed_file)) if plain.iter().any(differs) => Err(VaultError::Twice {
                account: account.to_owned(),
                plain: plain_file.clone(),
                sealed: sealed_file.clone(),
            }),
            _ => Ok(()),
        }
    }

    fn unknown(&self, account: &str) -> VaultError {
        let variable = format!("{PREFIX}{}_…", account.to_uppercase().replace('-', "_"));
        let place = match &self.sealed {
            Some(_) => format!("type `queqiao secret set {account}`"),
            None => "name a file as `secrets` in queqiao.toml".to_owned(),
        };
        VaultError::UnknownAccount { account: account.to_owned(), mend: format!("{place}, or set {variable}") }
    }
}

/// The accounts that variables speak of. `QUEQIAO_SECRET_WATER_BOT_USERNAME` is field `username` of `water-bot`.
fn from_variables(
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<BTreeMap<String, Fields>, VaultError> {
    let mut accounts: BTreeMap<String, Fields> = BTreeMap::new();
    for (variable, value) in environment {
        let Some(rest) = variable.strip_prefix(PREFIX) else { continue };
        let Some((account, field)) = rest.rsplit_once('_') else {
            return Err(VaultError::Variable { variable });
        };
        let (account, field) = (account.to_lowercase().replace('_', "-"), field.to_lowercase());
        if !file::is_account(&account) || !file::is_field(&field) {
            return Err(VaultError::Variable { variable });
        }
        accounts.entry(account).or_default().insert(field, value.into());
    }
    Ok(accounts)
}

/// Fills it with bytes that nobody can foresee.
fn random(bytes: &mut [u8]) -> std::io::Result<()> {
    File::open("/dev/urandom")?.read_exact(bytes)
}

#[cfg(test)]
mod tests;
