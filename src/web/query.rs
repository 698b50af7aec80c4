//! Query strings, read strictly: a name or value that means nothing is refused with the nearest ones that do.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

use chrono::NaiveDate;

use super::problem::Problem;
use crate::base::Message;

/// How many near names a refusal offers.
const OFFERED: usize = 3;

/// Parameters that every address takes.
const EVERYWHERE: &[&str] = &["lang"];

/// The parameters of one request.
#[derive(Debug)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a raw query string of which only the `known` names may occur, each once.
    pub fn parse(raw: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let mut read: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes()) {
            if !known.iter().chain(EVERYWHERE).any(|one| *one == name) {
                let message = Message::new("web-unknown-parameter")
                    .with("name", &name)
                    .with("nearest", nearest(&name, known))
                    .with("known", known.join(", "));
                return Err(Problem::bad_request(message));
            }
            if read.iter().any(|(earlier, _)| *earlier == name) {
                return Err(Problem::bad_request(Message::new("web-repeated-parameter").with("name", name)));
            }
            read.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(read))
    }

    /// The value of a parameter; an empty one counts as not given.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, value)| given == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The comma-separated values of a parameter, without empty ones.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let values = self.text(name).unwrap_or_default().split(',');
        values.map(str::trim).filter(|value| !value.is_empty()).collect()
    }

    /// A whole number within a range.
    pub fn number<T>(&self, name: &str, range: RangeInclusive<T>) -> Result<Option<T>, Problem>
    where
        T: FromStr + PartialOrd + Display,
    {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => {
                let reason = Message::new("web-need-number").with("least", range.start()).with("most", range.end());
                Err(Problem::bad_value(name, text, reason))
            }
        }
    }

    /// A day (`2026-11-23`).
    pub fn day(&self, name: &str) -> Result<Option<NaiveDate>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Problem::bad_value(name, text, Message::new("web-need-day")))
    }
}

/// `value` if it is one of the `known` ones, else a refusal that names the nearest.
pub fn one_of(name: &str, value: &str, known: &[&'static str]) -> Result<&'static str, Problem> {
    known.iter().copied().find(|one| *one == value).ok_or_else(|| {
        let reason =
            Message::new("web-need-one-of").with("nearest", nearest(value, known)).with("known", known.join(", "));
        Problem::bad_value(name, value, reason)
    })
}

/// The known names written most alike, best first.
fn nearest(word: &str, known: &[&str]) -> String {
    let mut names = known.to_vec();
    names.sort_by_cached_key(|name| strsim::damerau_levenshtein(word, name));
    names.truncate(OFFERED);
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Lang;

    fn words(refusal: Problem) -> String {
        refusal.say(Lang::En)
    }

    #[test]
    fn what_means_nothing_is_refused_with_the_nearest_that_does() {
        let refusal = words(Query::parse(Some("sytem=x"), &["status", "system", "limit"]).unwrap_err());
        assert!(refusal.contains("`sytem`") && refusal.contains("Nearest: system"), "{refusal}");
        let refusal = words(one_of("measure", "recieved", &["accepted", "received"]).unwrap_err());
        assert!(refusal.contains("nearest: received"), "{refusal}");
        assert!(words(Query::parse(Some("q=1&q=2"), &["q"]).unwrap_err()).contains("more than once"));
    }

    #[test]
    fn values_are_read_as_what_they_should_be() {
        let query =
            Query::parse(Some("limit=20&by=site,,day&from=2026-11-23&q=&lang=en"), &["limit", "by", "from", "q"]);
        let query = query.unwrap();
        assert_eq!(query.number("limit", 1..=100).unwrap(), Some(20));
        assert!(words(query.number("limit", 1..=10).unwrap_err()).contains("from 1 to 10"));
        assert_eq!(query.list("by"), ["site", "day"]);
        assert_eq!(query.text("q"), None);
        assert_eq!(query.day("from").unwrap(), NaiveDate::from_ymd_opt(2026, 11, 23));
        assert!(words(query.day("by").unwrap_err()).contains("2026-11-23"));
    }
}
