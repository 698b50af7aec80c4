//! The sealed file: what goes in comes out, and what was meddled with is never taken for a secret.

use chrono::{Days, NaiveDate};
use secrecy::ExposeSecret;

use super::{super::*, CANARY, Place as Folder, shown};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|&(name, value)| (name.to_owned(), value.into())).collect()
}

/// A folder with a sealed file in which `water-bot` and `land-bot` have secrets.
fn sealed() -> (Folder, Vault) {
    let place = Folder::new();
    let vault = place.open(&[]).unwrap();
    vault
        .set("water-bot", &fields(&[("username", "bot"), ("password", CANARY)]), Expiry::On(day("2027-01-31")))
        .unwrap();
    vault.set("land-bot", &fields(&[("password", "other")]), Expiry::Unsaid).unwrap();
    (place, vault)
}

fn path(place: &Folder, name: &str) -> PathBuf {
    place.folder.path().join(name)
}

fn text(place: &Folder) -> String {
    std::fs::read_to_string(path(place, "secrets.sealed")).unwrap()
}

fn names_in(place: &Folder) -> Vec<String> {
    let mut names: Vec<String> = place
        .folder
        .path()
        .read_dir()
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_set_comes_back_and_lies_nowhere_in_the_clear() {
    let (place, vault) = sealed();
    let water = place.open(&[]).unwrap().get("water-bot").unwrap();
    assert_eq!((shown(&water, "username"), shown(&water, "password")), ("bot".to_owned(), CANARY.to_owned()));
    assert!(!text(&place).contains(CANARY) && text(&place).contains("[account.water-bot]"), "{}", text(&place));
    assert_eq!(names_in(&place), ["secrets.key", "secrets.lock", "secrets.sealed"]);
    for name in names_in(&place) {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(path(&place, &name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    let over = place.open(&[("QUEQIAO_SECRET_WATER_BOT_PASSWORD", "over")]).unwrap();
    assert_eq!(shown(&over.get("water-bot").unwrap(), "password"), "over", "a variable lies over it");
    assert!(!format!("{vault:?} {:?}", vault.list().unwrap()).contains(CANARY));
    vault.remove("water-bot", &["username".to_owned()]).unwrap();
    assert!(vault.get("water-bot").unwrap().field("username").is_err());
    vault.remove("water-bot", &[]).unwrap();
    assert!(matches!(vault.get("water-bot"), Err(VaultError::UnknownAccount { .. })));
    assert!(vault.names().unwrap().iter().eq(["land-bot"]));
    assert!(matches!(vault.remove("water-bot", &[]), Err(VaultError::UnknownAccount { .. })));
}

#[test]
fn no_byte_can_be_changed_and_no_line_moved() {
    let (place, vault) = sealed();
    let whole = text(&place);
    let refused = |changed: &[u8], what: &str| {
        std::fs::write(path(&place, "secrets.sealed"), changed).unwrap();
        for error in [vault.get("water-bot").unwrap_err(), place.open(&[]).unwrap_err()] {
            assert!(matches!(error, VaultError::Tampered { .. }), "{what}: {error}");
            assert_eq!(error.remedy(), crate::base::Remedy::Human);
        }
    };
    for at in 0..whole.len() {
        let mut changed = whole.clone().into_bytes();
        changed[at] ^= 1;
        refused(&changed, &format!("byte {at}"));
    }
    for at in [0, 1, whole.len() / 2, whole.len() - 1] {
        refused(&whole.as_bytes()[..at], &format!("cut off at {at}"));
    }
    let value = |account: &str, field: &str| {
        let part = whole.split(&format!("[account.{account}.sealed]\n")).nth(1).unwrap();
        let line = part.lines().find(|line| line.starts_with(field)).unwrap();
        line.split('"').nth(1).unwrap().to_owned()
    };
    let (one, other) = (value("water-bot", "password"), value("land-bot", "password"));
    refused(whole.replace(&one, "SWAP").replace(&other, &one).replace("SWAP", &other).as_bytes(), "swapped accounts");
    refused(whole.replace(&one, &value("water-bot", "username")).as_bytes(), "another field's value");
    refused(whole.replace("2027-01-31", "2028-01-31").as_bytes(), "a later date");
    std::fs::write(path(&place, "secrets.sealed"), &whole).unwrap();
    assert_eq!(shown(&vault.get("water-bot").unwrap(), "password"), CANARY);
}

#[test]
fn a_field_opens_in_its_own_place_only_even_for_who_has_the_key() {
    let (place, vault) = sealed();
    let mut sealed = vault.sealed().unwrap().unwrap();
    let moved = sealed.accounts["land-bot"].sealed["password"].clone();
    sealed.accounts.get_mut("water-bot").unwrap().sealed.insert("password".to_owned(), moved);
    sealed.write().unwrap();
    let error = place.open(&[]).unwrap().get("water-bot").unwrap_err();
    assert!(error.to_string().contains("`water-bot.password` does not open"), "{error}");
}

#[test]
fn another_key_is_told_apart_from_a_changed_file_and_from_none() {
    let (place, vault) = sealed();
    let key = std::fs::read(path(&place, "secrets.key")).unwrap();
    std::fs::write(path(&place, "secrets.key"), "ab".repeat(32)).unwrap();
    let error = vault.get("water-bot").unwrap_err();
    assert!(matches!(&error, VaultError::WrongKey { .. }) && error.to_string().contains("secrets.key"), "{error}");
    let error = vault.set("water-bot", &fields(&[("password", "x")]), Expiry::Unsaid).unwrap_err();
    assert!(matches!(error, VaultError::WrongKey { .. }), "nothing is written over what can't be read: {error}");
    std::fs::write(path(&place, "secrets.key"), "no key").unwrap();
    assert!(matches!(vault.get("water-bot"), Err(VaultError::BadKey { .. })));
    std::fs::remove_file(path(&place, "secrets.key")).unwrap();
    assert!(matches!(vault.get("water-bot"), Err(VaultError::KeyMissing { .. })));
    assert!(matches!(
        vault.set("a", &fields(&[("password", "x")]), Expiry::Unsaid),
        Err(VaultError::KeyMissing { .. })
    ));
    assert!(!path(&place, "secrets.key").exists(), "no new key is made for what another one has sealed");
    std::fs::write(path(&place, "key"), &key).unwrap();
    let digits = String::from_utf8(key).unwrap();
    let by_variable = place.open(&[("QUEQIAO_KEY", digits.trim())]).unwrap();
    assert_eq!(shown(&by_variable.get("water-bot").unwrap(), "password"), CANARY);
    let error = by_variable.rotate().unwrap_err().to_string();
    assert!(error.contains("$QUEQIAO_KEY") && !error.contains(digits.trim()), "{error}");
    assert!(!format!("{by_variable:?}").contains(digits.trim()));
    std::fs::rename(path(&place, "key"), path(&place, "queqiao-key")).unwrap();
    let folder = place.folder.path().display().to_string();
    let by_credential = place.open(&[("CREDENTIALS_DIRECTORY", &folder)]).unwrap();
    assert_eq!(shown(&by_credential.get("water-bot").unwrap(), "password"), CANARY);
    assert!(matches!(place.open(&[("QUEQIAO_KEY", "12")]), Err(VaultError::BadKey { .. })));
}

#[test]
fn a_newer_format_is_left_alone() {
    let (place, vault) = sealed();
    std::fs::write(path(&place, "secrets.sealed"), text(&place).replace("format = 1", "format = 2")).unwrap();
    let error = vault.get("water-bot").unwrap_err().to_string();
    assert!(error.ends_with("start that one"), "{error}");
}

#[test]
fn a_rotation_keeps_secrets_versions_and_dates_and_ends_the_old_key() {
    let (place, vault) = sealed();
    let (before, old) = (vault.get("water-bot").unwrap(), std::fs::read(path(&place, "secrets.key")).unwrap());
    let kept = vault.seal(&before, "water/water-bot", b"session").unwrap().unwrap();
    assert_eq!(vault.rotate().unwrap(), 2);
    let after = vault.get("water-bot").unwrap();
    assert_eq!((shown(&after, "password"), after.version()), (CANARY.to_owned(), before.version()));
    assert_eq!(vault.list().unwrap()[1].expires, Some(day("2027-01-31")));
    assert!(matches!(vault.unseal(&after, "water/water-bot", &kept), Err(VaultError::Foreign { .. })));
    assert_eq!(names_in(&place), ["secrets.key", "secrets.lock", "secrets.sealed"]);
    std::fs::write(path(&place, "secrets.key"), old).unwrap();
    assert!(matches!(vault.get("water-bot"), Err(VaultError::WrongKey { .. })));
}

#[test]
fn a_rotation_that_was_killed_anywhere_is_ended_by_the_next_change() {
    let (place, vault) = sealed();
    let (old_key, old_file) = (std::fs::read(path(&place, "secrets.key")).unwrap(), text(&place));
    vault.rotate().unwrap();
    let (new_key, new_file) = (std::fs::read(path(&place, "secrets.key")).unwrap(), text(&place));
    // Killed before the file was sealed anew, and after it; each time with a file that was still being written.
    for file in [&old_file, &new_file] {
        std::fs::write(path(&place, "secrets.sealed"), file).unwrap();
        for (name, key) in [("secrets.key", &old_key), ("secrets.key.new", &new_key), (".queqiao-x", &new_key)] {
            std::fs::write(path(&place, name), key).unwrap();
            std::fs::set_permissions(path(&place, name), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        }
        assert_eq!(shown(&vault.get("water-bot").unwrap(), "password"), CANARY, "it can be read all the while");
        vault.set("land-bot", &fields(&[("password", "newer")]), Expiry::Unsaid).unwrap();
        assert_eq!(names_in(&place), ["secrets.key", "secrets.lock", "secrets.sealed"]);
        assert_eq!(shown(&vault.get("water-bot").unwrap(), "password"), CANARY);
        assert_eq!(shown(&vault.get("land-bot").unwrap(), "password"), "newer");
    }
}

#[test]
fn many_writers_lose_nothing() {
    let (place, vault) = sealed();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let vault = &vault;
            scope.spawn(move || {
                let account = format!("bot-{number}");
                vault.set(&account, &fields(&[("password", &account)]), Expiry::Unsaid).unwrap();
                if number % 4 == 0 {
                    vault.rotate().unwrap();
                }
                assert_eq!(shown(&vault.get(&account).unwrap(), "password"), account);
            });
        }
    });
    assert_eq!(vault.names().unwrap().len(), 10);
    assert_eq!(names_in(&place), ["secrets.key", "secrets.lock", "secrets.sealed"]);
}

#[test]
fn a_plain_file_is_taken_over_with_its_versions() {
    let place = Folder::with("[water-bot]\nusername = 'bot'\npassword = 'canary-7f3a'\n[hub]\ntoken = 't'\n");
    let vault = place.open(&[]).unwrap();
    let version = vault.get("water-bot").unwrap().version();
    let error = vault.set("water-bot", &fields(&[("password", "x")]), Expiry::Unsaid).unwrap_err();
    assert!(matches!(&error, VaultError::Plain { .. }) && error.to_string().contains("secret import"), "{error}");
    assert!(vault.plain().is_some());
    assert_eq!(vault.import(&place.file(), false).unwrap(), ["hub", "water-bot"]);
    assert!(vault.plain().is_none() && !place.file().exists());
    let after = place.open(&[]).unwrap().get("water-bot").unwrap();
    assert_eq!(
        (shown(&after, "password"), after.version()),
        (CANARY.to_owned(), version),
        "a frozen account stays frozen"
    );
    // Killed before the plain file was removed: both say the same, and that is no trouble; something else is.
    place.write("[water-bot]\npassword = 'canary-7f3a'\n", 0o600);
    assert_eq!(shown(&place.open(&[]).unwrap().get("water-bot").unwrap(), "password"), CANARY);
    place.write("[water-bot]\npassword = 'canary-other'\n", 0o600);
    let error = place.open(&[]).unwrap_err();
    assert!(matches!(&error, VaultError::Twice { .. }) && !format!("{error} {error:?}").contains("canary"), "{error}");
    vault.import(&place.file(), true).unwrap();
    assert_eq!(shown(&vault.get("water-bot").unwrap(), "password"), "canary-other");
    assert!(place.file().exists(), "kept, as it was asked to be");
}

#[test]
fn passwords_that_expire_are_told_in_time() {
    let (_place, vault) = sealed();
    let unknown = vault.set("tax-bot", &Fields::new(), Expiry::On(day("2027-01-10"))).unwrap_err();
    assert!(matches!(unknown, VaultError::UnknownAccount { .. }), "a date of nothing: {unknown}");
    vault.set("land-bot", &Fields::new(), Expiry::On(day("2027-01-10"))).unwrap();
    let expiring = |today: &str, within| vault.expiring(day(today), Days::new(within)).unwrap();
    assert_eq!(expiring("2026-12-01", 14), []);
    assert_eq!(
        expiring("2027-01-17", 14),
        [("land-bot".to_owned(), day("2027-01-10")), ("water-bot".to_owned(), day("2027-01-31"))]
    );
    assert_eq!(
        expiring("2027-01-16", 14),
        [("land-bot".to_owned(), day("2027-01-10"))],
        "fifteen days are no fourteen"
    );
    vault.set("water-bot", &fields(&[("username", "robot")]), Expiry::Unsaid).unwrap();
    assert_eq!(expiring("2027-01-31", 0).len(), 2, "another name is no other password");
    vault.set("water-bot", &fields(&[("password", "fresh")]), Expiry::Unsaid).unwrap();
    vault.set("land-bot", &Fields::new(), Expiry::Never).unwrap();
    assert_eq!(expiring("2027-01-31", 14), [], "a new password has no date until somebody says one");
}

#[test]
fn what_is_kept_of_a_session_opens_for_the_same_secrets_only() {
    let (place, vault) = sealed();
    let bot = vault.get("water-bot").unwrap();
    let kept = vault.seal(&bot, "water/water-bot", CANARY.as_bytes()).unwrap().unwrap();
    let again = place.open(&[]).unwrap();
    assert_eq!(again.unseal(&bot, "water/water-bot", &kept).unwrap().unwrap().as_slice(), CANARY.as_bytes());
    assert!(matches!(again.unseal(&bot, "land/water-bot", &kept), Err(VaultError::Foreign { .. })));
    vault.set("water-bot", &fields(&[("password", "changed")]), Expiry::Unsaid).unwrap();
    let error = vault.unseal(&vault.get("water-bot").unwrap(), "water/water-bot", &kept).unwrap_err();
    assert!(matches!(error, VaultError::Foreign { .. }) && error.remedy() == crate::base::Remedy::Never);
    let plain = Folder::with("[a]\npassword = 'x'\n");
    let vault = plain.open(&[]).unwrap();
    assert_eq!(vault.seal(&vault.get("a").unwrap(), "s/a", b"x").unwrap(), None, "without a vault nothing is kept");
    let vault = plain.open(&[("QUEQIAO_KEY", &"ab".repeat(32))]).unwrap();
    assert!(vault.seal(&vault.get("a").unwrap(), "s/a", b"x").unwrap().is_some(), "with a key it is");
    assert_eq!(bot.field("password").unwrap().expose_secret(), CANARY);
}
