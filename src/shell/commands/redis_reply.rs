//! What a Redis server answers, and how its client prints that.

/// What a server answers.
pub(super) enum Reply {
    /// A word of its own.
    Status(String),
    /// A number.
    Number(i64),
    /// A text, or nothing.
    Bulk(Option<String>),
    /// Texts.
    List(Vec<String>),
    /// It refuses.
    Error(&'static str),
}

/// An answer as the client prints it: to a person with its type.
pub(super) fn shown(reply: &Reply, is_person: bool) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    match reply {
        Reply::Status(text) => format!("{text}\n"),
        Reply::Number(number) if is_person => format!("(integer) {number}\n"),
        Reply::Number(number) => format!("{number}\n"),
        Reply::Bulk(None) if is_person => "(nil)\n".to_string(),
        Reply::Bulk(Some(text)) if is_person => format!("{}\n", quoted(text)),
        Reply::Bulk(text) => format!("{}\n", text.as_deref().unwrap_or("")),
        Reply::List(items) if items.is_empty() && is_person => "(empty array)\n".to_string(),
        Reply::List(items) if items.is_empty() => "\n".to_string(),
        Reply::List(items) if is_person => {
            let width = items.len().to_string().len();
            let lines = items.iter().enumerate().map(|(at, item)| format!("{:>width$}) {}\n", at + 1, quoted(item)));
            lines.collect()
        }
        Reply::List(items) => items.iter().map(|item| format!("{item}\n")).collect(),
        Reply::Error(text) if is_person => format!("(error) {text}\n"),
        Reply::Error(text) => format!("{text}\n\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_shown_to_people_with_their_types() {
        let cases = [
            (Reply::Number(3), "3\n", "(integer) 3\n"),
            (Reply::Bulk(None), "\n", "(nil)\n"),
            (Reply::Bulk(Some("a \"b\"".into())), "a \"b\"\n", "\"a \\\"b\\\"\"\n"),
            (Reply::List(vec!["x".into(), "y".into()]), "x\ny\n", "1) \"x\"\n2) \"y\"\n"),
            (Reply::List(Vec::new()), "\n", "(empty array)\n"),
        ];
        for (reply, plain, person) in cases {
            assert_eq!((shown(&reply, false).as_str(), shown(&reply, true).as_str()), (plain, person));
        }
    }
}
