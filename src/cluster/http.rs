//! The API server as programs reach it over HTTP: what they send, and what comes back. Answers nothing itself: whoever
//! knows paths and their documents is put in front of the store.

/// A request over HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpRequest {
    /// `GET`, in capitals.
    pub method: String,
    /// The path, with what stands behind its question mark.
    pub path: String,
    /// What is sent.
    pub body: String,
    /// The type of what is sent; empty if none is said.
    pub content_type: String,
    /// The token that says who asks, if one was sent.
    pub token: Option<String>,
}

impl HttpRequest {
    /// What a line of `curl` sends; a body alone makes it a POST. `read` gives the text of a file.
    pub fn of_curl(words: &[String], stdin: Option<&str>, read: &dyn Fn(&str) -> Option<String>) -> HttpRequest {
        let mut request = HttpRequest::default();
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
            if !TAKEN.contains(&name) {
                continue;
            }
            let Some(value) = joined.or_else(|| words.next()) else { break };
            match name {
                "-X" | "--request" | "--method" => request.method = value.to_ascii_uppercase(),
                "--oauth2-bearer" => request.token = Some(value.to_string()),
                "-H" | "--header" => request.take_header(value),
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

    fn take_header(&mut self, header: &str) {
        let (key, value) = header.split_once(':').unwrap_or((header, ""));
        if key.eq_ignore_ascii_case("content-type") {
            self.content_type = value.trim().to_string();
        } else if key.eq_ignore_ascii_case("authorization")
            && let Some((_, token)) = value.trim().split_once(' ').filter(|(way, _)| way.eq_ignore_ascii_case("bearer"))
        {
            self.token = Some(token.trim().to_string());
        }
    }
}

/// The flags of `curl` and `wget` that say what is sent.
const TAKEN: [&str; 13] = [
    "-X",
    "--request",
    "--method",
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--json",
    "--post-data",
    "--body-data",
    "-H",
    "--header",
    "--oauth2-bearer",
];

/// An answer over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status: 200, 404.
    pub code: i64,
    /// The text.
    pub body: String,
    /// The type of the text: `application/json`.
    pub content_type: &'static str,
    /// What the server warns of.
    pub warnings: Vec<String>,
}

impl HttpAnswer {
    /// An answer that went well, in JSON.
    pub fn json(body: String) -> HttpAnswer {
        HttpAnswer { code: 200, body, content_type: "application/json", warnings: Vec::new() }
    }

    /// An answer that went well, in words.
    pub fn plain(body: String) -> HttpAnswer {
        HttpAnswer { content_type: "text/plain; charset=utf-8", ..HttpAnswer::json(body) }
    }

    /// What stands above the text, but for the line of the status, the time and the length. `id` is the request's own.
    ///
    /// Follows `WithAudit` and `WithCacheControl` in apiserver's `pkg/endpoints/filters`.
    pub fn headers(&self, id: &str) -> Vec<String> {
        let mut headers = vec![
            format!("Audit-Id: {id}"),
            "Cache-Control: no-cache, private".into(),
            format!("Content-Type: {}", self.content_type),
        ];
        for warning in &self.warnings {
            let quoted = warning.replace('\\', "\\\\").replace('"', "\\\"");
            headers.push(format!("Warning: 299 - \"{quoted}\""));
        }
        headers
    }
}
