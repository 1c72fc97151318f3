//! The API server's complaints about fields, and lists of them; knows no kind.
//!
//! Follows apimachinery's pkg/util/validation/field/errors.go.

use crate::model::{Value, to_json};
use std::fmt;

/// What kind of complaint it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldErrorKind {
    /// A value is missing.
    Required,
    /// The value breaks a rule.
    Invalid,
    /// The value is none of a closed set.
    NotSupported,
    /// The field must not be set, or not changed.
    Forbidden,
    /// The value occurs twice.
    Duplicate,
    /// The value names something that does not exist.
    NotFound,
    /// The value is too long.
    TooLong,
    /// There are too many values.
    TooMany,
}

/// A complaint about one field. `Display` gives the API server's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where: `spec.template.spec.containers[0].image`.
    pub field: String,
    /// What kind of complaint.
    pub kind: FieldErrorKind,
    /// The value as the message shows it; not shown for all kinds.
    pub value: String,
    /// The rule that is broken; empty if the kind says it all.
    pub detail: String,
}

impl FieldError {
    /// The cause's reason in the API's Status object.
    pub fn reason(&self) -> &'static str {
        match self.kind {
            FieldErrorKind::Required => "FieldValueRequired",
            FieldErrorKind::Invalid => "FieldValueInvalid",
            FieldErrorKind::NotSupported => "FieldValueNotSupported",
            FieldErrorKind::Forbidden => "FieldValueForbidden",
            FieldErrorKind::Duplicate => "FieldValueDuplicate",
            FieldErrorKind::NotFound => "FieldValueNotFound",
            FieldErrorKind::TooLong => "FieldValueTooLong",
            FieldErrorKind::TooMany => "FieldValueTooMany",
        }
    }

    /// The message without the field: `Invalid value: -1: must be …`.
    pub fn body(&self) -> String {
        let (title, shows_value) = match self.kind {
            FieldErrorKind::Required => ("Required value", false),
            FieldErrorKind::Invalid => ("Invalid value", true),
            FieldErrorKind::NotSupported => ("Unsupported value", true),
            FieldErrorKind::Forbidden => ("Forbidden", false),
            FieldErrorKind::Duplicate => ("Duplicate value", true),
            FieldErrorKind::NotFound => ("Not found", true),
            FieldErrorKind::TooLong => ("Too long", false),
            FieldErrorKind::TooMany => ("Too many", true),
        };
        let mut text = title.to_string();
        if shows_value && !self.value.is_empty() {
            text.push_str(": ");
            text.push_str(&self.value);
        }
        if !self.detail.is_empty() {
            text.push_str(": ");
            text.push_str(&self.detail);
        }
        text
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.body())
    }
}

/// The messages of a list of complaints, each once, in order: the causes of an `Invalid` answer.
pub fn messages(errors: &[FieldError]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for error in errors {
        let text = error.to_string();
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

/// A place in an object while it is checked.
#[derive(Clone, Debug)]
pub(super) struct Path(String);

impl Path {
    pub(super) fn new(name: &str) -> Path {
        Path(name.to_string())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn child(&self, name: &str) -> Path {
        Path(format!("{}.{name}", self.0))
    }

    pub(super) fn index(&self, at: usize) -> Path {
        Path(format!("{}[{at}]", self.0))
    }

    pub(super) fn key(&self, name: &str) -> Path {
        Path(format!("{}[{name}]", self.0))
    }
}

/// The complaints so far.
#[derive(Debug, Default)]
pub(super) struct Errors(pub(super) Vec<FieldError>);

impl Errors {
    fn add(&mut self, kind: FieldErrorKind, path: &Path, value: String, detail: impl Into<String>) {
        self.0.push(FieldError { field: path.0.clone(), kind, value, detail: detail.into() });
    }

    pub(super) fn required(&mut self, path: &Path, detail: &str) {
        self.add(FieldErrorKind::Required, path, String::new(), detail);
    }

    pub(super) fn invalid(&mut self, path: &Path, value: &Value, detail: impl Into<String>) {
        self.add(FieldErrorKind::Invalid, path, shown(value), detail);
    }

    pub(super) fn invalid_text(&mut self, path: &Path, value: &str, detail: impl Into<String>) {
        self.add(FieldErrorKind::Invalid, path, go_quoted(value), detail);
    }

    /// For values that the API server renders in a way of its own.
    pub(super) fn invalid_shown(&mut self, path: &Path, shown: String, detail: impl Into<String>) {
        self.add(FieldErrorKind::Invalid, path, shown, detail);
    }

    /// For values that are told by their place alone.
    pub(super) fn invalid_whole(&mut self, path: &Path, detail: &str) {
        self.add(FieldErrorKind::Invalid, path, String::new(), detail);
    }

    pub(super) fn not_supported(&mut self, path: &Path, value: &str, supported: &[&str]) {
        self.not_supported_shown(path, go_quoted(value), supported);
    }

    /// For values that the API server renders in a way of its own.
    pub(super) fn not_supported_shown(&mut self, path: &Path, shown: String, supported: &[&str]) {
        let list: Vec<String> = supported.iter().map(|value| format!("\"{value}\"")).collect();
        self.add(FieldErrorKind::NotSupported, path, shown, format!("supported values: {}", list.join(", ")));
    }

    pub(super) fn too_many(&mut self, path: &Path, count: i64, most: i64) {
        let detail = format!("must have at most {most} items");
        self.add(FieldErrorKind::TooMany, path, count.to_string(), detail);
    }

    pub(super) fn forbidden(&mut self, path: &Path, detail: impl Into<String>) {
        self.add(FieldErrorKind::Forbidden, path, String::new(), detail);
    }

    pub(super) fn duplicate(&mut self, path: &Path, value: &Value) {
        self.add(FieldErrorKind::Duplicate, path, shown(value), "");
    }

    /// For values that the API server renders in a way of its own.
    pub(super) fn duplicate_shown(&mut self, path: &Path, shown: String, detail: &str) {
        self.add(FieldErrorKind::Duplicate, path, shown, detail);
    }

    pub(super) fn not_found(&mut self, path: &Path, value: &str) {
        self.add(FieldErrorKind::NotFound, path, go_quoted(value), "");
    }

    pub(super) fn too_long(&mut self, path: &Path, detail: impl Into<String>) {
        self.add(FieldErrorKind::TooLong, path, String::new(), detail);
    }

    /// One of `supported`; the value itself stands in the message.
    pub(super) fn check_one_of(&mut self, path: &Path, value: &str, supported: &[&str]) {
        if !supported.contains(&value) {
            self.not_supported(path, value, supported);
        }
    }

    pub(super) fn check_not_negative(&mut self, path: &Path, value: i64) {
        if value < 0 {
            self.invalid(path, &value.into(), "must be greater than or equal to 0");
        }
    }

    /// One complaint for each broken rule about the text.
    pub(super) fn check_text(&mut self, path: &Path, value: &str, faults: Vec<String>) {
        for fault in faults {
            self.invalid_text(path, value, fault);
        }
    }
}

/// A value as the API server's messages show it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Str(text) => go_quoted(text),
        other => to_json(other),
    }
}

/// A text in quotes as Go's `%q` writes it.
pub fn go_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\u{b}' => out.push_str("\\v"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if (0x80..0xa0).contains(&(c as u32))
                || matches!(c, '\u{a0}' | '\u{ad}' | '\u{2028}' | '\u{2029}' | '\u{feff}') =>
            {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
