//! What declarations say about whether an element is seen.

/// What the fate of an element depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    Display,
    Visibility,
    /// `content-visibility`.
    Content,
    Opacity,
    /// Cut down to nothing, or drawn where nobody looks.
    Cut,
}

pub(super) const PROPERTIES: [Property; 5] =
    [Property::Display, Property::Visibility, Property::Content, Property::Opacity, Property::Cut];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Hides,
    Shows,
    /// As what is around it.
    Inherits,
}

/// One declaration that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub property: Property,
    pub value: Value,
    pub important: bool,
}

/// Beyond it nobody looks, in pixels.
const FAR: f64 = -999.0;

/// What these declarations, one after the other, say.
pub(super) fn said<'a>(declarations: impl Iterator<Item = &'a str>) -> Vec<Said> {
    let mut said = Vec::new();
    let mut place = Place::default();
    for declaration in declarations {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase());
        let important = value.ends_with("important") && value.contains('!');
        let value = value.split('!').next().unwrap_or_default().trim();
        let (property, value) = match name.as_str() {
            "display" => (Property::Display, hides(value == "none", value)),
            "visibility" => (Property::Visibility, hides(matches!(value, "hidden" | "collapse"), value)),
            "content-visibility" => (Property::Content, hides(value == "hidden", value)),
            "opacity" => {
                let none = value.trim_end_matches('%').parse::<f64>().is_ok_and(|opacity| opacity <= 0.0);
                (Property::Opacity, hides(none, value))
            }
            "clip-path" => {
                let cut = value.starts_with("inset(50%") || value.starts_with("inset(100%");
                (Property::Cut, hides(cut, value))
            }
            _ => {
                place.take(&name, value, important);
                continue;
            }
        };
        said.push(Said { property, value, important });
    }
    said.extend(place.said());
    said
}

fn hides(hides: bool, value: &str) -> Value {
    match value {
        _ if hides => Value::Hides,
        "inherit" | "unset" | "revert" | "revert-layer" => Value::Inherits,
        _ => Value::Shows,
    }
}

/// Where a rule puts an element, and how much of it.
#[derive(Default)]
struct Place {
    apart: Option<bool>,
    cut: Option<bool>,
    far: bool,
    important: bool,
}

impl Place {
    fn take(&mut self, name: &str, value: &str, important: bool) {
        match name {
            "position" => self.apart = Some(matches!(value, "absolute" | "fixed")),
            "clip" => self.cut = Some(value.starts_with("rect(0") || value.starts_with("rect(1px")),
            "left" | "top" => {
                let number = value.trim_end_matches("px");
                self.far |= number.len() < value.len() && number.parse::<f64>().is_ok_and(|number| number <= FAR);
            }
            _ => return,
        }
        self.important |= important;
    }

    fn said(&self) -> Option<Said> {
        let value = match (self.apart, self.cut) {
            (Some(true), Some(true)) => Value::Hides,
            (Some(true), _) if self.far => Value::Hides,
            (Some(false), _) | (_, Some(false)) => Value::Shows,
            _ => return None,
        };
        Some(Said { property: Property::Cut, value, important: self.important })
    }
}
