use secrecy::ExposeSecret;

use super::*;

/// Settings from a file with this text in a folder of its own, under these variables.
fn load(text: &str, variables: &[(&str, &str)]) -> Result<(Settings, PathBuf), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queqiao.toml");
    std::fs::write(&path, text).unwrap();
    let variables = variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    let settings = Settings::load(Some(&path), variables);
    let shorter = |text: String| text.replace(&folder.path().display().to_string(), "DIR");
    settings.map(|settings| (settings, folder.path().to_owned())).map_err(|error| shorter(error.to_string()))
}

fn refused(text: &str, variables: &[(&str, &str)]) -> String {
    load(text, variables).map(|(settings, _)| settings).unwrap_err()
}

#[test]
fn nothing_written_gives_the_defaults() {
    let (settings, _) = load("", &[("HOME", "/home/clerk"), ("PATH", "/bin")]).unwrap();
    assert_eq!(settings.root, Path::new("."));
    assert_eq!(settings.data, Path::new("queqiao-data"));
    assert_eq!(settings.listen.to_string(), "127.0.0.1:7100");
    assert_eq!(settings.secrets.as_deref(), Some(Path::new("/home/clerk/.config/queqiao/secrets.toml")));
    assert_eq!((settings.role, settings.lang), (Role::Both, Lang::Zh));
    assert!(settings.store.is_none() && settings.hub.is_none() && settings.calendar.is_none());
    assert!(settings.bases.is_empty());
    let (settings, _) = load("", &[("HOME", "/home/clerk"), ("XDG_CONFIG_HOME", "/etc/clerk")]).unwrap();
    assert_eq!(settings.secrets.as_deref(), Some(Path::new("/etc/clerk/queqiao/secrets.toml")));
    assert_eq!(load("", &[]).unwrap().0.secrets, None);
}

#[test]
fn a_file_sets_everything_and_its_paths_are_its_own() {
    let text = r#"
        root = "adapters"
        data = "/var/lib/queqiao"
        store = "postgres://hub:canary@db/queqiao"
        listen = "0.0.0.0:80"
        hub = "https://hub.example/district"
        role = "runner"
        secrets = "../secrets.toml"
        calendar = "calendar.toml"
        lang = "en"
        log = "debug"
        [bases]
        water = "http://10.1.2.3:8080/sp"
        "水利" = "http://10.1.2.4/"
    "#;
    let (settings, folder) = load(text, &[]).unwrap();
    assert_eq!(settings.root, folder.join("adapters"));
    assert_eq!(settings.data, Path::new("/var/lib/queqiao"));
    assert_eq!(settings.store.as_ref().unwrap().expose_secret(), "postgres://hub:canary@db/queqiao");
    assert_eq!(settings.listen.port(), 80);
    assert_eq!(settings.hub.as_ref().unwrap().as_str(), "https://hub.example/district/");
    assert_eq!(settings.role, Role::Runner);
    assert_eq!(settings.secrets, Some(folder.join("../secrets.toml")));
    assert_eq!(settings.calendar, Some(folder.join("calendar.toml")));
    assert_eq!((settings.lang, settings.log.as_str()), (Lang::En, "debug"));
    assert_eq!(settings.bases["water"].as_str(), "http://10.1.2.3:8080/sp/");
    assert_eq!(settings.bases["水利"].as_str(), "http://10.1.2.4/");
    assert!(!format!("{settings:?}").contains("canary"));
}

#[test]
fn variables_lie_over_the_file_key_by_key() {
    let text = "data = 'state'\nlisten = '127.0.0.1:1'\n[bases]\nwater = 'http://a/'\nland = 'http://b/'";
    let variables = [
        ("QUEQIAO_LISTEN", "127.0.0.1:2"),
        ("QUEQIAO_CALENDAR", "calendar.toml"),
        ("QUEQIAO_DATA", ""),
        ("QUEQIAO_BASES_WATER", "http://c/"),
        ("QUEQIAO_BASES_ONE_WINDOW", "http://d/"),
        ("QUEQIAO_SECRET_WATER_BOT_PASSWORD", "canary"),
        ("QUEQIAO_FULL", "1"),
    ];
    let (settings, folder) = load(text, &variables).unwrap();
    assert_eq!(settings.listen.port(), 2);
    assert_eq!(settings.calendar.as_deref(), Some(Path::new("calendar.toml")));
    assert_eq!(settings.data, folder.join("state"), "an empty variable is as good as none");
    let bases: Vec<_> = settings.bases.iter().map(|(system, url)| (system.as_str(), url.as_str())).collect();
    assert_eq!(bases, [("land", "http://b/"), ("one-window", "http://d/"), ("water", "http://c/")]);
}

#[test]
fn a_mistake_is_told_with_its_place_its_key_and_what_to_do() {
    let keys = "root, data, store, listen, hub, role, secrets, key, expiry_warning, calendar, lang, log, bases, answer_within, alert, hold_at, \
         runs_at_once, keep_days";
    for (text, variables, message) in [
        (
            "listn = '127.0.0.1:1'",
            &[][..],
            format!("DIR/queqiao.toml: unknown setting `listn`; did you mean `listen`? There are: {keys}"),
        ),
        (
            "",
            &[("QUEQIAO_STROE", "x")],
            format!("QUEQIAO_STROE: unknown setting `stroe`; did you mean `store`? There are: {keys}"),
        ),
        (
            "listen = 'here'",
            &[],
            "DIR/queqiao.toml: `listen`: `here` is not one: write address:port, such as 127.0.0.1:7100".to_owned(),
        ),
        ("listen = 7100", &[], "DIR/queqiao.toml: `listen`: not a text: put the value in quotation marks".to_owned()),
        (
            "role = 'both'",
            &[("QUEQIAO_ROLE", "boss")],
            "QUEQIAO_ROLE: `role`: `boss` is none of them: write both, runner, hub".to_owned(),
        ),
        (
            "[bases]\nwater = 'ftp://a/'",
            &[],
            "DIR/queqiao.toml: `bases.water`: not a web address: write http://HOST:PORT/".to_owned(),
        ),
        (
            "hub = 'http://me:canary@hub/'",
            &[],
            "DIR/queqiao.toml: `hub`: holds a user name or password: write those into the file of secrets".to_owned(),
        ),
        (
            "bases = 'http://a/'",
            &[],
            "DIR/queqiao.toml: `bases`: not a table: write [bases] and below it system = \"http://…\"".to_owned(),
        ),
        (
            "role = 'runner'",
            &[],
            "`role` is runner, but there is no `hub`: write the hub's address as `hub` in queqiao.toml or QUEQIAO_HUB"
                .to_owned(),
        ),
    ] {
        assert_eq!(refused(text, variables), message, "{text}");
    }
}

#[test]
fn a_wrong_database_address_is_not_repeated() {
    for text in ["store = 'mysql://hub:canary@db/'", "store = postgres://hub:canary@db/"] {
        let message = refused(text, &[]);
        assert!(message.starts_with("DIR/queqiao.toml: ") && !message.contains("canary"), "{message}");
    }
    let message = refused("lang = 'zh'\nstore = postgres", &[]);
    assert!(message.contains("line 2"), "{message}");
}

#[test]
fn a_named_file_must_be_there() {
    let error = Settings::load(Some(Path::new("/nowhere/queqiao.toml")), []).unwrap_err();
    assert_eq!(error.to_string(), "cannot read the settings /nowhere/queqiao.toml: mend the path or its rights");
    assert_eq!(error.remedy(), crate::base::Remedy::Human);
}

#[test]
fn the_variable_of_the_key_is_no_path() {
    let text = "key = \"vault/master.key\"\nexpiry_warning = \"30\"";
    let (settings, folder) = load(text, &[("QUEQIAO_KEY", "canary")]).unwrap();
    assert_eq!((settings.key, settings.expiry_warning), (Some(folder.join("vault/master.key")), 30));
    assert_eq!(load("", &[]).unwrap().0.expiry_warning, 14);
    assert!(refused("expiry_warning = \"soon\"", &[]).contains("such as \"14\""));
}
