//! The output formats beside tables: `-o yaml|json|name|jsonpath|custom-columns`; finds no objects.

use super::command::{Cx, Failure};
use super::files::read_file;
use super::flags::{Args, Flag, Takes, long, short};
use super::go_template::{self, Template};
use super::jsonpath;
use super::output::Output;
use super::resources::qualified_name;
use super::table::{Cell, Table};
use crate::cluster::managed_fields;
use crate::manifest::to_yaml;
use crate::model::{JsonStyle, Kind, Object, Quantity, Value, to_json, to_json_styled};
use crate::ordering::Order;
use crate::{obj, schema};
use std::cmp::Ordering;
use std::rc::Rc;

/// The flags of verbs that print whole objects; [`Format::of`] reads them.
pub const FLAGS: &[Flag] = &[
    short("output", 'o', Takes::Text),
    long("template", Takes::Text),
    long("show-managed-fields", Takes::Bool),
    long("allow-missing-template-keys", Takes::Bool),
];

/// How objects are printed.
#[derive(Clone, Debug, PartialEq)]
pub enum Format {
    /// As a table; true adds the wide columns.
    Table(bool),
    /// As YAML; true shows the field managers.
    Yaml(bool),
    /// As JSON; true shows the field managers.
    Json(bool),
    /// `statefulset.apps/web`.
    Name,
    /// By a template.
    JsonPath(String),
    /// Found values as a JSON list.
    JsonPathAsJson(String),
    /// By a Go template: itself and its source.
    GoTemplate(Template, String),
    /// As a table of chosen columns: headers and paths.
    Columns(Vec<(String, String)>, bool),
}

const ALLOWED: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,\
                       jsonpath-file,kyaml,name,template,templatefile,wide,yaml";

impl Format {
    /// The format that `-o` asks for.
    ///
    /// # Errors
    /// An unknown format or a template that cannot be read.
    pub fn of(args: &Args, cx: &Cx<'_>) -> Result<Format, Failure> {
        let output = args.text("output");
        let (name, template) = match output.split_once('=') {
            Some((name, template)) => (name, template),
            // A template alone says its kind.
            None if output.is_empty() && args.has("template") => ("go-template", args.text("template")),
            None => (output, args.text("template")),
        };
        let read;
        let (name, template) = match name.strip_suffix("-file").or(name.strip_suffix("file")) {
            Some(name)
                if !template.is_empty()
                    && matches!(name, "jsonpath" | "go-template" | "custom-columns" | "template") =>
            {
                read = read_file(template, cx).ok_or_else(|| {
                    let what = if name == "custom-columns" { "template" } else { "--template" };
                    Failure::client(format!(
                        "error reading {what} {template}, open {template}: no such file or directory"
                    ))
                })?;
                if name == "custom-columns" {
                    return Ok(Format::Columns(columns_of_file(&read)?, args.is("no-headers")));
                }
                (name, read.as_str())
            }
            _ => (name, template),
        };
        let shows_managers = args.is("show-managed-fields");
        let path = || match jsonpath::render(template, &Value::Null) {
            Err(error) => Err(Failure::client(format!("error parsing jsonpath {template}, {error}"))),
            Ok(_) => Ok(template.to_string()),
        };
        Ok(match name {
            "" => Format::Table(false),
            "wide" => Format::Table(true),
            "yaml" | "kyaml" => Format::Yaml(shows_managers),
            "json" => Format::Json(shows_managers),
            "name" => Format::Name,
            "jsonpath" | "jsonpath-as-json" | "go-template" | "template" | "go-template-file" | "templatefile"
            | "jsonpath-file"
                if template.is_empty() =>
            {
                return Err(Failure::client("template format specified but no template given"));
            }
            "jsonpath" => Format::JsonPath(path()?),
            "jsonpath-as-json" => Format::JsonPathAsJson(path()?),
            "go-template" | "template" => match go_template::parse(template) {
                Ok(read) => Format::GoTemplate(read, template.to_string()),
                Err(error) => return Err(Failure::client(format!("error parsing template {template}, {error}"))),
            },
            "custom-columns" => Format::Columns(columns(template)?, args.is("no-headers")),
            _ => {
                return Err(Failure::client(format!(
                    "unable to match a printer suitable for the output format {output:?}, allowed formats are: {ALLOWED}"
                )));
            }
        })
    }

    /// Whether it is a table of the kind's own columns.
    pub fn is_table(&self) -> bool {
        matches!(self, Format::Table(_))
    }
}

fn columns(template: &str) -> Result<Vec<(String, String)>, Failure> {
    if template.is_empty() {
        return Err(Failure::client("custom-columns format specified but no custom columns given"));
    }
    let mut columns = Vec::new();
    for part in template.split(',') {
        let Some((header, path)) = part.split_once(':').filter(|(header, path)| !header.is_empty() && !path.is_empty())
        else {
            return Err(Failure::client(format!(
                "unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
            )));
        };
        jsonpath::find(path, &Value::Null).map_err(Failure::Client)?;
        columns.push((header.to_string(), path.to_string()));
    }
    Ok(columns)
}

/// Columns from a file: a line of headers, and a line of paths below them.
fn columns_of_file(text: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let (headers, paths) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    if headers.len() != paths.len() || headers.is_empty() {
        return Err(Failure::client(format!(
            "number of headers ({}) and field specifications ({}) don't match",
            headers.len(),
            paths.len()
        )));
    }
    Ok(headers.iter().zip(&paths).map(|(header, path)| ((*header).to_string(), (*path).to_string())).collect())
}

/// An object as a tree, with the owners of its fields or without.
fn value_of(object: &Object, shows_managers: bool) -> Value {
    let mut value = object.to_value();
    if shows_managers && let Some(root) = schema::root(object.kind.api_version(), object.kind.names().kind) {
        value.set_at(&["metadata", "managedFields"], managed_fields(object, root));
    }
    value
}

/// Several objects as one list.
fn list_value(objects: &[Rc<Object>], shows_managers: bool) -> Value {
    obj! {
        "apiVersion" => "v1",
        "items" => objects.iter().map(|object| value_of(object, shows_managers)).collect::<Vec<_>>(),
        "kind" => "List",
        "metadata" => obj! { "resourceVersion" => "" },
    }
}

/// Prints objects in any format but tables. `is_single` prints the one object without a list around it. Returns the exit
/// status.
pub fn print(format: &Format, objects: &[Rc<Object>], is_single: bool, out: &mut Output) -> i32 {
    let before = out.lines.len();
    put(format, objects, is_single, out);
    let is_refused = |line: &super::output::Line| line.stream == super::output::Stream::Err;
    i32::from(out.lines.iter().skip(before).any(is_refused))
}

fn put(format: &Format, objects: &[Rc<Object>], is_single: bool, out: &mut Output) {
    // Templates see the owners of fields; YAML and JSON show them when asked to.
    let shows_managers = !matches!(format, Format::Yaml(false) | Format::Json(false));
    let whole = || match objects {
        [only] if is_single => value_of(only, shows_managers),
        several => list_value(several, shows_managers),
    };
    match format {
        Format::Table(_) => {}
        Format::Yaml(_) => text_lines(&to_yaml(&whole()), out),
        Format::Json(_) => {
            let style = JsonStyle { indent: 4, escape_html: false };
            text_lines(&(to_json_styled(&whole(), style) + "\n"), out);
        }
        Format::GoTemplate(template, source) => {
            let (text, error) = go_template::render(template, &whole());
            text_lines(&text, out);
            if let Some(error) = error {
                out.err(format!("error: error executing template {source:?}: {error}"));
            }
        }
        Format::Name => objects.iter().for_each(|object| out.out(qualified_name(object))),
        Format::JsonPath(template) => match jsonpath::render(template, &whole()) {
            Ok(text) => text_lines(&text, out),
            Err(error) => out.err(format!("error: error executing jsonpath {template:?}: {error}")),
        },
        Format::JsonPathAsJson(path) => {
            let style = JsonStyle { indent: 4, escape_html: false };
            let found = jsonpath::find(path, &whole()).unwrap_or_default();
            text_lines(&(to_json_styled(&found.into(), style) + "\n"), out);
        }
        Format::Columns(columns, no_headers) => {
            let mut rows = Vec::new();
            if !no_headers {
                rows.push(columns.iter().map(|(header, _)| Cell::new(header.clone())).collect());
            }
            for object in objects {
                rows.push(column_cells(columns, object));
            }
            out.lines.extend(Table::default().lines(&rows));
        }
    }
}

/// The cells of chosen columns.
pub fn column_cells(columns: &[(String, String)], object: &Object) -> Vec<Cell> {
    let value = object.to_value();
    columns.iter().map(|(_, path)| Cell::new(jsonpath::cell(path, &value).unwrap_or_default())).collect()
}

/// A value as it is compared and shown alone.
pub fn show(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_string(),
        Value::Null => String::new(),
        other => to_json(other),
    }
}

/// Puts a text of several lines out; a missing line break at its end is kept in mind.
pub fn text_lines(text: &str, out: &mut Output) {
    if text.is_empty() {
        return;
    }
    out.is_unterminated = !text.ends_with('\n');
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        out.out(line);
    }
}

/// Sorts objects by the value of a path, as `--sort-by` does.
///
/// # Errors
/// A path that cannot be read.
pub fn sort_by(objects: &mut [Rc<Object>], path: &str) -> Result<(), Failure> {
    jsonpath::find(path, &Value::Null).map_err(Failure::Client)?;
    let find = |object: &Object| jsonpath::find(path, &object.to_value()).unwrap_or_default().into_iter().next();
    let mut found: Vec<(Option<Value>, Rc<Object>)> =
        objects.iter().map(|object| (find(object), Rc::clone(object))).collect();
    if !objects.is_empty() && found.iter().all(|(value, _)| value.is_none()) {
        let path = if path.starts_with('{') { path.to_string() } else { format!("{{{path}}}") };
        return Err(Failure::client(format!("couldn't find any field with path {path:?} in the list of objects")));
    }
    found.order_by(|(a, _), (b, _)| order(a.as_ref(), b.as_ref()));
    for (slot, (_, object)) in objects.iter_mut().zip(found) {
        *slot = object;
    }
    Ok(())
}

/// The order of two values as `--sort-by` sees it: what is missing comes first, amounts go by their size, and digits
/// in names count as numbers.
fn order(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::Int(a)), Some(Value::Int(b))) => a.cmp(b),
        (Some(Value::Str(a)), Some(Value::Str(b))) => match (Quantity::parse(a), Quantity::parse(b)) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            _ => natural(a, b),
        },
        (Some(a), Some(b)) => show(a).cmp(&show(b)),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// `web-2` before `web-10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        if is_number(a) && is_number(b) {
            let number = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            let ((first, rest_a), (second, rest_b)) = (a.split_at(number(a)), b.split_at(number(b)));
            let (one, other) = (first.trim_start_matches('0'), second.trim_start_matches('0'));
            let order = one.len().cmp(&other.len()).then(one.cmp(other)).then(first.len().cmp(&second.len()));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (rest_a, rest_b);
            continue;
        }
        match (a.chars().next(), b.chars().next()) {
            (Some(one), Some(other)) if one == other => (a, b) = (&a[one.len_utf8()..], &b[other.len_utf8()..]),
            (one, other) => return one.cmp(&other),
        }
    }
}

/// Says what a command did to an object: a line of its own, or in the format that `-o` asks for.
///
/// # Errors
/// An unknown format.
pub fn told(args: &Args, object: &Rc<Object>, verb: &str, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let format = Format::of(args, cx)?;
    if format.is_table() {
        let suffix = match args.text("dry-run") {
            "client" | "unchanged" | "true" => " (dry run)",
            "server" => " (server dry run)",
            _ => "",
        };
        cx.out.out(format!("{} {verb}{suffix}", qualified_name(object)));
    } else {
        print(&format, std::slice::from_ref(object), true, &mut cx.out);
    }
    if verb == "created" && INERT.contains(&object.kind) {
        cx.hint_once("inert_kind", &[("kind", object.kind.names().kind)]);
    }
    Ok(())
}

/// What is kept and shown, and does nothing here: it is said when one is made.
const INERT: [Kind; 3] = [Kind::Ingress, Kind::NetworkPolicy, Kind::RuntimeClass];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_sorted_as_kubectl_sorts_them() {
        let text = |text: &'static str| Some(Value::from(text));
        let ascending = [
            (text("web-2"), text("web-10")),
            (text("web-9"), text("web-09")),
            (text("900Mi"), text("1Gi")),
            (text("a"), text("b")),
            (text("pod1x2"), text("pod1x10")),
            (None, text("a")),
            (Some(Value::Int(2)), Some(Value::Int(10))),
        ];
        for (a, b) in &ascending {
            assert_eq!(order(a.as_ref(), b.as_ref()), Ordering::Less, "{a:?} {b:?}");
            assert_eq!(order(b.as_ref(), a.as_ref()), Ordering::Greater, "{a:?} {b:?}");
        }
        assert_eq!(natural("web-1", "web-1"), Ordering::Equal);
    }
}
