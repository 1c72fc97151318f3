//! Differences between two specs as the API server prints them in a message; knows no rule.

use super::line_edits::{hunks, line_edits};
use super::template_dump::{spec_dump, volume_source_dump};
use crate::kubernetes::Kubernetes;
use crate::model::{JsonStyle, Map, Value, to_json_styled};
use crate::schema::{self, Type};

/// The difference between two pod specs.
pub fn go_diff(old: &Value, new: &Value, kubernetes: Kubernetes) -> String {
    unified(&indented(&spec_dump(old, kubernetes)), &indented(&spec_dump(new, kubernetes)))
}

/// The lines of a JSON text that stood on one, each level one blank further in.
fn indented(json: &str) -> Vec<String> {
    let (mut lines, mut line, mut depth, mut is_text) = (Vec::new(), String::new(), 0usize, false);
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        line.push(c);
        if is_text && c != '"' {
            if c == '\\' {
                line.extend(chars.next());
            }
            continue;
        }
        match c {
            '"' => {
                is_text = !is_text;
                if is_text {
                    continue;
                }
            }
            ':' => line.push(' '),
            '{' | '[' => match chars.next_if(|next| matches!(next, '}' | ']')) {
                Some(end) => line.push(end),
                None => {
                    depth += 1;
                    lines.push(std::mem::replace(&mut line, " ".repeat(depth)));
                }
            },
            ',' => lines.push(std::mem::replace(&mut line, " ".repeat(depth))),
            _ => {}
        }
        if matches!(chars.peek(), Some('}' | ']')) && !matches!(c, '{' | '[') {
            depth = depth.saturating_sub(1);
            lines.push(std::mem::replace(&mut line, " ".repeat(depth)));
        }
    }
    lines.push(line);
    lines
}

/// The difference between what two specs of volumes stand on.
pub fn volume_diff(old: &Value, new: &Value, kubernetes: Kubernetes) -> String {
    let lines = |spec: &Value| indented(&volume_source_dump(spec, kubernetes));
    unified(&lines(old), &lines(new))
}

/// The difference between two specs of claims.
pub fn claim_diff(old: &Value, new: &Value) -> String {
    unified(&go_lines("core.PersistentVolumeClaimSpec", old), &go_lines("core.PersistentVolumeClaimSpec", new))
}

/// The lines of a struct as Go writes its internal form: names of Go fields, absent ones as null.
fn go_lines(structure: &str, value: &Value) -> Vec<String> {
    let mut out = Vec::new();
    write_struct(&mut out, structure, value, 0, "", "");
    out
}

fn write_struct(out: &mut Vec<String>, name: &str, value: &Value, depth: usize, before: &str, behind: &str) {
    out.push(format!("{}{before}{{", " ".repeat(depth)));
    let fields = schema::structure(name).map(|it| it.fields.as_slice()).unwrap_or_default();
    for (at, field) in fields.iter().enumerate() {
        let mut letters = field.name.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase()).into_iter();
        let key = format!("\"{}\": ", first.chain(letters).collect::<String>());
        let comma = if at + 1 < fields.len() { "," } else { "" };
        let value = value.get(field.name).cloned().unwrap_or_default();
        match (&field.kind, &value) {
            (Type::Struct(inner), Value::Null) if !field.is_pointer => {
                write_struct(out, inner, &Value::from(Map::new()), depth + 1, &key, comma);
            }
            (Type::Struct(inner), Value::Map(_)) => write_struct(out, inner, &value, depth + 1, &key, comma),
            (Type::Text(_), Value::Null) if !field.is_pointer => {
                out.push(format!("{}{key}\"\"{comma}", " ".repeat(depth + 1)));
            }
            _ => {
                let style = JsonStyle { indent: 1, escape_html: true };
                let text = to_json_styled(&value, style);
                let lines: Vec<&str> = text.split('\n').collect();
                for (line_at, line) in lines.iter().enumerate() {
                    let before = if line_at == 0 { key.as_str() } else { "" };
                    let behind = if line_at + 1 == lines.len() { comma } else { "" };
                    out.push(format!("{}{before}{line}{behind}", " ".repeat(depth + 1)));
                }
            }
        }
    }
    out.push(format!("{}}}{behind}", " ".repeat(depth)));
}

/// A unified difference with three lines around each change.
fn unified(old: &[String], new: &[String]) -> String {
    let edits = line_edits(old, new);
    let mut out = String::new();
    for hunk in hunks(&edits, 3) {
        let (from, to) = (&hunk.old, &hunk.new);
        out.push_str(&format!("@@ -{},{} +{},{} @@\n", from.start + 1, from.len(), to.start + 1, to.len()));
        for (sign, line) in hunk.lines(&edits, old, new) {
            out.push_str(&format!("{sign}{line}\n"));
        }
    }
    out
}
