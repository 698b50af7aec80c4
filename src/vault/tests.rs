mod sealed;

use std::os::unix::fs::PermissionsExt;

use secrecy::ExposeSecret;

use super::*;

/// What must never be printed.
const CANARY: &str = "canary-7f3a";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn with(text: &str) -> Self {
        let place = Self::new();
        place.write(text, 0o600);
        place
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("secrets.toml")
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("adapters")
    }

    fn write(&self, text: &str, mode: u32) {
        std::fs::write(self.file(), text).unwrap();
        std::fs::set_permissions(self.file(), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn open(&self, variables: &[(&str, &str)]) -> Result<Vault, VaultError> {
        let variables = variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Vault::open(Some(&self.file()), &self.root(), variables)
    }

    /// The refusal's words, with the file's path as FILE; they must not hold the canary.
    fn refused(&self) -> String {
        let error = self.open(&[]).unwrap_err();
        assert!(!format!("{error:?} {}", crate::base::chain(&error)).contains(CANARY));
        error.to_string().replace(&self.file().display().to_string(), "FILE")
    }
}

fn shown(credential: &Credential, field: &str) -> String {
    credential.field(field).unwrap().expose_secret().to_owned()
}

#[test]
fn the_file_and_the_variables_over_it() {
    let place = Place::with("[water-bot]\nusername = 'bot'\npassword = 'old'\n");
    let vault = place
        .open(&[
            ("QUEQIAO_SECRET_WATER_BOT_PASSWORD", "new"),
            ("QUEQIAO_SECRET_LAND_USERNAME", "land"),
            ("QUEQIAO_LISTEN", "x"),
        ])
        .unwrap();
    let water = vault.get("water-bot").unwrap();
    assert_eq!((shown(&water, "username"), shown(&water, "password")), ("bot".to_owned(), "new".to_owned()));
    assert_eq!(shown(&vault.get("land").unwrap(), "username"), "land");
    assert!(vault.names().unwrap().iter().eq(["land", "water-bot"]));
}

#[test]
fn a_changed_file_counts_at_once() {
    let place = Place::with("[a]\npassword = 'one'\n");
    let vault = place.open(&[]).unwrap();
    let first = vault.get("a").unwrap();
    assert_eq!(first.version(), vault.get("a").unwrap().version());
    place.write("[a]\npassword = 'two'\n[b]\npassword = 'one'\n", 0o600);
    let second = vault.get("a").unwrap();
    assert_eq!(shown(&second, "password"), "two");
    assert_ne!(first.version(), second.version());
    place.write("[a]\npassword = 'one'\n", 0o600);
    assert_eq!(first.version(), vault.get("a").unwrap().version(), "back to the old secret, back to the old version");
}

#[test]
fn a_version_cannot_be_recomputed_elsewhere() {
    let text = "[a]\npassword = '123456'\n";
    let (one, other) = (Place::with(text), Place::with(text));
    let version = |place: &Place| place.open(&[]).unwrap().get("a").unwrap().version();
    assert_eq!(version(&one), version(&one), "the key lasts from one vault to the next");
    assert_ne!(version(&one), version(&other), "the same secret, another key");
    assert_eq!(version(&one).len(), 16);
    let key = std::fs::metadata(one.folder.path().join("secrets.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
}

#[test]
fn fields_do_not_run_into_each_other() {
    let place = Place::with("[a]\nx = 'yz'\n");
    let vault = place.open(&[]).unwrap();
    let before = vault.get("a").unwrap().version();
    place.write("[a]\nxy = 'z'\n", 0o600);
    assert_ne!(before, vault.get("a").unwrap().version());
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let place = Place::new();
    for mode in [0o640, 0o604, 0o660, 0o644] {
        place.write("[a]\npassword = 'canary-7f3a'\n", mode);
        assert_eq!(place.refused(), format!("FILE can be read by others (mode {mode:o}): type `chmod 600 'FILE'`"));
    }
}

#[test]
fn a_file_where_files_are_passed_on_is_refused() {
    let place = Place::with("[a]\npassword = 'canary-7f3a'\n");
    std::fs::create_dir(place.folder.path().join(".git")).unwrap();
    assert!(place.refused().starts_with("FILE must not lie in a git work tree"));

    let place = Place::with("");
    let inside = place.root().join("bots/secrets.toml");
    std::fs::create_dir_all(inside.parent().unwrap()).unwrap();
    std::fs::rename(place.file(), &inside).unwrap();
    std::os::unix::fs::symlink(&inside, place.file()).unwrap();
    assert!(place.refused().starts_with("FILE must not lie in the folder of the adapters"), "a link does not hide it");
}

#[test]
fn what_is_no_file_of_secrets_is_refused_without_repeating_it() {
    let place = Place::new();
    for (text, message) in [
        ("[a]\npassword = canary-7f3a\n", "FILE: line 2 is not TOML: write name = \"value\" below a line [account]"),
        ("[a]\npassword = 'x'\npassword = 'canary-7f3a'\n", "FILE: line 3 is not TOML"),
        ("password = 'canary-7f3a'\n", "FILE: `password` stands outside an account"),
        ("[a]\npassword = 7\n", "FILE: `a.password` is not a text: put the value in quotation marks"),
        ("[Water_Bot]\npassword = 'canary-7f3a'\n", "FILE: `Water_Bot` is no name"),
        ("[a]\npass_word = 'canary-7f3a'\n", "FILE: `pass_word` is no name"),
    ] {
        place.write(text, 0o600);
        let told = place.refused();
        assert!(told.starts_with(message), "{told}");
    }
}

#[test]
fn an_account_without_secrets_says_where_to_write_them() {
    let place = Place::new();
    let error = place.open(&[]).unwrap().get("water-bot").unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no secret for account `water-bot`: type `queqiao secret set water-bot`, or set QUEQIAO_SECRET_WATER_BOT_…"
    );
    let vault = place.open(&[("QUEQIAO_SECRET_A_USERNAME", "me")]).unwrap();
    let error = vault.get("a").unwrap().field("password").unwrap_err().to_string();
    assert!(error.starts_with("account `a` has no field `password`, only username"), "{error}");
    for variable in ["QUEQIAO_SECRET_PASSWORD", "QUEQIAO_SECRET__PASSWORD", "QUEQIAO_SECRET_A_"] {
        let error = place.open(&[(variable, CANARY)]).unwrap_err().to_string();
        assert!(error.starts_with(variable) && !error.contains(CANARY), "{error}");
    }
}

#[test]
fn a_new_file_is_the_owners_and_never_overwrites() {
    let place = Place::new();
    let path = place.folder.path().join("deep/er/secrets.toml");
    let secret = "a\"b\\c'\n字";
    let fields: Fields = [("password".to_owned(), secret.into())].into();
    let accounts = [("demo-water".to_owned(), fields)].into();
    Vault::write_new(&path, &accounts).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let vault = Vault::open(Some(&path), &place.root(), []).unwrap();
    assert_eq!(shown(&vault.get("demo-water").unwrap(), "password"), secret);
    assert!(matches!(Vault::write_new(&path, &accounts), Err(VaultError::Write { .. })));
}

#[test]
fn nothing_prints_a_secret() {
    let place = Place::with("[a]\npassword = 'canary-7f3a'\n");
    let vault = place.open(&[("QUEQIAO_SECRET_B_PASSWORD", CANARY)]).unwrap();
    let (a, b) = (vault.get("a").unwrap(), vault.get("b").unwrap());
    let missing = a.field("username").unwrap_err();
    let printed = format!("{vault:?} {a:?} {b:?} {:#?} {missing:?} {missing} {}", a.field("password"), a.version());
    assert!(printed.contains("password") && !printed.contains(CANARY), "{printed}");
}
