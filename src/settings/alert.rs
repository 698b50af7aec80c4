//! `[[alert]]`: the places that are told of troubles.
//!
//! ```toml
//! [[alert]]
//! kind   = "wecom"
//! secret = "wecom-robot"          # an account of the vault, with the robot's `address`
//!
//! [[alert]]
//! kind    = "mail"
//! address = "smtps://smtp.example.gov.cn:465"
//! secret  = "mail"                # `username` and `password`
//! from    = "queqiao@example.gov.cn"
//! to      = ["duty@example.gov.cn"]
//! ```

use secrecy::SecretString;

use super::{SettingsError, source::Entries};
use crate::base::Lang;

/// The keys of one table.
const KEYS: &str = "kind, name, address, secret, from, to, lang";

/// What kind of place is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertKind {
    /// An address that takes our own JSON.
    Webhook,
    /// A group robot of WeCom (企业微信).
    Wecom,
    /// A group robot of DingTalk (钉钉).
    Dingtalk,
    /// A group robot of Feishu (飞书).
    Feishu,
    /// Mail boxes.
    Mail,
}

impl AlertKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Webhook, Self::Wecom, Self::Dingtalk, Self::Feishu, Self::Mail];

    /// The word that the settings say.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Wecom => "wecom",
            Self::Dingtalk => "dingtalk",
            Self::Feishu => "feishu",
            Self::Mail => "mail",
        }
    }
}

/// A place that is told of troubles.
#[derive(Clone, Debug)]
pub struct AlertSink {
    /// Its name, which stays: under it alerts wait (`name`; the kind, with a number from the second of a kind on).
    pub name: String,
    /// What it is (`kind`).
    pub kind: AlertKind,
    /// Its address (`address`). Whoever knows a robot's address can speak for it: it may stand in the vault instead.
    pub address: Option<SecretString>,
    /// The vault's account with what is secret about it (`secret`): `address`; `sign`, the key of a robot that wants signatures;
    /// `username` and `password` of a mail server.
    pub account: Option<String>,
    /// Whom a mail comes from (`from`).
    pub from: Option<String>,
    /// Whom a mail goes to (`to`).
    pub to: Vec<String>,
    /// The language that it is told in (`lang`); `None`: that of the settings.
    pub lang: Option<Lang>,
}

/// Reads the tables.
pub(super) fn read(tables: Vec<Entries>) -> Result<Vec<AlertSink>, SettingsError> {
    let mut sinks: Vec<AlertSink> = Vec::new();
    for table in tables {
        let sink = one(table, &sinks)?;
        sinks.push(sink);
    }
    Ok(sinks)
}

fn one(mut table: Entries, before: &[AlertSink]) -> Result<AlertSink, SettingsError> {
    let words = AlertKind::ALL.map(AlertKind::word).join(", ");
    let written = table.text("kind")?.unwrap_or_default();
    let kind = AlertKind::ALL.into_iter().find(|kind| kind.word() == written);
    let kind = kind.ok_or_else(|| table.wrong("kind", format!("`{written}` is none of them: write {words}")))?;
    let name = match table.text("name")? {
        Some(name) => name,
        None => match before.iter().filter(|sink| sink.kind == kind).count() {
            0 => kind.word().to_owned(),
            others => format!("{}-{}", kind.word(), others + 1),
        },
    };
    if before.iter().any(|sink| sink.name == name) {
        return Err(table.wrong("name", format!("`{name}` stands twice: each place needs a name of its own")));
    }
    let address = table.text("address")?;
    let schemes: &[&str] = if kind == AlertKind::Mail { &["smtp://", "smtps://"] } else { &["http://", "https://"] };
    if address.as_ref().is_some_and(|address| !schemes.iter().any(|scheme| address.starts_with(scheme))) {
        // Without what was written: a robot's address is a secret.
        return Err(table.wrong("address", format!("begins with none of {}", schemes.join(", "))));
    }
    let lang = table.text("lang")?;
    let lang = lang.map(|word| word.parse().map_err(|why| table.wrong("lang", why))).transpose()?;
    let sink = AlertSink {
        name,
        kind,
        address: address.map(SecretString::from),
        account: table.text("secret")?,
        from: table.text("from")?,
        to: table.texts("to")?,
        lang,
    };
    if sink.address.is_none() && sink.account.is_none() {
        let write =
            "missing: write it, or `secret` with the name of an account of the vault that has the field `address`";
        return Err(table.wrong("address", write.to_owned()));
    }
    if kind == AlertKind::Mail && (sink.from.is_none() || sink.to.is_empty()) {
        return Err(table.wrong("to", "a mail needs `from` and `to`: write both".to_owned()));
    }
    table.finish(KEYS)?;
    Ok(sink)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::super::Settings;
    use crate::base::Lang;

    fn load(text: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queqiao.toml");
        std::fs::write(&path, text).unwrap();
        Settings::load(Some(&path), []).map_err(|error| error.to_string())
    }

    #[test]
    fn places_are_read_with_names_of_their_own_and_nothing_secret_shows() {
        let text = r#"
            answer_within = "90s"
            [[alert]]
            kind = "wecom"
            address = "https://robots.example/send?key=canary"
            [[alert]]
            kind = "wecom"
            secret = "second-robot"
            lang = "en"
            [[alert]]
            kind = "mail"
            name = "duty"
            address = "smtp://127.0.0.1:2525"
            from = "queqiao@example.cn"
            to = ["li@example.cn", "wang@example.cn"]
        "#;
        let settings = load(text).unwrap();
        assert_eq!(settings.answer_within.as_secs(), 90);
        let names: Vec<&str> = settings.alerts.iter().map(|sink| sink.name.as_str()).collect();
        assert_eq!(names, ["wecom", "wecom-2", "duty"]);
        let address = settings.alerts[0].address.as_ref().unwrap().expose_secret();
        assert_eq!(address, "https://robots.example/send?key=canary");
        assert_eq!(
            (settings.alerts[1].account.as_deref(), settings.alerts[1].lang),
            (Some("second-robot"), Some(Lang::En))
        );
        assert_eq!(settings.alerts[2].to.len(), 2);
        assert!(!format!("{settings:?}").contains("canary"));
    }

    #[test]
    fn a_place_that_can_not_be_is_refused_with_what_to_write() {
        for (text, told) in [
            ("[[alert]]\nkind = 'pager'", "webhook, wecom, dingtalk, feishu, mail"),
            ("[[alert]]\nkind = 'wecom'", "`secret`"),
            ("[[alert]]\nkind = 'wecom'\naddress = 'ftp://canary/'", "http://, https://"),
            ("[[alert]]\nkind = 'mail'\naddress = 'smtp://h'", "`from` and `to`"),
            ("[[alert]]\nkind = 'feishu'\naddress = 'https://h/'\ntoken = 'x'", "no such key"),
            ("[[alert]]\nkind = 'feishu'\naddress = 7", "quotation marks"),
            ("alert = 'x'", "[[alert]]"),
            ("answer_within = '3'", "30s, 5m or 2h"),
        ] {
            let refused = load(text).unwrap_err();
            assert!(refused.contains(told) && !refused.contains("canary"), "{text}: {refused}");
        }
    }
}
