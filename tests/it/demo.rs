//! The demo as a new user meets it.

use std::path::Path;

use serde_json::Value;

use crate::rig::{finished, stdout};

#[test]
fn the_demo_reconciles_and_names_the_rows_that_were_made_bad_on_purpose() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_queqiao"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).args(["demo", "--once", "--cases", "1000"]);
    let line = stdout(&finished(&mut command), 0);
    let once: Value = serde_json::from_str(line.trim()).unwrap();
    assert_eq!(once["reconciled"], true, "{once}");
    let systems = once["systems"].as_array().unwrap();
    let adapters = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("selectors")).unwrap().count();
    assert_eq!(systems.len(), adapters, "every system for which there is an adapter");
    for system in systems {
        assert_eq!((&system["rows_read"], &system["stated_total"]), (&Value::from(1000), &Value::from(1000)));
        let rows = system["quarantined_rows"].as_array().unwrap();
        assert!(!rows.is_empty() && rows.iter().all(|row| row["planted"].is_string()), "{system}");
        let accepted = system["accepted"].as_u64().unwrap();
        assert_eq!(accepted + rows.len() as u64, 1000);
    }
}
