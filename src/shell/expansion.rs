//! References to variables as the kubelet expands them: `$(NAME)` in commands, arguments, values and paths. Knows no
//! variable.
//!
//! Follows third_party/forked/golang/expansion.

/// Puts values into `$(NAME)`; `$$` stands for `$`, and a name without a value stays as it is written.
pub fn expand(text: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(place) = rest.find('$') {
        out.push_str(&rest[..place]);
        rest = &rest[place + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            match value(name) {
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
}
