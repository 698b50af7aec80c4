//! `queqiao secret`: what it seals, what it shows, and what is left of it when it is killed.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use queqiao::vault::Vault;
use secrecy::ExposeSecret;

use crate::rig::{finished, queqiao, stdout};

const CANARY: &str = "canary-3c91";

/// A folder with settings that name a file of secrets in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).display();
    std::fs::write(
        folder.path().join("queqiao.toml"),
        format!("root = \"{root}\"\ndata = \"data\"\nsecrets = \"vault/secrets.toml\"\nlang = \"en\"\n"),
    )
    .unwrap();
    folder
}

fn secret(folder: &tempfile::TempDir, arguments: &[&str]) -> Command {
    let mut command = queqiao(&folder.path().join("queqiao.toml"));
    command.arg("secret").args(arguments);
    command
}

/// Runs it with these lines on standard input: both its outputs together.
fn typed(mut command: Command, lines: &str, code: i32) -> String {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    // One that has ended before it read them says why.
    let _ = child.stdin.take().expect("piped").write_all(lines.as_bytes());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(!said.contains(CANARY), "{said}");
    said
}

fn password(folder: &tempfile::TempDir, account: &str) -> String {
    let file = folder.path().join("vault/secrets.toml");
    let vault = Vault::open(Some(&file), &folder.path().join("root"), []).unwrap();
    vault.get(account).unwrap().field("password").unwrap().expose_secret().to_owned()
}

#[test]
fn what_is_typed_is_sealed_and_shown_by_name_only() {
    let folder = folder();
    assert!(typed(secret(&folder, &["list"]), "", 0).contains("queqiao secret set"));
    typed(secret(&folder, &["set", "water-bot"]), &format!("bot\n{CANARY}\n"), 0);
    assert_eq!(password(&folder, "water-bot"), CANARY);
    let said = typed(secret(&folder, &["list", "--json"]), "", 0);
    let line: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    let fields = serde_json::json!(["password", "username"]);
    assert_eq!((&line["account"], &line["fields"], &line["place"]), (&"water-bot".into(), &fields, &"sealed".into()));
    assert!(line["expires"].is_null(), "a new password has no date of its own yet: {line}");
    std::fs::write(folder.path().join("key.pem"), "-----BEGIN\nPRIVATE KEY-----\n").unwrap();
    let from_file = format!("key=@{}", folder.path().join("key.pem").display());
    typed(secret(&folder, &["set", "tax-bot", &from_file, "certificate"]), "one line\n", 0);
    let said = typed(secret(&folder, &["set", "tax-bot", "key=plain"]), "", 1);
    assert!(said.contains("key=@FILE") && !said.contains("plain"), "{said}");
    assert!(typed(secret(&folder, &["set", "tax-bot"]), "only-a-name\n", 1).contains("nothing is changed"));
    assert!(typed(secret(&folder, &["set", "Tax_Bot"]), "", 1).contains("is no name"), "before it asks");
    typed(secret(&folder, &["rotate"]), "", 0);
    assert_eq!(password(&folder, "water-bot"), CANARY);
    typed(secret(&folder, &["remove", "water-bot"]), "", 0);
    assert!(typed(secret(&folder, &["remove", "water-bot"]), "", 1).contains("there is no secret"));
}

#[test]
fn a_date_alone_is_set_for_an_account_that_has_a_password_and_for_no_other() {
    let folder = folder();
    let date = ["set", "water-bot", "--expires", "2027-01-31"];
    // The lines are there, but were not meant for it.
    let said = typed(secret(&folder, &date), "bot\nother\n", 1);
    assert!(said.contains("queqiao secret set water-bot username password --expires"), "{said}");
    assert!(typed(secret(&folder, &["list"]), "", 0).contains("There are no secrets"), "no entry with a date only");
    typed(secret(&folder, &["set", "water-bot", "username", "password", "--expires", "2027-01-31"]), &lines(), 0);
    typed(secret(&folder, &["set", "water-bot"]), &lines(), 0);
    let said = typed(secret(&folder, &date), "", 0);
    assert!(said.contains("nothing but its date is changed") && said.contains("2027-01-31"), "{said}");
    assert_eq!(password(&folder, "water-bot"), CANARY);
    let said = typed(secret(&folder, &["set", "water-bot", "--expires", "2020-01-31"]), "", 0);
    assert!(said.contains("expired on 2020-01-31"), "{said}");
    let said = typed(secret(&folder, &["list"]), "", 0);
    assert!(said.contains("2020-01-31 (expired)") && said.contains("password, username"), "{said}");
    assert!(typed(secret(&folder, &["set", "water-bot", "--never"]), "", 0).contains("never expires"));
    let said = typed(secret(&folder, &["set", "water-bot", "--expires", "tomorrow"]), "", 2);
    assert!(said.contains("2027-01-31"), "{said}");
    let mut elsewhere = secret(&folder, &["set", "land-bot", "--expires", "2027-01-31"]);
    elsewhere.env("QUEQIAO_SECRET_LAND_BOT_PASSWORD", CANARY);
    assert!(typed(elsewhere, "", 0).contains("nothing but its date"), "its password comes from a variable");
}

/// What is typed for a name and a password.
fn lines() -> String {
    format!("bot\n{CANARY}\n")
}

#[test]
fn nothing_is_made_where_a_key_must_not_lie() {
    let folder = folder();
    let settings = folder.path().join("queqiao.toml");
    std::fs::create_dir(folder.path().join("bots")).unwrap();
    std::fs::write(&settings, "root = \".\"\nsecrets = \"vault/secrets.toml\"\nlang = \"en\"\n").unwrap();
    let mut within = secret(&folder, &["set", "water-bot"]);
    within.current_dir(folder.path());
    let said = typed(within, &lines(), 1);
    assert!(said.contains("must not lie in the folder of the adapters") && said.contains("`key`"), "{said}");
    assert!(!folder.path().join("vault").exists());
}

#[test]
fn a_plain_file_is_told_of_and_taken_over() {
    let folder = folder();
    let file = folder.path().join("vault/secrets.toml");
    let fields = [("password".to_owned(), CANARY.into())].into();
    Vault::write_new(&file, &[("water-bot".to_owned(), fields)].into()).unwrap();
    let settings = folder.path().join("queqiao.toml");
    let told = |code| {
        let mut check = queqiao(&settings);
        check.arg("check");
        typed(check, "", code)
    };
    assert!(told(0).contains("secret import"), "{}", told(0));
    let said = typed(secret(&folder, &["import", &file.display().to_string()]), "", 0);
    assert!(said.contains("water-bot") && !file.exists(), "{said}");
    assert!(!told(0).contains("secret import"));
    assert_eq!(password(&folder, "water-bot"), CANARY);
    assert!(typed(secret(&folder, &["import", &file.display().to_string()]), "", 1).contains("mend the path"));
    // Where files are passed on it does the most harm: there it is taken over as well, unless it is to stay.
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let here = |arguments: &[&str]| {
        let mut command = secret(&folder, arguments);
        command.env("QUEQIAO_SECRETS", elsewhere.path().join("secrets.toml"));
        command
    };
    let fields = [("password".to_owned(), CANARY.into())].into();
    Vault::write_new(&file, &[("land-bot".to_owned(), fields)].into()).unwrap();
    let path = file.display().to_string();
    assert!(typed(here(&["import", &path, "--keep"]), "", 1).contains("must not lie in a git work tree"));
    assert!(typed(here(&["import", &path]), "", 0).contains("land-bot") && !file.exists());
}

/// A shell's limit of zero bytes per file makes every write of the file end the process, or fail: as a full disk does, and a kill.
#[test]
fn a_write_that_fails_leaves_what_was_there() {
    let folder = folder();
    typed(secret(&folder, &["set", "water-bot"]), &format!("bot\n{CANARY}\n"), 0);
    for arguments in ["set water-bot", "rotate", "remove water-bot"] {
        let command = secret(&folder, &arguments.split(' ').collect::<Vec<_>>());
        let mut limited = Command::new("sh");
        limited.args(["-c", "ulimit -f 0; trap '' XFSZ; exec \"$@\"", "sh"]).arg(command.get_program());
        limited.args(command.get_args());
        let said = typed(limited, "other\nother\n", 1);
        assert!(said.contains("mend the path") || said.contains("make its folder writable"), "{said}");
        assert_eq!(password(&folder, "water-bot"), CANARY, "{arguments}");
    }
    typed(secret(&folder, &["rotate"]), "", 0);
    assert_eq!(password(&folder, "water-bot"), CANARY);
}

/// Kills the commands at moments spread over their whole length; each time everything is as it was before, or as it was to be.
#[test]
fn a_kill_at_any_moment_loses_nothing() {
    let folder = folder();
    typed(secret(&folder, &["set", "water-bot"]), &format!("bot\n{CANARY}\n"), 0);
    typed(secret(&folder, &["set", "land-bot"]), "bot\nold-0\n", 0);
    let mut held = "old-0".to_owned();
    for round in 0..40u64 {
        let rotates = round % 2 == 1;
        let next = format!("new-{round}");
        let mut command = secret(&folder, if rotates { &["rotate"] } else { &["set", "land-bot", "password"] });
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = piped.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(format!("{next}\n").as_bytes());
        // A moment later each time: from its very beginning to after its end.
        std::thread::park_timeout(Duration::from_micros(round * 500));
        let _ = child.kill();
        child.wait().unwrap();
        assert_eq!(password(&folder, "water-bot"), CANARY, "round {round}");
        let now = password(&folder, "land-bot");
        assert!(now == held || !rotates && now == next, "round {round}: {now}");
        held = now;
    }
    typed(secret(&folder, &["rotate"]), "", 0);
    assert_eq!((password(&folder, "water-bot"), password(&folder, "land-bot")), (CANARY.to_owned(), held));
    let mut names: Vec<_> =
        folder.path().join("vault").read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["secrets.key", "secrets.lock", "secrets.sealed"], "nothing half-written is left");
    assert!(finished(&mut secret(&folder, &["list"])).status.success());
    stdout(&finished(&mut secret(&folder, &["list", "--json"])), 0);
}
