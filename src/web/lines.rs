//! A batch of records as NDJSON: each line becomes a record or a reason.

use super::problem::Problem;
use crate::{base::Message, hub::BATCH_RECORDS as MAX_LINES, record::Record};

/// One line of a batch.
#[derive(Debug)]
pub struct Line {
    /// Its number in the body, from 1.
    pub number: u64,
    /// The record, or why there is none (in English, for the sender's log).
    pub record: Result<Record, String>,
}

/// The lines of a body that are not blank.
///
/// # Errors
/// More of them than the hub takes in one transaction.
pub fn read(body: &str) -> Result<Vec<Line>, Problem> {
    let filled = || body.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let count = filled().count();
    if count > MAX_LINES {
        let message = Message::new("web-too-many-lines").with("limit", MAX_LINES).with("lines", count);
        return Err(Problem::new(axum::http::StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    Ok(filled().map(|(line, number)| Line { number, record: record(line) }).collect())
}

fn record(line: &str) -> Result<Record, String> {
    let record: Record = serde_json::from_str(line).map_err(|error| error.to_string())?;
    for (name, value) in [("system", record.system()), ("key", record.key())] {
        if value.trim().is_empty() {
            return Err(format!("the {} of a {} record is empty", name, record.kind()));
        }
    }
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_line_keeps_its_number_and_spoils_no_other() {
        let card =
            r#"{"record":"system","system":"permits","title":"t","owner":"o","fresh_for_seconds":60,"data_version":1}"#;
        let nameless = card.replace("permits", " ");
        let body = format!("{card}\n\n{{\"record\":\"casse\"}}\n{nameless}\n{card}\n");
        let lines = read(&body).unwrap();
        assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 3, 4, 5]);
        assert_eq!(lines.iter().map(|line| line.record.is_ok()).collect::<Vec<_>>(), [true, false, false, true]);
        assert!(lines[1].record.as_ref().unwrap_err().contains("casse"));
        assert!(lines[2].record.as_ref().unwrap_err().contains("system"));
    }

    #[test]
    fn a_batch_has_an_end() {
        assert!(read(&"x\n".repeat(MAX_LINES)).is_ok());
        assert!(read(&"x\n".repeat(MAX_LINES + 1)).is_err());
    }
}
