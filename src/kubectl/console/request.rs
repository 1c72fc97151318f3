//! What a line of curl sends: method, body and type of content; sends nothing.

/// What curl sends.
pub(super) struct Request {
    pub method: String,
    pub body: String,
    pub content_type: String,
}

impl Request {
    /// The request that a line asks for; a body alone makes it a POST.
    pub fn of(words: &[String], stdin: Option<&str>, read: &dyn Fn(&str) -> Option<String>) -> Request {
        let mut request = Request { method: String::new(), body: String::new(), content_type: String::new() };
        let mut has_body = false;
        let mut words = words.iter().skip(1).map(String::as_str);
        while let Some(word) = words.next() {
            let (name, joined) = match word.split_once('=').filter(|_| word.starts_with("--")) {
                Some((name, value)) => (name, Some(value)),
                None if word.len() > 2 && ["-X", "-d", "-H"].iter().any(|short| word.starts_with(short)) => {
                    let (name, value) = word.split_at(2);
                    (name, Some(value))
                }
                None => (word, None),
            };
            if !matches!(
                name,
                "-X" | "--request" | "-d" | "--data" | "--data-raw" | "--data-binary" | "--json" | "-H" | "--header"
            ) {
                continue;
            }
            let Some(value) = joined.or_else(|| words.next()) else { break };
            match name {
                "-X" | "--request" => request.method = value.to_string(),
                "-H" | "--header" => {
                    let (key, value) = value.split_once(':').unwrap_or((value, ""));
                    if key.eq_ignore_ascii_case("content-type") {
                        request.content_type = value.trim().to_string();
                    }
                }
                name => {
                    has_body = true;
                    request.body = match value.strip_prefix('@').filter(|_| name != "--data-raw") {
                        Some("-") => stdin.unwrap_or_default().to_string(),
                        Some(file) => read(file).unwrap_or_default(),
                        None => value.to_string(),
                    };
                }
            }
        }
        if request.method.is_empty() {
            request.method = if has_body { "POST" } else { "GET" }.to_string();
        }
        request
    }
}
