//! The address of a request to the API server: which objects its path leads to, and what stands behind the question mark.

use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::resources::Scope;
use crate::model::{Key, Kind, Text};

/// Objects that a path leads to.
pub(super) struct Place {
    /// What sort they are of.
    pub kind: Kind,
    /// Where they are; `None` is everywhere.
    pub namespace: Option<Text>,
    /// The name of one of them.
    pub name: Option<String>,
    /// A part of that one: `status`, `log`.
    pub part: String,
}

impl Place {
    /// The object of a name there.
    pub fn key(&self, name: &str) -> Key {
        Key::new(self.kind, self.namespace.clone().unwrap_or_default(), Text::new(name))
    }

    /// The objects there that the selectors of an address take.
    pub fn scope(&self, url: &Url) -> Scope {
        let scope = Scope::typed(url.asked("labelSelector"), url.asked("fieldSelector"));
        Scope { namespace: self.namespace.clone(), ..scope }
    }
}

/// A path, and what stands behind its question mark.
pub(super) struct Url {
    parts: Vec<String>,
    query: Vec<(String, String)>,
}

impl Url {
    /// Reads an address, with or without a server in front.
    pub fn of(text: &str) -> Url {
        // Which server is named makes no difference: there is one.
        let path = text.split_once("://").map_or(text, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parts = path.split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        };
        Url { parts, query: query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect() }
    }

    /// The value of a name behind the question mark; empty if it is not there.
    pub fn asked(&self, name: &str) -> &str {
        self.query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    /// Whether a name stands behind the question mark.
    pub fn has(&self, name: &str) -> bool {
        self.query.iter().any(|(known, _)| known == name)
    }

    /// Every value of a name that may stand there more than once.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// What stands between the slashes.
    pub fn parts(&self) -> Vec<&str> {
        self.parts.iter().map(String::as_str).collect()
    }

    /// The objects that the path leads to.
    ///
    /// # Errors
    /// What the API server says of a path that it does not serve.
    pub fn place(&self, cx: &Cx<'_>) -> Result<Place, Failure> {
        let parts = self.parts();
        let (version, rest) = match parts.as_slice() {
            ["api", version, rest @ ..] => ((*version).to_string(), rest),
            ["apis", group, version, rest @ ..] => (format!("{group}/{version}"), rest),
            _ => return Err(nothing_there()),
        };
        let kinds: Vec<Kind> = cx.cluster().kinds().collect();
        let find = |plural: &str| {
            kinds.iter().copied().find(|kind| kind.api_version() == version && kind.names().plural == plural)
        };
        let (namespace, plural, rest) = match rest {
            // A namespace itself is one of the objects.
            ["namespaces", namespace, plural, rest @ ..] if !matches!(*plural, "status" | "finalize") => {
                (Some(Text::new(namespace)), *plural, rest)
            }
            [plural, rest @ ..] => (None, *plural, rest),
            [] => return Err(nothing_there()),
        };
        let kind = find(plural).ok_or_else(nothing_there)?;
        let (name, part) = match rest {
            [] => (None, String::new()),
            [name, part @ ..] => (Some((*name).to_string()), part.join("/")),
        };
        if kind.names().is_namespaced != namespace.is_some() && name.is_some() {
            return Err(nothing_there());
        }
        Ok(Place { kind, namespace, name, part })
    }
}

/// A text of an address with its `%2C` and `+` replaced.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or(&[]);
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
        rest = behind;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The answer to a path that is not served.
pub(super) fn nothing_there() -> Failure {
    Failure::Raw("Error from server (NotFound): the server could not find the requested resource".into())
}

/// The answer to a method that a path does not have.
pub fn not_allowed() -> Failure {
    Failure::Raw(
        "Error from server (MethodNotAllowed): the server does not allow this method on the requested resource".into(),
    )
}
