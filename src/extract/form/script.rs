//! The few phrases that pages write into `href`, `onclick` and `onchange`, read as what they say.

use std::sync::LazyLock;

use regex::Regex;

/// What a phrase of script does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing of its own: what the HTML says happens.
    Nothing,
    /// The page's form is sent back with what was pressed.
    PostBack {
        /// Which control.
        target: String,
        /// What about it.
        argument: String,
        /// Another address to send it to.
        action: Option<String>,
    },
    /// The form around it is sent.
    SubmitOwn,
    /// The form of this name, id or number is sent.
    SubmitNamed(String),
    /// Another page is opened.
    Go(String),
    /// Only the script knows.
    Unknown {
        /// It may keep the HTML from doing what it says.
        vetoes: bool,
    },
}

/// Reads a phrase, with or without `javascript:` before it.
pub(super) fn effect(script: &str) -> Effect {
    let script = bare(script);
    if let Some(effect) = post_back(script) {
        return effect;
    }
    if let Some(effect) = delayed(script) {
        return effect;
    }
    let captured = |pattern: &Regex| {
        let found = pattern.captures(script)?;
        found.iter().skip(1).flatten().next().map(|group| group.as_str().to_owned())
    };
    if NOTHING.is_match(script) {
        Effect::Nothing
    } else if SUBMIT_OWN.is_match(script) {
        Effect::SubmitOwn
    } else if let Some(name) = captured(&SUBMIT_NAMED) {
        Effect::SubmitNamed(name)
    } else if let Some(address) = captured(&GO) {
        Effect::Go(address)
    } else {
        Effect::Unknown { vetoes: VETO.is_match(script) }
    }
}

fn constant(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant")
}

/// Only asks, or does nothing at all. `WebForm_OnSubmit` checks what was filled in.
static NOTHING: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r#"^(void\s*\(?\s*0\s*\)?|return\s+true|true|return\s+confirm\(('[^']*'|"[^"]*")\)|return\s+WebForm_OnSubmit\(\))?$"#,
    )
});

static SUBMIT_OWN: LazyLock<Regex> = LazyLock::new(|| constant(r"^this\.form\.submit\(\)$"));

static SUBMIT_NAMED: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r#"^(?:document|window\.document)\.(?:forms\[['"]?([^'"\]]+)['"]?\]|getElementById\(['"]([^'"]+)['"]\)|(?:forms\.)?(\w+))\.submit\(\)$"#,
    )
});

static GO: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r#"^(?:(?:window|self|document|top|parent)\.)?(?:location(?:\.href)?\s*=\s*|location\.(?:assign|replace)\(\s*|window\.open\(\s*|open\(\s*)['"]([^'"+]*)['"](?:\s*,[^+]*)?\)?$"#,
    )
});

static VETO: LazyLock<Regex> = LazyLock::new(|| constant(r"\breturn\b|preventDefault|returnValue"));

/// Without `javascript:`, and without the end that only says that nothing else is to happen.
fn bare(script: &str) -> &str {
    let mut bare = script.trim();
    if bare.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("javascript:")) {
        bare = bare[11..].trim();
    }
    loop {
        let shorter = bare.trim_end_matches(|letter: char| letter == ';' || letter.is_whitespace());
        let shorter = shorter.strip_suffix("return false").filter(|rest| rest.ends_with([';', ' '])).unwrap_or(shorter);
        if shorter == bare {
            return bare;
        }
        bare = shorter;
    }
}

/// `__doPostBack('target','argument')`, or the longer form that checks what was filled in before.
fn post_back(script: &str) -> Option<Effect> {
    if let Some(rest) = after(script, "WebForm_PostBackOptions(") {
        let (target, rest) = literal(rest)?;
        let (argument, rest) = literal(rest.trim_start().strip_prefix(',')?)?;
        let more: Vec<&str> = rest.trim_start_matches([',', ' ']).split([',', ')']).map(str::trim).collect();
        // validation, its group, address, focus, whether the script sends the form
        let [_, _, address, _, sends, ..] = more.as_slice() else {
            return None;
        };
        let action = literal(address).map(|(address, _)| address).filter(|address| !address.is_empty());
        let effect = Effect::PostBack { target, argument, action };
        return Some(if *sends == "true" { effect } else { Effect::Nothing });
    }
    let (target, rest) = literal(after(script, "__doPostBack(")?)?;
    let (argument, _) = literal(rest.trim_start().strip_prefix(',')?)?;
    Some(Effect::PostBack { target, argument, action: None })
}

/// `setTimeout('phrase', 0)`.
fn delayed(script: &str) -> Option<Effect> {
    let (inner, _) = literal(after(script, "setTimeout(")?)?;
    Some(effect(&inner))
}

fn after<'a>(script: &'a str, start: &str) -> Option<&'a str> {
    script.find(start).map(|at| &script[at + start.len()..])
}

/// The text literal that a script goes on with, and the rest.
fn literal(script: &str) -> Option<(String, &str)> {
    let script = script.trim_start();
    let quote = script.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
    let mut text = String::new();
    let mut letters = script.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => text.push(letters.next()?.1),
            _ if letter == quote => return Some((text, &script[at + quote.len_utf8()..])),
            _ => text.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(target: &str, argument: &str) -> Effect {
        Effect::PostBack { target: target.to_owned(), argument: argument.to_owned(), action: None }
    }

    #[test]
    fn post_backs_are_read_in_all_their_forms() {
        for (script, expected) in [
            ("javascript:__doPostBack('ctl00$grid','Page$2')", back("ctl00$grid", "Page$2")),
            ("javascript:setTimeout('__doPostBack(\\'ctl00$town\\',\\'\\')', 0)", back("ctl00$town", "")),
            ("if(!confirm('删除吗?')) return false; __doPostBack(\"a\", 's0\\\\1')", back("a", "s0\\1")),
            (
                "javascript:WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions(\"b\", \"\", true, \"\", \"\", false, true))",
                back("b", ""),
            ),
            (
                "WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions(\"b\", \"\", true, \"g\", \"\", false, false))",
                Effect::Nothing,
            ),
            ("__doPostBack(this.name, '')", Effect::Unknown { vetoes: false }),
        ] {
            assert_eq!(effect(script), expected, "{script}");
        }
        let elsewhere = effect(
            "WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions(\"b\",\"\",false,\"\",\"x.aspx\",false,true))",
        );
        assert!(matches!(elsewhere, Effect::PostBack { action: Some(action), .. } if action == "x.aspx"));
    }

    #[test]
    fn what_is_no_known_phrase_is_the_scripts_secret() {
        for (script, expected) in [
            ("javascript:void(0);", Effect::Nothing),
            ("", Effect::Nothing),
            ("return confirm('确定提交吗？');", Effect::Nothing),
            ("this.form.submit();", Effect::SubmitOwn),
            ("document.forms[0].submit(); return false;", Effect::SubmitNamed("0".to_owned())),
            ("document.getElementById('q').submit()", Effect::SubmitNamed("q".to_owned())),
            ("document.form1.submit()", Effect::SubmitNamed("form1".to_owned())),
            ("window.location.href = 'list.do?page=2'; return false", Effect::Go("list.do?page=2".to_owned())),
            ("location='a.do?id='+id", Effect::Unknown { vetoes: false }),
            ("window.open('a.do?id=1','_blank','width=800')", Effect::Go("a.do?id=1".to_owned())),
            ("gotoPage(2)", Effect::Unknown { vetoes: false }),
            ("return check();", Effect::Unknown { vetoes: true }),
        ] {
            assert_eq!(effect(script), expected, "{script}");
        }
    }
}
