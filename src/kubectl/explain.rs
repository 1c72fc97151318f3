//! `kubectl explain`: a type's or a field's place in the schema, laid out as kubectl does; the sentences are ours.

use crate::i18n::{Lang, console, fields, fill};
use crate::kubernetes::Kubernetes;
use crate::model::Kind;
use crate::ordering::Order;
use crate::schema::{Field, Struct, Type, field_at, root};
use std::fmt::Write as _;

/// How deep `--recursive` goes.
pub const DEPTH_MAX: usize = 12;

/// What `kubectl explain` prints for `path`, such as `sts.spec.replicas`; with a `depth` so many levels of fields.
///
/// # Errors
/// What kubectl says of a type or a field that does not exist, with its prefix if it has one.
pub fn explain(path: &str, depth: Option<usize>, lang: Lang, kubernetes: Kubernetes) -> Result<String, String> {
    let mut parts = path.split('.').filter(|part| !part.is_empty());
    let word = parts.next().unwrap_or("");
    let kind =
        Kind::from_resource(word).ok_or_else(|| format!("the server doesn't have a resource type \"{word}\""))?;
    let names = kind.names();
    let top = root(kind.api_version(), names.kind);
    let fields: Vec<&str> = parts.collect();
    let mut out = String::new();
    if !names.group.is_empty() {
        _ = writeln!(out, "GROUP:      {}", names.group);
    }
    _ = write!(out, "KIND:       {}\nVERSION:    {}\n\n", names.kind, names.version);
    let Some(top) = top else {
        _ = write!(out, "DESCRIPTION:\n    <empty>\n\n");
        return Ok(out);
    };
    if fields.is_empty() {
        describe(&mut out, &kind_sentence(kind, lang));
        list_fields(&mut out, top, depth, lang, kubernetes);
        return Ok(out);
    }
    let missing = |name: &str| format!("error: field \"{name}\" does not exist");
    let Some(field) = field_at(top, &fields).filter(|field| field.is_in(kubernetes)) else {
        let is_there = |n: &usize| {
            let field = field_at(top, fields.get(..*n).unwrap_or(&[]));
            field.is_some_and(|field| field.is_in(kubernetes))
        };
        let missing_at = (1..=fields.len()).find(|n| !is_there(n));
        let name = missing_at.and_then(|n| fields.get(n - 1)).copied().unwrap_or("");
        return Err(missing(name));
    };
    let owner = match fields.len() {
        1 => Some(top),
        n => field_at(top, fields.get(..n - 1).unwrap_or(&[])).and_then(|field| field.kind.structure()),
    };
    _ = writeln!(out, "FIELD: {} <{}>", field.name, field.kind.explain_type());
    match field.kind.values(kubernetes).as_slice() {
        [] => out.push('\n'),
        values => _ = writeln!(out, "ENUM:\n    {}", values.join("\n    ")),
    }
    out.push('\n');
    let sentence = owner.and_then(|owner| fields::field_doc(lang, owner.name, field.name)).unwrap_or("<empty>");
    describe(&mut out, sentence);
    if let Some(inner) = field.kind.structure() {
        list_fields(&mut out, inner, depth, lang, kubernetes);
    } else {
        out.push('\n');
    }
    Ok(out)
}

fn kind_sentence(kind: Kind, lang: Lang) -> String {
    console::find(lang, "explain_kind").map_or_else(String::new, |text| fill(text, &[("kind", kind.names().kind)]))
}

/// The width at which kubectl breaks a description, its indent not counted.
const WIDTH: usize = 76;

pub(super) fn describe(out: &mut String, text: &str) {
    out.push_str("DESCRIPTION:\n");
    wrap(out, text, 4);
    out.push_str("    \n");
}

pub(super) fn wrap(out: &mut String, text: &str, indent: usize) {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            _ = writeln!(out, "{:indent$}{line}", "");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    _ = writeln!(out, "{:indent$}{line}", "");
}

fn list_fields(out: &mut String, structure: &'static Struct, depth: Option<usize>, lang: Lang, kubernetes: Kubernetes) {
    out.push_str("FIELDS:\n");
    if let Some(depth) = depth {
        list_tree(out, structure, (1, depth.min(DEPTH_MAX)), &mut Vec::new(), kubernetes);
        out.push('\n');
        return;
    }
    for field in sorted(structure, kubernetes) {
        field_line(out, field, 2, kubernetes);
        wrap(out, fields::field_doc(lang, structure.name, field.name).unwrap_or("<no description>"), 4);
        out.push('\n');
    }
    out.push('\n');
}

fn list_tree(
    out: &mut String,
    structure: &'static Struct,
    (level, depth): (usize, usize),
    above: &mut Vec<&'static str>,
    kubernetes: Kubernetes,
) {
    above.push(structure.name);
    for field in sorted(structure, kubernetes) {
        field_line(out, field, 2 * level, kubernetes);
        let inner = field.kind.structure().filter(|inner| level < depth && !above.contains(&inner.name));
        if let Some(inner) = inner {
            list_tree(out, inner, (level + 1, depth), above, kubernetes);
        }
    }
    above.pop();
}

/// The most values of an enumeration that stand beside a field.
const VALUES_MAX: usize = 4;

/// A field in a list: its name, its type, whether it has to be there, and the values that it may have.
fn field_line(out: &mut String, field: &Field, indent: usize, kubernetes: Kubernetes) {
    _ = writeln!(out, "{:indent$}{}\t<{}>{}", "", field.name, field.kind.explain_type(), required(field));
    let mut values = field.kind.values(kubernetes);
    if values.len() > VALUES_MAX {
        values.truncate(VALUES_MAX);
        values.push("....");
    }
    if !values.is_empty() {
        _ = writeln!(out, "{:indent$}enum: {}", "", values.join(", "));
    }
}

fn sorted(structure: &'static Struct, kubernetes: Kubernetes) -> Vec<&'static Field> {
    let mut fields: Vec<&Field> = structure.fields.iter().filter(|field| field.is_in(kubernetes)).collect();
    fields.order_by_key(|field| field.name);
    fields
}

/// kubectl marks the fields that must be there.
fn required(field: &Field) -> &'static str {
    let may_be_absent = field.omits_empty || matches!(field.kind, Type::Map(_));
    if may_be_absent { "" } else { " -required-" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_and_laid_out() {
        let text = explain("sts.spec.replicas", None, Lang::En, Kubernetes::default()).unwrap();
        let head = "GROUP:      apps\nKIND:       StatefulSet\nVERSION:    v1\n\nFIELD: replicas <integer>\n\n\nDESCRIPTION:\n";
        assert!(text.starts_with(head), "{text}");
        assert!(
            explain("sts.spec.template.spec.containers", None, Lang::En, Kubernetes::default())
                .unwrap()
                .contains("  image\t<string>")
        );
        assert!(
            explain("sts.spec", None, Lang::En, Kubernetes::default())
                .unwrap()
                .contains("Policy\t<string>\n  enum: OrderedReady, Parallel\n")
        );
        let text = explain("pod.status.phase", None, Lang::En, Kubernetes::default()).unwrap();
        assert!(text.contains("<string>\nENUM:\n    Failed\n    Pending\n"), "{text}");
        let text = explain("pod.status", None, Lang::En, Kubernetes::default()).unwrap();
        assert!(text.contains("  enum: Failed, Pending, Running, Succeeded, ....\n"), "{text}");
        assert!(
            explain("sts", Some(DEPTH_MAX), Lang::Ja, Kubernetes::default())
                .unwrap()
                .contains("    replicas\t<integer>")
        );
        let lines = |depth| explain("sts", Some(depth), Lang::En, Kubernetes::default()).unwrap().lines().count();
        assert!(lines(1) < lines(2) && lines(2) < lines(3));
        assert_eq!(
            explain("nothing", None, Lang::En, Kubernetes::default()).unwrap_err(),
            "the server doesn't have a resource type \"nothing\""
        );
        assert_eq!(
            explain("sts.spec.replica", None, Lang::En, Kubernetes::default()).unwrap_err(),
            "error: field \"replica\" does not exist"
        );
    }
}
