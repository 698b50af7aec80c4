//! Which media queries hold on the screen that a bot has.

/// Width and height of the screen, in pixels: what the browser's own window has.
const WIDTH: f64 = 1280.0;
const HEIGHT: f64 = 900.0;
/// Pixels of the unit that queries count in besides pixels.
const EM: f64 = 16.0;

/// Whether a list of queries holds; `None` where that can't be told.
pub(super) fn holds(queries: &str) -> Option<bool> {
    let queries = queries.trim().to_ascii_lowercase();
    if queries.is_empty() {
        return Some(true);
    }
    let each: Vec<Option<bool>> = queries.split(',').map(|query| one(query.trim())).collect();
    if each.contains(&Some(true)) {
        return Some(true);
    }
    each.into_iter().collect::<Option<Vec<bool>>>().map(|_| false)
}

fn one(query: &str) -> Option<bool> {
    let (negated, query) = match query.strip_prefix("not ") {
        Some(rest) => (true, rest.trim()),
        None => (false, query.strip_prefix("only ").unwrap_or(query)),
    };
    let mut all = Some(true);
    for part in query.split(" and ") {
        let part = part.trim();
        let here = match part.strip_prefix('(').and_then(|part| part.strip_suffix(')')) {
            Some(feature) => feature_holds(feature.trim()),
            None => match part {
                "all" | "screen" => Some(true),
                "print" | "speech" | "aural" | "braille" | "handheld" | "projection" | "tv" | "tty" => Some(false),
                _ => None,
            },
        };
        // What fails, fails whatever can't be told beside it.
        all = match (all, here) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
    }
    all.map(|all| all != negated)
}

fn feature_holds(feature: &str) -> Option<bool> {
    let Some((name, value)) = feature.split_once(':') else {
        return match feature {
            "color" | "hover" | "pointer" => Some(true),
            "monochrome" | "grid" => Some(false),
            _ => None,
        };
    };
    let value = value.trim();
    let least = |least: f64| pixels(value).map(|wanted| least >= wanted);
    let most = |most: f64| pixels(value).map(|wanted| most <= wanted);
    match name.trim() {
        "min-width" | "min-device-width" => least(WIDTH),
        "max-width" | "max-device-width" => most(WIDTH),
        "min-height" | "min-device-height" => least(HEIGHT),
        "max-height" | "max-device-height" => most(HEIGHT),
        "orientation" => Some(value == "landscape"),
        "prefers-reduced-motion" | "prefers-contrast" => Some(value == "no-preference"),
        "prefers-color-scheme" => Some(value == "light"),
        "forced-colors" => Some(value == "none"),
        "hover" | "any-hover" => Some(value == "hover"),
        "pointer" | "any-pointer" => Some(value == "fine"),
        _ => None,
    }
}

fn pixels(length: &str) -> Option<f64> {
    let number = |unit: &str| length.strip_suffix(unit).and_then(|number| number.trim().parse::<f64>().ok());
    let ems = number("rem").or_else(|| number("em"));
    if length == "0" { Some(0.0) } else { number("px").or_else(|| ems.map(|ems| ems * EM)) }
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_wide_screen_is_no_paper_and_no_phone() {
        for yes in [
            "",
            "screen",
            "all",
            "only screen and (min-width: 768px)",
            "print, screen",
            "not print",
            "(min-width:48em)",
        ] {
            assert_eq!(holds(yes), Some(true), "{yes}");
        }
        for no in [
            "print",
            "PRINT",
            "(max-width: 767.98px)",
            "not all",
            "print and (aspect-ratio: 1)",
            "screen and (max-width:40rem)",
        ] {
            assert_eq!(holds(no), Some(false), "{no}");
        }
        for unclear in ["(aspect-ratio: 16/9)", "(width >= 600px)", "print, (scripting: none)"] {
            assert_eq!(holds(unclear), None, "{unclear}");
        }
    }
}
