#!/usr/bin/env bash
# Naming a crate is enough to break a sum of strings that it has nothing to do with.
#
# `String + &String` compiles because the standard library has one sum for `String`, so that `&String` is taken for `&str`. thirtyfour
# adds two of its own (`String + Key`, `String + TypingData`, so that keys can be strung together). From then on the compiler no longer
# converts: the same line is an error in every file of a crate that links thirtyfour, whether it uses it or not.
# What helps: `before + after.as_str()`, or `format!`.
#
# Versions: thirtyfour 0.38.1, rustc 1.95.0. Seen on 2026-12-01.
set -euo pipefail

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/src"
cat >"$place/Cargo.toml" <<'END'
[package]
name = "sum"
version = "0.1.0"
edition = "2024"

[features]
driver = ["dep:thirtyfour"]

[dependencies]
thirtyfour = { version = "=0.38.1", default-features = false, optional = true }
END
cat >"$place/src/main.rs" <<'END'
#[cfg(feature = "driver")]
use thirtyfour as _;

fn main() {
    let (before, after) = (String::from("a"), String::from("b"));
    println!("{}", before + &after);
}
END
cd "$place"
export CARGO_TARGET_DIR="$place/target"

rustc --version
echo "without thirtyfour:"
without=$(cargo run --quiet)
echo "  it prints $without"
echo "with thirtyfour 0.38.1 named and not used:"
if said=$(cargo check --quiet --features driver 2>&1); then
  echo "  it compiles too: this finding no longer holds"
  exit 1
fi
grep -E 'cannot add|`String` implements|^[ 0-9]*\| *impl Add' <<<"$said" | sed 's/^/  /'

[ "$without" = "ab" ] && grep -q 'cannot add `&String` to `String`' <<<"$said" && grep -q 'impl Add<Key> for String' <<<"$said"
