//! What the API's fields mean, in our own words: one sentence a field; knows nothing of where it is shown.

use super::Lang;

/// The sentence about a field of a struct, such as `apps.StatefulSetSpec` and `replicas`.
pub fn field_doc(lang: Lang, structure: &str, field: &str) -> Option<&'static str> {
    let (_, _, en, ja) = FIELDS.iter().find(|entry| entry.0 == structure && entry.1 == field)?;
    Some(match lang {
        Lang::En => en,
        Lang::Ja => ja,
    })
}

/// The catalogue: struct, field, English, Japanese.
pub const FIELDS: &[(&str, &str, &str, &str)] = &[(
    "apps.StatefulSetSpec",
    "replicas",
    "How many pods there should be; 1 if absent. Ordinals are counted on without gaps.",
    "維持する Pod の数。省略時は 1。序数は連番になります。",
)];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::structure;
    use std::collections::BTreeSet;

    #[test]
    fn every_sentence_is_about_a_field_that_exists() {
        let mut seen = BTreeSet::new();
        for (name, field, en, ja) in FIELDS {
            assert!(structure(name).is_some_and(|it| it.field(field).is_some()), "{name}.{field}");
            assert!(seen.insert((name, field)), "{name}.{field} stands twice");
            assert!(en.ends_with('.') && ja.ends_with('。'), "{name}.{field}");
        }
    }
}
