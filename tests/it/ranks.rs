//! The one thing that keeps a one-crate project free of circles: a room uses only rooms of lower rank.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Room → rank, as `src/lib.rs` lists them under its `// rank N` lines.
fn ranks(map: &str) -> BTreeMap<String, u32> {
    let mut ranks = BTreeMap::new();
    let mut rank = None;
    for line in map.lines() {
        if let Some(number) = line.strip_prefix("// rank ") {
            rank = Some(number.parse().expect("a rank is a number"));
        } else if let Some(room) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) {
            ranks.insert(room.to_owned(), rank.expect("every room stands below a rank"));
        }
    }
    ranks
}

/// The names that stand right after `crate::`, in paths, in groups and inside of macros alike.
fn rooms_named(tokens: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            rooms_named(group.stream(), found);
        }
        let is = |place: usize, text: &str| tokens.get(place).is_some_and(|token| token.to_string() == text);
        if is(at, "crate") && is(at + 1, ":") && is(at + 2, ":") {
            match tokens.get(at + 3) {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => firsts(group.stream(), found),
                Some(other) => found.push(other.to_string()),
                None => {}
            }
        }
    }
}

/// The first name of every element of a `{a::b, c}` group.
fn firsts(group: TokenStream, found: &mut Vec<String>) {
    let mut start = true;
    for token in group {
        if start && let TokenTree::Ident(name) = &token {
            found.push(name.to_string());
        }
        start = matches!(&token, TokenTree::Punct(comma) if comma.as_char() == ',');
    }
}

/// What is wrong with one file of a room.
fn violations(ranks: &BTreeMap<String, u32>, room: &str, source: &str) -> Vec<String> {
    let Some(own) = ranks.get(room) else {
        return vec![format!("{room} is not in src/lib.rs")];
    };
    let mut named = Vec::new();
    rooms_named(source.parse().expect("the file is Rust"), &mut named);
    let wrong = named.into_iter().filter(|other| other != room).filter_map(|other| match ranks.get(&other) {
        Some(rank) if rank < own => None,
        Some(rank) => Some(format!("{room} (rank {own}) uses {other} (rank {rank})")),
        None => Some(format!("{room} imports `crate::{other}`, which is no room: name the room itself")),
    });
    wrong.collect()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn rooms_use_only_rooms_of_lower_rank() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let ranks = ranks(&fs::read_to_string(src.join("lib.rs")).unwrap());
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut found = Vec::new();
    for file in &files {
        let inside = file.strip_prefix(&src).unwrap();
        let mut parts = inside.components().map(|part| part.as_os_str().to_string_lossy());
        let room = parts.next().unwrap();
        if room == "lib.rs" || room == "main.rs" {
            continue;
        }
        let source = fs::read_to_string(file).unwrap();
        found.extend(violations(&ranks, &room, &source).into_iter().map(|why| format!("{}: {why}", inside.display())));
    }
    assert!(files.len() > 50, "only {} files were read", files.len());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_folder_is_on_the_map() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let ranks = ranks(&fs::read_to_string(src.join("lib.rs")).unwrap());
    let folders = fs::read_dir(&src).unwrap().flatten().filter(|entry| entry.path().is_dir());
    let folders: Vec<String> = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert!(folders.iter().all(|folder| ranks.contains_key(folder)), "{folders:?} against {ranks:?}");
    assert_eq!(folders.len(), ranks.len());
}

#[test]
fn planted_imports_are_found() {
    let ranks = BTreeMap::from([
        ("base".to_owned(), 0),
        ("store".to_owned(), 2),
        ("vault".to_owned(), 2),
        ("run".to_owned(), 4),
    ]);
    let found = |source: &str| violations(&ranks, "store", source);
    assert!(found("use crate::{base::{Clock, Remedy}, store::Seen}; // crate::run in a comment").is_empty());
    assert_eq!(found("use crate::run::Bridge;"), ["store (rank 2) uses run (rank 4)"]);
    assert_eq!(found("use crate::{base::Clock, run::Bridge};"), ["store (rank 2) uses run (rank 4)"]);
    assert_eq!(found("use crate::vault;"), ["store (rank 2) uses vault (rank 2)"]);
    assert_eq!(found("fn a() { tokio::select! { _ = crate::run::b() => {} } }"), ["store (rank 2) uses run (rank 4)"]);
    assert_eq!(found("use crate::Clock;").len(), 1);
}
