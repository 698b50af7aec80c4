//! What ASP.NET WebForms keeps in hidden fields: the page's state, and what its last rendering lets a visitor send. Both are
//! sealed for one page and one session, and grow old.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, Mac};
use minijinja::{Value, context};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;

/// How long a page may be looked at before it is sent back, in seconds.
const FRESH_SECONDS: i64 = 20 * 60;
/// Bytes of a seal.
const SEAL: usize = 20;
/// What serialised state begins with.
const MARK: [u8; 2] = [0xff, 0x01];

/// Why what was sent back is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The state was not made by this page for this session.
    State,
    /// The state is too old.
    Stale,
    /// Something was sent that the page did not offer.
    Event,
}

impl Refusal {
    /// What the error page says.
    pub(super) fn words(self) -> &'static str {
        match self {
            Refusal::State => "验证视图状态 MAC 失败。如果此应用程序由网络场或群集承载，请确保各服务器的验证密钥相同。",
            Refusal::Stale => "视图状态已过期，请返回重新打开页面。",
            Refusal::Event => "回发或回调参数无效。已启用事件验证，参数不是来自最初呈现这些事件的服务器控件。",
        }
    }
}

/// One page as one session sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form<'a> {
    /// The page's file, such as `CaseList.aspx`.
    pub(super) page: &'static str,
    /// The session; empty before the login.
    pub(super) session: &'a str,
    pub(super) secret: &'a [u8],
    /// The system's clock in Unix seconds.
    pub(super) now: i64,
}

/// A form that was sent back and may be believed.
#[derive(Debug)]
pub(super) struct Posted<S> {
    pub(super) state: S,
    /// The control that sent the form by script, and its argument; both empty for a button.
    pub(super) event: (String, String),
    fields: HashMap<String, String>,
}

impl<S> Posted<S> {
    /// What a field holds; empty for one that was not sent.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Whether this button was pressed.
    pub(super) fn pressed(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }
}

/// A control and a value or argument that it may be sent with.
pub(super) type Offer = (String, String);

impl Form<'_> {
    /// The hidden fields of a page in this `state` that offers these.
    pub(super) fn hidden<S: Serialize>(&self, state: &S, offers: &[Offer]) -> Value {
        let state = serde_json::to_vec(&(self.now, state)).expect("states are plain values");
        let view_state = self.seal("state", [&MARK[..], &state].concat());
        let offers: Vec<u8> = offers.iter().flat_map(|offer| short(&view_state, offer)).collect();
        let validation = self.seal("events", [&MARK[..], &offers].concat());
        context! { view_state, validation, generator => self.generator() }
    }

    /// Reads a form of this page that was sent back. `free`: fields in which anything may be typed.
    pub(super) fn read<S: DeserializeOwned>(&self, form: &str, free: &[&str]) -> Result<Posted<S>, Refusal> {
        self.read_fields(url::form_urlencoded::parse(form.as_bytes()).into_owned().collect(), free)
    }

    /// The same for a form that came in another writing than the usual one.
    pub(super) fn read_fields<S: DeserializeOwned>(
        &self,
        mut fields: HashMap<String, String>,
        free: &[&str],
    ) -> Result<Posted<S>, Refusal> {
        let mut take = |name: &str| fields.remove(name).unwrap_or_default();
        let (view_state, validation) = (take("__VIEWSTATE"), take("__EVENTVALIDATION"));
        let event = (take("__EVENTTARGET"), take("__EVENTARGUMENT"));
        if take("__VIEWSTATEGENERATOR") != self.generator() {
            return Err(Refusal::State);
        }
        let state = self.open("state", &view_state).ok_or(Refusal::State)?;
        let (made, state): (i64, S) = serde_json::from_slice(&state).map_err(|_| Refusal::State)?;
        if self.now - made > FRESH_SECONDS {
            return Err(Refusal::Stale);
        }
        let offers = self.open("events", &validation).ok_or(Refusal::Event)?;
        let offered = |name: &str, value: &str| {
            let offer = short(&view_state, &(name.to_owned(), value.to_owned()));
            offers.chunks(offer.len()).any(|own| own == offer)
        };
        let sent = fields.iter().filter(|(name, _)| !name.starts_with("__") && !free.contains(&name.as_str()));
        let known = sent.into_iter().all(|(name, value)| offered(name, value));
        if !known || !(event.0.is_empty() || offered(&event.0, &event.1)) {
            return Err(Refusal::Event);
        }
        Ok(Posted { state, event, fields })
    }

    /// Eight digits that name the page.
    fn generator(&self) -> String {
        let sum =
            self.page.bytes().fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        format!("{sum:08X}")
    }

    fn seal(&self, what: &str, content: Vec<u8>) -> String {
        let seal = self.mac(what, &content);
        BASE64.encode([content, seal].concat())
    }

    fn open(&self, what: &str, sealed: &str) -> Option<Vec<u8>> {
        let mut content = BASE64.decode(sealed).ok()?;
        let seal = content.split_off(content.len().checked_sub(SEAL)?);
        (seal == self.mac(what, &content)).then(|| content.split_off(MARK.len()))
    }

    fn mac(&self, what: &str, content: &[u8]) -> Vec<u8> {
        let mac = Hmac::<Sha256>::new_from_slice(self.secret).expect("HMAC takes a key of any length");
        let mac =
            [self.page, self.session, what].iter().fold(mac, |mac, part| mac.chain_update(part).chain_update([0]));
        let mut mac = mac.chain_update(content).finalize().into_bytes().to_vec();
        mac.truncate(SEAL);
        mac
    }
}

/// An offer in four bytes, bound to the state beside which it stands.
fn short(view_state: &str, (name, value): &Offer) -> [u8; 4] {
    let parts = [view_state, "\0", name, "\0", value];
    let bytes = parts.iter().flat_map(|part| part.bytes());
    bytes.fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form<'a>(session: &'a str, now: i64) -> Form<'a> {
        Form { page: "List.aspx", session, secret: b"key", now }
    }

    fn sent(hidden: &Value, more: &[(&str, &str)]) -> String {
        let field = |name: &str| hidden.get_attr(name).unwrap().to_string();
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        text.append_pair("__VIEWSTATE", &field("view_state"));
        text.append_pair("__VIEWSTATEGENERATOR", &field("generator"));
        text.append_pair("__EVENTVALIDATION", &field("validation"));
        text.extend_pairs(more).finish()
    }

    #[test]
    fn what_a_page_offered_comes_back_and_nothing_else() {
        let offers = [("pager".to_owned(), "Page$2".to_owned()), ("town".to_owned(), "01".to_owned())];
        let hidden = form("A", 0).hidden(&7_u32, &offers);
        let read = |at: Form<'_>, more: &[(&str, &str)]| at.read::<u32>(&sent(&hidden, more), &["keyword"]);
        let good = [("__EVENTTARGET", "pager"), ("__EVENTARGUMENT", "Page$2"), ("town", "01"), ("keyword", "x")];
        let posted = read(form("A", 60), &good).unwrap();
        assert_eq!((posted.state, posted.event.1.as_str(), posted.field("keyword")), (7, "Page$2", "x"));
        let refused = |at: Form<'_>, more: &[(&str, &str)]| read(at, more).unwrap_err();
        assert_eq!(refused(form("A", 0), &[("__EVENTTARGET", "pager"), ("__EVENTARGUMENT", "Page$3")]), Refusal::Event);
        assert_eq!(refused(form("A", 0), &[("town", "02")]), Refusal::Event);
        assert_eq!(refused(form("B", 0), &good), Refusal::State);
        assert_eq!(refused(Form { page: "Other.aspx", ..form("A", 0) }, &good), Refusal::State);
        assert_eq!(refused(form("A", FRESH_SECONDS + 1), &good), Refusal::Stale);
        let newer = form("A", 1).hidden(&8_u32, &offers);
        let mixed = context! { view_state => hidden.get_attr("view_state").unwrap(), ..newer };
        assert_eq!(form("A", 1).read::<u32>(&sent(&mixed, &good), &["keyword"]).unwrap_err(), Refusal::Event);
    }
}
