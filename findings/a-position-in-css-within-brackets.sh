#!/usr/bin/env bash
# A position that cssparser gives right after a function or an opening bracket stands within the brackets, and none ever stands right
# behind the closing one.
#
# The parser skips what is in brackets only when the token after them is asked for. So a piece of the source that is cut at
# `position()` after the last token of a selector lacks everything from the bracket on (`a:not(`), and one step later it has the white
# space behind it, or whatever that next token is, as well. At the end of the source the step that finds no token moves the position.
# What helps: cut behind the delimiter that ends the piece, and take the delimiter off.
#
# Versions: cssparser 0.38.0, rustc 1.95.0. Seen on 2026-12-01.
set -euo pipefail

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/src"
cat >"$place/Cargo.toml" <<'END'
[package]
name = "cut"
version = "0.1.0"
edition = "2024"

[dependencies]
cssparser = "=0.38.0"
END
cat >"$place/src/main.rs" <<'END'
use cssparser::Parser;

fn main() {
    for source in ["a:not(.x) b", "a[title]", "a b"] {
        let mut parser = Parser::new(source);
        let start = parser.position();
        loop {
            let token = parser.next_including_whitespace().map(|token| format!("{token:?}"));
            let ended = token.is_err();
            println!("{source:12} {:20} {:?}", token.unwrap_or_else(|_| "end".to_owned()), parser.slice_from(start));
            if ended {
                break;
            }
        }
    }
}
END
cd "$place"
export CARGO_TARGET_DIR="$place/target"

rustc --version
echo "cssparser 0.38.0: source, the token just read, the source up to the position"
shown=$(cargo run --quiet)
echo "$shown"

holds() { grep -qF -- "$1" <<<"$shown"; }
holds 'Function("not")      "a:not("'
holds 'WhiteSpace(" ")      "a:not(.x) "'
holds 'SquareBracketBlock   "a["'
holds 'end                  "a[title]"'
if grep -qF '"a:not(.x)"' <<<"$shown"; then
  echo "a position behind the closing bracket: this finding no longer holds"
  exit 1
fi
