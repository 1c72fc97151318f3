//! The catalogues: every text of ours in English and Japanese, by key; knows nothing of where it is shown.
//!
//! A catalogue is a table of `(key, English, Japanese)` in one file a subject, so that no key can lack a language.
//! Texts hold places for values in braces: `"{pod} waits for {name}"`.

pub mod causes;
pub mod cluster_rules;
pub mod console;
pub mod decisions;
pub mod fields;
pub mod hints;
pub mod lab;
pub mod lessons;
pub mod plan;
pub mod plural;
pub mod pod_causes;
pub mod pod_fields;
pub mod reasons;
pub mod scene;
pub mod set_causes;
pub mod storage_causes;
pub mod sync_loop;
pub mod ui;
pub mod units;
pub mod versions;
pub mod workload_causes;
pub mod workload_fields;

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Lang {
    /// The language that a tag such as `ja-JP` asks for.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        match tag.split(['-', '_']).next().unwrap_or(tag).to_ascii_lowercase().as_str() {
            "en" => Some(Lang::En),
            "ja" => Some(Lang::Ja),
            _ => None,
        }
    }

    /// The language's tag.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ja => "ja",
        }
    }
}

/// One text: key, English, Japanese.
pub type Entry = (&'static str, &'static str, &'static str);

/// The text under `key` in a catalogue, if it has one.
pub fn find(catalogue: &[Entry], lang: Lang, key: &str) -> Option<&'static str> {
    let entry = catalogue.iter().find(|entry| entry.0 == key)?;
    Some(match lang {
        Lang::En => entry.1,
        Lang::Ja => entry.2,
    })
}

/// Puts values into the places of a text: `{name}` becomes the value called `name`. Unknown places stay.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let end = from.find('}').map_or(from.len(), |end| end + 1);
        let (place, after) = from.split_at(end);
        let name = place.trim_start_matches('{').trim_end_matches('}');
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(place),
        }
        // A value that is a whole sentence brings its own stop.
        let is_stopped = out.ends_with('.') && after.starts_with('.');
        rest = if is_stopped { after.strip_prefix('.').unwrap_or(after) } else { after };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_their_places() {
        assert_eq!(fill("{a} waits for {b}, {c}", &[("a", "web-1"), ("b", "web-0")]), "web-1 waits for web-0, {c}");
        assert_eq!(fill("open {a", &[("a", "x")]), "open x");
        assert_eq!(fill("refused: {a}.", &[("a", "No room.")]), "refused: No room.");
        assert_eq!(Lang::from_tag("ja-JP"), Some(Lang::Ja));
    }
}
