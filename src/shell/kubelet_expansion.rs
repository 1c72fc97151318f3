//! References to variables as the kubelet expands them: `$(NAME)` in commands, arguments, values and paths. Knows no
//! variable.
//!
//! Follows third_party/forked/golang/expansion.

/// The longest text that comes of it, in bytes: no program starts with a longer word or variable (`MAX_ARG_STRLEN`).
pub const EXPANDED_MAX: usize = 128 * 1024;

/// Puts values into `$(NAME)`; `$$` stands for `$`, and a name without a value stays as it is written, as does one whose
/// value would make the text longer than [`EXPANDED_MAX`].
pub fn expand(text: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(place) = rest.find('$') {
        out.push_str(&rest[..place]);
        rest = &rest[place + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            let room = EXPANDED_MAX.saturating_sub(out.len());
            match value(name).filter(|value| value.len() <= room) {
                Some(value) => out.push_str(&value),
                None => out.push_str(&format!("$({name})")),
            }
            rest = after;
        } else {
            out.push('$');
        }
    }
    out + rest
}

/// The latest value of a variable in a list.
pub fn value_of(known: &[(String, String)], name: &str) -> Option<String> {
    known.iter().rev().find(|pair| pair.0 == name).map(|pair| pair.1.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_expanded_once() {
        let known = [("A".to_string(), "x$(A)".to_string())];
        let expanded = |text: &str| expand(text, |name| value_of(&known, name));
        assert_eq!(expanded("$(A)-$(B)-$("), "x$(A)-$(B)-$(");
        assert_eq!(expanded("$$(A) $$$(A) $A $"), "$(A) $x$(A) $A $");
    }

    #[test]
    fn values_made_of_values_stay_within_what_a_program_may_be_given() {
        let mut known = vec![("V0".to_string(), "0123456789".to_string())];
        for at in 1..200 {
            let text = expand(&format!("$(V{0})$(V{0})", at - 1), |name| value_of(&known, name));
            known.push((format!("V{at}"), text));
        }
        let longest = known.iter().map(|pair| pair.1.len()).max().unwrap_or(0);
        assert!((EXPANDED_MAX / 4..=EXPANDED_MAX).contains(&longest), "{longest}");
    }
}
