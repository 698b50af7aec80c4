//! Whole folders of adapters, good and broken: what loads, and what a person is told.

use std::{
    fs,
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use queqiao::{
    adapter::{Adapters, AskKind, Report, Step},
    base::Lang,
};

/// The repository's own adapters.
fn own() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn check(name: &str) -> Report {
    Adapters::check(&own().join("tests/check").join(name)).1
}

#[test]
fn the_shipped_adapters_have_no_mistake() {
    let (adapters, report) = Adapters::check(own());
    assert!(report.mistakes.is_empty(), "{}", report.render(Lang::En, false));
    assert!(adapters.bots.contains_key("permits-collect") && adapters.bots.contains_key("water-collect"));
    let mut scheduled: Vec<_> = adapters.schedules.iter().flat_map(|schedule| schedule.bots.clone()).collect();
    scheduled.sort();
    assert!(scheduled.iter().eq(adapters.bots.keys()), "the demo runs every bot: {scheduled:?}");
    assert!(adapters.systems["permits"].pages["detail"].uses("list.id"));
}

/// What an admin reads, in both languages, for a broad set of broken files.
#[test]
fn every_mistake_is_told_with_its_place_and_its_mend() {
    for name in ["syntax", "system", "pages", "bot", "tests", "ways", "enter", "schedule", "encoding", "warnings"] {
        let report = check(name);
        assert_eq!(report.has_errors(), name != "warnings", "{name}");
        for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            insta::assert_snapshot!(format!("{name}_{tag}"), report.render(lang, false));
        }
    }
}

#[test]
fn ten_mistakes_in_one_file_are_ten_mistakes() {
    let report = check("ten");
    assert_eq!(report.mistakes.len(), 10, "{}", report.render(Lang::En, false));
    // `titel` is one mistake, not an unknown and a missing one.
    let lines: Vec<_> = report.mistakes.iter().map(|mistake| report.place(mistake).0).collect();
    assert_eq!(lines, [1, 2, 3, 4, 7, 10, 13, 15, 17, 18]);
}

#[test]
fn a_question_says_what_is_wanted_and_how_long_an_answer_may_take() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["selectors", "bots"] {
        fs::create_dir(folder.path().join(kind)).unwrap();
    }
    std::os::unix::fs::symlink(own().join("tests"), folder.path().join("tests")).unwrap();
    fs::copy(own().join("selectors/medical.toml"), folder.path().join("selectors/medical.toml")).unwrap();
    let bot = fs::read_to_string(own().join("bots/medical-collect.toml")).unwrap();
    let load = |more: &str| {
        let bot = bot.replace("ask = { answer = \"captcha\" }", &format!("ask = {{ answer = \"captcha\"{more} }}"));
        fs::write(folder.path().join("bots/medical-collect.toml"), bot).unwrap();
        Adapters::load(folder.path())
    };
    let asked = |more: &str| {
        let adapters = load(more).unwrap();
        let asks = adapters.bots["medical-collect"].login.iter();
        asks.filter_map(|step| if let Step::Ask(ask) = step { Some((ask.kind, ask.within)) } else { None }).next()
    };
    assert_eq!(asked(""), Some((AskKind::Captcha, None)));
    let five = std::time::Duration::from_secs(300);
    assert_eq!(asked(", as = \"code\", within = \"5m\""), Some((AskKind::Code, Some(five))));
    let told = load(", as = \"sms\", within = \"5\"").unwrap_err().render(Lang::En, false);
    assert!(told.contains("captcha (what a picture says), code") && told.contains("5m"), "{told}");
}

#[test]
fn a_folder_without_adapters_says_where_they_belong() {
    let folder = tempfile::tempdir().unwrap();
    let report = Adapters::load(folder.path()).unwrap_err();
    let told = report.render(Lang::En, false);
    assert!(told.contains("there are no adapters") && told.contains("--root"), "{told}");
}

#[test]
fn a_version_changes_with_its_files_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let versions = |more_selectors: &str, more_bot: &str| {
        for (kind, more) in [("selectors", more_selectors), ("bots", more_bot)] {
            let file = Path::new(kind).join("issues.toml");
            let contents = fs::read_to_string(own().join("tests/check/warnings").join(&file)).unwrap();
            fs::create_dir_all(folder.path().join(kind)).unwrap();
            fs::write(folder.path().join(file), contents + more).unwrap();
        }
        let adapters = Adapters::load(folder.path()).unwrap();
        (adapters.systems["issues"].version.clone(), adapters.bots["issues"].version.clone())
    };
    let (system, bot) = versions("", "");
    assert_eq!((system.len(), bot.len()), (12, 12));
    assert_eq!(versions("", ""), (system.clone(), bot.clone()));
    let (same, mended) = versions("", "# mended\n");
    assert!(same == system && mended != bot);
    let (moved, moved_too) = versions("# moved\n", "");
    assert!(moved != system && moved_too != bot);
}

#[test]
fn a_base_can_be_set_from_outside() {
    let mut adapters = Adapters::load(own()).unwrap();
    let bases = [("permits", "http://127.0.0.1:4711/app"), ("nobody", "http://127.0.0.1:1/")];
    let bases = bases.map(|(name, base)| (name.to_owned(), base.parse().unwrap())).into();
    assert_eq!(adapters.rebase(&bases), ["nobody"]);
    assert_eq!(adapters.systems["permits"].base.as_str(), "http://127.0.0.1:4711/app/");
}

/// The good adapters' files, by name.
fn good_files() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for kind in ["selectors", "bots", "schedules"] {
        for file in fs::read_dir(own().join(kind)).expect("the repository has adapters") {
            let path = Path::new(kind).join(file.expect("its folders can be listed").file_name());
            let contents = fs::read_to_string(own().join(&path)).expect("its files can be read");
            files.push((path, contents));
        }
    }
    files
}

/// Words and signs that mean something somewhere in an adapter.
const SCRAPS: &[&str] = &[
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    "=",
    "|",
    "\n",
    "\\",
    ".",
    "/",
    "@",
    "#",
    "“",
    "，",
    "列表",
    "list",
    "json=$",
    "column=",
    "label=",
    "{page}",
    "{offset}",
    "code('status')",
    "date('%Q')",
    "[[test]]",
    "\"\"\"",
    "\u{0}",
    "5",
    "true",
    "css=a >",
    "/(/",
];

/// Checks a folder of these files, each as `changed` makes it.
fn checked(files: &[(PathBuf, String)], mut changed: impl FnMut(&Path, &str) -> String) -> Report {
    let folder = tempfile::tempdir().unwrap();
    for (path, contents) in files {
        let there = folder.path().join(path);
        fs::create_dir_all(there.parent().unwrap()).unwrap();
        fs::write(there, changed(path, contents)).unwrap();
    }
    Adapters::check(folder.path()).1
}

/// Every quoted word of every file is misspelled once, alone in its file: whoever looks a name up must bear that there is none.
#[test]
fn a_misspelled_word_never_breaks_the_checker() {
    let files = good_files();
    for kind in ["selectors", "bots", "schedules"] {
        let mut nth = 0;
        loop {
            let mut misspelled = 0;
            let report = checked(&files, |path, contents| {
                let mut contents = contents.to_owned();
                if path.starts_with(kind)
                    && let Some((end, _)) = contents.match_indices('"').nth(2 * nth + 1)
                {
                    contents.insert(end, '喵');
                    misspelled += 1;
                }
                contents
            });
            assert!(misspelled == 0 || !report.mistakes.is_empty() && !report.render(Lang::Zh, true).is_empty());
            nth += 1;
            if misspelled == 0 {
                break;
            }
        }
        assert!(nth > 3, "{kind}: {nth}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens to a file, checking ends with words, never with a panic.
    #[test]
    fn a_damaged_file_never_breaks_the_checker(
        which in any::<prop::sample::Index>(),
        wounds in prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, prop::sample::select(SCRAPS)), 1..6),
    ) {
        let files = good_files();
        let damaged = &files[which.index(files.len())].0;
        let report = checked(&files, |path, contents| {
            let mut letters: Vec<char> = contents.chars().collect();
            for (place, cut, scrap) in wounds.iter().filter(|_| path == damaged) {
                let start = place.index(letters.len() + 1).min(letters.len());
                let end = (start + cut).min(letters.len());
                letters.splice(start..end, scrap.chars());
            }
            letters.into_iter().collect()
        });
        for mistake in &report.mistakes {
            let (line, column) = report.place(mistake);
            prop_assert!(line > 0 && column > 0);
        }
        prop_assert!(!report.render(Lang::Zh, true).is_empty());
    }
}
