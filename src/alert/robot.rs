//! What the group robots of WeCom, DingTalk and Feishu want to get, how they want it signed, and how they say no. Pure.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;

use super::Alert;
use crate::settings::AlertKind;

/// Bytes of a text that WeCom takes; the others take more.
const WECOM_BYTES: usize = 2048;
/// Bytes of a text that anybody wants to read.
const TEXT_BYTES: usize = 4096;
/// Characters of a refusal that are kept.
const WORDS: usize = 200;

/// What is posted to a place.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    /// Where to, with the signature where it stands there.
    pub(super) address: Url,
    /// JSON.
    pub(super) body: Value,
}

/// The letter for an alert.
pub(super) fn letter(
    kind: AlertKind,
    mut address: Url,
    sign: Option<&str>,
    alert: &Alert,
    now: DateTime<Utc>,
) -> Letter {
    let text = cut(&alert.text, if kind == AlertKind::Wecom { WECOM_BYTES } else { TEXT_BYTES });
    let body = match (kind, sign) {
        (AlertKind::Wecom, _) => json!({ "msgtype": "text", "text": { "content": text } }),
        (AlertKind::Dingtalk, sign) => {
            if let Some(secret) = sign {
                // Milliseconds and the secret, signed with the secret; in the address.
                let at = now.timestamp_millis().to_string();
                let signature = signed(secret.as_bytes(), &format!("{at}\n{secret}"));
                address.query_pairs_mut().append_pair("timestamp", &at).append_pair("sign", &signature);
            }
            json!({ "msgtype": "text", "text": { "content": text } })
        }
        (AlertKind::Feishu, None) => json!({ "msg_type": "text", "content": { "text": text } }),
        (AlertKind::Feishu, Some(secret)) => {
            // Nothing, signed with seconds and the secret; in the body.
            let at = now.timestamp().to_string();
            let signature = signed(format!("{at}\n{secret}").as_bytes(), "");
            json!({ "timestamp": at, "sign": signature, "msg_type": "text", "content": { "text": text } })
        }
        (AlertKind::Webhook | AlertKind::Mail, _) => {
            serde_json::to_value(alert).expect("an alert has only plain fields")
        }
    };
    Letter { address, body }
}

/// What a plain webhook gets besides, where it wants signatures: those of the body's bytes.
pub(super) fn signature(secret: &str, body: &str) -> String {
    signed(secret.as_bytes(), body)
}

/// Whether a robot has taken a letter: they answer 200 with a code of their own.
///
/// # Errors
/// The code, and the robot's words.
pub(super) fn taken(kind: AlertKind, status: u16, answer: &str) -> Result<(), (i64, String)> {
    let words = |text: &str| text.chars().take(WORDS).collect::<String>();
    if !(200..300).contains(&status) {
        return Err((i64::from(status), words(answer)));
    }
    let (code, told) = match kind {
        AlertKind::Wecom | AlertKind::Dingtalk => ("errcode", "errmsg"),
        AlertKind::Feishu => ("code", "msg"),
        AlertKind::Webhook | AlertKind::Mail => return Ok(()),
    };
    let said: Value = serde_json::from_str(answer).unwrap_or_default();
    // Feishu's older robots call it StatusCode.
    match said[code].as_i64().or_else(|| said["StatusCode"].as_i64()) {
        Some(0) => Ok(()),
        Some(code) => Err((code, words(said[told].as_str().unwrap_or(answer)))),
        None => Err((i64::from(status), words(answer))),
    }
}

fn signed(key: &[u8], text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// So many bytes of a text at most, with a sign where something is missing.
fn cut(text: &str, bytes: usize) -> String {
    const MORE: &str = "…";
    if text.len() <= bytes {
        return text.to_owned();
    }
    format!("{}{MORE}", &text[..text.floor_char_boundary(bytes - MORE.len())])
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;
    use crate::{
        alert::Telling,
        base::{Lang, Message},
    };

    fn alert(why: &str) -> Alert {
        let what = Message::new("alert-bot").with("bot", "water-collect").with("system", "water");
        let telling = Telling { what, why: Some(why.to_owned()), mend: None, place: None };
        Alert::begun("bot/water-collect", &telling, Lang::Zh, at())
    }

    fn at() -> DateTime<Utc> {
        Utc.timestamp_opt(1_599_360_473, 0).unwrap()
    }

    fn written(kind: AlertKind, sign: Option<&str>, why: &str) -> Letter {
        letter(kind, "https://robots.example/send?access_token=x".parse().unwrap(), sign, &alert(why), at())
    }

    #[test]
    fn each_robot_gets_its_own_shape() {
        let wecom = written(AlertKind::Wecom, None, "no").body;
        assert_eq!(wecom["msgtype"], "text");
        assert!(wecom["text"]["content"].as_str().unwrap().contains("water-collect"));
        let feishu = written(AlertKind::Feishu, None, "no").body;
        assert_eq!((&feishu["msg_type"], &feishu["timestamp"]), (&json!("text"), &Value::Null));
        let plain = written(AlertKind::Webhook, None, "no").body;
        assert_eq!(
            (&plain["event"], &plain["key"], &plain["why"]),
            (&json!("begun"), &json!("bot/water-collect"), &json!("no"))
        );
        let long = written(AlertKind::Wecom, None, &"长".repeat(2_000)).body;
        let long = long["text"]["content"].as_str().unwrap();
        assert!(long.len() <= WECOM_BYTES && long.ends_with('…'), "{}", long.len());
    }

    /// The signatures were computed beside, with `openssl dgst -sha256 -hmac`.
    #[test]
    fn signatures_are_those_that_the_robots_compute() {
        let dingtalk = written(AlertKind::Dingtalk, Some("this is secret"), "no").address;
        let pairs: Vec<(String, String)> = dingtalk.query_pairs().into_owned().collect();
        assert_eq!(pairs[0], ("access_token".to_owned(), "x".to_owned()));
        assert_eq!(pairs[1], ("timestamp".to_owned(), "1599360473000".to_owned()));
        assert_eq!(pairs[2].1, "hXZTWifRGHclNuZSKxoXc//sh51SWfVfRIhcdeKs63I=");
        let feishu = written(AlertKind::Feishu, Some("this is secret"), "no").body;
        assert_eq!(
            (feishu["timestamp"].as_str(), feishu["sign"].as_str()),
            (Some("1599360473"), Some("/eYKrXQBzTjUZJ3s6NX16VxGbTwmK7AEs8/FnvC1CSw="))
        );
    }

    #[test]
    fn a_robots_no_is_heard_though_it_answers_200() {
        assert_eq!(taken(AlertKind::Wecom, 200, r#"{"errcode":0,"errmsg":"ok"}"#), Ok(()));
        assert_eq!(taken(AlertKind::Feishu, 200, r#"{"StatusCode":0,"StatusMessage":"success"}"#), Ok(()));
        assert_eq!(taken(AlertKind::Webhook, 204, ""), Ok(()));
        let refused = r#"{"errcode":310000,"errmsg":"sign not match"}"#;
        assert_eq!(taken(AlertKind::Dingtalk, 200, refused), Err((310_000, "sign not match".to_owned())));
        assert_eq!(taken(AlertKind::Feishu, 200, r#"{"code":19021,"msg":"sign match fail"}"#).unwrap_err().0, 19_021);
        assert_eq!(taken(AlertKind::Wecom, 200, "<html>proxy</html>").unwrap_err().0, 200);
        assert_eq!(taken(AlertKind::Webhook, 503, "later").unwrap_err(), (503, "later".to_owned()));
    }
}
