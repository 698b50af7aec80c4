//! What a run keeps of a record that is to stand in another system as well.

use queqiao::{
    record::Case,
    store::{Kept, Wish},
};
use serde_json::{Value, json};

use super::WINDOW;

/// A case that this bot (`SYSTEM-…`) shall enter under this mark.
pub fn wanted(bot: &str, mark: &str, case: &Case) -> Kept {
    kept((bot, "enter"), mark, case, &json!({ "case": case }))
}

/// A department's case that came into being when the window's case of that number was entered: this bot shall write beside that
/// one how far the department has come.
pub fn told_back(bot: &str, number: &str, case: &Case) -> Kept {
    let link = json!({ "system": WINDOW, "source_no": number, "project_no": number, "mark": number });
    kept((bot, "update"), number, case, &json!({ "case": case, "link": link }))
}

fn kept((bot, purpose): (&str, &str), mark: &str, case: &Case, wanted: &Value) -> Kept {
    let (target, _) = bot.split_once('-').unwrap();
    let wish = Wish {
        target: target.to_owned(),
        purpose: purpose.to_owned(),
        bot: bot.to_owned(),
        origin_system: case.system.clone(),
        origin_no: case.source_no.clone(),
        project_no: case.project_no.clone(),
        mark: mark.to_owned(),
        wanted: wanted.to_string(),
        version: case.data_version,
    };
    Kept {
        key: case.source_no.clone(),
        contents: case.contents(),
        version: case.data_version,
        record: None,
        wishes: vec![wish],
        ..Kept::default()
    }
}
